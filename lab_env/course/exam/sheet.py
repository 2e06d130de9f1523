"""The answer sheet of a question: its text, and a check box for each option, which Tab and Space reach.

No radio buttons: among them the arrow keys move, and those JupyterLab takes for itself. Where one option is asked for,
choosing one lets the other go.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from html import escape
from threading import RLock
from typing import Any

from ipywidgets import HTML, Checkbox, Layout, VBox

from lab_env.course.exam.question import LETTERS, Key, Question
from lab_env.course.exam.told import heading
from lab_env.views.family import one_at_a_time

STYLE = """<style>
.lab-exam .widget-checkbox { max-width: 58em; }
.lab-exam .jupyter-button { height: auto; min-height: 2.2em; width: auto; padding: 0.2em 1em; }
</style>"""
WIDE = Layout(width="auto", height="auto")
_HIDDEN = Layout(display="none")


class AnswerSheet:
    """The widgets of one question at a time.

    Args:
        changed: is called when somebody chose otherwise.

    Attributes:
        lock: is held while something is handled; the form around the sheet takes the same.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.lock: AbstractContextManager[Any] = RLock()
        self._changed = changed
        self._question: Question | None = None
        self._quiet = False
        self.head, self.stem = HTML(layout=WIDE), HTML(layout=WIDE)
        self.options = tuple(Checkbox(indent=False, layout=_HIDDEN) for _ in LETTERS)
        self.box = VBox([self.head, self.stem, *self.options], layout=WIDE)
        for box in self.options:
            box.observe(self._note, "value")

    @one_at_a_time
    def show(
        self, question: Question, place: str, chosen: Key = frozenset(), *, locked: bool = False
    ) -> None:
        """Put a question on the sheet.

        Args:
            question: which.
            place: such as ``Question 2 of 5``.
            chosen: what was chosen before.
            locked: whether it can only be read.
        """
        self._question, self._quiet = question, True
        # A heading and not bold text: a screen reader's user jumps from one to the next.
        self.head.value = f"<h4>{escape(heading(question, place))}</h4>"
        many = "one option" if question.choose == 1 else f"{question.choose} options"
        self.stem.value = (
            f'<p style="margin:0;max-width:58em">{escape(question.stem)}</p>'
            f'<p class="pp-soft">Choose {many}.</p>'
        )
        there = {item.letter: f"{item.letter}) {item.text}" for item in question.options}
        for letter, box in zip(LETTERS, self.options, strict=True):
            box.layout = WIDE if letter in there else _HIDDEN
            box.description = there.get(letter, "")
            box.value = letter in chosen
        self.freeze(locked)
        self._quiet = False

    def freeze(self, locked: bool) -> None:  # noqa: FBT001 - one word says it
        """Let nobody choose any more, or again."""
        for box in self.options:
            box.disabled = locked

    @property
    def chosen(self) -> Key:
        """The letters that are chosen now."""
        return frozenset(letter for letter, box in zip(LETTERS, self.options, strict=True) if box.value)

    @property
    def complete(self) -> bool:
        """Whether as many options are chosen as the question asks for."""
        return self._question is not None and len(self.chosen) == self._question.choose

    def focus(self) -> None:
        """Put the keyboard on the first option."""
        self.options[0].focus()

    @one_at_a_time
    def _note(self, change: Any) -> None:
        if self._quiet or self._question is None:
            return
        if change["new"] and self._question.choose == 1:
            self._quiet = True
            for box in self.options:
                box.value = box is change["owner"]
            self._quiet = False
        self._changed()
