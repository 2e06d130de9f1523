"""Practice as an ipywidgets form: choose, answer, read the evidence, go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, HBox

from lab_env.course.exam.sheet import STYLE, WIDE, AnswerSheet
from lab_env.views.family import framed, one_at_a_time

if TYPE_CHECKING:
    from lab_env.course.exam.practice import Practice


class PracticeForm:
    """The widgets of a practice.

    Args:
        session: the practice; it goes on where it stands.
    """

    def __init__(self, session: Practice) -> None:
        self._session = session
        self._answered = session.over
        self.sheet = AnswerSheet(self._refresh)
        self.lock = self.sheet.lock
        self.answer = Button(description="Answer", button_style="primary")
        self.next = Button(description="Next question")
        self.said = HTML(layout=WIDE)
        self.answer.on_click(self._answer)
        self.next.on_click(self._next)
        parts = [HTML(STYLE), self.sheet.box, HBox([self.answer, self.next]), self.said]
        self.box = framed("Practice", parts)
        self.box.add_class("lab-exam")
        self._show()

    def _show(self) -> None:
        session = self._session
        if session.over:
            self.sheet.freeze(True)
            self.said.value += f'<div role="status">{session.result.table().html()}</div>'
        else:
            self.sheet.show(session.question, session.place(session.number))
            self.said.value = ""
        self._refresh()

    @one_at_a_time
    def _refresh(self) -> None:
        over = self._session.over
        # Not while an answer is incomplete: who is quick at the keyboard would pass a button that is enabled late.
        self.answer.disabled = over or self._answered
        self.next.disabled = over or not self._answered

    @one_at_a_time
    def _answer(self, button: Any) -> None:
        del button
        if self._answered:
            return
        if not self.sheet.complete:
            asked = self._session.question.choose
            self.said.value = f'<p role="status">Choose {asked} of the options first.</p>'
            return
        feedback = self._session.answer("".join(sorted(self.sheet.chosen)))
        self._answered = True
        self.sheet.freeze(True)
        self.said.value = feedback.html()
        if self._session.over:
            self._show()
        self._refresh()
        self.next.focus()

    @one_at_a_time
    def _next(self, button: Any) -> None:
        del button
        self._answered = False
        self._show()
        self.sheet.focus()
