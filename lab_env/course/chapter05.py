"""The exercises of chapter 05: the second route table, and a repair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.network import Exit

S3 = f"s3.{scenario.REGION}.amazonaws.com"
ELSEWHERE = "internet.example"


def _subnet_b_too(state: State) -> tuple[Status, str, str]:
    subnet_a, subnet_b, vpc = state.find("subnet_a"), state.find("subnet_b"), state.find("vpc")
    if subnet_a is None or subnet_b is None or vpc is None:
        return Status.NOT_ATTEMPTED, "subnet A or B is missing.", "Start again with lab = lab.restart()."
    endpoints = [item for item in state.network.endpoints_of[vpc] if item.service.endswith(".s3")]
    if not endpoints:
        return Status.NOT_ATTEMPTED, "the VPC has no endpoint for S3.", "Run the chapter's cells above."
    from_b, from_a = state.probe(subnet_b, S3), state.probe(subnet_a, S3)
    if not from_b.reached:
        return (
            Status.NOT_YET,
            f"from subnet B, S3 is not reached: {from_b.reason}",
            "Which table rules subnet B?",
        )
    if not from_a.reached:
        return (
            Status.NOT_YET,
            f"now subnet A has lost its way: {from_a.reason}",
            "Keep its table associated as well.",
        )
    if from_b.exit is not Exit.GATEWAY_ENDPOINT:
        return (
            Status.NOT_YET,
            f"subnet B reaches S3 by {from_b.exit.value}.",
            "Use the gateway endpoint that stands.",
        )
    if len(endpoints) > 1:
        return (
            Status.NOT_YET,
            f"{len(endpoints)} endpoints for S3 stand now.",
            "One serves the whole VPC: delete the rest.",
        )
    if state.probe(subnet_b, ELSEWHERE).reached:
        return Status.NOT_YET, "from subnet B, the internet is reached too.", "S3 needs no such route."
    return Status.DONE, f"subnet B reaches S3 through {from_b.endpoint}, which serves both tables.", ""


def _associate_b(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    if find("s3_endpoint") is None:
        scenario.build_endpoint(client)
    scenario.associate_second_table(client("ec2"))


def _repaired(state: State) -> tuple[Status, str, str]:
    subnet_a, vpc = state.find("subnet_a"), state.find("vpc")
    if subnet_a is None or vpc is None:
        return Status.NOT_ATTEMPTED, "subnet A is missing.", "Start again with lab = lab.restart()."
    way = state.probe(subnet_a, S3)
    if not way.reached:
        code = f" ({way.blockers[0].code})" if way.blockers and way.blockers[0].code else ""
        return (
            Status.NOT_YET,
            f"from subnet A, S3 is not reached{code}: {way.reason}",
            "Compare the endpoint's RouteTableIds with the table that rules subnet A.",
        )
    if way.exit is not Exit.GATEWAY_ENDPOINT:
        return (
            Status.NOT_YET,
            f"subnet A reaches S3 by {way.exit.value}.",
            "Bring the gateway endpoint back instead.",
        )
    if state.probe(subnet_a, ELSEWHERE).reached:
        return Status.NOT_YET, "subnet A reaches the internet as well.", "Remove that route: S3 needs none."
    return Status.DONE, f"subnet A reaches S3 through {way.endpoint} again, and nothing else.", ""


def _repair(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    if find("s3_endpoint") is None:
        scenario.build_endpoint(client)
    scenario.associate_first_table(client("ec2"))


EXERCISES = (
    Exercise(
        "5.1", "Subnet B reaches S3 too, with as small a change as possible", 2, _subnet_b_too, _associate_b
    ),
    Exercise("5.2", "Repair what a colleague tidied away", 1, _repaired, _repair),
)
