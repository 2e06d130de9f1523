"""Practice as an ipywidgets form: choose, answer, read the evidence, go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, HBox, VBox

from lab_env.course.exam.sheet import WIDE, AnswerSheet

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
        self.answer = Button(description="Answer", button_style="primary")
        self.next = Button(description="Next question")
        self.said = HTML(layout=WIDE)
        self.answer.on_click(self._answer)
        self.next.on_click(self._next)
        self.box = VBox([self.sheet.box, HBox([self.answer, self.next]), self.said], layout=WIDE)
        self.box.add_class("lab-exam")
        self._show()

    def _show(self) -> None:
        session = self._session
        if session.over:
            self.sheet.lock(True)
            self.said.value += f'<div role="status">{session.result.table().html()}</div>'
        else:
            self.sheet.show(session.question, session.place(session.number))
            self.said.value = ""
        self._refresh()

    def _refresh(self) -> None:
        over = self._session.over
        # Not while an answer is incomplete: who is quick at the keyboard would pass a button that is enabled late.
        self.answer.disabled = over or self._answered
        self.next.disabled = over or not self._answered

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
        self.sheet.lock(True)
        self.said.value = feedback.html()
        if self._session.over:
            self._show()
        self._refresh()
        self.next.focus()

    def _next(self, button: Any) -> None:
        del button
        self._answered = False
        self._show()
        self.sheet.focus()
