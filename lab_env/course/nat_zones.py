"""Exercise 3.3: a NAT gateway in each Availability Zone, so that one zone's failure leaves the other its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env import options, scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.network import Exit

S3 = f"s3.{scenario.REGION}.amazonaws.com"
SECOND_PUBLIC_CIDR = "10.20.101.0/24"
NAME = "meridian-public-b"


def _each_in_its_zone(state: State) -> tuple[Status, str, str]:
    subnets = {letter: state.find(f"subnet_{letter.lower()}") for letter in ("A", "B")}
    standing = [item for item in state.network.nat_gateways if item.state == "available"]
    if None in subnets.values() or not standing:
        return (
            Status.NOT_ATTEMPTED,
            "subnet A, subnet B or the NAT gateway is missing.",
            "Run the cells above.",
        )
    if len(standing) < 2:
        return (
            Status.NOT_ATTEMPTED,
            f"one NAT gateway is available, in {_zone(state, standing[0].subnet)}.",
            "A second one, in a public subnet of the other zone.",
        )
    for letter, subnet in subnets.items():
        wrong = _astray(state, letter, str(subnet))
        if wrong:
            return Status.NOT_YET, *wrong
    return Status.DONE, "each subnet's way to S3 is a NAT gateway of its own zone.", ""


def _astray(state: State, letter: str, subnet: str) -> tuple[str, str] | None:
    """What is amiss with a subnet's way to S3, and what to look at; ``None`` when nothing is."""
    way = state.probe(subnet, S3)
    if not way.reached:
        return f"from subnet {letter}, S3 is not reached: {way.reason}", "Follow the trace table by table."
    if way.exit is not Exit.NAT_GATEWAY:
        return (
            f"subnet {letter} reaches S3 by {way.exit.value}.",
            "Here a NAT gateway is asked for; the better way is chapter 05.",
        )
    used = next(hop.resource for hop in way.forward if hop.resource.startswith("nat-"))
    stands = next(item.subnet for item in state.network.nat_gateways if item.id == used)
    own, other = _zone(state, subnet), _zone(state, stands)
    if own != other:
        return (
            f"subnet {letter} is in {own}, and its NAT gateway {used} in {other}.",
            "The default route of its table names the one of its own zone.",
        )
    return None


def _zone(state: State, subnet: str) -> str:
    return state.network.subnet[subnet].availability_zone


def _one_a_zone(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    from lab_env.course.chapter03 import lead_out, nat_gateway, one_for_both, table_of

    ec2, vpc = client("ec2"), find("vpc")
    # Whatever stands: one gateway in zone a, and both tables lead to it; then B's own beside it.
    one_for_both(client, find)
    public = _second_public_subnet(ec2, vpc, table_of)
    lead_out(ec2, table_of(ec2, find("subnet_b")), NatGatewayId=nat_gateway(ec2, public))


def _second_public_subnet(ec2: Any, vpc: str | None, table_of: Callable[[Any, str | None], Any]) -> str:
    by_range = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "cidr-block", "Values": [SECOND_PUBLIC_CIDR]}]
    found = ec2.describe_subnets(Filters=by_range)["Subnets"]
    zone = f"{scenario.REGION}b"
    tags = scenario.named("subnet", NAME)
    subnet = (
        str(found[0]["SubnetId"])
        if found
        else str(
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=SECOND_PUBLIC_CIDR, AvailabilityZone=zone, TagSpecifications=tags
            )["Subnet"]["SubnetId"]
        )
    )
    if table_of(ec2, subnet) is None:
        by_range = [{"Name": "cidr-block", "Values": [options.PUBLIC_SUBNET_CIDR]}]
        first = ec2.describe_subnets(Filters=by_range)["Subnets"][0]["SubnetId"]
        ec2.associate_route_table(RouteTableId=table_of(ec2, first)["RouteTableId"], SubnetId=subnet)
    return subnet


NAT_IN_EACH_ZONE = Exercise(
    "3.3",
    "A NAT gateway in each zone",
    2,
    _each_in_its_zone,
    _one_a_zone,
    hints=(
        "If us-east-1a fails now, subnet B, in another zone, loses its way. What has to stand in us-east-1b?",
        "A NAT gateway needs a public subnet and an Elastic IP address. One public table serves both zones.",
        (
            "A subnet 10.20.101.0/24 in us-east-1b, on the public table; a NAT gateway in it; subnet B's default "
            "route is replaced and names that one."
        ),
    ),
)
