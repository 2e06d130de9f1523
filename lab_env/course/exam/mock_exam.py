"""A mock exam: all questions before the first answer is judged, flags, a review, a clock, a score by domain."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from lab_env.course.exam.bank import select
from lab_env.course.exam.question import Key, Question
from lab_env.course.exam.result import Answered, ExamResult, Report, unheard
from lab_env.course.exam.told import Feedback, chosen_of, question_html, question_text
from lab_env.errors import InvalidInput
from lab_env.views.progress import front_end
from lab_env.views.table import Table

MINUTES_A_QUESTION = 2
HOW = (
    'exam.answer(1, "B") answers, exam.flag(1) marks for later, exam.review() lists, exam.hand_in() ends it.'
)
_MINUTE = 60


class MockExam:
    """An exam. Displayed in a notebook that somebody looks at, it is a form; else text.

    Args:
        questions: what is asked.
        minutes: how long it may take; ``None``: as long as it takes. The clock starts with `begin`.
        seed: what the questions were drawn by.
        report: is told the result, once.
        clock: seconds of some clock that never goes back.
        shown: whether to show the form; by default where there is a front end.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        *,
        minutes: int | None = None,
        seed: int = 0,
        report: Report = unheard,
        clock: Callable[[], float] = time.monotonic,
        shown: bool | None = None,
    ) -> None:
        self.questions = tuple(questions)
        self.minutes = minutes
        self.seed = seed
        self._report, self._clock = report, clock
        self._shown = front_end() if shown is None else shown
        self._chosen: dict[int, Key] = {}
        self._flagged: set[int] = set()
        self._began: float | None = None
        self._result: ExamResult | None = None

    @property
    def begun(self) -> bool:
        """Whether the clock runs."""
        return self._began is not None

    def begin(self) -> None:
        """Start the clock; a second time changes nothing."""
        if self._began is None:
            self._began = self._clock()

    @property
    def seconds_left(self) -> int | None:
        """Whole seconds until time is up; ``None`` where there is no limit."""
        if self.minutes is None:
            return None
        spent = 0.0 if self._began is None else self._clock() - self._began
        return max(0, self.minutes * _MINUTE - int(spent))

    def answer(self, number: int, answer: str) -> None:
        """Choose, or choose otherwise.

        Args:
            number: of the question, from 1.
            answer: letters: ``B``, or ``A, C``; empty text takes the answer back.

        Raises:
            InvalidInput: no such question or option, not as many as are asked for, or the exam is over.
        """
        asked = self._open(number)
        if not answer.strip():
            self._chosen.pop(number, None)
            return
        self._chosen[number] = chosen_of(asked, answer)

    def chosen(self, number: int) -> Key:
        """The letters that were chosen; none: the question is open."""
        return self._chosen.get(number, frozenset())

    def flag(self, number: int, *, on: bool = True) -> None:
        """Mark a question to come back to it, or take the mark away.

        Raises:
            InvalidInput: no such question, or the exam is over.
        """
        self._open(number)
        (self._flagged.add if on else self._flagged.discard)(number)

    def flagged(self, number: int) -> bool:
        """Whether a question is marked."""
        return number in self._flagged

    def review(self) -> Table:
        """What was answered, what was not, and what is marked. It says nothing of right and wrong."""
        rows = tuple(
            (
                str(number),
                " and ".join(sorted(self.chosen(number))) or "not answered",
                "⚑ flagged" if self.flagged(number) else "",
                item.stem[:70].rsplit(" ", 1)[0] + " …",
            )
            for number, item in enumerate(self.questions, 1)
        )
        unanswered = frozenset(place for place, row in enumerate(rows) if row[1] == "not answered")
        title = f"{len(rows) - len(unanswered)} of {len(rows)} answered, {len(self._flagged)} flagged"
        return Table(("no.", "answer", "", "question"), rows, title, unanswered)

    def hand_in(self) -> ExamResult:
        """End it: the score by domain. A second time gives the same."""
        if self._result is None:
            answered = tuple(
                Answered.to(item, self.chosen(number)) for number, item in enumerate(self.questions, 1)
            )
            self._result = ExamResult("exam", self.seed, answered)
            self._report(self._result)
        return self._result

    @property
    def over(self) -> bool:
        """Whether it was handed in, or time is up."""
        return self._result is not None or self.seconds_left == 0

    def explain(self, number: int) -> Feedback:
        """After the end: why the key of a question is right, and what was chosen is not.

        Raises:
            InvalidInput: no such question, or the exam still runs.
        """
        asked = self._question(number)
        if not self.over:
            raise InvalidInput("answers are explained when it is over.", do="exam.hand_in() ends it.")
        return Feedback(asked, self.chosen(number))

    def place(self, number: int) -> str:
        """``Question 2 of 20``."""
        return f"Question {number} of {len(self.questions)}"

    def _question(self, number: int) -> Question:
        if not 1 <= number <= len(self.questions):
            raise InvalidInput(f"there is no question {number}.", do=f"There are 1 to {len(self.questions)}.")
        return self.questions[number - 1]

    def _open(self, number: int) -> Question:
        asked = self._question(number)
        if self.over:
            raise InvalidInput("the exam is over.", do="exam.hand_in() gives the score.")
        self.begin()
        return asked

    @property
    def title(self) -> str:
        """How many questions, and how much time."""
        limit = "no time limit" if self.minutes is None else f"{self.minutes} minutes"
        return f"Mock exam: {len(self.questions)} questions, {limit}, seed {self.seed}"

    def __str__(self) -> str:
        if self._result is not None:
            return str(self._result)
        asked = (question_text(item, self.place(number)) for number, item in enumerate(self.questions, 1))
        return "\n\n".join([self.title, *asked, HOW])

    __repr__ = __str__

    def html(self) -> str:
        """The questions; after the end the score."""
        if self._result is not None:
            return self._result.table().html()
        asked = "".join(question_html(item, self.place(n)) for n, item in enumerate(self.questions, 1))
        return f"<p><b>{self.title}</b></p>{asked}"

    def form(self) -> Any:
        """The form, an ipywidgets box."""
        from lab_env.course.exam.exam_form import ExamForm

        return ExamForm(self).box

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude  # all forms are always given: a front end takes the one it can show
        found: dict[str, Any] = self.form()._repr_mimebundle_() if self._shown else {}
        return {**found, "text/plain": str(self), "text/html": self.html()}


def sit(
    *,
    count: int = 20,
    minutes: int | None = None,
    timed: bool = True,
    domain: str = "",
    seed: int = 0,
    report: Report = unheard,
) -> MockExam:
    """A mock exam, the same for the same seed.

    Args:
        count: how many questions, the domains by turns.
        minutes: how long it may take; by default two a question, which is the lab's choice and no vendor's.
        timed: whether there is a limit at all.
        domain: of this domain only.
        seed: what they are drawn by.
        report: is told the result.

    Raises:
        InvalidInput: there are not so many questions, or the time is none.
    """
    if minutes is not None and minutes < 1:
        raise InvalidInput(
            "an exam takes at least a minute.", where="minutes", do="timed=False takes the limit away."
        )
    limit = (minutes or MINUTES_A_QUESTION * count) if timed else None
    return MockExam(select(count, domain=domain, seed=seed), minutes=limit, seed=seed, report=report)
