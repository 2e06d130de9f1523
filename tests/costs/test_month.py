"""A month's bill: what stands and what passes, on networks made by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from lab_env.costs import Usage, load_prices, month
from lab_env.errors import NotModelled
from lab_env.network import Flow, InterfaceSource, Network, trace
from tests.compliance import states
from tests.network.builder import changed, interface, with_interface_endpoint, with_nat

S3 = "s3.us-east-1.amazonaws.com"


def bill(network: Network, gigabytes: int = 1000) -> dict[str, int]:
    """Quantities by price for the job's way."""
    network = changed(network, interfaces=interface("eni-job", "subnet-a", "10.20.1.14", "sg-job"))
    way = trace(network, Flow(InterfaceSource("eni-job"), S3))
    return {line.price.id: line.quantity for line in month(network, way, gigabytes).lines}


CASES = {
    "nothing": (states.private_vpc, {}),
    "A": (states.option_a, {}),
    "B where jobs run": (states.option_b_private, {}),
    "B": (
        states.option_b_public,
        {"nat-gateway-hour": 730, "public-ipv4-hour": 730, "nat-gateway-gb": 1000},
    ),
    "B that leads nowhere": (
        states.option_b_private_with_gateway,
        {"nat-gateway-hour": 730, "public-ipv4-hour": 730},
    ),
    "C private": (states.option_c_private, {"direct-connect-port-hour": 730}),
    "C hairpin": (
        states.option_c_hairpin,
        {"direct-connect-port-hour": 730, "direct-connect-out-gb": 1000},
    ),
    "D": (states.option_d, {}),
}


@pytest.mark.parametrize(("state", "lines"), CASES.values(), ids=CASES)
def test_the_options(state, lines):
    """Both virtual interfaces run over one port."""
    assert bill(state()) == lines


def test_no_data_costs_no_gigabytes():
    assert bill(with_nat(), 0) == {"nat-gateway-hour": 730, "public-ipv4-hour": 730}


def test_two_ports():
    """Each connection is a port."""
    network = states.option_c_hairpin()
    first, *rest = network.virtual_interfaces
    network = replace(network, virtual_interfaces=(first, *(replace(i, connection="dxcon-2") for i in rest)))
    assert bill(network)["direct-connect-port-hour"] == 1460


def test_a_sum():
    """32.85 for the gateway, 3.65 for its address, 45.00 for the data."""
    network = changed(with_nat(), interfaces=interface("eni-job", "subnet-a", "10.20.1.14", "sg-job"))
    whole = month(network, trace(network, Flow(InterfaceSource("eni-job"), S3)), 1000)
    assert ([line.usd for line in whole.lines], whole.usd) == (
        [Decimal("32.850"), Decimal("3.650"), Decimal("45.000")],
        Decimal("81.50"),
    )


def test_an_interface_endpoint_costs_by_zone_and_by_gigabyte():
    """*AWS PrivateLink pricing*: each zone by the hour, and each GB whichever way it flows."""
    network = with_interface_endpoint()
    network = changed(network, interfaces=interface("eni-job", "subnet-a", "10.20.1.14", "sg-job"))
    way = trace(network, Flow(InterfaceSource("eni-job"), S3))
    assert way.endpoint == "vpce-if"
    lines = {
        line.price.id: (line.quantity, line.usd, line.reason) for line in month(network, way, 1000).lines
    }
    assert lines == {
        "interface-endpoint-hour": (1460, Decimal("14.60"), "vpce-if in 2 Availability Zones"),
        "interface-endpoint-gb": (1000, Decimal("10.00"), "the way goes through vpce-if"),
    }


@pytest.mark.parametrize(
    ("price", "quantity", "usd"),
    [
        # AWS PrivateLink pricing: the first PB at 0.01, the next 4 PB at 0.006, what is over 5 PB at 0.004.
        ("interface-endpoint-gb", 0, "0"),
        ("interface-endpoint-gb", 1, "0.01"),
        ("interface-endpoint-gb", 1_000_000, "10000"),
        ("interface-endpoint-gb", 1_000_001, "10000.006"),
        ("interface-endpoint-gb", 5_000_000, "34000"),
        ("interface-endpoint-gb", 6_000_000, "38000"),
        # AWS KMS pricing: 20,000 requests a month are free, then 0.03 for each 10,000.
        ("kms-request", 20_000, "0"),
        ("kms-request", 30_000, "0.03"),
        ("kms-key-month", 2, "2"),
        # Amazon S3 pricing: 0.0004 for 1,000 GETs, 0.005 for 1,000 PUTs.
        ("s3-read-request", 1_000, "0.0004"),
        ("s3-write-request", 1_000, "0.005"),
        ("s3-storage-gb-month", 1_000, "23"),
        # Amazon VPC pricing: a gateway hour and a GB through it.
        ("nat-gateway-hour", 1, "0.045"),
        ("nat-gateway-gb", 10_000, "450"),
        ("direct-connect-port-hour", 730, "219"),
    ],
)
def test_prices_times_quantities(price, quantity, usd):
    assert load_prices()[price].of(quantity) == Decimal(usd)


def test_what_is_used_beside_the_network():
    used = Usage(stored=100, reads=1_000_000, writes=10_000, keys=1, key_requests=1_020_000)
    bill = month(states.private_vpc(), None, used)
    assert {line.price.id: line.usd for line in bill.lines} == {
        "s3-storage-gb-month": Decimal("2.300"),
        "s3-read-request": Decimal("0.4000000"),
        "s3-write-request": Decimal("0.050000"),
        "kms-key-month": Decimal("1.00"),
        "kms-request": Decimal("3.000000"),
    }
    assert bill.usd == Decimal("6.75")


def test_every_line_has_its_reason():
    network = changed(with_nat(), interfaces=interface("eni-job", "subnet-a", "10.20.1.14", "sg-job"))
    bill = month(network, trace(network, Flow(InterfaceSource("eni-job"), S3)), 1000)
    assert [line.reason for line in bill.lines] == ["nat-1", "54.144.0.9", "the way goes through nat-1"]


def test_a_region_without_prices():
    with pytest.raises(NotModelled, match="there are no prices for eu-west-1"):
        month(replace(states.private_vpc(), region="eu-west-1"), None, 0)


def test_the_prices_have_their_source_and_date():
    for price in load_prices().values():
        assert price.url.startswith("https://aws.amazon.com/")
        assert re.fullmatch(r"20\d\d-\d\d", price.read)
        assert price.page
        assert price.title
        starts = [start for start, _ in price.tiers]
        assert starts == sorted(starts)
        usd = [price.usd, *(usd for _, usd in price.tiers)]
        assert usd == sorted(usd, reverse=True)
