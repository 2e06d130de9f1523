"""A question before the cells run, and afterwards what happened beside what was predicted.

Where nobody looks, both are static: the question with its choices, and a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from textwrap import wrap
from typing import Any

from lab_env.views.family import framed
from lab_env.views.progress import front_end
from lab_env.views.table import WIDTH, Table

YES, NO = "yes", "no"
_HEAD = "margin:0.2em 0"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices.

    Attributes:
        id: its name, ``05.1``.
        text: what is asked.
        choices: the choices, or the statements to be judged.
        each: whether each choice is a statement that asks for a yes or a no; else one choice is taken.
        answers: what was answered, one for each choice; ``None`` where nothing was.
        answer: notes an answer that is given in the form: the number of the choice (from 0), and yes or no.
        shown: whether to show the form; by default where there is a front end.
    """

    id: str
    text: str
    choices: tuple[str, ...]
    each: bool
    answers: tuple[bool | None, ...]
    answer: Callable[[int, bool], None]
    shown: bool | None = None

    @property
    def how(self) -> str:
        """How an answer is given without a form."""
        if self.each:
            form = " ".join("yn"[n % 2] for n in range(len(self.choices)))
            return f'Yes or no to each, in the form or by lab.predict("{self.id}", "{form}").'
        return f'One of them, in the form or by its number, as in lab.predict("{self.id}", 1).'

    def __str__(self) -> str:
        lines = wrap(f"Predict {self.id}. {self.text}", WIDTH)
        for number, choice in enumerate(self.choices, 1):
            lines += wrap(f"{number}  {choice}{self._given(number - 1)}", WIDTH, subsequent_indent="   ")
        return "\n".join([*lines, self.how])

    __repr__ = __str__

    def _given(self, number: int) -> str:
        answer = self.answers[number]
        if answer is None or (not self.each and not answer):
            return ""
        return f"  ← {YES if answer else NO}" if self.each else "  ← your choice"

    def html(self) -> str:
        """The question as text that no form is needed to read."""
        items = "".join(
            f"<li>{escape(text)}<b>{escape(self._given(number))}</b></li>"
            for number, text in enumerate(self.choices)
        )
        return (
            f'<p style="{_HEAD}"><b>Predict {escape(self.id)}.</b> {escape(self.text)}</p><ol>{items}</ol>'
            f'<p style="{_HEAD}">{escape(self.how)}</p>'
        )

    def form(self) -> Any:
        """The form, an ipywidgets box."""
        return Form(self).box

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude  # all forms are always given: a front end takes the one it can show
        found: dict[str, Any] = {"text/plain": str(self), "text/html": self.html()}
        if front_end() if self.shown is None else self.shown:
            found |= self.form()._repr_mimebundle_()
        return found


class Pick:
    """Buttons of which one is chosen, each reached by Tab: JupyterLab keeps the arrow keys for its cells.

    Args:
        labels: what stands on them.
        tooltips: what each is for, in full.
        chosen: the number of the one that is chosen at first; ``None``: none.
        width: of each, in CSS.
    """

    def __init__(
        self, labels: Sequence[str], tooltips: Sequence[str], chosen: int | None, width: str
    ) -> None:
        from ipywidgets import Layout, ToggleButton

        self._labels, self.chosen = labels, chosen
        self._heard: list[Callable[[int], None]] = []
        place = Layout(width=width, flex="0 0 auto")
        self.buttons = [ToggleButton(tooltip=text, layout=place) for text in tooltips]
        for number, button in enumerate(self.buttons):
            button.observe(lambda _, number=number: self._pressed(number), names="value")
        self._show()

    def hear(self, listener: Callable[[int], None]) -> None:
        """Call the listener with the number of whatever is chosen."""
        self._heard.append(listener)

    def _pressed(self, number: int) -> None:
        # Setting a button's value is heard here as well; only a press differs from what is chosen.
        if self.buttons[number].value is (number == self.chosen):
            return
        self.chosen = number
        self._show()
        for listener in self._heard:
            listener(number)

    def _show(self) -> None:
        for number, (button, label) in enumerate(zip(self.buttons, self._labels, strict=True)):
            mine = number == self.chosen
            button.value, button.description = mine, f"✓ {label}" if mine else label


