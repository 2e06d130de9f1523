"""Exercise 2.3: a subnet that is public on purpose, in a VPC whose other subnets stay private."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.options import ANYWHERE, PUBLIC_SUBNET_CIDR

ELSEWHERE = "internet.example"
NAME = "meridian-public"
_PROBE_ADDRESS = ip_address("203.0.113.50")


def _public_on_purpose(state: State) -> tuple[Status, str, str]:
    vpc, private = state.find("vpc"), {name: state.find(f"subnet_{name.lower()}") for name in ("A", "B")}
    if vpc is None or None in private.values():
        return (
            Status.NOT_ATTEMPTED,
            "subnet A or subnet B is missing.",
            "Start again with lab = lab.restart().",
        )
    found = [item for item in state.network.subnets if str(item.cidrs[0]) == PUBLIC_SUBNET_CIDR]
    if not found or found[0].vpc != vpc:
        return Status.NOT_ATTEMPTED, f"there is no subnet {PUBLIC_SUBNET_CIDR}.", "Create it first."
    opened = [name for name, subnet in private.items() if _out_with_public_address(state, str(subnet))]
    if opened:
        return (
            Status.NOT_YET,
            f"a host with a public address in subnet {opened[0]} reaches the internet.",
            "The route belongs in a table that rules the new subnet alone.",
        )
    if not _out_with_public_address(state, found[0].id):
        return (
            Status.NOT_YET,
            f"a host with a public address in {found[0].id} does not reach the internet.",
            "A gateway, attached; a table, associated; a route in it that names the gateway.",
        )
    return Status.DONE, f"{found[0].id} is public, and subnets A and B are as private as before.", ""


def _out_with_public_address(state: State, subnet: str) -> bool:
    network, host = state.with_host(subnet)
    public = replace(host, public=((host.address, _PROBE_ADDRESS),))
    network = replace(network, interfaces=(*network.interfaces[:-1], public))
    return trace(network, Flow(InterfaceSource(host.id), ELSEWHERE)).reached


def _make_public(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    ec2, vpc = client("ec2"), find("vpc")
    subnet = _subnet(ec2, vpc)
    by_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    tables = ec2.describe_route_tables(Filters=by_subnet)["RouteTables"]
    private = {_table_of(ec2, find(name)) for name in ("subnet_a", "subnet_b")}
    for table in private - {""}:
        _drop_default(ec2, table)
    if tables and tables[0]["RouteTableId"] not in private:
        table = tables[0]["RouteTableId"]
        _drop_default(ec2, table)
    else:
        for item in tables[0]["Associations"] if tables else []:
            if item.get("SubnetId") == subnet:
                ec2.disassociate_route_table(AssociationId=item["RouteTableAssociationId"])
        tags = scenario.named("route-table", NAME)
        table = ec2.create_route_table(VpcId=vpc, TagSpecifications=tags)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, GatewayId=_gateway(ec2, vpc))


def _subnet(ec2: Any, vpc: str | None) -> str:
    by_range = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "cidr-block", "Values": [PUBLIC_SUBNET_CIDR]}]
    found = ec2.describe_subnets(Filters=by_range)["Subnets"]
    if found:
        return str(found[0]["SubnetId"])
    place = {"CidrBlock": PUBLIC_SUBNET_CIDR, "AvailabilityZone": f"{scenario.REGION}a"}
    made = ec2.create_subnet(VpcId=vpc, **place, TagSpecifications=scenario.named("subnet", NAME))
    return str(made["Subnet"]["SubnetId"])


def _table_of(ec2: Any, subnet: str | None) -> str:
    by_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    found = ec2.describe_route_tables(Filters=by_subnet)["RouteTables"]
    return str(found[0]["RouteTableId"]) if found else ""


def _drop_default(ec2: Any, table: str) -> None:
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    if any(item.get("DestinationCidrBlock") == ANYWHERE for item in routes):
        ec2.delete_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE)


def _gateway(ec2: Any, vpc: str | None) -> str:
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    found = ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
    if found:
        return str(found[0]["InternetGatewayId"])
    tags = scenario.named("internet-gateway", "meridian-igw")
    made = ec2.create_internet_gateway(TagSpecifications=tags)["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    return str(made)


PUBLIC_ON_PURPOSE = Exercise(
    "2.3",
    "A public subnet on purpose, and the others private",
    2,
    _public_on_purpose,
    _make_public,
    hints=(
        "What makes a subnet public is one route. Which subnets does the table with that route rule?",
        "A gateway serves the whole VPC and opens nothing by itself. The new subnet needs a table of its own.",
        "Create and attach the gateway; create subnet and table and associate them; the default route goes there.",
    ),
)
