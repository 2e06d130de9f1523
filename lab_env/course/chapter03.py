"""The exercises of chapter 03: one NAT gateway for both subnets, and no way out for what runs in them but to S3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env import options, scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.nat_zones import NAT_IN_EACH_ZONE
from lab_env.network import Exit
from lab_env.network.model import NatGateway

S3 = f"s3.{scenario.REGION}.amazonaws.com"
THIEF = "exfil.example"
# HTTPS is what the poisoned dependency speaks; another would take the next port.
PORTS = (443, 80)


def _subnet_b_too(state: State) -> tuple[Status, str, str]:
    subnet_a, subnet_b = state.find("subnet_a"), state.find("subnet_b")
    standing = _standing(state)
    if subnet_a is None or subnet_b is None or not standing:
        return _missing()
    from_a, from_b = state.probe(subnet_a, S3), state.probe(subnet_b, S3)
    if not from_b.reached and not _routed(state, subnet_b):
        return (
            Status.NOT_ATTEMPTED,
            "the table that rules subnet B has no route to a NAT gateway.",
            "Find that table, and give it subnet A's default route.",
        )
    for letter, way in (("B", from_b), ("A", from_a)):
        if not way.reached:
            return (
                Status.NOT_YET,
                f"from subnet {letter}, S3 is not reached: {way.reason}",
                "Its table leads to the NAT gateway, and the NAT gateway's own table to the internet gateway.",
            )
    if from_b.exit is not Exit.NAT_GATEWAY:
        return (
            Status.NOT_YET,
            f"subnet B reaches S3 by {from_b.exit.value}.",
            "Here the NAT gateway is asked for; the better way is chapter 05.",
        )
    if len(standing) > 1:
        return (
            Status.NOT_YET,
            f"{len(standing)} NAT gateways are available now.",
            "One serves every subnet whose table leads to it: delete the rest.",
        )
    seen = from_b.source_seen
    return Status.DONE, f"subnet B reaches S3 through {standing[0].id} too, and S3 sees {seen}.", ""


def _theft_stopped(state: State) -> tuple[Status, str, str]:
    subnet_a, subnet_b = state.find("subnet_a"), state.find("subnet_b")
    if subnet_a is None or subnet_b is None or not state.network.nat_gateways:
        return _missing()
    subnets = {"A": subnet_a, "B": subnet_b}
    leaks = [
        (letter, port)
        for letter, subnet in subnets.items()
        for port in PORTS
        if state.probe(subnet, THIEF, port).reached
    ]
    if all(("A", port) in leaks for port in PORTS):
        return (
            Status.NOT_ATTEMPTED,
            f"code in subnet A still reaches {THIEF}.",
            "What on the way can tell S3's addresses from all others?",
        )
    if not _standing(state):
        return (
            Status.NOT_YET,
            "no NAT gateway is available any more.",
            "It has to stay. Run the chapter's cells, or lab.catch_up, to have it back.",
        )
    for letter, subnet in subnets.items():
        way = state.probe(subnet, S3)
        if not way.reached:
            return (
                Status.NOT_YET,
                f"from subnet {letter}, S3 is not reached: {way.reason}",
                "Training needs it: leave TCP 443 to S3's prefix list, and a route.",
            )
    if leaks:
        letter, port = leaks[0]
        return (
            Status.NOT_YET,
            f"code in subnet {letter} still reaches {THIEF} on port {port}.",
            "Close every port, and both subnets.",
        )
    way = state.probe(subnet_a, S3)
    return Status.DONE, f"both subnets reach S3 (by {way.exit.value}), and neither reaches {THIEF}.", ""


def _missing() -> tuple[Status, str, str]:
    return (
        Status.NOT_ATTEMPTED,
        "subnet A, subnet B or the NAT gateway is missing.",
        "Run the chapter's cells above.",
    )


def _standing(state: State) -> list[NatGateway]:
    return [item for item in state.network.nat_gateways if item.state == "available"]


def _routed(state: State, subnet: str) -> bool:
    table = state.network.route_table_of(subnet)
    return table is not None and any(route.target.startswith("nat-") for route in table.routes)


def one_for_both(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    """One NAT gateway in the public subnet, and both private tables' default routes to it, whatever stands."""
    ec2, vpc = client("ec2"), find("vpc")
    in_vpc = {"Name": "vpc-id", "Values": [vpc]}
    subnet = _public_subnet(ec2, vpc)
    alive = {"Name": "state", "Values": ["available"]}
    standing = ec2.describe_nat_gateways(Filters=[in_vpc, alive])["NatGateways"]
    right = [item["NatGatewayId"] for item in standing if item["SubnetId"] == subnet]
    for item in standing:
        if item["NatGatewayId"] not in right[:1]:
            ec2.delete_nat_gateway(NatGatewayId=item["NatGatewayId"])
    nat = right[0] if right else nat_gateway(ec2, subnet)
    for name in ("subnet_a", "subnet_b"):
        lead_out(ec2, table_of(ec2, find(name)), NatGatewayId=nat)


