"""A mock exam as an ipywidgets form: questions to go to and fro, flags, the clock, a review, the score."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, BoundedIntText, Button, Checkbox, HBox, Layout

from lab_env.course.exam.sheet import STYLE, WIDE, AnswerSheet
from lab_env.views.family import framed, one_at_a_time

if TYPE_CHECKING:
    from lab_env.course.exam.mock_exam import MockExam

_TICK_SECONDS = 1.0
_MINUTE = 60
_ROW = Layout(width="100%", flex_flow="row wrap", align_items="center", grid_gap="0.2em 0.8em")
_HIDDEN = Layout(display="none")


class ExamForm:
    """The widgets of a mock exam.

    Args:
        exam: the exam; it goes on where it stands.
    """

    def __init__(self, exam: MockExam) -> None:
        self._exam = exam
        self._number = 1
        self._quiet = False
        self._told = False
        self._clock: asyncio.Task[None] | None = None
        self.clock, self.said = HTML(), HTML(layout=WIDE)
        self.begin = Button(description="Begin", button_style="primary")
        self.sheet = AnswerSheet(self._choose)
        self.lock = self.sheet.lock
        self.flag = Checkbox(description="Flag for review", indent=False, layout=Layout(width="auto"))
        self.back, self.next = Button(description="Previous"), Button(description="Next")
        # A number field: JupyterLab takes the arrow keys of a drop-down for its cells.
        self.goto = BoundedIntText(value=1, min=1, max=len(exam.questions), description="Go to")
        self.goto.style.description_width, self.goto.layout.width = "auto", "8em"
        self.overview = HTML(layout=WIDE)
        self.review, self.hand_in = Button(description="Review"), Button(description="Hand in")
        self.bar = HBox([self.back, self.next, self.flag, self.goto, self.review, self.hand_in], layout=_ROW)
        self.keep, self.sure = Button(description="No, go on"), Button(description="Yes, hand in")
        self.asked = HBox([self.keep, self.sure], layout=_HIDDEN)
        parts = [
            HTML(STYLE),
            self.clock,
            self.begin,
            self.sheet.box,
            self.bar,
            self.overview,
            self.said,
            self.asked,
        ]
        self.box = framed("Mock exam", parts)
        self.box.add_class("lab-exam")
        self._connect()
        self._show_start()

    def _connect(self) -> None:
        self.begin.on_click(self._begin)
        self.back.on_click(lambda _: self._go(self._number - 1))
        self.next.on_click(lambda _: self._go(self._number + 1))
        self.review.on_click(lambda _: self._review())
        self.hand_in.on_click(lambda _: self._ask())
        self.keep.on_click(lambda _: self._keep())
        self.sure.on_click(lambda _: self._hand_in())
        self.flag.observe(self._note_flag, "value")
        self.goto.observe(self._note_goto, "value")

    def _show_start(self) -> None:
        self.clock.value = f"<b>{self._exam.title}</b>"
        self._working(on=False)
        if self._exam.begun:
            self._begin(None)

    def _working(self, *, on: bool) -> None:
        self.begin.layout = _HIDDEN if on else Layout()
        self.sheet.box.layout = WIDE if on else _HIDDEN
        self.bar.layout = _ROW if on else _HIDDEN

    @one_at_a_time
    def _begin(self, button: Any) -> None:
        self._exam.begin()
        self._working(on=True)
        self._go(1)
        self._start_clock()
        if button is not None:
            self.sheet.focus()

    @one_at_a_time
    def _go(self, number: int) -> None:
        self._number = min(max(number, 1), len(self._exam.questions))
        self._refresh()

    def _refresh(self) -> None:
        exam, number = self._exam, self._number
        self._quiet = True
        self.asked.layout = _HIDDEN
        asked = exam.questions[number - 1]
        self.sheet.show(asked, exam.place(number), exam.chosen(number), locked=exam.over)
        self.flag.value = exam.flagged(number)
        self._list_questions()
        self.back.disabled, self.next.disabled = number == 1, number == len(exam.questions)
        self.flag.disabled = self.review.disabled = self.hand_in.disabled = exam.over
        self._quiet = False
        if exam.over:
            self.said.value = f"{exam.hand_in().table().html()}{exam.explain(number).html()}"

    def _list_questions(self) -> None:
        names = (self._name(number) for number in range(1, len(self._exam.questions) + 1))
        self.overview.value = f"<p>{' · '.join(names)}</p>"
        self.goto.value = self._number

    def _name(self, number: int) -> str:
        exam = self._exam
        if exam.over:
            mark = "right" if exam.chosen(number) == exam.questions[number - 1].key else "not right"
        else:
            mark = "answered" if exam.chosen(number) else "open"
        return f"{number}: {mark}{', flagged' if exam.flagged(number) else ''}"

    @one_at_a_time
    def _choose(self) -> None:
        if self._out_of_time():
            return
        chosen = "".join(sorted(self.sheet.chosen)) if self.sheet.complete else ""
        self._exam.answer(self._number, chosen)
        self._relist()

    def _relist(self) -> None:
        self._quiet = True
        self._list_questions()
        self._quiet = False

    @one_at_a_time
    def _note_flag(self, change: Any) -> None:
        if not self._quiet and not self._out_of_time():
            self._exam.flag(self._number, on=bool(change["new"]))
            self._relist()

    @one_at_a_time
    def _note_goto(self, change: Any) -> None:
        if not self._quiet:
            self._go(int(change["new"]))

    @one_at_a_time
    def _review(self) -> None:
        if not self._out_of_time():
            self.asked.layout = _HIDDEN
            self.said.value = f'<div role="status">{self._exam.review().html()}</div>'

    @one_at_a_time
    def _ask(self) -> None:
        """Handing in takes two presses, on two buttons: the first stands beside those that are pressed often."""
        if self._out_of_time():
            return
        left = sum(not self._exam.chosen(number) for number in range(1, len(self._exam.questions) + 1))
        unanswered = f"{left} of {len(self._exam.questions)} questions are not answered." if left else ""
        self.said.value = f'<p role="status">Hand in for good? {unanswered}</p>'
        self.asked.layout = _ROW
        self.keep.focus()

    @one_at_a_time
    def _keep(self) -> None:
        self.said.value = ""
        self.asked.layout = _HIDDEN
        self.hand_in.focus()

    def _out_of_time(self) -> bool:
        if self._exam.over and not self._told:
            self._hand_in("Time is up.")
        return self._exam.over

    @one_at_a_time
    def _hand_in(self, why: str = "") -> None:
        if self._told:
            return
        self._told = True
        result = self._exam.hand_in()
        self.clock.value = f'<b role="status">{why} Handed in: {result.score} right.</b>'.replace("> ", ">")
        self._refresh()
        if self._clock is not None:
            self._clock.cancel()
        (self.back if self.next.disabled else self.next).focus()

    def _start_clock(self) -> None:
        if self._exam.minutes is None or self._clock is not None:
            return
        self._tell_time()
        try:
            # Between two cells the kernel's loop is free; without a loop (a test) nobody watches the time.
            self._clock = asyncio.get_running_loop().create_task(self._watch())
        except RuntimeError:
            return

    async def _watch(self) -> None:
        while not self._exam.over:
            await asyncio.sleep(_TICK_SECONDS)
            self._tell_time()
        self._out_of_time()

    def _tell_time(self) -> None:
        left = self._exam.seconds_left
        if left is not None and not self._told:
            # A timer is not announced each second; the last minute is, once.
            role = "status" if left == _MINUTE else "timer"
            self.clock.value = f'<span role="{role}">Time left: {left // _MINUTE}:{left % _MINUTE:02}</span>'
