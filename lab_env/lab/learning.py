"""Exercises: how far one is, and building what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from lab_env import scenario
from lab_env.lab.drilling import Drilling

if TYPE_CHECKING:
    from lab_env.course import CheckResult


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
        return result

    def catch_up(self, exercise: str) -> CheckResult:
        """Build what an exercise asks for, if it is not done, so that the chapter can go on."""
        from lab_env.course import Status
        from lab_env.course import exercise as find

        wanted = find(exercise)
        result = wanted.judge(self._state())
        if result.status is Status.DONE:
            return result
        if wanted.drill is not None:
            self.drill(seed=wanted.drill[0], level=wanted.drill[1]).solve()
        elif wanted.inside:
            groups = [self.names.training_security_group]
            with self.session_in(
                self.names.subnet_a, role=scenario.OPERATOR_ROLE, security_groups=groups
            ) as host:
                # From there only S3 is in reach; the other services are asked as ever.
                wanted.catch_up(
                    lambda service: (host if service == "s3" else boto3).client(service), self.names.find
                )
        else:
            wanted.catch_up(boto3.client, self.names.find)
        return wanted.judge(self._state())
