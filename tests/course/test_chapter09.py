"""The checks of chapter 09's exercises, on a clinic's network changed by boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab
from lab_env.course import EXERCISES
from lab_env.scenario import chapter09 as steps
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    judged,
    nothing,
)

S3 = "com.amazonaws.us-east-1.s3"


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The clinic's network as it was found; the checks look at nothing else of the firm's."""
    opened = Lab.start()
    steps.build_clinic(boto3.client("ec2"))
    yield opened
    opened.stop()


def did(*changes: Callable[[Any], object]) -> Did:
    """Make changes, one after the other, with an EC2 client."""

    def make(lab: Lab) -> None:
        del lab
        for change in changes:
            change(boto3.client("ec2"))

    return make


def delete_nat(name: str) -> Callable[[Any], object]:
    def change(ec2: Any) -> None:
        ec2.delete_nat_gateway(NatGatewayId=_nat(ec2, name))

    return change


def release_all(ec2: Any) -> None:
    for address in ec2.describe_addresses()["Addresses"]:
        if "AssociationId" not in address:
            ec2.release_address(AllocationId=address["AllocationId"])


def one_nat_for_both(ec2: Any) -> None:
    """Zone b's table leads to zone a's gateway: cheaper still, and it works."""
    table = _tables(ec2)["clinic-private-b"]
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=_nat(ec2, "a"))


def _nat(ec2: Any, name: str) -> str:
    # moto filters no NAT gateway by its tags.
    found = ec2.describe_nat_gateways()["NatGateways"]
    return next(nat["NatGatewayId"] for nat in found if nat["Tags"][0]["Value"] == f"clinic-nat-{name}")


def _tables(ec2: Any) -> dict[str, str]:
    names = ["clinic-private-a", "clinic-private-b"]
    found = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": names}])["RouteTables"]
    return {table["Tags"][0]["Value"]: table["RouteTableId"] for table in found}


def _subnets(ec2: Any) -> list[str]:
    names = ["clinic-private-a", "clinic-private-b"]
    found = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": names}])["Subnets"]
    return [subnet["SubnetId"] for subnet in sorted(found, key=lambda item: item["CidrBlock"])]


def gateway_on(*names: str) -> Callable[[Any], object]:
    def change(ec2: Any) -> None:
        tables = [_tables(ec2)[f"clinic-private-{name}"] for name in names]
        ec2.create_vpc_endpoint(VpcId=steps.clinic_vpc(ec2), ServiceName=S3, RouteTableIds=tables)

    return change


def interface_for(service: str, zones: int = 2, **more: Any) -> Callable[[Any], object]:
    def change(ec2: Any) -> None:
        wanted = {
            "VpcId": steps.clinic_vpc(ec2),
            "ServiceName": f"com.amazonaws.us-east-1.{service}",
            "VpcEndpointType": "Interface",
            "SubnetIds": _subnets(ec2)[:zones],
            "PrivateDnsEnabled": True,
        }
        ec2.create_vpc_endpoint(**wanted | more)

    return change


def services(**more: Any) -> list[Callable[[Any], object]]:
    return [interface_for(service, **more) for service in steps.CLINIC_SERVICES]


def no_default_route(ec2: Any) -> None:
    ec2.delete_route(RouteTableId=_tables(ec2)["clinic-private-b"], DestinationCidrBlock="0.0.0.0/0")


