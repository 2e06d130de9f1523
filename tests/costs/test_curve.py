"""Lines over the gigabytes of a month, and where they cross: on meters made by hand, and on the options' networks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lab_env.costs import Crossing, Meter, Way, crossings, curve
from lab_env.network import Flow, InterfaceSource, Network, trace
from tests.compliance import states
from tests.network.builder import changed, interface, with_interface_endpoint

NAT = Meter("nat-gateway-hour", "hour", 1, "nat-1")
ADDRESS = Meter("public-ipv4-hour", "hour", 1, "54.144.0.9")
THROUGH_NAT = Meter("nat-gateway-gb", "GB", 1, "the way goes through nat-1")
PORT = Meter("direct-connect-port-hour", "hour", 1, "dxcon-1")
OUT = Meter("direct-connect-out-gb", "GB", 1, "what S3 sends leaves AWS by dxvif-1")


def zones(number: int) -> Meter:
    return Meter("interface-endpoint-hour", "hour", number, f"vpce-1 in {number} zones")


FREE = Way("free", ())
ONE_NAT = Way("NAT", (NAT, ADDRESS, THROUGH_NAT))
LINE = Way("Direct Connect", (PORT, OUT))
FLAT = Way("endpoints", (zones(14),))
# So many GB that lines of these prices have crossed long before.
FAR = (0, 10_000)


def test_a_line_begins_with_the_hours_and_rises_with_the_gigabytes():
    """36.50 stand; each thousand GB adds 45."""
    assert curve(ONE_NAT, (0, 1000, 2000)) == (Decimal("36.50"), Decimal("81.50"), Decimal("126.50"))
    assert curve(ONE_NAT, (0, 1000), hours=73) == (Decimal("3.65"), Decimal("48.65"))
    assert curve(FREE, (0, 10**6)) == (Decimal("0.00"), Decimal("0.00"))


CASES = {
    # 36.50 + 0.045 x = 219 + 0.02 x at 7300: there they cost the same, and one GB on the line is cheaper.
    "NAT and a port": ((ONE_NAT, LINE), FAR, 730, [("Direct Connect", "NAT", 7301)]),
    # A tenth of the hours: 3.65 + 0.045 x = 21.90 + 0.02 x at 730.
    "fewer hours": ((ONE_NAT, LINE), FAR, 73, [("Direct Connect", "NAT", 731)]),
    # 14 zones' hours are 102.20; 36.50 + 0.045 x passes them at 1460, and 219 never meets them.
    "a flat line": ((ONE_NAT, FLAT, LINE), FAR, 730, [
        ("endpoints", "NAT", 1461),
        ("Direct Connect", "NAT", 7301),
    ]),
    "never": ((FREE, LINE), FAR, 730, []),
    # Without hours both begin at nothing: they part there, and do not cross.
    "parting at the start": ((ONE_NAT, FREE), FAR, 0, []),
    "the same line twice": ((ONE_NAT, Way("again", ONE_NAT.meters)), FAR, 730, []),
    "too few gigabytes": ((ONE_NAT, LINE), (0, 7300), 730, []),
    # One of the amounts is the very point at which they meet.
    "meeting at an amount": ((ONE_NAT, LINE), (0, 7300, 10_000), 730, [("Direct Connect", "NAT", 7301)]),
}  # fmt: skip


@pytest.mark.parametrize(("ways", "amounts", "hours", "expected"), CASES.values(), ids=CASES)
def test_where_lines_cross(ways, amounts, hours, expected):
    found = crossings(ways, amounts, hours)
    assert [(one.cheaper, one.dearer, one.gigabytes) for one in found] == expected


@pytest.mark.parametrize(("ways", "amounts", "hours", "expected"), CASES.values(), ids=CASES)
def test_before_a_crossing_the_other_is_not_dearer(ways, amounts, hours, expected):
    """The first gigabyte is the first: one less, and the way is not cheaper yet."""
    named = {way.name: way for way in ways}
    for one in crossings(ways, amounts, hours):
        cheaper, dearer = named[one.cheaper], named[one.dearer]
        assert cheaper.bill(one.gigabytes, hours).usd < dearer.bill(one.gigabytes, hours).usd
        assert cheaper.bill(one.gigabytes - 1, hours).usd >= dearer.bill(one.gigabytes - 1, hours).usd


def test_a_crossing_says_what_it_costs_there():
    assert crossings((ONE_NAT, LINE), FAR) == (Crossing("Direct Connect", "NAT", 7301, Decimal("365.02")),)


def test_the_order_of_the_ways_does_not_matter():
    ways = (ONE_NAT, FLAT, LINE, FREE)
    assert crossings(ways, FAR) == crossings(ways[::-1], FAR)


def way(network: Network) -> Way:
    network = changed(network, interfaces=interface("eni-job", "subnet-a", "10.20.1.14", "sg-job"))
    return Way.of(
        "way", network, trace(network, Flow(InterfaceSource("eni-job"), "s3.us-east-1.amazonaws.com"))
    )


STANDING = {
    "A": (states.option_a, False, "0.00", "0.00"),
    "B that leads nowhere": (states.option_b_private_with_gateway, False, "36.50", "36.50"),
    "B": (states.option_b_public, True, "36.50", "486.50"),
    "C private": (states.option_c_private, False, "219.00", "219.00"),
    "C hairpin": (states.option_c_hairpin, True, "219.00", "419.00"),
    "D gateway": (states.option_d, True, "0.00", "0.00"),
    "D interface": (with_interface_endpoint, True, "14.60", "114.60"),
}


@pytest.mark.parametrize(("state", "reaches", "idle", "busy"), STANDING.values(), ids=STANDING)
def test_the_options(state, reaches, idle, busy):
    """Without data, and with 10,000 GB; a way that leads nowhere costs the same however much there is to read."""
    found = way(state())
    assert (found.reaches, *curve(found, (0, 10_000))) == (reaches, Decimal(idle), Decimal(busy))
