"""The check of the tour's exercise."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from lab_env import Lab, scenario
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    assert_catches_up,
    assert_judged,
    each,
    judged,
    nothing,
)


@pytest.fixture
def lab() -> Iterator[Lab]:
    opened = Lab.start()
    scenario.build_tour(boto3.client)
    yield opened
    opened.stop()


def add(cidr: str, zone: str) -> Did:
    def do(lab: Lab) -> None:
        vpc = lab.network.vpcs[-1].id
        boto3.client("ec2").create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"us-east-1{zone}")

    return do


def add_and_open(lab: Lab) -> None:
    add("10.0.2.0/24", "b")(lab)
    ec2, vpc = boto3.client("ec2"), lab.network.vpcs[-1].id
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    subnet = lab.network.subnets[-1].id
    table = lab.network.route_table_of(subnet)
    assert table is not None
    nat = ec2.create_nat_gateway(
        SubnetId=_public(ec2, vpc, igw), AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"]
    )
    gateway = nat["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table.id, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)


def _public(ec2: object, vpc: str, igw: str) -> str:
    client = boto3.client("ec2")
    subnet = client.create_subnet(VpcId=vpc, CidrBlock="10.0.9.0/24")["Subnet"]["SubnetId"]
    table = client.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    client.associate_route_table(RouteTableId=table, SubnetId=subnet)
    client.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw)
    return str(subnet)


CASES = {
    "nothing": ("0.1", nothing, NOT_ATTEMPTED, "has 1 subnet, in us-east-1a"),
    "another zone": ("0.1", add("10.0.7.0/24", "c"), DONE, "in 2 zones"),
    "the same zone": ("0.1", add("10.0.2.0/24", "a"), NOT_YET, "all its subnets are in us-east-1a"),
    "opened": ("0.1", add_and_open, NOT_YET, "reaches the internet"),
}


@each(CASES)
def test_the_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize("do", [nothing, add("10.0.2.0/24", "a")], ids=["nothing", "its range is taken"])
def test_catching_up(lab, do):
    do(lab)
    assert_catches_up(lab, "0.1")


def test_before_the_chapter_began():
    opened = Lab.start()
    try:
        assert judged(opened, "0.1").status is NOT_ATTEMPTED
    finally:
        opened.stop()
