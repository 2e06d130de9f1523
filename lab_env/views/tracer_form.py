"""The packet tracer's form: where from, where to, a list of hops to walk along, and the rules to turn.

JupyterLab keeps the arrow keys for its cells while a list, a drop-down or a radio button has the focus, and leaves them
to text and number fields. So hops are walked by a number field, and places to start from are buttons.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from html import escape
from threading import RLock
from typing import Any

from ipywidgets import HTML, BoundedIntText, Button, Checkbox, Combobox, HBox, Layout, VBox

from lab_env.errors import LabError
from lab_env.network.what_if import Rule
from lab_env.views.facts import what_if_text
from lab_env.views.family import columns, framed, heading, one_at_a_time, status
from lab_env.views.names import Names
from lab_env.views.tracer import COLUMNS, Journey, Start, Tracer

_LABEL = {"description_width": "4.5em"}
_WIDE = Layout(width="100%")
_FIELD = Layout(width="98%")
_TEXT = Layout(width="auto", height="auto", align_self="flex-start")
_TOLD = (
    "Press Next and Back, or the arrow keys in the field Hop. Under What if, take out a rule or add one: the "
    "packet meets a copy of the network, the cloud stays as it is."
)
_CHOSEN, _OPEN = "●", "○"


class TracerForm:
    """A tracer's widgets, and what keeps them up to date.

    Args:
        tracer: what it begins with.
    """

    def __init__(self, tracer: Tracer) -> None:
        self.journey = tracer.journey
        self._begun = tracer.journey
        self._starts = tracer.starts
        self.lock: AbstractContextManager[Any] = RLock()
        self._quiet = False
        self._boxes: dict[Rule, Checkbox] = {}
        begun = tracer.journey
        self.starts = [Button(tooltip="Let the packet start here", layout=_TEXT) for _ in tracer.starts]
        self.destination = Combobox(
            value=begun.destination, options=tracer.destinations, description="To", style=_LABEL, layout=_FIELD,
            continuous_update=False,
        )  # fmt: skip
        self.port = _number("TCP port", begun.port, 65535)
        self.outcome = HTML(layout=_WIDE)
        self.hop = _number("Hop", 1, 1)
        self.hops = HTML(layout=_WIDE)
        self.back = Button(description="Back", tooltip="To the hop before", layout=_TEXT)
        self.next = Button(description="Next", tooltip="To the next hop", layout=_TEXT)
        self.again = Button(description="As it stands", tooltip="Turn every rule back", layout=_TEXT)
        self.decided = HTML(layout=_WIDE)
        self.rules = VBox(layout=_WIDE)
        self.picture = HTML(layout=_WIDE)
        self._listen()
        self._answer(1)
        self.box = self._box()

    def _box(self) -> VBox:
        walking = HBox([self.hop, self.back, self.next], layout=Layout(flex_flow="row wrap"))
        steps = VBox([walking, self.hops, self.decided])
        supposed = VBox([HTML(heading("What if …")), self.rules, self.again])
        begin = HBox(self.starts, layout=Layout(flex_flow="row wrap"))
        asked = [HTML(heading("The packet starts at")), begin, columns([self.destination, self.port])]
        parts = [*asked, self.outcome, columns([steps, supposed]), self.picture]
        return framed("Packet tracer", parts, _TOLD)

    def _listen(self) -> None:
        for start, button in zip(self._starts, self.starts, strict=True):
            button.on_click(lambda _, start=start: self._asked(start))
        for widget in (self.destination, self.port):
            widget.observe(lambda _: self._asked(), names="value")
        self.hop.observe(lambda _: self._step(), names="value")
        self.back.on_click(lambda _: self._go(-1))
        self.next.on_click(lambda _: self._go(1))
        self.again.on_click(lambda _: self._restore())

    @property
    def at(self) -> int:
        """The number of the hop that is shown, from 1; 0 where there is none."""
        return int(self.hop.value)

    @contextmanager
    def _silence(self) -> Iterator[None]:
        """What is set within does not ask anew."""
        self._quiet, before = True, self._quiet
        try:
            yield
        finally:
            self._quiet = before

    @one_at_a_time
    def _asked(self, start: Start | None = None) -> None:
        if not self._quiet:
            start, place = start or self.journey.start, self.destination.value
            # Another way has other rules: what was turned on the old one stays with it.
            self.journey = replace(
                self.journey, start=start, destination=place, port=self.port.value, changes=frozenset()
            )
            self._answer(1)

    @one_at_a_time
    def _turned(self) -> None:
        if not self._quiet:
            before = self.journey
            changes = (rule for rule, box in self._boxes.items() if box.value != rule.stands)
            self.journey = replace(before, changes=frozenset(changes))
            self._answer(self.journey.parted(before))

    @one_at_a_time
    def _restore(self) -> None:
        with self._silence():
            for rule, box in self._boxes.items():
                box.value = rule.stands
        self._turned()

    @one_at_a_time
    def _go(self, by: int) -> None:
        self.hop.value = min(max(self.at + by, self.hop.min), self.hop.max)

    def _answer(self, at: int) -> None:
        """Ask, and show the answer with the packet at a hop."""
        told, said = _told(self.journey)
        with self._silence():
            # The bounds hold whatever stands between them: the wider ones first.
            self.hop.min, self.hop.max = 0, max(len(told), self.at)
            self.hop.value = at if told else 0
            self.hop.min, self.hop.max = int(bool(told)), len(told)
        for start, button in zip(self._starts, self.starts, strict=True):
            button.description = f"{_CHOSEN if start == self.journey.start else _OPEN} {start.name}"
        self._show_rules()
        self.outcome.value = status(said)
        self._step()

    @one_at_a_time
    def _step(self) -> None:
        if self._quiet:
            return
        told, _ = _told(self.journey)
        if not told:
            self.hops.value = self.decided.value = self.picture.value = ""
            return
        names = Names(self.journey.supposed)
        self.hops.value = _list([_line(row, names) for row in told], self.at)
        self.decided.value = _decided(told[self.at - 1], self.at, len(told))
        self.picture.value = self.journey.picture(self.at)._repr_html_()

    def _show_rules(self) -> None:
        names = Names(self.journey.standing)
        rules = self.journey.rules
        with self._silence():
            for rule in rules:
                box = self._boxes.get(rule)
                if box is None:
                    box = self._boxes[rule] = Checkbox(description=what_if_text(rule, names), indent=False)
                    box.observe(lambda _: self._turned(), names="value")
                box.value = rule.stands is (rule not in self.journey.changes)
        kept = {rule: box for rule, box in self._boxes.items() if rule in rules}
        self._boxes = {rule: kept[rule] for rule in rules}
        self.rules.children = tuple(self._boxes.values())


def _told(journey: Journey) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The hops, and what came of them, as HTML; no hop where the question cannot be answered."""
    try:
        told, sentence = journey.view.told, journey.view.sentence
    except LabError as error:
        return (), f"<p>✗ {escape(str(error))}</p>"
    if not journey.changes:
        return told, f"<p><strong>{escape(sentence)}</strong></p>"
    try:
        usual = replace(journey, changes=frozenset()).view.sentence
    except LabError as error:
        usual = f"✗ {error}"
    said = f"<p>What if: <strong>{escape(sentence)}</strong></p><p>As it stands: {escape(usual)}</p>"
    return told, said


def _list(lines: list[str], at: int) -> str:
    items = "".join(
        f'<li aria-current="step">{escape(line)}</li>' if number == at else f"<li>{escape(line)}</li>"
        for number, line in enumerate(lines, 1)
    )
    return f'<ol class="pp-hops">{items}</ol>'


def _number(label: str, value: int, most: int) -> BoundedIntText:
    return BoundedIntText(
        value=value, min=1, max=most, description=label, style=_LABEL, layout=Layout(width="11em")
    )


def _line(row: tuple[str, ...], names: Names) -> str:
    number, resource, what, _, verdict, _ = row
    known = " of " in what or any(map(names.of, resource.split()))
    return f"{number.strip()} {what}{'' if known else f' {resource}'}: {verdict}"


def _decided(row: tuple[str, ...], number: int, of: int) -> str:
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
        for name, value in zip(COLUMNS[1:], row[1:], strict=True)
    )
    return f"{heading(f'Hop {number} of {of}: what decided')}<dl>{facts}</dl>"
