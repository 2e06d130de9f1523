"""The checks of chapter 03's exercises, on states built by boto3."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from lab_env import Lab, options, scenario
from lab_env.course import Status
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    Row,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    nothing,
)

EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": options.ANYWHERE}]}


@pytest.fixture
def lab(lab: Lab) -> Lab:
    """The chapter where its exercises begin: the NAT gateway stands in its public subnet."""
    options.nat_in_public_subnet(boto3.client)
    return lab


def table_of(lab: Lab, subnet: str) -> str:
    found = lab.network.route_table_of(subnet)
    assert found is not None
    return found.id


def standing(lab: Lab) -> list[str]:
    return [item.id for item in lab.network.nat_gateways if item.state == "available"]


def public_subnet(lab: Lab) -> str:
    return next(item.id for item in lab.network.subnets if item.name == "meridian-public")


def another(lab: Lab, subnet: str) -> str:
    ec2 = boto3.client("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
    return str(made["NatGateway"]["NatGatewayId"])


def route(lab: Lab, subnet: str, **target: str) -> None:
    known = {"RouteTableId": table_of(lab, subnet), "DestinationCidrBlock": options.ANYWHERE}
    boto3.client("ec2").create_route(**known, **target)


def route_b(lab: Lab) -> None:
    route(lab, lab.names.subnet_b, NatGatewayId=standing(lab)[0])


def a_second_gateway(lab: Lab) -> None:
    route(lab, lab.names.subnet_b, NatGatewayId=another(lab, public_subnet(lab)))


def one_in_b_itself(lab: Lab) -> None:
    route(lab, lab.names.subnet_b, NatGatewayId=another(lab, lab.names.subnet_b))


def close_a(lab: Lab) -> None:
    table = table_of(lab, lab.names.subnet_a)
    boto3.client("ec2").delete_route(RouteTableId=table, DestinationCidrBlock=options.ANYWHERE)


def only_b(lab: Lab) -> None:
    route_b(lab)
    close_a(lab)


def endpoint(lab: Lab) -> None:
    scenario.build_endpoint(boto3.client)


def let_out(lab: Lab, *rules: dict[str, Any]) -> None:
    ec2, group = boto3.client("ec2"), lab.names.training_security_group
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[EVERYTHING])
    if rules:
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=list(rules))


def to_s3() -> dict[str, Any]:
    by_name = [{"Name": "prefix-list-name", "Values": ["com.amazonaws.us-east-1.s3"]}]
    found = boto3.client("ec2").describe_managed_prefix_lists(Filters=by_name)["PrefixLists"][0]
    lists = [{"PrefixListId": found["PrefixListId"]}]
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": lists}


def narrow(lab: Lab) -> None:
    route_b(lab)
    let_out(lab, to_s3())


def narrow_without_b(lab: Lab) -> None:
    let_out(lab, to_s3())


def only_the_port(lab: Lab) -> None:
    route_b(lab)
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": options.ANYWHERE}]}
    let_out(lab, https)


def shut(lab: Lab) -> None:
    route_b(lab)
    let_out(lab)


def endpoint_and_no_route(lab: Lab) -> None:
    endpoint(lab)
    close_a(lab)


def endpoint_and_b_forgotten(lab: Lab) -> None:
    route_b(lab)
    endpoint_and_no_route(lab)


def delete_gateways(lab: Lab) -> None:
    for gateway in standing(lab):
        boto3.client("ec2").delete_nat_gateway(NatGatewayId=gateway)


CASES: dict[str, Row] = {
    "3.1 untouched": ("3.1", nothing, NOT_ATTEMPTED, "no route to a NAT gateway"),
    "3.1 no gateway left": ("3.1", delete_gateways, NOT_ATTEMPTED, "is missing"),
    "3.1 one route": ("3.1", route_b, DONE, "through nat-"),
    "3.1 a second gateway": ("3.1", a_second_gateway, NOT_YET, "2 NAT gateways"),
    "3.1 one in subnet B": ("3.1", one_in_b_itself, NOT_YET, "from subnet B"),
    "3.1 A cut off": ("3.1", only_b, NOT_YET, "from subnet A"),
    "3.1 an endpoint": ("3.1", endpoint, NOT_YET, "by gateway-endpoint"),
    "3.2 untouched": ("3.2", route_b, NOT_ATTEMPTED, "still reaches exfil.example"),
    "3.2 the prefix list": ("3.2", narrow, DONE, "by nat-gateway"),
    "3.2 without 3.1": ("3.2", narrow_without_b, NOT_YET, "from subnet B, S3 is not reached"),
    "3.2 only the port": ("3.2", only_the_port, NOT_YET, "on port 443"),
    "3.2 everything shut": ("3.2", shut, NOT_YET, "from subnet A, S3 is not reached"),
    "3.2 an endpoint beside the route": ("3.2", endpoint, NOT_ATTEMPTED, "still reaches"),
    "3.2 an endpoint instead": ("3.2", endpoint_and_no_route, DONE, "by gateway-endpoint"),
    "3.2 B forgotten": ("3.2", endpoint_and_b_forgotten, NOT_YET, "code in subnet B"),
    "3.2 no gateway left": ("3.2", delete_gateways, NOT_YET, "no NAT gateway is available"),
}


@each(CASES)
def test_a_check(lab: Lab, exercise: str, do: Did, status: Status, words: str) -> None:
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize("exercise", ["3.1", "3.2"])
@pytest.mark.parametrize(
    "do", [nothing, a_second_gateway, one_in_b_itself, only_b, shut, narrow_without_b, delete_gateways]
)
def test_catching_up(lab: Lab, exercise: str, do: Did) -> None:
    do(lab)
    if exercise == "3.1" and do is shut:
        let = {"GroupId": lab.names.training_security_group, "IpPermissions": [EVERYTHING]}
        boto3.client("ec2").authorize_security_group_egress(**let)
    assert_catches_up(lab, exercise)


@pytest.mark.parametrize("exercise", ["3.1", "3.2"])
def test_before_the_chapter_s_cells(exercise: str) -> None:
    assert_sound_before_the_chapter(3, exercise)
