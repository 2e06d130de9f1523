"""Security groups and network ACLs: what a rule covers, what order means, what an answer needs."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from lab_env.errors import IncompleteSnapshot
from lab_env.network.filters import admitting_rule, judge
from lab_env.network.model import PrefixList, VpcPeering
from lab_env.network.packet import CLIENT_PORTS, Packet
from tests.network.builder import REGION, acl, changed, group, interface, private_vpc

HERE, S3, FAR = ip_address("10.20.1.14"), ip_address("52.216.0.1"), ip_address("10.20.2.20")


def packet(text: str, source=HERE, destination=S3) -> Packet:
    """``"tcp 443"``, ``"icmp 8 0"``, ``"50"``."""
    protocol, *numbers = text.split()
    low, high = (int(numbers[0]), int(numbers[-1])) if numbers else (0, 65535)
    return Packet(source, destination, protocol, (low, high), CLIENT_PORTS)


@pytest.mark.parametrize(
    ("rule", "what", "admits"),
    [
        ("all 0.0.0.0/0", "tcp 443", True),
        ("all 0.0.0.0/0", "50", True),
        ("all ::/0", "tcp 443", False),
        ("tcp 443 0.0.0.0/0", "tcp 443", True),
        ("tcp 443 0.0.0.0/0", "tcp 80", False),
        ("tcp 443 0.0.0.0/0", "udp 443", False),
        ("6 443 0.0.0.0/0", "tcp 443", True),
        ("tcp 0-65535 0.0.0.0/0", "tcp 22", True),
        ("tcp 0.0.0.0/0", "tcp 22", True),
        ("tcp 1024-2048 0.0.0.0/0", "tcp 2048", True),
        ("tcp 1024-2048 0.0.0.0/0", "tcp 2049", False),
        ("tcp 443 52.216.0.0/16", "tcp 443", True),
        ("tcp 443 52.217.0.0/16", "tcp 443", False),
        ("tcp 443 pl-s3", "tcp 443", True),
        ("tcp 443 pl-other", "tcp 443", False),
        ("udp 500 0.0.0.0/0", "udp 500", True),
        ("50 0.0.0.0/0", "50", True),
        ("51 0.0.0.0/0", "50", False),
        ("icmp 8-0 0.0.0.0/0", "icmp 8 0", True),
        ("icmp 8 0.0.0.0/0", "icmp 8 0", False),
        ("icmp 0.0.0.0/0", "icmp 8 0", True),
        ("icmp 0-0 0.0.0.0/0", "icmp 8 0", False),
        ("tcp 0.0.0.0/0", "icmp 8 0", False),
    ],
)
def test_what_a_group_rule_covers(rule, what, admits):
    other = PrefixList("pl-other", "corporate", (ip_network("192.168.0.0/16"),), REGION)
    network = changed(private_vpc(), security_groups=group("sg-job", f"out {rule}"), prefix_lists=other)
    found = admitting_rule(network, network.interface["eni-job"], packet(what), egress=True)
    assert (found is not None) is admits


def test_icmp_minus_one_means_all():
    network = changed(private_vpc(), security_groups=group("sg-job", "in icmp -1--1 0.0.0.0/0"))
    assert admitting_rule(network, network.interface["eni-job"], packet("icmp 8 0"), egress=False)


def test_nothing_is_assumed():
    """Neither the default egress rule nor traffic between members of one group: only what the data says."""
    network = changed(private_vpc(), security_groups=group("sg-job"))
    assert admitting_rule(network, network.interface["eni-job"], packet("tcp 443"), egress=True) is None
    assert admitting_rule(network, network.interface["eni-near"], packet("tcp 443"), egress=False) is None


def test_the_first_group_that_admits_is_told():
    network = changed(
        private_vpc(),
        security_groups=(group("sg-job"), group("sg-web", "out tcp 80 0.0.0.0/0", "out tcp 443 0.0.0.0/0")),
        interfaces=interface("eni-job", "subnet-a", "10.20.1.14", "sg-job", "sg-web"),
    )
    found = admitting_rule(network, network.interface["eni-job"], packet("tcp 443"), egress=True)
    assert (found[0].id, found[1].from_port) == ("sg-web", 443)


@pytest.mark.parametrize(
    ("source", "admits"),
    [("10.20.1.14", True), ("10.20.1.15", False), ("10.20.1.99", False), ("54.144.1.1", False)],
)
def test_a_group_reference_is_a_member_by_its_private_address(source, admits):
    network = changed(
        private_vpc(),
        security_groups=(group("sg-self", "in all sg-self"), group("sg-job", "out all 0.0.0.0/0")),
        interfaces=(
            interface("eni-job", "subnet-a", "10.20.1.14", "sg-self", public="54.144.1.1"),
            interface("eni-far", "subnet-b", "10.20.2.20", "sg-self"),
        ),
    )
    arriving = packet("tcp 22", ip_address(source), FAR)
    assert bool(admitting_rule(network, network.interface["eni-far"], arriving, egress=False)) is admits


@pytest.mark.parametrize(
    ("status", "region", "admits"),
    [("active", REGION, True), ("pending-acceptance", REGION, False), ("active", "eu-west-1", False)],
)
def test_a_group_reference_reaches_into_a_peered_vpc_of_the_same_region(status, region, admits):
    from dataclasses import replace

    network = private_vpc()
    other = replace(network.vpcs[0], id="vpc-2", cidrs=(ip_network("10.30.0.0/16"),), region=region)
    network = changed(
        network,
        vpcs=other,
        peerings=VpcPeering("pcx-1", "vpc-2", "vpc-1", status),
        interfaces=interface("eni-peer", "subnet-x", "10.30.0.5", "sg-peer", vpc="vpc-2"),
        security_groups=(group("sg-job", "in tcp 22 sg-peer"), group("sg-peer", vpc="vpc-2")),
    )
    arriving = packet("tcp 22", ip_address("10.30.0.5"), HERE)
    assert bool(admitting_rule(network, network.interface["eni-job"], arriving, egress=False)) is admits


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        (group("sg-job", "out tcp 443 pl-gone"), "pl-gone: the CIDRs"),
        (group("sg-x"), "eni-job: security group sg-job"),
    ],
)
def test_what_is_not_known_is_named(groups, says):
    from dataclasses import replace

    network = replace(private_vpc(), security_groups=(groups,))
    with pytest.raises(IncompleteSnapshot, match=says):
        admitting_rule(network, network.interface["eni-job"], packet("tcp 443"), egress=True)


EPHEMERAL = "tcp 32768 60999"


@pytest.mark.parametrize(
    ("entries", "what", "allow", "numbers", "partial"),
    [
        (["in 100 allow all 0.0.0.0/0"], "tcp 443", True, [100], False),
        ([], "tcp 443", False, [], False),
        (["in * deny all 0.0.0.0/0"], "tcp 443", False, [32767], False),
        (["in 200 allow all 0.0.0.0/0", "in 100 deny tcp 443 0.0.0.0/0"], "tcp 443", False, [100], False),
        (["in 100 deny tcp 443 0.0.0.0/0", "in 200 allow all 0.0.0.0/0"], "tcp 80", True, [200], False),
        (["in 100 deny tcp 443 10.0.0.0/16", "in 200 allow all 0.0.0.0/0"], "tcp 443", True, [200], False),
        (["out 100 allow all 0.0.0.0/0"], "tcp 443", False, [], False),
        (["in 100 allow tcp 1024-65535 0.0.0.0/0"], EPHEMERAL, True, [100], False),
        (["in 100 allow tcp 32768-60999 0.0.0.0/0"], EPHEMERAL, True, [100], False),
        (["in 100 allow tcp 32768-61000 0.0.0.0/0"], EPHEMERAL, True, [100], False),
        (["in 100 allow udp 1024-65535 0.0.0.0/0"], EPHEMERAL, False, [], False),
        (
            ["in 100 allow tcp 49152-65535 0.0.0.0/0", "in * deny all 0.0.0.0/0"],
            EPHEMERAL,
            False,
            [32767],
            True,
        ),
        (["in 100 allow tcp 49152-65535 0.0.0.0/0"], EPHEMERAL, False, [], True),
        (
            ["in 90 deny tcp 40000 0.0.0.0/0", "in 100 allow tcp 1024-65535 0.0.0.0/0"],
            EPHEMERAL,
            False,
            [90],
            True,
        ),
        (
            ["in 90 allow tcp 0-40000 0.0.0.0/0", "in 95 allow tcp 40001-65535 0.0.0.0/0"],
            EPHEMERAL,
            True,
            [90, 95],
            False,
        ),
        (
            ["in 90 allow tcp 40000-50000 0.0.0.0/0", "in 95 allow 6 0.0.0.0/0"],
            EPHEMERAL,
            True,
            [90, 95],
            False,
        ),
        (["in 90 deny tcp 0-1023 0.0.0.0/0", "in 95 allow 6 0.0.0.0/0"], EPHEMERAL, True, [95], False),
        (
            ["in 90 allow tcp 1-40000 0.0.0.0/0", "in 95 allow tcp 40002-65535 0.0.0.0/0"],
            EPHEMERAL,
            False,
            [],
            True,
        ),
        (
            [
                "in 90 allow tcp 40000-65535 0.0.0.0/0",
                "in 95 deny tcp 40000 0.0.0.0/0",
                "in 96 allow tcp 0-39999 0.0.0.0/0",
            ],
            EPHEMERAL,
            True,
            [90, 96],
            False,
        ),
        (["in 100 allow icmp 0-0 0.0.0.0/0"], "icmp 0 0", True, [100], False),
        (["in 100 allow icmp 8-0 0.0.0.0/0"], "icmp 0 0", False, [], False),
        (["in 100 allow icmp -1--1 0.0.0.0/0"], "icmp 0 0", True, [100], False),
        (["in 100 allow tcp 1024-65535 0.0.0.0/0"], "icmp 0 0", False, [], False),
        (["in 100 allow 50 0.0.0.0/0"], "50", True, [100], False),
        (["in 100 allow all ::/0"], "tcp 443", False, [], False),
    ],
)
def test_what_a_network_acl_says(entries, what, allow, numbers, partial):
    """The first entry that matches decides, port by port."""
    verdict = judge(acl("acl", *entries), packet(what, S3, HERE), egress=False)
    assert (verdict.allow, [entry.number for entry in verdict.entries], verdict.partial) == (
        allow,
        numbers,
        partial,
    )


@pytest.mark.parametrize(("egress", "allow"), [(True, True), (False, False)])
def test_an_entry_names_the_address_beyond_the_subnet(egress, allow):
    rules = acl("acl", "out 1 allow all 52.216.0.0/15", "in 1 allow all 52.216.0.0/15")
    assert judge(rules, packet("tcp 443"), egress=egress).allow is allow
