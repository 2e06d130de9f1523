"""Endpoints side by side, on a cloud built by boto3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.network import Network, Source
from lab_env.scenario import chapter08 as steps
from lab_env.views.endpoint_table import endpoint_table, usual_name

Rows = dict[str, tuple[str, ...]]
IN_VPC, ON_PREMISES = "subnet A", "the data centre"


@pytest.fixture(scope="module")
def built() -> Iterator[tuple[Network, dict[str, Source]]]:
    """What chapter 08 builds, with a host in subnet A and one in the data centre."""
    lab = Lab.start(chapter=8)
    try:
        steps.build_both_kinds(boto3.client)
        who = scenario.OPERATOR_ROLE
        host, there = lab.session_in(lab.names.subnet_a, role=who), lab.session_on_premises(who)
        yield lab.network, {IN_VPC: host.place.source, ON_PREMISES: there.place.source}
    finally:
        lab.stop()


def rows(network: Network, places: dict[str, Source], gigabytes: int = 1000) -> Rows:
    return {first: rest for first, *rest in endpoint_table(network, places, gigabytes).rows}


def test_a_gateway_serves_the_vpc_and_costs_nothing(built):
    table = endpoint_table(*built)
    assert table.rows[0][0] == "gateway, DynamoDB"
    assert table.rows[1] == ("gateway, S3", "2 routes", "by its usual name", "no", "0.00", "0.00")


def test_an_interface_serves_both_and_is_billed(built):
    """Two zones for 730 hours at 0.01, or one; 1,000 GB at 0.01."""
    found = rows(*built)
    own = "by the endpoint's"
    assert found["interface, S3"] == ["2 interfaces, 1 group", own, own, "14.60", "10.00"]
    assert found["interface, STS"] == ["1 interface, 1 group", "by its usual name", own, "7.30", "10.00"]
    assert len(found) == 2 + 1 + len(steps.SERVICES)


def test_private_dns_for_everybody_turns_the_usual_name_round(built):
    network, places = built
    turned = tuple(replace(item, private_dns_inbound_only=False) for item in network.endpoints)
    found = rows(replace(network, endpoints=turned), places)
    assert (found["gateway, S3"][1], found["interface, S3"][1]) == ("no", "by its usual name")


def test_an_endpoint_out_of_reach_has_no_price_by_the_gigabyte(built):
    network, _ = built
    assert rows(network, {})["interface, S3"] == ["2 interfaces, 1 group", "14.60", ""]


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("s3", "s3.us-east-1.amazonaws.com"),
        ("ecr.api", "api.ecr.us-east-1.amazonaws.com"),
        ("sagemaker.runtime", "runtime.sagemaker.us-east-1.amazonaws.com"),
    ],
)
def test_the_usual_name(built, service, name):
    some = built[0].endpoints[0]
    assert usual_name(replace(some, service=f"com.amazonaws.us-east-1.{service}")) == name
