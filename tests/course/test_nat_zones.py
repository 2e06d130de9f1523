"""The check of exercise 3.3: each zone's way out is a NAT gateway of its own."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from lab_env import Lab
from lab_env.course.chapter03 import lead_out, nat_gateway, table_of
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    nothing,
)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The chapter after exercise 3.1."""
    opened = Lab.start(chapter=3)
    opened.catch_up("3.1")
    yield opened
    opened.stop()


def second(lab: Lab, zone: str = "b") -> str:
    """Another NAT gateway, in a public subnet of a zone."""
    ec2 = boto3.client("ec2")
    where = {"CidrBlock": "10.20.102.0/24", "AvailabilityZone": f"us-east-1{zone}"}
    subnet = ec2.create_subnet(VpcId=lab.names.vpc, **where)["Subnet"]["SubnetId"]
    by_range = [{"Name": "cidr-block", "Values": ["10.20.100.0/24"]}]
    first = ec2.describe_subnets(Filters=by_range)["Subnets"][0]["SubnetId"]
    ec2.associate_route_table(RouteTableId=table_of(ec2, first)["RouteTableId"], SubnetId=subnet)
    return nat_gateway(ec2, subnet)


def lead_b(lab: Lab, gateway: str) -> None:
    ec2 = boto3.client("ec2")
    lead_out(ec2, table_of(ec2, lab.names.subnet_b), NatGatewayId=gateway)


def own_zone(lab: Lab) -> None:
    lead_b(lab, second(lab))


def stands_unused(lab: Lab) -> None:
    second(lab)


def wrong_zone(lab: Lab) -> None:
    lead_b(lab, second(lab, "a"))


def in_a_private_subnet(lab: Lab) -> None:
    lead_b(lab, nat_gateway(boto3.client("ec2"), lab.names.subnet_b))


CASES = {
    "nothing": ("3.3", nothing, NOT_ATTEMPTED, "one NAT gateway is available, in us-east-1a"),
    "its own": ("3.3", own_zone, DONE, "of its own zone"),
    "stands and is not used": ("3.3", stands_unused, NOT_YET, "subnet B is in us-east-1b"),
    "the wrong zone": ("3.3", wrong_zone, NOT_YET, "in us-east-1a"),
    "in a private subnet": ("3.3", in_a_private_subnet, NOT_YET, "from subnet B, S3 is not reached"),
}


@each(CASES)
def test_the_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize("do", [nothing, stands_unused, in_a_private_subnet])
def test_catching_up(lab, do):
    do(lab)
    assert_catches_up(lab, "3.3")


def test_before_the_chapter_began():
    assert_sound_before_the_chapter(3, "3.3")
