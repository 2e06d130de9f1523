"""The packet tracer's form: where from, where to, a list of hops to walk along, and the rules to turn.

The list is the browser's own: its arrow keys go from hop to hop, and a screen reader reads out each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from html import escape
from threading import RLock
from typing import Any

from ipywidgets import HTML, BoundedIntText, Button, Checkbox, Combobox, Dropdown, HBox, Layout, Select, VBox

from lab_env.errors import LabError
from lab_env.network.what_if import Rule
from lab_env.views.facts import what_if_text
from lab_env.views.family import columns, framed, heading, one_at_a_time, status
from lab_env.views.names import Names
from lab_env.views.tracer import COLUMNS, Journey, Tracer

_LABEL = {"description_width": "4.5em"}
_WIDE = Layout(width="100%")
_FIELD = Layout(width="98%")
_TOLD = (
    "Choose a hop in the list (arrow keys), or press Back and Next. Under What if, take out a rule or add one: "
    "the packet meets a copy of the network, the cloud stays as it is."
)


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
        places = [(start.name, number) for number, start in enumerate(tracer.starts)]
        self.start = Dropdown(
            options=places,
            value=tracer.starts.index(begun.start),
            description="From",
            style=_LABEL,
            layout=_FIELD,
        )
        self.destination = Combobox(
            value=begun.destination, options=tracer.destinations, description="To", style=_LABEL, layout=_FIELD,
            continuous_update=False,
        )  # fmt: skip
        self.port = BoundedIntText(
            value=begun.port,
            min=1,
            max=65535,
            description="TCP port",
            style=_LABEL,
            layout=Layout(width="11em"),
        )
        self.outcome = HTML(layout=_WIDE)
        self.hops = Select(
            description="Hops", rows=4, layout=Layout(width="100%", flex_flow="column", height="auto")
        )
        self.hops.style.description_width = "auto"
        self.back = Button(description="Back", tooltip="To the hop before")
        self.next = Button(description="Next", tooltip="To the next hop")
        self.again = Button(description="As it stands", tooltip="Turn every rule back")
        self.decided = HTML(layout=_WIDE)
        self.rules = VBox(layout=Layout(width="100%", overflow="visible"))
        self.picture = HTML(layout=_WIDE)
        self._listen()
        self._answer(1)
        self.box = self._box()

    def _box(self) -> VBox:
        steps = VBox(
            [self.hops, HBox([self.back, self.next]), self.decided], layout=Layout(overflow="visible")
        )
        supposed = VBox(
            [HTML(heading("What if …")), self.rules, self.again], layout=Layout(overflow="visible")
        )
        parts = [columns([self.start, self.destination, self.port]), self.outcome, columns([steps, supposed])]
        return framed("Packet tracer", [*parts, self.picture], _TOLD)

    def _listen(self) -> None:
        for widget in (self.start, self.destination, self.port):
            widget.observe(lambda _: self._asked(), names="value")
        self.hops.observe(lambda _: self._step(), names="value")
        self.back.on_click(lambda _: self._go(-1))
        self.next.on_click(lambda _: self._go(1))
        self.again.on_click(lambda _: self._restore())

    @property
    def at(self) -> int:
        """The number of the hop that is shown, from 1; 0 where there is none."""
        return int(self.hops.value or 0)

    @contextmanager
    def _silence(self) -> Iterator[None]:
        """What is set within does not ask anew."""
        self._quiet, before = True, self._quiet
        try:
            yield
        finally:
            self._quiet = before

    @one_at_a_time
    def _asked(self) -> None:
        if not self._quiet:
            start, place = self._starts[self.start.value], self.destination.value
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
        self.hops.value = min(max(self.at + by, 1), len(self.hops.options)) if self.hops.options else None

    def _answer(self, at: int) -> None:
        """Ask, and show the answer with the packet at a hop."""
        told, said = _told(self.journey)
        with self._silence():
            names = Names(self.journey.supposed)
            self.hops.options = [(_line(row, names), number) for number, row in enumerate(told, 1)]
            self.hops.rows = max(len(told), 2)
            self.hops.value = at if told else None
        self._show_rules()
        self.outcome.value = status(said)
        self._step()

    @one_at_a_time
    def _step(self) -> None:
        if self._quiet:
            return
        told, _ = _told(self.journey)
        self.back.disabled, self.next.disabled = self.at <= 1, self.at >= len(told)
        if not told:
            self.decided.value = self.picture.value = ""
            return
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
        self.again.disabled = not self.journey.changes


def _told(journey: Journey) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The hops, and what came of them, as HTML; no hop where the question cannot be answered."""
    try:
        told, sentence = journey.view.told, journey.view.sentence
    except LabError as error:
        return (), f"<p>✗ {escape(str(error))}</p>"
    said = f"<p><strong>{escape(sentence)}</strong></p>"
    if journey.changes:
        usual = replace(journey, changes=frozenset()).view.sentence
        said = f"<p>What if: <strong>{escape(sentence)}</strong></p><p>As it stands: {escape(usual)}</p>"
    return told, said


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
