"""The exercises of chapter 01: the second subnet, and jobs that talk to one another, encrypted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_network
from typing import Any

from botocore.exceptions import WaiterError

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.jobs import described_jobs
from lab_env.errors import NotFound
from lab_env.network import Flow, InterfaceSource, trace

PEER_PORT = 7777


def _second_subnet(state: State) -> tuple[Status, str, str]:
    subnet, vpc = state.find("subnet_b"), state.find("vpc")
    if subnet is None:
        return (
            Status.NOT_ATTEMPTED,
            "no subnet is tagged Name=meridian-private-b.",
            "Create it with ec2.create_subnet.",
        )
    found = state.network.subnet[subnet]
    if found.vpc != vpc:
        return Status.NOT_YET, f"{subnet} is in {found.vpc}.", f"It belongs in {vpc} (lab.names.vpc)."
    if found.cidrs[0] != ip_network(scenario.SUBNET_B_CIDR):
        return (
            Status.NOT_YET,
            f"{subnet} is {found.cidrs[0]}.",
            f"Make it {scenario.SUBNET_B_CIDR}: delete it, create it.",
        )
    if found.availability_zone != f"{scenario.REGION}b":
        return (
            Status.NOT_YET,
            f"{subnet} is in {found.availability_zone}.",
            "Use AvailabilityZone='us-east-1b'.",
        )
    table = state.network.route_table_of(subnet)
    if table is None or subnet not in table.subnets:
        return (
            Status.NOT_YET,
            f"{subnet} has no table of its own, so the VPC's main table rules it.",
            "Create a route table and associate it: whoever edits the main table must not open this subnet.",
        )
    if table.id == state.find("private_route_table"):
        return (
            Status.NOT_YET,
            f"{subnet} shares {table.id} with subnet A.",
            "Give it a table of its own, tagged Name=meridian-private-b.",
        )
    return (
        Status.DONE,
        f"{subnet} ({found.cidrs[0]}, {found.availability_zone}) is ruled by {table.id} alone.",
        "",
    )


def _build_second_subnet(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    vpc = find("vpc")
    if vpc is None:
        raise NotFound("the VPC is not there yet.", do="Run the chapter's cells above first.")
    scenario.build_subnet_b(client("ec2"), vpc)


def _peers(state: State) -> tuple[Status, str, str]:
    group, subnet_a = state.find("training_security_group"), state.find("subnet_a")
    if group is None or subnet_a is None:
        return (
            Status.NOT_ATTEMPTED,
            "the training security group or subnet A is missing.",
            "Run the cells above.",
        )
    if not state.network.security_group[group].ingress:
        return (
            Status.NOT_ATTEMPTED,
            f"{group} lets nothing in.",
            "Add an inbound rule whose source is the group itself.",
        )
    network, one = state.with_host(subnet_a, name="eni-probe-1")
    network, two = State(network, state.find, state.describe).with_host(subnet_a, name="eni-probe-2")
    network, other = State(network, state.find, state.describe).with_host(
        subnet_a, groups=(), name="eni-probe-3"
    )
    to_peer = trace(network, Flow(InterfaceSource(one.id), str(two.address), "tcp", PEER_PORT))
    if not to_peer.reached:
        return (
            Status.NOT_YET,
            f"one job's container cannot reach another's: {to_peer.reason}",
            "Allow all from the group.",
        )
    if trace(network, Flow(InterfaceSource(other.id), str(two.address), "tcp", PEER_PORT)).reached:
        return (
            Status.NOT_YET,
            f"a host in subnet A that is not in {group} gets in too.",
            "Name the group as the source, not a CIDR.",
        )
    if _opened(state, group):
        return (
            Status.NOT_YET,
            f"{group} lets in more than its own members.",
            "Remove the other inbound rules.",
        )
    return Status.DONE, f"members of {group} reach one another, and nobody else reaches them.", ""


def _opened(state: State, group: str) -> bool:
    return any(rule.peer != group for rule in state.network.security_group[group].ingress)


def _build_peers(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    group = find("training_security_group")
    if group is None:
        raise NotFound(
            "the training security group is not there yet.", do="Run the chapter's cells above first."
        )
    scenario.let_members_in(client("ec2"), group)


def _two_instances(state: State) -> tuple[Status, str, str]:
    subnet_a, group = state.find("subnet_a"), state.find("training_security_group")
    if subnet_a is None or group is None:
        return Status.NOT_ATTEMPTED, "subnet A or the training group is missing.", "Run the cells above."
    jobs = list(described_jobs(state))
    wide = [job for job in jobs if job["ResourceConfig"]["InstanceCount"] > 1]
    if not wide:
        return (
            Status.NOT_ATTEMPTED,
            f"{len(jobs)} jobs were created, none on two instances.",
            "InstanceCount stands in ResourceConfig.",
        )
    said = [_lacking(job, subnet_a, group) for job in wide]
    if "" not in said:
        name = wide[-1]["TrainingJobName"]
        return Status.NOT_YET, f"{name}: {said[-1]}.", "A job cannot be changed: create another one."
    right = wide[said.index("")]
    name, count = right["TrainingJobName"], right["ResourceConfig"]["InstanceCount"]
    return (
        Status.DONE,
        f"{name} asks for {count} instances in {subnet_a}, and what they say is encrypted.",
        "",
    )


def _lacking(job: Mapping[str, Any], subnet: str, group: str) -> str:
    """What is amiss with a job on several instances; empty when nothing is."""
    place = job.get("VpcConfig") or {"Subnets": [], "SecurityGroupIds": []}
    if subnet not in place["Subnets"]:
        return "it is not in subnet A"
    if group not in place["SecurityGroupIds"]:
        return "its interfaces are not in the training group, whose members may talk"
    if not job.get("EnableInterContainerTrafficEncryption"):
        return "what its instances say to one another is not encrypted"
    return ""


def _create_wide_job(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    subnet, group = find("subnet_a"), find("training_security_group")
    if subnet is None or group is None:
        raise NotFound("subnet A or the group is not there yet.", do="Run the chapter's cells above first.")
    sagemaker = client("sagemaker")
    taken = sagemaker.list_training_jobs(NameContains=WIDE)["TrainingJobSummaries"]
    name = f"{WIDE}-{len(taken) + 1}" if taken else WIDE
    job = scenario.training_job(name, [subnet], [group])
    job["ResourceConfig"] = {**job["ResourceConfig"], "InstanceCount": 2}
    sagemaker.create_training_job(**job, EnableInterContainerTrafficEncryption=True)
    # It fails, for want of a way to S3; what matters is that its interfaces are gone again.
    with suppress(WaiterError):
        sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name)


WIDE = "meridian-readmission-wide"
EXERCISES = (
    Exercise(
        "1.1",
        "A second private subnet with a route table of its own",
        1,
        _second_subnet,
        _build_second_subnet,
        hints=(
            "Three resources: a subnet, a route table, and the tie between them.",
            "Both carry the Name meridian-private-b. A subnet without a tie of its own follows the main table.",
            "After create_subnet and create_route_table, associate_route_table takes the ids of the two.",
        ),
    ),
    Exercise(
        "1.2",
        "Jobs of one group reach one another",
        1,
        _peers,
        _build_peers,
        hints=(
            "A new group lets nothing in. What is missing is an inbound rule.",
            "A CIDR block would let in whoever stands in the subnet. A rule may name a group in its place.",
            "authorize_security_group_ingress, every protocol (-1), and UserIdGroupPairs with the group's own id.",
        ),
    ),
    Exercise(
        "1.3",
        "A job on two instances that talk encrypted",
        1,
        _two_instances,
        _create_wide_job,
        hints=(
            "Nothing in the network changes: all that is asked for stands in the job's request.",
            "How many instances: a number in ResourceConfig. Whether they encrypt: a switch beside VpcConfig.",
            (
                "Copy job, give it a new TrainingJobName, InstanceCount 2 in a copy of ResourceConfig, and "
                "EnableInterContainerTrafficEncryption."
            ),
        ),
    ),
)