def _public_subnet(ec2: Any, vpc: str | None) -> str:
    """A subnet of the VPC with a default route to its internet gateway, made as the chapter makes it where missing."""
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    gateways = ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
    if gateways:
        gateway = gateways[0]["InternetGatewayId"]
    else:
        tags = scenario.named("internet-gateway", "meridian-igw")
        made = ec2.create_internet_gateway(TagSpecifications=tags)["InternetGateway"]
        gateway = made["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    by_range = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "cidr-block", "Values": [PUBLIC]}]
    found = ec2.describe_subnets(Filters=by_range)["Subnets"]
    if found:
        subnet = str(found[0]["SubnetId"])
    else:
        place = {"CidrBlock": PUBLIC, "AvailabilityZone": f"{scenario.REGION}a"}
        tags = scenario.named("subnet", "meridian-public")
        subnet = str(ec2.create_subnet(VpcId=vpc, **place, TagSpecifications=tags)["Subnet"]["SubnetId"])
    table = table_of(ec2, subnet)
    if table is None:
        tags = scenario.named("route-table", "meridian-public")
        table = ec2.create_route_table(VpcId=vpc, TagSpecifications=tags)["RouteTable"]
        ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=subnet)
    lead_out(ec2, table, GatewayId=gateway)
    return subnet


def nat_gateway(ec2: Any, subnet: str) -> str:
    """A new NAT gateway in a subnet, at an address that is free; its id."""
    idle = [item for item in ec2.describe_addresses()["Addresses"] if not item.get("AssociationId")]
    address = (idle[0] if idle else ec2.allocate_address(Domain="vpc"))["AllocationId"]
    tags = scenario.named("natgateway", "meridian-nat")
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, TagSpecifications=tags)
    return str(made["NatGateway"]["NatGatewayId"])


def table_of(ec2: Any, subnet: str | None) -> Any:
    """The route table that is associated with a subnet; ``None`` when none is."""
    by_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    found = ec2.describe_route_tables(Filters=by_subnet)["RouteTables"]
    return found[0] if found else None


def lead_out(ec2: Any, table: Any, **target: str) -> None:
    """Let a table's default route lead to a target, whether there is one or not."""
    standing = [item for item in table["Routes"] if item.get("DestinationCidrBlock") == options.ANYWHERE]
    if any(target.items() <= item.items() for item in standing):
        return
    there = [item["DestinationCidrBlock"] for item in standing]
    write = ec2.replace_route if options.ANYWHERE in there else ec2.create_route
    write(RouteTableId=table["RouteTableId"], DestinationCidrBlock=options.ANYWHERE, **target)


def _only_s3(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    """The same, and a training group that lets nothing out but TCP 443 to S3's prefix list."""
    one_for_both(client, find)
    ec2, group = client("ec2"), find("training_security_group")
    by_name = [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{scenario.REGION}.s3"]}]
    ranges = ec2.describe_managed_prefix_lists(Filters=by_name)["PrefixLists"][0]["PrefixListId"]
    rules = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissionsEgress"]
    if rules:
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=rules)
    s3 = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": ranges}]}
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[s3])


PUBLIC = options.PUBLIC_SUBNET_CIDR
EXERCISES = (
    Exercise(
        "3.1",
        "Subnet B reaches S3 by the same NAT gateway",
        1,
        _subnet_b_too,
        one_for_both,
        hints=(
            "Nothing new has to be built. Which table decides for subnet B, and what does subnet A's say more?",
            "describe_route_tables with the filter association.subnet-id finds the table of a subnet.",
            "A default route in that table, with NatGatewayId, the id in the variable nat.",
        ),
    ),
    Exercise(
        "3.2",
        "Code in a job reaches S3, and the thief no longer",
        2,
        _theft_stopped,
        _only_s3,
        hints=(
            "The NAT gateway sends on whatever comes. So look for what stands before it on the way.",
            "S3's addresses have a name of their own, a prefix list. A security group's rule may name it.",
            "The training group's egress: TCP 443 to the prefix list; and the rule to 0.0.0.0/0 is revoked.",
        ),
    ),
    NAT_IN_EACH_ZONE,
)
