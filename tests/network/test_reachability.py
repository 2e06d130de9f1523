"""Every pair of interfaces: the few traces that decide it give what a trace of each pair would."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from ipaddress import ip_network
from itertools import permutations
from random import Random

import pytest

from lab_env.errors import IncompleteSnapshot, NotFound, NotModelled
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.network.model import NetworkInterface
from lab_env.network.reachability import reachability
from tests.network.builder import acl, private_vpc, with_nat
from tests.network.strategies import random_network

NETWORKS = int(os.environ.get("PRIVATE_PATH_NETWORKS", "2000")) // 100
UNKNOWN = (IncompleteSnapshot, NotModelled)
ASKED = (("tcp", 443), ("tcp", 22), ("udp", 53), ("icmp", 0))


def twinned(network, rng):
    """The network with a twin beside each subnet: of its zone and route table, and mostly of its network ACL."""
    twin = {item.id: f"{item.id}-twin" for item in network.subnets}
    blocks = {item.id: next(cidr for cidr in item.cidrs if cidr.version == 4) for item in network.subnets}
    more = tuple(
        replace(item, id=twin[item.id], cidrs=(ip_network((int(blocks[item.id][0]) + (7 << 8), 24)),))
        for item in network.subnets
    )
    tables = tuple(
        replace(item, subnets=(*item.subnets, *(twin[name] for name in item.subnets)))
        for item in network.route_tables
    )
    acls = {acl.id: acl for acl in network.network_acls}
    for item in network.subnets:
        own = network.network_acl_of(item.id)
        acl = acls[own.id if rng.random() < 0.7 else rng.choice(sorted(acls))]
        acls[acl.id] = replace(acl, subnets=(*acl.subnets, twin[item.id]))
    return replace(
        network, subnets=(*network.subnets, *more), route_tables=tables, network_acls=tuple(acls.values())
    )


def split(network, rng):
    """The network with rules for halves of subnets among those of its security groups and network ACLs."""

    def half():
        block = next(cidr for cidr in rng.choice(network.subnets).cidrs if cidr.version == 4)
        return rng.choice(tuple(block.subnets()))

    def narrowed(rules):
        return tuple(
            replace(rule, peer=half())
            if getattr(rule.peer, "version", 6) == 4 and rng.random() < 0.3
            else rule
            for rule in rules
        )

    groups = (
        replace(item, ingress=narrowed(item.ingress), egress=narrowed(item.egress))
        for item in network.security_groups
    )
    acls = (
        replace(
            item,
            entries=tuple(
                replace(entry, cidr=half()) if entry.cidr.version == 4 and rng.random() < 0.2 else entry
                for entry in item.entries
            ),
        )
        for item in network.network_acls
    )
    return replace(network, security_groups=tuple(groups), network_acls=tuple(acls))


def crowded(network, rng, more=14):
    """The network with more interfaces: each like another at its own address, beside it or in the twin subnet."""
    taken = {address for item in network.interfaces for address in item.addresses}
    interfaces = list(network.interfaces)
    models = rng.sample(network.interfaces, 3)
    for number in range(more):
        model = rng.choice(models)
        subnet = network.subnet[rng.choice((model.subnet, f"{model.subnet}-twin"))]
        block = next(cidr for cidr in subnet.cidrs if cidr.version == 4)
        address = rng.choice([block[host] for host in range(4, 250) if block[host] not in taken])
        taken.add(address)
        host = rng.choice((f"i-{number}", f"i-{number}", f"i-{number}", "i-shared"))
        interfaces.append(
            replace(
                model,
                id=f"eni-more-{number}",
                subnet=subnet.id,
                addresses=(address,),
                attached_to=host,
                public=(),
            )
        )
    return replace(network, interfaces=tuple(interfaces))


def one_by_one(network, source, destination, protocol, port):
    try:
        return trace(
            network, Flow(InterfaceSource(source.id), str(destination.address), protocol, port)
        ).reached
    except UNKNOWN:
        return "not known"


def told(found, source, destination):
    try:
        return found.reaches(source.id, destination.id)
    except UNKNOWN:
        return "not known"


def test_it_agrees_with_a_trace_of_each_pair():
    seen, kinds, interfaces = Counter(), 0, 0
    for seed in range(NETWORKS):
        rng = Random(seed)
        network = crowded(split(twinned(random_network(rng), rng), rng), rng)
        protocol, port = rng.choice(ASKED)
        found = reachability(network, protocol, port)
        answers = Counter()
        for source, destination in permutations(network.interfaces, 2):
            answer = one_by_one(network, source, destination, protocol, port)
            assert told(found, source, destination) == answer, (seed, source, destination)
            answers[answer] += 1
        assert found.count() == (answers[True], answers[False], answers["not known"])
        seen += answers
        kinds, interfaces = kinds + len(found.kinds), interfaces + len(network.interfaces)
    # ... and not because nothing works, or because each interface is a kind of its own.
    assert min(seen[True], seen[False], seen["not known"]) > 20
    assert kinds < 0.9 * interfaces


def test_ten_thousand_alike_are_one_kind():
    """Of a hundred million pairs two are traced: within the subnet, where another one is, and beyond it."""
    network = with_nat()
    model = network.interfaces[0]
    wide = ip_network("10.20.128.0/17")
    subnet = replace(network.subnet[model.subnet], cidrs=(wide,))
    crowd = tuple(
        NetworkInterface(f"eni-{n}", model.vpc, subnet.id, (wide[4 + n],), model.groups)
        for n in range(10_000)
    )
    subnets = tuple(subnet if item.id == subnet.id else item for item in network.subnets)
    found = reachability(replace(network, subnets=subnets, interfaces=crowd))
    assert len(found.kinds) == len(found.answers) == 1
    assert sum(found.count()) == 10_000 * 9_999


def test_an_interface_reaches_itself_and_a_stranger_is_named():
    network = with_nat()
    found = reachability(network)
    name = network.interfaces[0].id
    assert found.reaches(name, name)
    with pytest.raises(NotFound, match="eni-nowhere: there is no such interface"):
        found.reaches(name, "eni-nowhere")


@pytest.mark.parametrize(
    ("rule", "works"), [("in 100 allow all 0.0.0.0/0", True), ("in 100 deny all 10.20.1.0/24", False)]
)
def test_a_network_acl_tells_subnets_apart(rule, works):
    """Two subnets by one route table, in one zone, with the same security group."""
    network = private_vpc()
    first = network.subnet["subnet-a"]
    second, third = (
        replace(first, id=f"subnet-{name}", cidrs=(ip_network(f"10.20.{number}.0/24"),))
        for name, number in (("second", 41), ("third", 42))
    )
    model = network.interfaces[0]
    hosts = tuple(
        replace(
            model,
            id=f"eni-{subnet.id}-{n}",
            subnet=subnet.id,
            addresses=(subnet.cidrs[0][n],),
            groups=("sg-open",),
        )
        for subnet in (first, second, third)
        for n in (200, 201)
    )
    tables = tuple(
        replace(item, subnets=(*item.subnets, second.id, third.id)) if first.id in item.subnets else item
        for item in network.route_tables
    )
    open_to_all = acl(
        "acl-second", "in 100 allow all 0.0.0.0/0", "out 100 allow all 0.0.0.0/0", subnets=(second.id,)
    )
    other = acl(
        "acl-third", rule, "in 101 allow all 0.0.0.0/0", "out 100 allow all 0.0.0.0/0", subnets=(third.id,)
    )
    found = reachability(
        replace(
            network,
            subnets=(*network.subnets, second, third),
            interfaces=hosts,
            route_tables=tables,
            network_acls=(*network.network_acls, open_to_all, other),
        )
    )
    assert found.reaches("eni-subnet-a-200", "eni-subnet-second-200")
    assert found.reaches("eni-subnet-a-200", "eni-subnet-third-200") is works
