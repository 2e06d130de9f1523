"""Practice: one question after the other, each answer followed at once by the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab_env.course.exam.bank import select
from lab_env.course.exam.question import Question
from lab_env.course.exam.result import Answered, ExamResult, Report, unheard
from lab_env.course.exam.told import Feedback, chosen_of, question_html, question_text
from lab_env.errors import InvalidInput
from lab_env.views.progress import front_end

HOW = 'Answer it with .answer("B").'


class Practice:
    """Questions to practise on. Displayed in a notebook that somebody looks at, it is a form; else text.

    Args:
        questions: what is asked.
        seed: what they were drawn by.
        report: is told the result, once, when the last question was answered.
        shown: whether to show the form; by default where there is a front end.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        *,
        seed: int = 0,
        report: Report = unheard,
        shown: bool | None = None,
    ) -> None:
        self.questions = tuple(questions)
        self.seed = seed
        self._report = report
        self._shown = front_end() if shown is None else shown
        self._answered: list[Answered] = []

    @property
    def number(self) -> int:
        """How many questions were answered."""
        return len(self._answered)

    @property
    def over(self) -> bool:
        """Whether all were."""
        return self.number == len(self.questions)

    @property
    def question(self) -> Question:
        """The question that is to be answered now.

        Raises:
            InvalidInput: all were answered.
        """
        if self.over:
            raise InvalidInput("every question was answered.", do="practice.result tells how.")
        return self.questions[self.number]

    def place(self, number: int) -> str:
        """``Question 2 of 5``."""
        return f"Question {number + 1} of {len(self.questions)}"

    def answer(self, answer: str) -> Feedback:
        """Answer the question, and see why it is right or wrong.

        Args:
            answer: letters: ``B``, or ``A, C``.

        Raises:
            InvalidInput: no such option, not as many as are asked for, or no question is left.
        """
        asked = self.question
        chosen = chosen_of(asked, answer)
        self._answered.append(Answered.to(asked, chosen))
        if self.over:
            self._report(self.result)
        return Feedback(asked, chosen)

    @property
    def result(self) -> ExamResult:
        """How it went so far."""
        return ExamResult("practice", self.seed, tuple(self._answered))

    def __str__(self) -> str:
        if self.over:
            return str(self.result)
        return f"{question_text(self.question, self.place(self.number))}\n{HOW}"

    __repr__ = __str__

    def html(self) -> str:
        """Every question, each with its answer behind a summary that opens it."""
        return "".join(
            f"{question_html(item, self.place(number))}"
            f"<details><summary>The answer</summary>{Feedback(item).html()}</details>"
            for number, item in enumerate(self.questions)
        )

    def form(self) -> Any:
        """The form, an ipywidgets box."""
        from lab_env.course.exam.practice_form import PracticeForm

        return PracticeForm(self).box

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude  # all forms are always given: a front end takes the one it can show
        if not self._shown:
            return {"text/plain": str(self), "text/html": self.html()}
        # A notebook that is saved keeps what it showed: the question, and no answers.
        return {**self.form()._repr_mimebundle_(), "text/plain": str(self)}


def practise(
    domain: str = "",
    *,
    concept: str = "",
    difficulty: int | None = None,
    count: int | None = None,
    seed: int = 0,
    report: Report = unheard,
) -> Practice:
    """Questions to practise on, the same for the same seed.

    Args:
        domain: ``SAA``, ``SCS``, ``ANS`` or ``MLA``; without one, all of them by turns.
        concept: only what is about this (`lab_env.course.exam.concepts`).
        difficulty: only what is of this difficulty, 1 to 3.
        count: how many; all that there are.
        seed: what they are drawn by.
        report: is told the result.

    Raises:
        InvalidInput: there are no such questions, or not so many.
    """
    chosen = select(count, domain=domain, concept=concept, difficulty=difficulty, seed=seed)
    return Practice(chosen, seed=seed, report=report)
