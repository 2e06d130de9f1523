"""Drills: breaking a cloud, and what a drill asks of the lab."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3

from lab_env import scenario
from lab_env.lab.places import Places

if TYPE_CHECKING:
    from lab_env.course.drills.drill import Drill
    from lab_env.course.drills.look import Ground
    from lab_env.course.drills.shown import Grade
    from lab_env.views.progress import JobProgress

# The chapter with whose beginning a drill begins.
CHAPTER = 13
# Where the calls of jobs come from: they are no calls of the learner's.
_OF_JOBS = ("training job ", "processing job ", "transform job ", "SageMaker, in its own network")


class Drilling(Places):
    """The verb that begins a drill."""

    if TYPE_CHECKING:

        def _renew(self, steps: list[int]) -> None: ...
        def wait(self, job: str) -> JobProgress:
            """As `Lab.wait`."""

        def _graded(self, drill: Drill, grade: Grade) -> None: ...

    def drill(self, *, seed: int, level: int = 1) -> Drill:
        """Break a fresh cloud in one to three ways, and tell only what is seen of it.

        The lab begins anew for it, at the end of chapter 06: what stood there is gone.

        Args:
            seed: any whole number; the same seed and level break the cloud in the same way.
            level: 1 and 2 one fault, 3 and 4 two, 5 three; the higher, the better they hide.

        Raises:
            InvalidInput: there is no such level, or the seed is no whole number.
        """
        from lab_env.course.drills.drill import Drill, Yard

        self._check_open()
        yard = Yard(
            self._fresh_ground, self.wait, self._forget_calls, self._calls, self._stands_in, self._graded
        )
        drill = Drill(yard, seed, level)
        self._drill = drill
        return drill

    def _fresh_ground(self) -> Ground:
        from lab_env.course.drills.look import Ground

        # What the learner has guessed and been shown outlives the cloud.
        kept = self._drill, self._guesses, self._built
        self._renew(scenario.history(CHAPTER))
        self._drill, self._guesses, self._built = kept
        return Ground(
            cache(boto3.client),
            lambda service: self.root().client(service),
            self.names.find,
            self._cloud.describe,
            self._plane.network,
        )

    def _forget_calls(self) -> None:
        # Each renewal brings a data plane of its own.
        self._plane.forget_calls()

    def _calls(self) -> int:
        return sum(not attempt.place.startswith(_OF_JOBS) for attempt in self.ledger)

    def _stands_in(self, drill: Drill) -> bool:
        return self._drill is drill and not self._closed
