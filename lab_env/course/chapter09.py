"""The exercises of chapter 09: a clinic's bill brought down, judged on what is reached and on what it costs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lab_env import scenario
from lab_env.costs import Usage, month
from lab_env.course.exercise import Exercise, State, Status
from lab_env.network import Trace
from lab_env.network.flow import Exit
from lab_env.network.model import Subnet
from lab_env.scenario import chapter09 as steps

GIGABYTES = 10_000
"""What the clinic's researchers read in a month."""
FREE_WAY_LIMIT, CLOSED_LIMIT = Decimal(110), Decimal(50)

ELSEWHERE = "internet.example"
S3 = f"s3.{scenario.REGION}.amazonaws.com"

Answer = tuple[Status, str, str]
Client = Callable[[str], Any]
Find = Callable[[str], str | None]
NOT_BUILT: Answer = (Status.NOT_ATTEMPTED, "the clinic's VPC does not stand.", "Run the cell that builds it.")


def _nothing_idle(state: State) -> Answer:
    subnets = _private(state)
    if not subnets:
        return NOT_BUILT
    out = [state.probe(subnet.id, ELSEWHERE) for subnet in subnets]
    met = {hop.resource for way in out for hop in way.forward}
    nats = _nats(state, subnets[0].vpc)
    unused, idle = sorted(set(nats) - met), _idle_addresses(state)
    online = all(way.reached for way in out)
    if unused and online and len(nats) > len(subnets):
        hint = "describe_nat_gateways lists them; which of them stands in no route of describe_route_tables?"
        return Status.NOT_ATTEMPTED, f"{len(nats)} NAT gateways stand, and {len(unused)} carry nothing.", hint
    lost = [subnet.name for subnet, way in zip(subnets, out, strict=True) if not way.reached]
    if lost and not _services_reached(state, subnets):
        hint = "Its table's default route has to lead to a NAT gateway that is there."
        return Status.NOT_YET, f"from {lost[0]} the internet is no longer reached.", hint
    if unused:
        return Status.NOT_YET, f"{unused[0]} carries nothing and is paid for.", "delete_nat_gateway."
    if idle:
        hint = "Deleting a NAT gateway does not give its Elastic IP address back: release_address does."
        return Status.NOT_YET, f"{idle[0]} is allocated, associated with nothing, and paid for.", hint
    return Status.DONE, f"{len(nats)} NAT gateways, each with traffic; no address is idle.", ""


def _free_way(state: State) -> Answer:
    subnets = _private(state)
    if not subnets:
        return NOT_BUILT
    ways = [state.probe(subnet.id, S3) for subnet in subnets]
    if all(way.exit is Exit.NAT_GATEWAY for way in ways):
        hint = "Which kind of endpoint has neither an hourly nor a data price?"
        return Status.NOT_ATTEMPTED, "both subnets reach S3 through a NAT gateway.", hint
    for subnet, way in zip(subnets, ways, strict=True):
        if not way.reached:
            return (
                Status.NOT_YET,
                f"from {subnet.name} S3 is not reached: {way.reason}",
                "lab.trace shows where.",
            )
        if not _private_way(way):
            hint = "A gateway endpoint serves the route tables that it is associated with, and no others."
            return Status.NOT_YET, f"{subnet.name} still reaches S3 by {way.exit.value}.", hint
    usd = _bill(state, ways)
    if usd > FREE_WAY_LIMIT:
        hint = "Look at the lines of lab.costs: what is paid by the gigabyte?"
        return Status.NOT_YET, f"the month with {GIGABYTES:,} GB costs {usd:,} USD.", hint
    return Status.DONE, f"S3 is reached privately from both subnets; the month costs {usd:,} USD.", ""


def _way_out_closed(state: State) -> Answer:
    subnets = _private(state)
    if not subnets:
        return NOT_BUILT
    out = [subnet.name for subnet in subnets if state.probe(subnet.id, ELSEWHERE).reached]
    interface = [item for item in state.network.endpoints_of[subnets[0].vpc] if item.kind == "Interface"]
    if len(out) == len(subnets) and not interface:
        hint = "An interface endpoint for each service first; then the NAT gateways can go."
        return (
            Status.NOT_ATTEMPTED,
            "the internet is reached, and no service has an interface endpoint.",
            hint,
        )
    missing = _missing_service(state, subnets)
    if missing:
        return Status.NOT_YET, missing, "Private DNS, the security group, and an interface in each zone."
    if out:
        hint = "Without a NAT gateway there is no way out; release its address too."
        return Status.NOT_YET, f"from {out[0]} the whole internet is still reached.", hint
    ways = [state.probe(subnet.id, S3) for subnet in subnets]
    if not all(way.reached and _private_way(way) for way in ways):
        return Status.NOT_YET, "S3 is no longer reached privately from both subnets.", "As in 9.2."
    usd = _bill(state, ways)
    if usd > CLOSED_LIMIT:
        hint = "lab.costs names every line: endpoints by zone, addresses that nobody uses."
        return Status.NOT_YET, f"the month costs {usd:,} USD; {CLOSED_LIMIT} is the limit.", hint
    return Status.DONE, f"three services and S3, nothing else, in both zones, for {usd:,} USD a month.", ""