ALL_NATS = (delete_nat("a"), delete_nat("b"), delete_nat("old"))
FOR_S3 = {"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": False}}
CASES = {
    "9.1 untouched": ("9.1", nothing, NOT_ATTEMPTED, "3 NAT gateways stand, and 1 carry nothing"),
    "9.1 as it should be": ("9.1", did(delete_nat("old"), release_all), DONE, "2 NAT gateways"),
    "9.1 its address stays": ("9.1", did(delete_nat("old")), NOT_YET, "associated with nothing"),
    "9.1 the wrong one": (
        "9.1",
        did(delete_nat("b"), release_all),
        NOT_YET,
        "from clinic-private-b the internet",
    ),
    "9.1 one for both": (
        "9.1",
        did(one_nat_for_both, delete_nat("b"), delete_nat("old"), release_all),
        DONE,
        "1 NAT gateways",
    ),
    "9.1 two of three unused": ("9.1", did(one_nat_for_both, delete_nat("old")), NOT_YET, "carries nothing"),
    "9.1 no route at all": ("9.1", did(no_default_route), NOT_YET, "no longer reached"),
    "9.1 after 9.3": ("9.1", did(gateway_on("a", "b"), *services(), *ALL_NATS, release_all), DONE, "0 NAT"),
    "9.2 untouched": ("9.2", nothing, NOT_ATTEMPTED, "through a NAT gateway"),
    "9.2 as it should be": ("9.2", did(gateway_on("a", "b")), DONE, "costs 109.50 USD"),
    "9.2 after 9.1": ("9.2", did(delete_nat("old"), release_all, gateway_on("a", "b")), DONE, "73.00 USD"),
    "9.2 one table": (
        "9.2",
        did(gateway_on("a")),
        NOT_YET,
        "clinic-private-b still reaches S3 by nat-gateway",
    ),
    "9.2 an interface endpoint": ("9.2", did(interface_for("s3", **FOR_S3)), NOT_YET, "costs 224.10 USD"),
    "9.2 no way at all": ("9.2", did(*ALL_NATS), NOT_YET, "S3 is not reached"),
    "9.3 untouched": ("9.3", did(gateway_on("a", "b")), NOT_ATTEMPTED, "no service has"),
    "9.3 as it should be": (
        "9.3",
        did(gateway_on("a", "b"), *services(), *ALL_NATS, release_all),
        DONE,
        "for 43.80 USD",
    ),
    "9.3 addresses stay": (
        "9.3",
        did(gateway_on("a", "b"), *services(), *ALL_NATS),
        NOT_YET,
        "54.75 USD; 50 is the limit",
    ),
    "9.3 one zone": (
        "9.3",
        did(gateway_on("a", "b"), *services(zones=1), *ALL_NATS, release_all),
        NOT_YET,
        "in 1 zone",
    ),
    "9.3 still a way out": ("9.3", did(gateway_on("a", "b"), *services()), NOT_YET, "whole internet"),
    "9.3 names that stay public": (
        "9.3",
        did(gateway_on("a", "b"), *services(PrivateDnsEnabled=False)),
        NOT_YET,
        "sts is not reached through",
    ),
    "9.3 a service forgotten": (
        "9.3",
        did(gateway_on("a", "b"), *services()[:2], *ALL_NATS, release_all),
        NOT_YET,
        "kms is not reached",
    ),
    "9.3 without S3": ("9.3", did(*services(), *ALL_NATS, release_all), NOT_YET, "S3 is no longer reached"),
    "9.3 one more than asked": (
        "9.3",
        did(gateway_on("a", "b"), *services(), interface_for("ecr.api"), *ALL_NATS, release_all),
        NOT_YET,
        "58.40 USD",
    ),
}


@each(CASES)
def test_a_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize(
    ("exercise", "do"),
    [
        ("9.1", nothing),
        ("9.1", did(delete_nat("old"))),
        ("9.2", nothing),
        ("9.2", did(gateway_on("a"))),
        ("9.3", nothing),
        ("9.3", did(*services(zones=1), *ALL_NATS)),
    ],
)
def test_catching_up(lab, exercise, do):
    do(lab)
    assert_catches_up(lab, exercise)


def test_one_after_the_other(lab):
    """What was done stays done."""
    for number in (1, 2, 3):
        lab.catch_up(f"9.{number}")
    assert [judged(lab, f"9.{number}").status for number in (1, 2, 3)] == [DONE] * 3


@pytest.mark.parametrize("exercise", ["9.1", "9.2", "9.3"])
def test_before_the_chapter_s_cells(exercise):
    assert_sound_before_the_chapter(9, exercise)


@pytest.mark.parametrize("exercise", ["9.1", "9.2", "9.3"])
def test_three_hints_each(exercise):
    assert len(set(EXERCISES[exercise].hints)) == 3


def test_the_bill_as_it_was_found(lab):
    """Three gateways and addresses, and 10 TB through one of them."""
    private = _subnets(boto3.client("ec2"))[0]
    assert lab.costs(10_000, subnet=private).rows[-1][3] == "559.50"


def test_an_idle_address_is_on_the_bill(lab):
    delete_nat("old")(boto3.client("ec2"))
    idle = [row for row in lab.costs(0).rows if "idle" in row[0]]
    assert idle == [
        (
            "public IPv4 address allocated and idle",
            "730 hours",
            "0.005 per hour",
            "3.65",
            "1 allocated, and associated with nothing",
            "2026-02",
        )
    ]
