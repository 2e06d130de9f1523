"""Which route a table chooses: *How route priority works*, case by case."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from lab_env.errors import IncompleteSnapshot
from lab_env.network.model import PrefixList
from lab_env.network.prefixes import CidrMap
from lab_env.network.routes import decide
from tests.network.builder import REGION, changed, private_vpc, table

CUSTOM = PrefixList(
    "pl-a-custom", "corporate", (ip_network("52.216.0.0/15"), ip_network("192.168.0.0/16")), REGION
)


@pytest.mark.parametrize(
    ("routes", "destination", "target", "by"),
    [
        (["10.20.0.0/16 local"], "10.20.1.1", "local", "10.20.0.0/16"),
        (["10.20.0.0/16 local"], "52.216.0.1", None, None),
        (["10.20.0.0/16 local", "0.0.0.0/0 igw-1"], "10.20.1.1", "local", "10.20.0.0/16"),
        (["10.20.0.0/16 local", "0.0.0.0/0 igw-1"], "52.216.0.1", "igw-1", "0.0.0.0/0"),
        # 5.4: local is beaten by a more specific route only
        (["10.20.0.0/16 local", "10.20.2.0/24 nat-1"], "10.20.2.9", "nat-1", "10.20.2.0/24"),
        # ... and never by a propagated one, however specific (Site-to-Site VPN: route priority)
        (["10.20.0.0/16 local", "10.20.2.0/24 vgw-1 propagated"], "10.20.2.9", "local", "10.20.0.0/16"),
        (["10.20.0.0/16 local", "10.20.2.9/32 vgw-1 propagated"], "10.20.2.9", "local", "10.20.0.0/16"),
        (
            ["10.20.0.0/16 local", "10.20.2.9/32 vgw-1 propagated", "10.20.2.0/24 nat-1"],
            "10.20.2.9",
            "nat-1",
            "10.20.2.0/24",
        ),
        (["10.20.0.0/16 local", "10.21.0.0/16 vgw-1 propagated"], "10.21.0.1", "vgw-1", "10.21.0.0/16"),
        # 5.2: the longest prefix first, whatever the kind of route
        (["0.0.0.0/0 igw-1", "10.1.0.0/16 vgw-1 propagated"], "10.1.2.3", "vgw-1", "10.1.0.0/16"),
        (["10.1.0.0/16 pcx-1", "10.1.2.0/24 vgw-1 propagated"], "10.1.2.3", "vgw-1", "10.1.2.0/24"),
        # 5.3: a prefix list is its CIDRs, and these beat a default route
        (["0.0.0.0/0 nat-1", "pl-s3 vpce-s3"], "52.216.0.1", "vpce-s3", "52.216.0.0/15"),
        (["0.0.0.0/0 nat-1", "pl-s3 vpce-s3"], "52.218.0.1", "nat-1", "0.0.0.0/0"),
        # ... and a static route with the very same CIDR beats the endpoint's
        (["pl-s3 vpce-s3", "52.216.0.0/15 igw-1"], "52.216.0.1", "igw-1", "52.216.0.0/15"),
        (["52.216.0.0/15 vgw-1 propagated", "pl-s3 vpce-s3"], "52.216.0.1", "vpce-s3", "52.216.0.0/15"),
        # 5.14: a static default beats a propagated one
        (["0.0.0.0/0 vgw-1 propagated", "0.0.0.0/0 nat-1"], "8.8.8.8", "nat-1", "0.0.0.0/0"),
        # 5.5: two lists that overlap: one of them, always the same
        (["pl-s3 vpce-s3", "pl-a-custom tgw-1"], "52.216.0.1", "tgw-1", "52.216.0.0/15"),
        (["pl-a-custom tgw-1", "pl-s3 vpce-s3"], "52.216.0.1", "tgw-1", "52.216.0.0/15"),
        # 5.6: a blackhole matches and hides the less specific route
        (["0.0.0.0/0 igw-1", "52.0.0.0/8 nat-1 blackhole"], "52.216.0.1", "nat-1", "52.0.0.0/8"),
        # IPv4 and IPv6 are apart
        (["0.0.0.0/0 igw-1"], "2600:1f18::1", None, None),
        (["::/0 eigw-1", "0.0.0.0/0 igw-1"], "2600:1f18::1", "eigw-1", "::/0"),
        (["::/0 eigw-1"], "10.0.0.1", None, None),
        (["2600:1f18::/56 local", "::/0 eigw-1"], "2600:1f18::1", "local", "2600:1f18::/56"),
    ],
)
def test_the_route_that_wins(routes, destination, target, by):
    network = changed(private_vpc(), prefix_lists=CUSTOM)
    decision = decide(table("rtb-t", *routes), ip_address(destination), network)
    assert (decision.route.target if decision.route else None) == target
    assert (str(decision.cidr) if decision.cidr else None) == by


def test_all_matches_are_told_best_first():
    routes = ("0.0.0.0/0 igw-1", "52.0.0.0/8 nat-1", "pl-s3 vpce-s3", "10.20.0.0/16 local")
    decision = decide(table("rtb-t", *routes), ip_address("52.216.0.1"), private_vpc())
    assert [route.target for route, _ in decision.candidates] == ["vpce-s3", "nat-1", "igw-1"]


def test_a_list_that_is_not_known_matters_only_where_it_could_decide():
    unknown = table("rtb-t", "10.20.0.0/16 local", "0.0.0.0/0 igw-1", "pl-unknown vpce-1")
    assert decide(unknown, ip_address("10.20.3.3"), private_vpc()).route.target == "local"
    with pytest.raises(IncompleteSnapshot, match="rtb-t: the CIDRs of pl-unknown"):
        decide(unknown, ip_address("52.216.0.1"), private_vpc())


def test_the_list_of_the_tables_own_region_is_meant():
    """AWS uses one id for lists of several Regions."""
    other = PrefixList("pl-s3", "com.amazonaws.eu-west-1.s3", (ip_network("52.218.0.0/17"),), "eu-west-1")
    network = private_vpc()
    both = changed(network, prefix_lists=(other, *network.prefix_lists))
    assert len(both.prefix_lists) == 2
    routed = table("rtb-t", "pl-s3 vpce-s3")
    assert decide(routed, ip_address("52.216.0.1"), both).route.target == "vpce-s3"
    assert decide(routed, ip_address("52.218.0.1"), both).route is None


def test_a_look_up_does_not_grow_with_the_number_of_cidrs():
    """One dictionary look-up for each prefix length in use."""
    many = CidrMap((ip_network(f"100.{i // 256}.{i % 256}.0/24"), i) for i in range(5000))
    assert many.matches(ip_address("100.3.7.9")) == [(ip_network("100.3.7.0/24"), 3 * 256 + 7)]
    assert [len(levels) for levels in many._levels.values()] == [1, 0]