def _missing_service(state: State, subnets: list[Subnet]) -> str:
    """What a service's endpoint still lacks, in a sentence; empty when each serves both zones."""
    wanted = {subnet.availability_zone for subnet in subnets}
    for service in steps.CLINIC_SERVICES:
        for subnet in subnets:
            way = state.probe(subnet.id, f"{service}.{scenario.REGION}.amazonaws.com")
            if not way.reached or way.exit is not Exit.INTERFACE_ENDPOINT:
                return f"from {subnet.name} {service} is not reached through an interface endpoint."
            endpoint = next(item for item in state.network.endpoints if item.id == way.endpoint)
            zones = {state.network.subnet[name].availability_zone for name in endpoint.subnets}
            if not wanted <= zones:
                return f"{service}'s endpoint stands in {len(zones)} zone; were it lost, both would be."
    return ""


def _services_reached(state: State, subnets: list[Subnet]) -> bool:
    return not _missing_service(state, subnets)


def _private_way(way: Trace) -> bool:
    return way.exit in {Exit.GATEWAY_ENDPOINT, Exit.INTERFACE_ENDPOINT}


def _private(state: State) -> list[Subnet]:
    """The clinic's private subnets, newest VPC of its name; none where it does not stand."""
    vpcs = [vpc.id for vpc in state.network.vpcs if vpc.name == steps.CLINIC]
    own = [item for item in state.network.subnets if vpcs and item.vpc == vpcs[-1]]
    return sorted((item for item in own if "private" in item.name), key=lambda item: item.name)


def _nats(state: State, vpc: str) -> list[str]:
    return [item.id for item in state.network.nat_gateways if item.vpc == vpc and item.state == "available"]


def _idle_addresses(state: State) -> list[str]:
    found = state.describe("ec2", "DescribeAddresses")["Addresses"]
    return sorted(str(item["AllocationId"]) for item in found if "AssociationId" not in item)


def _bill(state: State, ways: list[Trace]) -> Decimal:
    """The month's bill by the dearer of the ways."""
    used = Usage(GIGABYTES, idle_addresses=len(_idle_addresses(state)))
    return max(month(state.network, way, used).usd for way in ways)


def _standing(client: Client) -> Any:
    ec2 = client("ec2")
    if steps.clinic_vpc(ec2) is None:
        steps.build_clinic(ec2)
    return ec2


def _remove_idle(client: Client, find: Find) -> None:
    del find
    steps.remove_old_nat(_standing(client))


def _give_free_way(client: Client, find: Find) -> None:
    del find
    steps.give_free_way(_standing(client))


def _close_way_out(client: Client, find: Find) -> None:
    _give_free_way(client, find)
    steps.close_way_out(client("ec2"))


HINTS = {
    "9.1": (
        "A NAT gateway works for those route tables that lead to it. Compare two lists.",
        (
            "The ids in describe_nat_gateways, minus those in the routes of describe_route_tables, leave one. "
            "And what did it get when it was made, that costs by the hour as well?"
        ),
        (
            "delete_nat_gateway, with the id that is left. Then describe_addresses: the address without an "
            "AssociationId goes back with release_address, by its AllocationId."
        ),
    ),
    "9.2": (
        "By the gigabyte the NAT gateway is paid, and by the gigabyte an interface endpoint is. What is not?",
        "One create_vpc_endpoint of type Gateway in the clinic's VPC. Its route appears in the tables that you name.",
        (
            "create_vpc_endpoint takes the clinic's VPC, S3's service name of this Region, and in RouteTableIds the "
            "tables of both private subnets."
        ),
    ),
    "9.3": (
        "Three services in two zones: multiply, and compare with two NAT gateways and their addresses.",
        (
            "create_vpc_endpoint of type Interface for sts, logs and kms, each with both private subnets and "
            "private DNS. Only then take the NAT gateways away, and look for what they leave behind."
        ),
        (
            "Three times create_vpc_endpoint: VpcEndpointType Interface, both in SubnetIds, PrivateDnsEnabled on. "
            "Then delete_nat_gateway twice; release_address for each of describe_addresses that has no AssociationId."
        ),
    ),
}
EXERCISES = tuple(
    Exercise(id, title, points, check, catch_up, hints=HINTS[id])
    for id, title, points, check, catch_up in (  # noqa: A001 - an exercise's word for it
        ("9.1", "Nothing paid for that carries nothing", 2, _nothing_idle, _remove_idle),
        ("9.2", "Ten terabytes off the bill", 2, _free_way, _give_free_way),
        ("9.3", "The cheaper layout, and no way out", 3, _way_out_closed, _close_way_out),
    )
)
