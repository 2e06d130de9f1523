"""What changed, in AWS's words, and what did not."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from lab_env.network.model import (
    InternetGateway,
    NetworkAcl,
    NetworkAclEntry,
    OnPremises,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    VpcEndpoint,
    VpcPeering,
    VpnGateway,
)
from lab_env.views.diff import Change, network_diff
from lab_env.views.facts import entry_text, facts_of, route_text, rule_text
from lab_env.views.names import Names
from tests.views import builder

START = builder.private_vpc()


def changed(kind, **values):
    """The start network with the first resource of a kind altered."""
    first, *others = getattr(START, kind)
    return replace(START, **{kind: (replace(first, **values), *others)})


def test_chapter_five_is_two_lines_and_the_rest():
    assert str(network_diff(START, builder.with_endpoint(START))).splitlines() == [
        "+ rtb-0f63a1b2c3d4e5f60 (meridian-private): pl-63a5400a (S3) → vpce-0e1d2c3b4a5968778",
        "+ vpce-0e1d2c3b4a5968778 (meridian-s3) gateway endpoint for com.amazonaws.us-east-1.s3",
        "nothing else changed: no subnet, no network interface, no security group, no network ACL",
    ]


def test_taking_it_away_again_is_the_mirror():
    there = network_diff(START, builder.with_nat(START))
    back = network_diff(builder.with_nat(START), START)
    removed = {change.text for change in back.changes}
    assert {change.sign for change in back.changes} == {"-"}
    assert {change.text for change in there.changes if "route table" in change.text} <= removed


def test_nothing_changed_is_said():
    view = network_diff(START, START)
    assert str(view) == "nothing changed"
    assert not view
    assert network_diff(START, builder.with_endpoint(START))


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        (changed("vpcs", dns_support=False), ["~ vpc-0d5c1a2b3e4f56789 (meridian): DNS support on → off"]),
        (changed("vpcs", name="other"), ["~ vpc-0d5c1a2b3e4f56789 (other): Name meridian → other"]),
        (
            changed("subnets", map_public_ip_on_launch=True),
            ["~ subnet-0a1b2c3d4e5f60718 (meridian-private-a): public address on launch off → on"],
        ),
        (
            changed("subnets", availability_zone="us-east-1c"),
            [
                (
                    "~ subnet-0a1b2c3d4e5f60718 (meridian-private-a): subnet 10.20.1.0/24 in us-east-1a → "
                    "subnet 10.20.1.0/24 in us-east-1c"
                )
            ],
        ),
        (changed("subnets", available_addresses=3), []),
        (changed("route_tables", main=False), ["~ rtb-0d41a2b3c4d5e6f70: main on → off"]),
        (
            changed("security_groups", egress=(SecurityGroupRule("tcp", 443, 443, builder.S3_LIST),)),
            [
                "- sg-0a9b8c7d6e5f40312 (meridian-training): egress all → 0.0.0.0/0",
                "+ sg-0a9b8c7d6e5f40312 (meridian-training): egress tcp 443 → pl-63a5400a (S3)",
            ],
        ),
        (
            changed("interfaces", public=((ip_address("10.20.1.14"), ip_address("52.1.2.3")),)),
            ["+ eni-0c4d5e6f708192a3b (10.20.1.14): public address 52.1.2.3 for 10.20.1.14"],
        ),
        (
            changed("network_acls", subnets=(builder.SUBNET_B,)),
            ["- acl-0b1a2c3d4e5f60718: associated with subnet-0a1b2c3d4e5f60718 (meridian-private-a)"],
        ),
        (
            replace(START, on_premises=(OnPremises("hq", (ip_network("192.168.0.0/16"),)),)),
            ["+ hq data centre", "+ hq: announces 192.168.0.0/16"],
        ),
    ],
)
def test_each_change_is_one_line(after, lines):
    assert list(map(str, network_diff(START, after).changes)) == lines


def test_a_long_policy_is_not_quoted():
    one = builder.with_endpoint(START)
    two = replace(one, endpoints=(replace(one.endpoints[0], policy="{" + " " * 80 + "}"),))
    assert [str(c) for c in network_diff(one, two).changes] == [
        "~ vpce-0e1d2c3b4a5968778 (meridian-s3): policy changed"
    ]


def test_unchanged_kinds_are_those_of_which_something_exists():
    assert network_diff(START, changed("subnets", name="x")).rest == (
        "nothing else changed: no route table, no network interface, no security group, no network ACL"
    )
    bare = replace(START, subnets=(), route_tables=(), interfaces=(), security_groups=(), network_acls=())
    assert network_diff(bare, replace(bare, vpcs=())).rest == "nothing else changed"


@pytest.mark.parametrize(
    ("item", "headline", "lines"),
    [
        (InternetGateway("eigw-1", (), egress_only=True), "egress-only internet gateway", ()),
        (
            VpnGateway("vgw-1", (builder.VPC,)),
            "virtual private gateway",
            (f"attached to {builder.VPC} (meridian)",),
        ),
        (
            VpcPeering("pcx-1", builder.VPC, "vpc-2", "active"),
            f"VPC peering connection of {builder.VPC} (meridian) and vpc-2",
            (),
        ),
        (
            VpcEndpoint(
                "vpce-1",
                builder.VPC,
                "com.amazonaws.us-east-1.sts",
                "Interface",
                subnets=(builder.SUBNET_B,),
                groups=(builder.GROUP,),
            ),
            "interface endpoint for com.amazonaws.us-east-1.sts",
            (
                f"in {builder.SUBNET_B} (meridian-private-b)",
                f"in security group {builder.GROUP} (meridian-training)",
            ),
        ),
        (
            PrefixList("pl-1", "mine", (ip_network("10.0.0.0/8"),), "us-east-1", "me"),
            "prefix list",
            ("10.0.0.0/8",),
        ),
        (
            RouteTable(
                "rtb-1", builder.VPC, (), (), edge_gateways=("igw-1",), propagating_gateways=("vgw-1",)
            ),
            "route table",
            ("edge association with igw-1", "propagation from vgw-1"),
        ),
        (NetworkAcl("acl-1", builder.VPC, ()), "network ACL", ()),
        (
            SecurityGroup("sg-1", builder.VPC, (SecurityGroupRule("tcp", 443, 443, "sg-1"),), ()),
            "security group",
            ("ingress tcp 443 ← sg-1",),
        ),
    ],
)
def test_every_kind_has_its_facts(item, headline, lines):
    facts = facts_of(item, Names(START))
    assert (facts.headline, facts.lines) == (headline, lines)


@pytest.mark.parametrize(
    ("route", "text"),
    [
        (Route(builder.ANYWHERE, "nat-1", "blackhole"), "0.0.0.0/0 → nat-1 (blackhole)"),
        (
            Route(builder.ANYWHERE, "vgw-1", origin="EnableVgwRoutePropagation"),
            "0.0.0.0/0 → vgw-1 (propagated)",
        ),
        (Route("pl-unknown", "vpce-1"), "pl-unknown → vpce-1"),
    ],
)
def test_routes_read_as_in_the_console(route, text):
    assert route_text(route, Names(START)) == text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            SecurityGroupRule("-1", None, None, builder.GROUP),
            f"egress all → {builder.GROUP} (meridian-training)",
        ),
        (SecurityGroupRule("tcp", 0, 65535, builder.ANYWHERE), "egress tcp → 0.0.0.0/0"),
        (SecurityGroupRule("tcp", 1024, 2048, builder.ANYWHERE), "egress tcp 1024-2048 → 0.0.0.0/0"),
        (SecurityGroupRule("icmp", -1, -1, builder.ANYWHERE), "egress icmp → 0.0.0.0/0"),
        (SecurityGroupRule("icmp", 8, None, builder.ANYWHERE), "egress icmp 8 → 0.0.0.0/0"),
    ],
)
def test_rules_read_as_in_the_console(rule, text):
    assert rule_text(rule, "egress", Names(START)) == text


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (NetworkAclEntry(32767, True, "-1", builder.ANYWHERE, False), "outbound rule * deny all 0.0.0.0/0"),
        (
            NetworkAclEntry(90, False, "tcp", builder.ANYWHERE, True, 22, 22),
            "inbound rule 90 allow tcp 22 0.0.0.0/0",
        ),
    ],
)
def test_acl_entries_read_as_in_the_console(entry, text):
    assert entry_text(entry) == text


def test_the_html_spells_the_signs_out():
    view = network_diff(START, builder.with_nat(START))
    assert "+ added" in view.html()
    assert "nothing else changed: no security group" in view._repr_html_()
    assert set(view._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert repr(view) == str(view)


def test_a_change_prints_its_sign_first():
    assert str(Change("~", "vpcs", "vpc-1: x")) == "~ vpc-1: x"


def test_every_kind_of_the_scenario_can_be_added():
    empty = replace(
        START,
        vpcs=(),
        subnets=(),
        route_tables=(),
        interfaces=(),
        security_groups=(),
        network_acls=(),
        prefix_lists=(),
    )
    text = str(network_diff(empty, builder.with_nat(START)))
    assert "(meridian-nat) public NAT gateway in subnet-0c3d4e5f607182930 (meridian-public)" in text
    assert "- " not in text
