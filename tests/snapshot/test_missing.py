"""A snapshot that lacks a describe answer: only the look-up that it alone could answer raises."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab_env.errors import IncompleteSnapshot
from lab_env.snapshot.ec2 import KEYS, network_from_answers

ADDRESS = IPv4Address("10.0.1.4")
PUBLIC = IPv4Address("54.144.0.4")
PARTS = {key: [] for key in KEYS - {"Addresses", "DhcpOptions", "Reservations"}} | {
    "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
    "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"}],
}

LOOK_UPS = [
    ("Vpcs", lambda network: network.vpc["vpc-9"], "vpc-9"),
    ("Subnets", lambda network: network.subnet["subnet-9"], "subnet-9"),
    ("Subnets", lambda network: network.route_table_of("subnet-9"), "subnet-9"),
    ("RouteTables", lambda network: network.route_table_of("subnet-1"), "subnet-1"),
    ("NetworkAcls", lambda network: network.network_acl_of("subnet-1"), "subnet-1"),
    ("NetworkInterfaces", lambda network: network.interface["eni-9"], "eni-9"),
    ("NetworkInterfaces", lambda network: network.interface_at("vpc-1", ADDRESS), "vpc-1 10.0.1.4"),
    ("NetworkInterfaces", lambda network: network.interface_at_public(PUBLIC), "54.144.0.4"),
    ("SecurityGroups", lambda network: network.security_group.get("sg-9"), "sg-9"),
    ("InternetGateways", lambda network: "igw-9" in network.internet_gateway, "igw-9"),
    ("EgressOnlyInternetGateways", lambda network: network.internet_gateway["eigw-9"], "eigw-9"),
    ("NatGateways", lambda network: network.nat_gateway["nat-9"], "nat-9"),
    ("VpnGateways", lambda network: network.vpn_gateway["vgw-9"], "vgw-9"),
    ("VpcPeeringConnections", lambda network: network.peering["pcx-9"], "pcx-9"),
    ("VpcEndpoints", lambda network: network.endpoint["vpce-9"], "vpce-9"),
    ("VpcEndpoints", lambda network: network.endpoints_of["vpc-1"], "vpc-1"),
]


@pytest.mark.parametrize(("key", "look_up", "what"), LOOK_UPS)
def test_looking_up_what_only_the_missing_answer_could_tell(key, look_up, what):
    """The error names what was looked up, the part that is missing and the call that gives it."""
    network = network_from_answers({part: items for part, items in PARTS.items() if part != key}, "us-east-1")
    with pytest.raises(IncompleteSnapshot) as raised:
        look_up(network)
    assert raised.value.where == what
    assert key in raised.value.what
    assert "describe-" in raised.value.do


@pytest.mark.parametrize(("key", "look_up"), [(key, look_up) for key, look_up, _ in LOOK_UPS])
def test_looking_up_in_a_whole_snapshot(key, look_up):
    """With every part there, what is not found is simply not there; what must be there all the same is named."""
    network = network_from_answers(PARTS, "us-east-1")
    assert network.missing == frozenset()
    try:
        assert not look_up(network)
    except IncompleteSnapshot as error:
        told = error.what
        assert "do not hold it" in told


def test_what_is_known_is_still_found():
    """A missing part hides nothing of what other parts told."""
    instance = {
        "NetworkInterfaceId": "eni-1",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "PrivateIpAddress": str(ADDRESS),
    }
    answers = {"Reservations": [{"Instances": [{"NetworkInterfaces": [instance]}]}]}
    network = network_from_answers(answers, "us-east-1")
    assert network.interface_at("vpc-1", ADDRESS) is network.interface["eni-1"]
    assert list(network.interface) == ["eni-1"]
    assert len(network.interface) == 1
