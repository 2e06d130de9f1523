"""The check of exercise 2.3: one subnet is public, and no other."""

from __future__ import annotations

import boto3

from lab_env import Lab
from lab_env.options import internet_gateway
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


def made(lab: Lab) -> str:
    vpc = lab.names.vpc
    client = boto3.client("ec2")
    return str(client.create_subnet(VpcId=vpc, CidrBlock="10.20.100.0/24")["Subnet"]["SubnetId"])


def only_the_subnet(lab: Lab) -> None:
    made(lab)


def gateway(lab: Lab) -> str:
    ec2 = boto3.client("ec2")
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=lab.names.vpc)
    return str(igw)


def by_the_main_table(lab: Lab) -> None:
    """The effect is the same: subnets A and B have tables of their own."""
    subnet, igw = made(lab), gateway(lab)
    table = lab.network.route_table_of(subnet)
    assert table is not None
    boto3.client("ec2").create_route(RouteTableId=table.id, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw)


def with_subnet_a(lab: Lab) -> None:
    made(lab)
    internet_gateway(boto3.client)


def on_subnet_as_table(lab: Lab) -> None:
    subnet = made(lab)
    internet_gateway(boto3.client)
    ec2 = boto3.client("ec2")
    ec2.associate_route_table(RouteTableId=lab.names.private_route_table, SubnetId=subnet)


CASES = {
    "nothing": ("2.3", nothing, NOT_ATTEMPTED, "no subnet 10.20.100.0/24"),
    "a subnet without a route": ("2.3", only_the_subnet, NOT_YET, "does not reach the internet"),
    "by the main table": ("2.3", by_the_main_table, DONE, "as private as before"),
    "subnet A opened": ("2.3", with_subnet_a, NOT_YET, "in subnet A reaches the internet"),
    "one table for both": ("2.3", on_subnet_as_table, NOT_YET, "in subnet A reaches the internet"),
}


@each(CASES)
def test_the_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@each(CASES)
def test_catching_up_from_there(lab, exercise, do, status, words):
    do(lab)
    assert_catches_up(lab, "2.3")


def test_before_the_chapter_began():
    assert_sound_before_the_chapter(2, "2.3")