class Form:
    """The question's widgets: a button for each choice, or a yes and a no for each statement."""

    def __init__(self, question: Question) -> None:
        from ipywidgets import HTML, Layout

        self._question = question
        asked = HTML(f"<p>{escape(question.text)}</p>", layout=Layout(width="100%"))
        self.groups = self._statements() if question.each else [self._choices()]
        self._said = HTML()
        for number, group in enumerate(self.groups):
            group.hear(partial(self._chosen, number))
        self._say()
        self.box = framed(f"Predict {question.id}", [asked, *self._rows(), self._said])

    def _choices(self) -> Pick:
        labels = [str(number) for number in range(1, len(self._question.choices) + 1)]
        chosen = next((number for number, answer in enumerate(self._question.answers) if answer), None)
        return Pick(labels, self._question.choices, chosen, "4em")

    def _statements(self) -> list[Pick]:
        numbers = {True: 0, False: 1, None: None}
        return [
            Pick((YES, NO), (f"{YES}: {text}", f"{NO}: {text}"), numbers[answer], "4.5em")
            for text, answer in zip(self._question.choices, self._question.answers, strict=True)
        ]

    def _rows(self) -> list[Any]:
        from ipywidgets import HTML, HBox, Layout

        each = self._question.each
        buttons = (
            [group.buttons for group in self.groups]
            if each
            else [[button] for button in self.groups[0].buttons]
        )
        beside = Layout(flex="1 1 0")
        row = Layout(align_items="center", grid_gap="0.6em")
        return [
            HBox([*own, HTML(f"{n}  {escape(text)}" if each else escape(text), layout=beside)], layout=row)
            for n, (own, text) in enumerate(zip(buttons, self._question.choices, strict=True), 1)
        ]

    def _chosen(self, number: int, chosen: int) -> None:
        if self._question.each:
            self._question.answer(number, chosen == 0)
        else:
            self._question.answer(chosen, True)
        self._say()

    def _say(self) -> None:
        open_ = sum(group.chosen is None for group in self.groups)
        left = f"{open_} left." if self._question.each else "Choose one."
        text = left if open_ else "Noted. Run on; the answer comes from what happens."
        self._said.value = f'<p role="status" aria-live="polite">{text}</p>'


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to one choice.

    Attributes:
        text: the choice.
        truth: whether it came true; ``None`` when that cannot be seen yet.
        evidence: what was looked at, and what was seen there.
        answer: what was predicted.
        misconception: the idea behind a wrong answer; empty when it was right.
    """

    text: str
    truth: bool | None
    evidence: str
    answer: bool | None
    misconception: str = ""

    @property
    def right(self) -> bool | None:
        """Whether it was predicted rightly; ``None`` when one of both is missing."""
        return None if self.truth is None or self.answer is None else self.truth is self.answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened beside what was predicted.

    Attributes:
        id: the question's name.
        told: one for each choice.
        note: one sentence above all, such as that something has still to be run.
        each: whether each choice asked for a yes or a no.
    """

    id: str
    told: tuple[Told, ...]
    note: str = ""
    each: bool = True

    @property
    def table(self) -> Table:
        """The same as a table."""
        words = {True: YES, False: NO, None: "–"}
        answered = any(one.answer is not None for one in self.told)
        rows = tuple(
            (
                f"{number}  {one.text}",
                *((words[one.answer],) if answered else ()),
                words[one.truth],
                one.evidence,
            )
            for number, one in enumerate(self.told, 1)
        )
        wrong = frozenset(number for number, one in enumerate(self.told) if one.right is False)
        notes = [f"{n}: {one.misconception}" for n, one in enumerate(self.told, 1) if one.misconception]
        if self.note:
            notes.insert(0, self.note)
        columns = ("prediction", *(("you said",) if answered else ()), "it is", "seen")
        return Table(columns, rows, f"Prediction {self.id}: {self.score}", wrong, tuple(notes))

    @property
    def score(self) -> str:
        """How many were right, in words."""
        judged = [one.right for one in self.told if one.right is not None]
        if not judged:
            return "you made none" if all(one.answer is None for one in self.told) else "not to be seen yet"
        if not self.each:
            return "right" if all(judged) else "not so"
        return f"{sum(judged)} of {len(judged)} right"

    def __str__(self) -> str:
        return str(self.table)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        html = f'<div role="status">{self.table.html()}</div>'
        return {"text/plain": str(self), "text/html": html}
