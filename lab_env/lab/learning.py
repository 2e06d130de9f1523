"""Learning by doing: exercises with their hints and solutions, predictions, and how far one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from lab_env import scenario
from lab_env.lab.drilling import Drilling

if TYPE_CHECKING:
    from lab_env.course import CheckResult, Exercise
    from lab_env.course.drills.drill import Drill
    from lab_env.course.drills.shown import Grade
    from lab_env.course.exam import ExamResult
    from lab_env.course.hints import Ladder, Solution
    from lab_env.course.progress import Progress
    from lab_env.views.prediction import Outcome, Question
    from lab_env.views.progress_board import ProgressBoard


class Learning(Drilling):
    """The verbs of the exercises."""

    def check(self, exercise: str) -> CheckResult | int:
        """How far an exercise is, judged on the cloud's state: ``not attempted``, ``not yet`` or ``done``.

        While nbgrader grades, the value is the points, a number.
        """
        from lab_env.course import Status, autograding
        from lab_env.course import exercise as find

        wanted = find(exercise)
        result = wanted.judge(self._state())
        if autograding():
            return wanted.points if result.status is Status.DONE else 0
        if exercise not in self._built and result.status is not Status.NOT_ATTEMPTED:
            self._notes.record("exercise", exercise, done=result.status is Status.DONE, tries=1)
        return result

    def catch_up(self, exercise: str) -> CheckResult:
        """Build what an exercise asks for, if it is not done, so that the chapter can go on."""
        from lab_env.course import Status
        from lab_env.course import exercise as find

        wanted = find(exercise)
        result = wanted.judge(self._state())
        if result.status is Status.DONE:
            return result
        self._built.add(exercise)
        self._notes.record("exercise", exercise, shown=True)
        self._build(wanted)
        return wanted.judge(self._state())

    def _build(self, wanted: Exercise) -> None:
        if wanted.drill is not None:
            self.drill(seed=wanted.drill[0], level=wanted.drill[1]).solve()
            return
        if not wanted.inside:
            wanted.catch_up(boto3.client, self.names.find)
            return
        groups = [self.names.training_security_group]
        with self.session_in(
            self.names.subnet_a, role=scenario.OPERATOR_ROLE, security_groups=groups
        ) as host:
            # From there only S3 is in reach; the other services are asked as ever.
            wanted.catch_up(
                lambda service: (host if service == "s3" else boto3).client(service), self.names.find
            )

    def hint(self, exercise: str) -> Ladder:
        """The next of an exercise's three hints, under those that were seen before."""
        from lab_env.course import exercise as find
        from lab_env.course.hints import next_hint

        wanted = find(exercise)
        ladder = next_hint(wanted, self._notes.get("exercise", exercise))
        self._notes.record("exercise", exercise, hints=ladder.seen)
        return ladder

    def solution(self, exercise: str) -> Solution:
        """One way to solve an exercise, as Python, after an honest try; before it, what to do first.

        It is recorded when it is asked for, in a cloud of its own; this one stays as it is.
        """
        from lab_env.course import exercise as find
        from lab_env.course.hints import Solution, tried

        wanted = find(exercise)
        known = self._notes.get("exercise", exercise)
        if not tried(wanted, known):
            return Solution(wanted)
        from lab_env.lab.solving import solution_code

        code = solution_code(exercise)
        self._notes.record("exercise", exercise, shown=not known.done)
        return Solution(wanted, code)

    def predict(self, prediction: str, answer: object = None) -> Question:
        """A question to be answered before the next cells run; `predicted` compares the answer with what happened.

        Args:
            prediction: its id, as in ``"05.1"``.
            answer: your answer, where there is no form to give it in: the number of a choice, or where each statement
                asks for a yes or a no, a text such as ``"y n y"``.

        Raises:
            NotFound: there is no such prediction.
            InvalidInput: no such answer.
        """
        from lab_env.course.asking import ask

        self._check_open()
        question, self._guesses[prediction] = ask(prediction, answer, self.network)
        return question

    def predicted(self, prediction: str) -> Outcome:
        """What happened, computed from the cloud as it stands now, beside what you predicted."""
        from lab_env.course.asking import compare

        self._check_open()
        return compare(prediction, self._guesses.get(prediction), self._state(), self._notes)

    def progress(self) -> ProgressBoard:
        """How far you are: chapters, exercises, predictions, drills, exam domains; to be exported, or reset."""
        from lab_env.course import EXERCISES
        from lab_env.course.summary import board

        return board(self._notes, EXERCISES)

    @property
    def _notes(self) -> Progress:
        from lab_env.course.progress import learners
        from lab_env.views.progress import front_end

        return learners(watched=front_end())

    def _examined(self, result: ExamResult) -> None:
        for domain, own in result.by_domain.items():
            self._notes.record("exam", domain, tries=1, right=own.right, asked=own.asked)

    def _graded(self, drill: Drill, grade: Grade) -> None:
        from lab_env.course import Status

        effort, done = grade.effort, grade.status is Status.DONE
        self._notes.record(
            "drill",
            f"{drill.seed}, level {drill.level}",
            done=done and not effort.given_up,
            tries=int(grade.status is not Status.NOT_ATTEMPTED),
            hints=effort.hints,
            shown=effort.given_up,
        )

    def _begin(self) -> None:
        if self._chapter is not None:
            self._notes.record("chapter", f"{self._chapter:02d}")
