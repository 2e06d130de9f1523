"""Exam practice: questions by domain, a mock exam, and the proof behind a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_env.lab.bench import Bench

if TYPE_CHECKING:
    from lab_env.course.exam import ExamResult, MockExam, Practice
    from lab_env.course.exam.told import ProofView


class Examining(Bench):
    """The verbs of exam practice. They ask nothing of the learner's cloud, and change nothing in it."""

    if TYPE_CHECKING:

        def _examined(self, result: ExamResult) -> None: ...

    def practice(
        self,
        domain: str = "",
        *,
        concept: str = "",
        difficulty: int | None = None,
        count: int | None = None,
        seed: int = 0,
    ) -> Practice:
        """Questions one after the other, each answer followed by what was computed.

        Args:
            domain: ``SAA``, ``SCS``, ``ANS`` or ``MLA``; without one, all of them by turns.
            concept: only what is about this, such as ``"gateway endpoint"``.
            difficulty: only what is of this difficulty, 1 to 3.
            count: how many; by default all there are.
            seed: the same seed gives the same questions.

        Raises:
            InvalidInput: there are no such questions, or not so many.
        """
        from lab_env.course.exam import practise

        return practise(
            domain,
            concept=concept,
            difficulty=difficulty,
            count=count,
            seed=seed,
            report=self._examined,
        )

    def exam(
        self,
        *,
        count: int = 20,
        minutes: int | None = None,
        timed: bool = True,
        domain: str = "",
        seed: int = 0,
    ) -> MockExam:
        """A mock exam: flags, a review, a clock, and in the end a score by domain.

        Args:
            count: how many questions.
            minutes: how long it may take; by default two a question.
            timed: whether there is a limit at all.
            domain: questions of this domain only.
            seed: the same seed gives the same questions.

        Raises:
            InvalidInput: there are not so many questions.
        """
        from lab_env.course.exam import sit

        return sit(count=count, minutes=minutes, timed=timed, domain=domain, seed=seed, report=self._examined)

    def prove(self, question: str) -> ProofView:
        """What a question's options come to: each built, and put to what the stem asks.

        Args:
            question: its id, such as ``"private-path"``.

        Raises:
            NotFound: there is no such question.
        """
        from lab_env.course.exam import prove, question_named
        from lab_env.course.exam.told import ProofView

        return ProofView(prove(question_named(question)))
