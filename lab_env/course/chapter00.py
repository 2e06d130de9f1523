"""The exercise of the tour: a second subnet, in another zone, as closed as the first."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.errors import NotFound
from lab_env.network.model import Vpc

ELSEWHERE = "internet.example"


def _second_zone(state: State) -> tuple[Status, str, str]:
    vpc = _tour_vpc(state)
    if vpc is None:
        return (
            Status.NOT_ATTEMPTED,
            f"there is no VPC {scenario.TOUR_VPC_CIDR}.",
            "Run the chapter's cells above.",
        )
    subnets = [item for item in state.network.subnets if item.vpc == vpc.id]
    zones = {item.availability_zone for item in subnets}
    if len(subnets) < 2:
        return (
            Status.NOT_ATTEMPTED,
            f"{vpc.id} has {len(subnets)} subnet, in {', '.join(sorted(zones))}.",
            "Create another with ec2.create_subnet.",
        )
    if len(zones) < 2:
        zone = next(iter(zones))
        return Status.NOT_YET, f"all its subnets are in {zone}.", "Give the new one another AvailabilityZone."
    out = [item.id for item in subnets if state.probe(item.id, ELSEWHERE).reached]
    if out:
        return Status.NOT_YET, f"a host in {out[0]} reaches the internet.", "Nothing was to lead out of it."
    return Status.DONE, f"{vpc.id} has subnets in {len(zones)} zones, and no way out of either.", ""


def _tour_vpc(state: State) -> Vpc | None:
    wanted = ip_network(scenario.TOUR_VPC_CIDR)
    return next((item for item in state.network.vpcs if wanted in item.cidrs), None)


def _add_subnet(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    del find
    ec2 = client("ec2")
    by_range = [{"Name": "cidr-block", "Values": [scenario.TOUR_VPC_CIDR]}]
    found = ec2.describe_vpcs(Filters=by_range)["Vpcs"]
    if not found:
        raise NotFound("the tour's VPC is not there yet.", do="Run the chapter's cells above first.")
    scenario.add_tour_subnet(ec2, found[0]["VpcId"])


EXERCISES = (
    Exercise(
        "0.1",
        "A second subnet, in another Availability Zone",
        1,
        _second_zone,
        _add_subnet,
        hints=(
            "A subnet lies in one zone, and the zone is named when the subnet is made.",
            "Its range has to be a free part of 10.0.0.0/16: the first subnet took 10.0.1.0/24.",
            "One call, like the one above, with the next /24 and the zone us-east-1b.",
        ),
    ),
)
