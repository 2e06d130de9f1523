"""`Lab`: opening and closing it, and the jobs that run in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import boto3

from lab_env import scenario
from lab_env.cloud.iam_simulate import answer_simulations
from lab_env.cloud.mock import MockCloud
from lab_env.cloud.stacks import Stacks
from lab_env.dataplane.operator import sign_in_operator
from lab_env.errors import InvalidInput
from lab_env.lab.arguments import checked
from lab_env.lab.bench import Bench
from lab_env.lab.examining import Examining
from lab_env.lab.learning import Learning
from lab_env.lab.widgets import Widgets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab_env.cloud.call import ApiCall
    from lab_env.dataplane.sink import Sink
    from lab_env.views.deliveries import Deliveries
    from lab_env.views.progress import JobProgress

QUIET_SECONDS = 60.0


@checked
class Lab(Widgets, Learning, Examining):
    """A mocked AWS account in which packets move. Open one with `Lab.start`; opening another closes the first.

    After it, plain ``boto3.client(...)`` calls are the operator's: role ``MeridianAdmin``, somewhere on the internet.
    """

    _open: ClassVar[Lab | None] = None

    @classmethod
    def start(cls, chapter: int | None = None, *, seed: int = 0) -> Lab:
        """Open the lab, with what the chapters before this one have built.

        Args:
            chapter: the chapter to begin; the steps of the chapters it builds on are replayed as their own boto3
                calls. ``None`` or a chapter that builds on none: an empty account.
            seed: the same seed gives the same ids.

        Raises:
            InvalidInput: when there is no such chapter (yet).
        """
        numbered = isinstance(chapter, int) and not isinstance(chapter, bool)
        if chapter is not None and not (numbered and chapter in scenario.CHAPTERS):
            there = ", ".join(f"{number:02d}" for number in scenario.CHAPTERS)
            raise InvalidInput(f"there is no chapter {chapter!r} yet.", do=f"There are {there}.")
        # What the learner has predicted outlives the cloud: a chapter may build the same in another one.
        guesses = Lab._open._guesses if Lab._open is not None else {}  # noqa: SLF001 - another Lab's
        if Lab._open is not None:
            Lab._open.stop()
        lab = cls(MockCloud.start(seed), chapter, seed)
        lab._guesses |= guesses
        lab._furnish(scenario.history(chapter) if chapter is not None else [])
        lab._begin()
        return lab

    def _furnish(self, steps: list[int]) -> None:
        """Open for work: the operator signs in, and what these chapters leave behind is built."""
        Lab._open = self
        sign_in_operator(self._cloud)
        self._sessions.settle_attacker()
        self._plane.connect()
        self._cloud.intercept("cloudtrail", "LookupEvents", self._look_up)
        answer_simulations(self._cloud)
        Stacks(self._cloud)
        # Steps ask for the same few clients again and again; one takes as long to make as several calls.
        client = cache(boto3.client)
        for step in steps:
            scenario.STEPS[step](client)
        self._seen = self.network

    def _renew(self, steps: list[int]) -> None:
        """Begin anew as the same lab, with what these chapters leave behind: ``lab`` and its clients stay good."""
        self._check_open()
        self.stop()
        Bench.__init__(self, MockCloud.start(self._seed), self._chapter, self._seed)
        self._furnish(steps)

    def restart(self) -> Lab:
        """The lab as it was when this chapter began: everything built since is gone."""
        return Lab.start(self._chapter, seed=self._seed)

    def stop(self) -> None:
        """Close the lab: running jobs end, and boto3 is as it was before."""
        if Lab._open is not self:
            return
        Lab._open, self._closed = None, True
        self._training.close()
        self._cloud.stop()

    def _look_up(self, params: Mapping[str, Any], call: ApiCall, region: str) -> dict[str, Any]:
        from lab_env.evidence.lookup import EventHistory

        return EventHistory(self._cloud, self.ledger).lookup(params, call, region)

    def let_time_pass(self, minutes: int = 15) -> Deliveries:
        """Let time pass, so that AWS delivers the logs that were asked for: trails, flow logs, access logs.

        Args:
            minutes: how long; on AWS a trail takes about five, flow logs up to ten, access logs longer.
        """
        from lab_env.evidence.delivery import Delivery
        from lab_env.views.deliveries import Deliveries

        self._check_open()
        self._cloud.clock.advance(minutes)
        if self._delivery is None:
            self._delivery = Delivery(self._cloud, self.ledger, self._plane.services)
        return Deliveries(self._delivery.deliver())

    @property
    def sink(self) -> Sink:
        """What hosts outside AWS received from training jobs: what would have been stolen."""
        return self._training.sink

    @property
    def job(self) -> dict[str, Any]:
        """The training job's request as chapter 01 builds it, with the ids that stand now."""
        return scenario.training_job(
            "meridian-readmission", [self.names.subnet_a], [self.names.training_security_group]
        )

    def wait(self, job: str, *, seconds: float = QUIET_SECONDS) -> JobProgress:
        """Wait until a training job is over, and show how it went.

        Args:
            job: the job's name.
            seconds: how long it may be silent before the wait gives up.
        """
        from lab_env.views.progress import JobProgress

        self._check_open()
        progress = JobProgress(job)
        progress.update(self._training.wait(job, seconds, progress.update))
        return progress

    def log(self, job: str) -> list[str]:
        """What a job's container has printed so far."""
        return list(self._training.job(job).log)
