"""A network written out as JSON and read again is the same network, and gives the same traces."""

from __future__ import annotations

from dataclasses import fields, replace
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lab_env.errors import LabError
from lab_env.network import trace
from lab_env.snapshot import directconnect
from lab_env.snapshot.ec2 import KEYS, network_from_answers
from lab_env.snapshot.files import read_path, to_files, write_path
from tests.network.builder import (
    private_vpc,
    with_direct_connect,
    with_endpoint,
    with_interface_endpoint,
    with_nat,
)
from tests.network.strategies import random_flow, random_network

# Not AWS's to describe, so not written.
OUTSIDE = ("internet", "on_premises")


def by_name(rules):
    """Rules with their protocols as EC2 names them: it answers ``tcp`` for 6."""
    return tuple(replace(rule, protocol="tcp") if rule.protocol == "6" else rule for rule in rules)


def as_described(network):
    """The network as AWS would tell it; which data centre a virtual interface leads to, only the customer knows."""
    return replace(
        network,
        virtual_interfaces=tuple(replace(item, site="") for item in network.virtual_interfaces),
        security_groups=tuple(
            replace(group, ingress=by_name(group.ingress), egress=by_name(group.egress))
            for group in network.security_groups
        ),
        network_acls=tuple(replace(acl, entries=by_name(acl.entries)) for acl in network.network_acls),
    )


def written_and_read(network):
    with TemporaryDirectory() as folder:
        write_path(network, folder)
        again = read_path(folder, internet=network.internet)
    return replace(again, on_premises=network.on_premises)


def answer(network, flow):
    """What a trace says, or what it refuses to say."""
    try:
        return trace(network, flow)
    except LabError as error:
        return type(error), str(error)


def parts(network):
    """A network's parts by id, in no order; of network ACLs the order of each direction, which is AWS's own."""
    found = {
        field.name: {
            (item.id, getattr(item, "region", getattr(item, "gateway", ""))): item
            for item in getattr(network, field.name)
        }
        for field in fields(network)
        if field.name not in {*OUTSIDE, "region", "missing"}
    }
    found["network_acls"] = {
        key: replace(acl, entries=tuple(sorted(acl.entries, key=lambda entry: (entry.egress, entry.number))))
        for key, acl in found["network_acls"].items()
    }
    return found | {"region": network.region, "missing": network.missing}


BY_HAND = {
    "private": private_vpc(),
    "gateway endpoint": with_endpoint(),
    "interface endpoint": with_interface_endpoint(),
    "NAT gateway": with_nat(),
    "Direct Connect": with_direct_connect(public=True, allowed=("10.20.0.0/16",)),
}


@pytest.mark.parametrize("network", BY_HAND.values(), ids=BY_HAND)
def test_networks_by_hand(network):
    """Every part comes back, whole."""
    assert parts(written_and_read(network)) == parts(as_described(network))


# A network made from a seed does not become simpler by shrinking, only slower.
@settings(
    max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(st.randoms(use_true_random=False))
def test_random_networks(rng):
    """Every part of a random network comes back, and random flows end as they did."""
    network = as_described(random_network(rng))
    again = written_and_read(network)
    assert parts(again) == parts(network)
    for _ in range(10):
        flow = random_flow(rng, network)
        assert answer(again, flow) == answer(network, flow)


def test_two_regions_have_folders_of_their_own():
    """Each Region's resources lie in its own folder; a peering between them is described in both."""
    west = {"vpcs": [{"VpcId": "vpc-w", "CidrBlock": "10.9.0.0/16"}], "region": "us-west-2"}
    other = network_from_answers({"Vpcs": west["vpcs"]}, west["region"])
    network = replace(with_endpoint(), vpcs=(*with_endpoint().vpcs, *other.vpcs))
    files = to_files(network)
    assert {name.split("/")[0] for name in files} == {"us-east-1", "us-west-2"}
    assert [vpc["VpcId"] for vpc in files["us-west-2/Vpcs.json"]["Vpcs"]] == ["vpc-w"]
    assert parts(written_and_read(network)) == parts(network)


def test_what_was_missing_stays_missing():
    """An answer that the network never had is not written as an empty one."""
    answers = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}], "NatGateways": []}
    network = network_from_answers(answers, "us-east-1")
    again = written_and_read(network)
    assert again.missing == network.missing
    assert {*directconnect.KEYS, "Subnets"} <= again.missing <= KEYS


def test_what_was_assumed_stays_assumed():
    """A default that nobody asked about does not become AWS's word."""
    network = network_from_answers({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}, "us-east-1")
    assert written_and_read(network).vpcs == network.vpcs
