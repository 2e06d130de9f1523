"""The exercises of chapter 13: three drills, each graded by running its job and asking the audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env.course.exercise import Check, Exercise, State, Status

# Seed and level of each exercise's drill.
DRILLS = {"13.1": (12, 1), "13.2": (14, 2), "13.3": (4, 3)}


def _graded(seed: int, level: int) -> Check:
    def check(state: State) -> tuple[Status, str, str]:
        drill = state.drill
        if drill is None or (drill.seed, drill.level) != (seed, level):
            begin = f"Begin it with drill = lab.drill(seed={seed}, level={level})."
            return Status.NOT_ATTEMPTED, "the lab does not stand in this drill.", begin
        grade = drill.check()
        return grade.status, grade.saw, grade.hint

    return check


def _by_the_drill(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    """Nothing: catching up begins the drill and repairs it (`Exercise.drill`)."""
    del client, find


def _exercise(id: str, title: str, points: int, *hints: str) -> Exercise:  # noqa: A002 - as the field's name
    drill = DRILLS[id]
    return Exercise(id, title, points, _graded(*drill), _by_the_drill, hints=hints, drill=drill)


EXERCISES = (
    _exercise(
        "13.1",
        "A timeout: find the hop, and mend it",
        1,
        "Trace from the job's subnet to S3. The last hop names what decided.",
        "The endpoint has a route, in a table. Is it the table that rules subnet A?",
        "associate_route_table puts subnet A back under the table meridian-private, which holds the endpoint's route.",
    ),
    _exercise(
        "13.2",
        "A 403: find the policy, and mend it",
        2,
        "The message names an action. Whose action is it, S3's or another service's?",
        "Make the same read in subnet A as MeridianTrainingRole, and give the error to lab.explain.",
        "Put kms:Decrypt back beside kms:GenerateDataKey in the statement UseTheKey of the role's policy training.",
    ),
    _exercise(
        "13.3",
        "Two faults, one behind the other",
        3,
        "Mend what you see first, run the check, and read the new message as a new question.",
        "First: does any name resolve in this VPC? Then: whose id does the bucket's policy compare with?",
        "enableDnsSupport on; then lab.names.s3_endpoint as aws:SourceVpce in the training bucket's policy.",
    ),
)
