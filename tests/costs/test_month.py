"""A month's bill: what stands and what passes, on networks made by hand."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import lab_env.costs as package
from lab_env.costs import load_prices, month
from lab_env.network import Flow, InterfaceSource, Network, trace
from tests.compliance import states
from tests.network.builder import changed, interface, with_nat

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


def test_the_prices_have_their_source_and_date():
    data = tomllib.loads((Path(package.__file__).parent / "prices.toml").read_text(encoding="utf-8"))
    assert set(data["source"]) == {"region", "currency", "read"}
    assert len(load_prices()) == len(data["prices"])
    for price in load_prices().values():
        assert (price.usd > 0, price.unit in ("hour", "GB"), price.url[:23]) == (
            True,
            True,
            "https://aws.amazon.com/",
        )
