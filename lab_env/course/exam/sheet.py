"""The answer sheet of a question: its text, and radio buttons or check boxes that the keyboard reaches."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from ipywidgets import HTML, Checkbox, Layout, RadioButtons, VBox

from lab_env.course.exam.question import LETTERS, Key, Question
from lab_env.course.exam.told import heading

# ipywidgets gives an option one line of fixed height; these texts need several, at any width.
STYLE = """<style>
.lab-exam .widget-radio-box { max-width: 58em; }
.lab-exam .widget-radio-box label { height: auto; line-height: 1.4; white-space: normal; align-items: flex-start;
  padding: 0.25em 0; width: auto; max-width: 100%; }
.lab-exam .widget-radio-box input { flex: none; margin: 0.3em 0.6em 0 0; }
.lab-exam .widget-checkbox { height: auto; max-width: 58em; }
.lab-exam .widget-checkbox .widget-label-basic { height: auto; line-height: 1.4; white-space: normal;
  align-items: flex-start; padding: 0.25em 0; }
.lab-exam .widget-checkbox input { flex: none; margin: 0.3em 0.6em 0 0; }
.lab-exam .widget-radio { height: auto; width: 100%; }
.lab-exam input:focus-visible, .lab-exam button:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.lab-exam .widget-html-content { line-height: 1.4; }
.lab-exam .jupyter-button { height: auto; min-height: 2.2em; width: auto; padding: 0.2em 1em; }
</style>"""
WIDE = Layout(width="100%", height="auto")
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
        self.one = RadioButtons(options=[], layout=WIDE)
        self.several = tuple(Checkbox(indent=False, layout=WIDE) for _ in LETTERS)
        self.box = VBox([HTML(STYLE), self.head, self.stem, self.one, *self.several], layout=WIDE)
        for widget in (self.one, *self.several):
            widget.observe(self._note, "value")

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
        self.stem.value = f'<p style="margin:0;max-width:58em">{escape(question.stem)}</p>'
        texts = [(f"{item.letter}) {item.text}", item.letter) for item in question.options]
        single = question.choose == 1
        self.one.layout = WIDE if single else _HIDDEN
        if single:
            self.one.options = texts
            self.one.value = min(chosen) if chosen else None
        for number, box in enumerate(self.several):
            there = not single and number < len(texts)
            box.layout = WIDE if there else _HIDDEN
            box.description = texts[number][0] if there else ""
            box.value = there and texts[number][1] in chosen
        self.lock(locked)
        self._quiet = False

    def lock(self, locked: bool) -> None:  # noqa: FBT001 - one word says it
        """Let nobody choose any more, or again."""
        for widget in (self.one, *self.several):
            widget.disabled = locked

    @property
    def chosen(self) -> Key:
        """The letters that are chosen now."""
        if self._question is None:
            return frozenset()
        if self._question.choose == 1:
            return frozenset(self.one.value or "")
        letters = (item.letter for item in self._question.options)
        return frozenset(letter for letter, box in zip(letters, self.several, strict=False) if box.value)

    @property
    def complete(self) -> bool:
        """Whether as many options are chosen as the question asks for."""
        return self._question is not None and len(self.chosen) == self._question.choose

    def focus(self) -> None:
        """Put the keyboard on the first option."""
        first = self.one if self._question is None or self._question.choose == 1 else self.several[0]
        first.focus()

    def _note(self, change: Any) -> None:
        del change
        if not self._quiet:
            self._changed()
