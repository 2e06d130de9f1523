"""The answer sheet of a question: its text, and a check box for each option, which Tab and Space reach.

No radio buttons: among them the arrow keys move, and those JupyterLab takes for itself. Where one option is asked for,
choosing one lets the other go.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from ipywidgets import HTML, Checkbox, Layout, VBox

from lab_env.course.exam.question import LETTERS, Key, Question
from lab_env.course.exam.told import heading

# ipywidgets gives an option one line of fixed height; these texts need several, at any width.
STYLE = """<style>
.lab-exam .widget-checkbox { height: auto; max-width: 58em; }
.lab-exam .widget-checkbox .widget-label-basic { display: flex; height: auto; line-height: 1.4; white-space: normal;
  align-items: flex-start; padding: 0.25em 0; max-width: 100%; }
.lab-exam .widget-checkbox input { flex: none; margin: 0.3em 0.6em 0 0; }
.lab-exam input:focus-visible, .lab-exam button:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.lab-exam .widget-html-content { line-height: 1.4; }
.lab-exam .jupyter-button { height: auto; min-height: 2.2em; width: auto; padding: 0.2em 1em; }
</style>"""
WIDE = Layout(width="auto", height="auto")
_HIDDEN = Layout(display="none")


class AnswerSheet:
    """The widgets of one question at a time.

    Args:
        changed: is called when somebody chose otherwise.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._question: Question | None = None
        self._quiet = False
        self.head, self.stem = HTML(layout=WIDE), HTML(layout=WIDE)
        self.options = tuple(Checkbox(indent=False, layout=_HIDDEN) for _ in LETTERS)
        self.box = VBox([HTML(STYLE), self.head, self.stem, *self.options], layout=WIDE)
        for box in self.options:
            box.observe(self._note, "value")

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
        # h3 and not bold text: a screen reader's user jumps from one to the next.
        self.head.value = f'<h3 style="margin:0.4em 0;font-size:1em">{escape(heading(question, place))}</h3>'
        many = "one option" if question.choose == 1 else f"{question.choose} options"
        self.stem.value = (
            f'<p style="margin:0;max-width:58em">{escape(question.stem)}</p>'
            f'<p style="margin:0.3em 0 0;opacity:0.8">Choose {many}.</p>'
        )
        there = {item.letter: f"{item.letter}) {item.text}" for item in question.options}
        for letter, box in zip(LETTERS, self.options, strict=True):
            box.layout = WIDE if letter in there else _HIDDEN
            box.description = there.get(letter, "")
            box.value = letter in chosen
        self.lock(locked)
        self._quiet = False

    def lock(self, locked: bool) -> None:  # noqa: FBT001 - one word says it
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

    def _note(self, change: Any) -> None:
        if self._quiet or self._question is None:
            return
        if change["new"] and self._question.choose == 1:
            self._quiet = True
            for box in self.options:
                box.value = box is change["owner"]
            self._quiet = False
        self._changed()
