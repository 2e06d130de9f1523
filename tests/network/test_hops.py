"""How a hop is told: rules as AWS writes them, reasons as a learner reads them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from lab_env.network import trace
from lab_env.network.hops import entry_rule, group_rule, route_rule
from lab_env.network.model import PrefixList
from tests.network.builder import (
    REGION,
    acl,
    acl_entry,
    changed,
    interface,
    job_to,
    private_vpc,
    route,
    table,
    with_endpoint,
    with_nat,
)
from tests.network.builder import (
    group_rule as rule_of,
)


@pytest.mark.parametrize(
    ("rule", "egress", "text"),
    [
        ("all 0.0.0.0/0", True, "egress all → 0.0.0.0/0 (default)"),
        ("all ::/0", True, "egress all → ::/0 (default)"),
        ("all 0.0.0.0/0", False, "ingress all ← 0.0.0.0/0"),
        ("all 10.0.0.0/8", True, "egress all → 10.0.0.0/8"),
        ("tcp 443 0.0.0.0/0", True, "egress tcp 443 → 0.0.0.0/0"),
        ("6 1024-2048 sg-x", False, "ingress tcp 1024-2048 ← sg-x"),
        ("tcp 0-65535 10.0.0.0/8", False, "ingress tcp all ← 10.0.0.0/8"),
        ("udp 10.0.0.0/8", False, "ingress udp all ← 10.0.0.0/8"),
        ("tcp 443 pl-s3", True, "egress tcp 443 → pl-s3 (S3)"),
        ("tcp 443 pl-own", True, "egress tcp 443 → pl-own"),
        ("tcp 443 pl-unknown", True, "egress tcp 443 → pl-unknown"),
        ("icmp 8-0 0.0.0.0/0", False, "ingress icmp type 8 code 0 ← 0.0.0.0/0"),
        ("icmp -1--1 0.0.0.0/0", False, "ingress icmp all ← 0.0.0.0/0"),
        ("icmp 8--1 0.0.0.0/0", False, "ingress icmp type 8 ← 0.0.0.0/0"),
        ("50 sg-x", False, "ingress protocol 50 ← sg-x"),
    ],
)
def test_a_group_rule(rule, egress, text):
    network = changed(private_vpc(), prefix_lists=PrefixList("pl-own", "corporate", (), REGION, "1"))
    assert group_rule(network, "vpc-1", rule_of(rule), egress=egress) == text


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("in 100 allow all 0.0.0.0/0", "rule 100 allow"),
        ("out * deny all 0.0.0.0/0", "rule * deny"),
        ("in 110 allow tcp 1024-65535 0.0.0.0/0", "rule 110 allow tcp 1024-65535 ← 0.0.0.0/0"),
        ("out 90 deny 6 443 3.5.0.0/19", "rule 90 deny tcp 443 → 3.5.0.0/19"),
        ("in 90 deny all 10.0.0.0/8", "rule 90 deny all ← 10.0.0.0/8"),
    ],
)
def test_an_acl_entry(entry, text):
    assert entry_rule(acl_entry(entry), egress=entry.startswith("out")) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10.20.0.0/16 local", "10.20.0.0/16 → local"),
        ("pl-s3 vpce-s3", "pl-s3 (S3) → vpce-s3"),
        ("pl-own tgw-1", "pl-own → tgw-1"),
    ],
)
def test_a_route(text, told):
    assert route_rule(private_vpc(), table("rtb-t"), route(text)) == told


def whys(network, flow, kind):
    return [hop.why for hop in trace(network, flow).forward if hop.kind == kind]


def test_why_a_longer_match_wins():
    assert whys(with_nat(with_endpoint()), job_to(), "route-table")[0] == (
        "0.0.0.0/0 is the only match for 3.5.26.139: to nat-1."
    )
    both = changed(
        with_nat(with_endpoint()),
        route_tables=table("rtb-a", "0.0.0.0/0 nat-1", "pl-s3 vpce-s3", subnets=("subnet-a",)),
    )
    assert whys(both, job_to(), "route-table") == [
        "3.5.0.0/19 of pl-s3 (S3) is a longer match than 0.0.0.0/0 → nat-1 for 3.5.26.139: to vpce-s3."
    ]


def test_why_one_of_two_equal_matches_wins():
    network = changed(
        with_nat(),
        route_tables=table("rtb-a", "0.0.0.0/0 nat-1", "0.0.0.0/0 vgw-1 propagated", subnets=("subnet-a",)),
    )
    assert whys(network, job_to(), "route-table")[0] == (
        "0.0.0.0/0 wins by priority over 0.0.0.0/0 → vgw-1 for 3.5.26.139: to nat-1."
    )


def test_why_the_local_route_beats_a_longer_one_that_was_learned():
    routes = ("10.20.0.0/16 local", "10.20.2.0/24 vgw-1 propagated")
    network = changed(private_vpc(), route_tables=table("rtb-a", *routes, subnets=("subnet-a",)))
    assert whys(network, job_to("10.20.2.10"), "route-table")[0] == (
        "10.20.0.0/16 wins by priority over 10.20.2.0/24 → vgw-1 for 10.20.2.10: to local."
    )


def test_why_a_blackhole_drops():
    network = changed(
        with_nat(), route_tables=table("rtb-a", "0.0.0.0/0 nat-1 blackhole", subnets=("subnet-a",))
    )
    journey = trace(network, job_to())
    assert (journey.blockers[0].rule, journey.reason) == (
        "0.0.0.0/0 → nat-1 (blackhole)",
        "0.0.0.0/0 → nat-1 matches 3.5.26.139, but its target is gone: a blackhole route drops what it matches.",
    )


@pytest.mark.parametrize(
    ("routes", "held"),
    [
        ([], "none"),
        (["10.20.0.0/16 local", "10.1.0.0/16 pcx-1"], "10.20.0.0/16 → local, 10.1.0.0/16 → pcx-1"),
        (
            [f"10.{number}.0.0/16 pcx-1" for number in range(1, 7)],
            "10.1.0.0/16 → pcx-1, 10.2.0.0/16 → pcx-1, 10.3.0.0/16 → pcx-1, 10.4.0.0/16 → pcx-1 and 2 more",
        ),
    ],
)
def test_why_there_is_no_route(routes, held):
    network = changed(private_vpc(), route_tables=table("rtb-a", *routes, subnets=("subnet-a",)))
    assert trace(network, job_to()).reason == f"No route of rtb-a matches 3.5.26.139: it holds {held}."


def test_several_acl_rules_are_one_subject():
    entries = (
        "out 1 allow all 0.0.0.0/0",
        "in 1 allow tcp 30000-40000 0.0.0.0/0",
        "in 2 deny tcp 50000 3.5.0.0/19",
        "in 3 deny tcp 60000 3.5.0.0/19",
        "in 4 allow tcp 40001-65535 0.0.0.0/0",
    )
    refusing = changed(with_endpoint(), network_acls=acl("acl-1", *entries, subnets=("subnet-a",)))
    assert trace(refusing, job_to()).reason.endswith("(rules 2 and 3 refuse the rest), so the answer "
                                                     "(tcp 32768-60999) may be lost.")  # fmt: skip
    allowing = changed(
        with_endpoint(), network_acls=acl("acl-1", *entries[:2], entries[4], subnets=("subnet-a",))
    )
    (back,) = trace(allowing, job_to()).back
    assert (back.rule, back.why) == (
        "rule 1 allow tcp 30000-40000 ← 0.0.0.0/0, rule 4 allow tcp 40001-65535 ← 0.0.0.0/0",
        "Rules 1 and 4 of acl-1 let the answer (tcp 32768-60999) from 3.5.26.139 into subnet-a.",
    )


def test_a_network_is_asked_what_a_host_would_reach_there():
    network = with_endpoint()
    probe = interface("eni-probe", "subnet-a", "10.20.1.250")
    asked = network.with_interface(probe)
    assert trace(asked, replace(job_to(), source=replace(job_to().source, interface="eni-probe"))).reached
    assert "eni-probe" not in network.interface
    moved = asked.with_interface(replace(probe, addresses=(ip_address("10.20.1.251"),)))
    assert str(moved.interface["eni-probe"].address) == "10.20.1.251"
    assert len(moved.interfaces) == len(network.interfaces) + 1
