"""The exercises of chapter 05: the second route table, a repair, and a job that either table serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.jobs import described_jobs
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


def _either_zone(state: State) -> tuple[Status, str, str]:
    subnets = {letter: state.find(f"subnet_{letter.lower()}") for letter in ("A", "B")}
    if None in subnets.values() or state.find("s3_endpoint") is None:
        return Status.NOT_ATTEMPTED, "subnet A, subnet B or the endpoint is missing.", "Run the cells above."
    both = [job for job in described_jobs(state) if _placed(job) >= set(subnets.values())]
    if not both:
        return (
            Status.NOT_ATTEMPTED,
            "no job names both subnets.",
            "Subnets, in VpcConfig, is a list.",
        )
    for letter, subnet in subnets.items():
        way = state.probe(str(subnet), S3)
        if not way.reached:
            return (
                Status.NOT_YET,
                f"a job that is placed in subnet {letter} would not reach S3: {way.reason}",
                "Every subnet in the list needs the route.",
            )
    whole = [job["TrainingJobName"] for job in both if job["TrainingJobStatus"] == "Completed"]
    if not whole:
        name, status = both[-1]["TrainingJobName"], both[-1]["TrainingJobStatus"]
        return Status.NOT_YET, f"{name} is {status}.", "lab.wait waits for it, and tells why it failed."
    return Status.DONE, f"{whole[0]} completed, and would have in either subnet.", ""


def _placed(job: Mapping[str, Any]) -> set[str]:
    return set((job.get("VpcConfig") or {"Subnets": []})["Subnets"])


def _train_in_either(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    _associate_b(client, find)
    scenario.associate_first_table(client("ec2"))
    sagemaker = client("sagemaker")
    taken = sagemaker.list_training_jobs(NameContains=EITHER)["TrainingJobSummaries"]
    name = f"{EITHER}-{len(taken) + 1}" if taken else EITHER
    subnets = [find("subnet_a") or "", find("subnet_b") or ""]
    job = scenario.training_job(name, subnets, [find("training_security_group") or ""])
    sagemaker.create_training_job(**job)
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name)


EITHER = "meridian-readmission-either-zone"
EXERCISES = (
    Exercise(
        "5.1",
        "Subnet B reaches S3 too, with as small a change as possible",
        2,
        _subnet_b_too,
        _associate_b,
        hints=(
            "A gateway endpoint is not in a subnet. What did you name when you made it?",
            "Find the table that rules subnet B: describe_route_tables, by association.subnet-id.",
            "modify_vpc_endpoint takes AddRouteTableIds, a list. The endpoint is lab.names.s3_endpoint.",
        ),
    ),
    Exercise(
        "5.2",
        "Repair what a colleague tidied away",
        1,
        _repaired,
        _repair,
        hints=(
            "Trace before you change anything: at which hop does the packet of subnet A stop?",
            "The endpoint stands, and its list of tables is shorter than it was. Which one is gone?",
            "The same call as in 5.1, with the table of subnet A: lab.names.private_route_table.",
        ),
    ),
    Exercise(
        "5.3",
        "A job that may run in either zone",
        1,
        _either_zone,
        _train_in_either,
        hints=(
            "Where a job may be placed stands in its own request, not in the network.",
            "SageMaker picks one subnet of a list. Change the list in a copy of VpcConfig, and the job's name.",
            "Subnets holds lab.names.subnet_a and lab.names.subnet_b; the groups stay. Then lab.wait.",
        ),
    ),
)
