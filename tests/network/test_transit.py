"""Transit gateways: into them by zone, through their tables and their peers, out into a VPC, and home again."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from lab_env.errors import IncompleteSnapshot, NotModelled
from lab_env.network import Exit, Flow, InterfaceSource, trace
from lab_env.network.model import (
    InternetGateway,
    NatGateway,
    PrefixList,
    Subnet,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    VpcEndpoint,
    VpcPeering,
)
from tests.network.builder import ALLOW_ALL, acl, changed, group, interface, table, with_peer

PEER = Flow(InterfaceSource("eni-job"), "10.30.1.5", "tcp", 443)


def transit_route(text):
    """``"10.30.0.0/16 at-2 [propagated]"``; without an attachment a blackhole."""
    destination, *rest = text.split()
    to = next((word for word in rest if word != "propagated"), "")
    where = destination if destination.startswith("pl-") else ip_network(destination)
    kind = "propagated" if "propagated" in rest else "static"
    return TransitGatewayRoute(where, to, "active" if to else "blackhole", kind)


def transit_table(name="tgw-rtb-1", gateway="tgw-1", routes=(), learns=("at-1", "at-2")):
    return TransitGatewayRouteTable(name, gateway, tuple(map(transit_route, routes)), tuple(learns))


def joined(*, region="us-east-1", **more):
    """The private VPC and a peer VPC, both attached to ``tgw-1``, which learns the CIDRs of both."""
    network = changed(with_peer(region=region), peerings=())
    network = replace(network, peerings=())
    own = table("rtb-a", "10.20.0.0/16 local", "10.30.0.0/16 tgw-1", subnets=("subnet-a",))
    far = table("rtb-peer", "10.30.0.0/16 local", "10.20.0.0/16 tgw-1", main=True, vpc="vpc-2")
    network = changed(
        network,
        route_tables=(own, far),
        transit_gateways=TransitGateway("tgw-1", "us-east-1"),
        transit_gateway_tables=transit_table(),
    )
    ends = (
        TransitGatewayAttachment("at-1", "tgw-1", "vpc", "vpc-1", table="tgw-rtb-1", subnets=("subnet-a",)),
        TransitGatewayAttachment(
            "at-2", "tgw-1", "vpc", "vpc-2", table="tgw-rtb-1", subnets=("subnet-peer",)
        ),
    )
    return changed(replace(network, transit_gateway_attachments=ends), **more)


def ends_of(network, **by_id):
    """The network with attachments changed: ``ends_of(n, at_1={"table": ""})``."""
    settings = {name.replace("_", "-"): more for name, more in by_id.items()}
    ends = tuple(replace(end, **settings.get(end.id, {})) for end in network.transit_gateway_attachments)
    return replace(network, transit_gateway_attachments=ends)


def test_from_one_vpc_to_another_and_back():
    """Every hop in order, in each direction."""
    found = trace(joined(), PEER)
    assert [(hop.resource, hop.verdict.value) for hop in found.forward] == [
        ("sg-job", "allowed"),
        ("acl-1", "allowed"),
        ("rtb-a", "forwarded"),
        ("acl-1", "allowed"),
        ("tgw-1", "forwarded"),
        ("tgw-rtb-1", "forwarded"),
        ("rtb-peer", "forwarded"),
        ("sg-peer", "allowed"),
        ("eni-peer", "reached"),
    ]
    assert [hop.resource for hop in found.back] == [
        "acl-peer",
        "rtb-peer",
        "acl-peer",
        "tgw-1",
        "tgw-rtb-1",
        "rtb-a",
    ]
    assert (found.exit, found.source_seen) == (Exit.TRANSIT_GATEWAY, ip_address("10.20.1.14"))
    assert not found.public_internet
    assert "10.30.0.0/16 (propagated) of tgw-rtb-1 sends 10.30.1.5 to at-2 of vpc-2." in found.forward[5].why


# What is broken on the way there, and by which hop and code it is named.
LOST = {
    "gateway": (
        lambda n: changed(n, transit_gateways=TransitGateway("tgw-1", "us-east-1", "deleting")),
        ("tgw-1", "BAD_STATE"),
    ),
    "attachment": (lambda n: ends_of(n, at_1={"state": "deleting"}), ("tgw-1", "BAD_STATE_ATTACHMENT")),
    "zone": (lambda n: ends_of(n, at_1={"subnets": ("subnet-b",)}), ("tgw-1", "TGW_ROUTE_AZ_RESTRICTION")),
    "association": (
        lambda n: ends_of(n, at_1={"table": ""}),
        ("tgw-1", "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"),
    ),
    "propagation": (
        lambda n: changed(n, transit_gateway_tables=transit_table(learns=("at-1",))),
        ("tgw-rtb-1", "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"),
    ),
    "blackhole": (
        lambda n: changed(n, transit_gateway_tables=transit_table(routes=["10.30.1.0/24"])),
        ("tgw-rtb-1", "TGW_RTB_BAD_STATE_ROUTE"),
    ),
    "far attachment": (
        lambda n: changed(
            ends_of(n, at_2={"state": "deleting"}),
            transit_gateway_tables=transit_table(routes=["10.30.0.0/16 at-2"], learns=()),
        ),
        ("tgw-rtb-1", "TGW_RTB_BAD_STATE_ROUTE"),
    ),
    "nowhere to come out": (lambda n: ends_of(n, at_2={"subnets": ()}), ("tgw-1", "BAD_STATE")),
}  # fmt: skip


@pytest.mark.parametrize("what", LOST)
def test_what_loses_the_packet_is_named(what):
    """By Reachability Analyzer's code."""
    change, expected = LOST[what]
    found = trace(change(joined()), PEER)
    assert not found.reached
    assert (found.blockers[0].resource, found.blockers[0].code) == expected


@pytest.mark.parametrize(
    ("routes", "learns", "outcome"),
    [
        (["10.30.0.0/16"], ("at-1", "at-2"), "dropped"),
        (["10.30.0.0/16", "10.30.1.0/24 at-2"], (), "dropped"),
        (["10.30.0.0/16", "10.30.1.0/24 at-2", "10.20.0.0/16 at-1"], (), "reached"),
        (["pl-all at-1"], ("at-1", "at-2"), "reached"),
        (["pl-all", "10.30.0.0/16 at-2", "10.20.0.0/16 at-1"], (), "reached"),
        (["pl-same"], ("at-1", "at-2"), "dropped"),
        (["10.30.0.0/16 at-2 propagated", "10.20.0.0/16 at-1 propagated"], (), "reached"),
    ],
    ids=["static beats propagated", "no way back", "longest prefix", "longer than a list", "static beats list",
         "list beats propagated", "propagated as told"],
)  # fmt: skip
def test_which_route_wins(routes, learns, outcome):
    """Longest prefix, then static, then prefix list, then propagated."""
    lists = (
        PrefixList("pl-all", "all", (ip_network("0.0.0.0/0"),), "us-east-1", "1"),
        PrefixList("pl-same", "same", (ip_network("10.30.0.0/16"),), "us-east-1", "1"),
    )
    network = changed(
        joined(), transit_gateway_tables=transit_table(routes=routes, learns=learns), prefix_lists=lists
    )
    assert trace(network, PEER).outcome == outcome


def test_network_acls_of_the_attachments_subnets_judge():
    """Out of the sender's subnet, into the attachment's; never from the gateway to a host in the same subnet."""
    network = ends_of(joined(), at_1={"subnets": ("subnet-p",)})
    closed = acl("acl-p", "in * deny all 0.0.0.0/0", "out * deny all 0.0.0.0/0", subnets=("subnet-p",))
    lost = trace(
        changed(network, network_acls=(closed, acl("acl-1", *ALLOW_ALL, subnets=("subnet-a",)))), PEER
    )
    assert [(hop.resource, hop.rule) for hop in lost.blockers] == [
        ("acl-p", "rule * deny"),
        ("acl-p", "rule * deny"),
    ]
    one_way = acl(
        "acl-1", "out 100 allow all 0.0.0.0/0", "in 100 allow all 10.20.1.14/32", subnets=("subnet-a",)
    )
    assert trace(changed(joined(), network_acls=one_way), PEER).reached


def test_a_group_of_the_far_side_judges():
    network = changed(joined(), security_groups=group("sg-peer", "in tcp 22 0.0.0.0/0", vpc="vpc-2"))
    assert [hop.code for hop in trace(network, PEER).blockers] == ["ENI_SG_RULES_MISMATCH"]


def test_the_answer_needs_its_own_route():
    """There and not back: the far VPC's table knows no way home."""
    network = changed(joined(), route_tables=table("rtb-peer", "10.30.0.0/16 local", main=True, vpc="vpc-2"))
    found = trace(network, PEER)
    assert [hop.verdict.value for hop in found.blockers] == ["no route"]
    assert found.source_seen == ip_address("10.20.1.14")


def test_another_router_brings_the_answer_home():
    """Peering and transit gateways keep no connections: one may carry the question, the other the answer."""
    network = changed(joined(), peerings=VpcPeering("pcx-1", "vpc-1", "vpc-2", "active"))
    by_peering = table("rtb-peer", "10.30.0.0/16 local", "10.20.0.0/16 pcx-1", main=True, vpc="vpc-2")
    there = trace(changed(network, route_tables=by_peering), PEER)
    assert there.reached
    assert "transit-gateway" not in {hop.kind for hop in there.back}
    own = table("rtb-a", "10.20.0.0/16 local", "10.30.0.0/16 pcx-1", subnets=("subnet-a",))
    asked = trace(changed(network, route_tables=own), PEER)
    assert (asked.reached, asked.exit) == (True, Exit.PEERING)
    assert "transit-gateway" in {hop.kind for hop in asked.back}


def test_no_acl_judges_an_answer_that_comes_out_beside_the_host():
    """By peering it went out; the answer comes out of the transit gateway in the very subnet of the host."""
    network = changed(joined(), peerings=VpcPeering("pcx-1", "vpc-1", "vpc-2", "active"))
    own = table("rtb-a", "10.20.0.0/16 local", "10.30.0.0/16 pcx-1", subnets=("subnet-a",))
    closed = acl("acl-1", "out 100 allow all 0.0.0.0/0", "in * deny all 0.0.0.0/0", subnets=("subnet-a",))
    network = changed(network, route_tables=own, network_acls=closed)
    assert trace(network, PEER).reached
    elsewhere = ends_of(
        changed(network, network_acls=(closed, acl("acl-2", *ALLOW_ALL, subnets=("subnet-p",)))),
        at_1={"subnets": ("subnet-p",)},
    )
    assert [hop.resource for hop in trace(elsewhere, PEER).blockers] == ["acl-1"]


def test_an_answer_by_a_gateway_that_keeps_connections_is_lost():
    network = changed(
        joined(),
        internet_gateways=InternetGateway("igw-2", ("vpc-2",)),
        route_tables=table("rtb-peer", "10.30.0.0/16 local", "10.20.0.0/16 igw-2", main=True, vpc="vpc-2"),
    )
    assert "knows no such connection" in trace(network, PEER).blockers[0].why


def peered():
    """``tgw-1`` with the job's VPC in us-east-1, ``tgw-2`` with the far one in us-west-1, and their peering."""
    network = joined(region="us-west-1")
    ends = (
        network.transit_gateway_attachments[0],
        TransitGatewayAttachment(
            "at-3", "tgw-2", "vpc", "vpc-2", table="tgw-rtb-2", subnets=("subnet-peer",)
        ),
        TransitGatewayAttachment("at-p", "tgw-1", "peering", "tgw-2", table="tgw-rtb-1"),
        TransitGatewayAttachment("at-p", "tgw-2", "peering", "tgw-1", table="tgw-rtb-2"),
    )
    return changed(
        replace(network, transit_gateway_attachments=ends),
        transit_gateways=TransitGateway("tgw-2", "us-west-1"),
        transit_gateway_tables=(
            transit_table(routes=["10.30.0.0/16 at-p"], learns=("at-1",)),
            transit_table("tgw-rtb-2", "tgw-2", ["10.20.0.0/16 at-p"], ("at-3",)),
        ),
        route_tables=table("rtb-peer", "10.30.0.0/16 local", "10.20.0.0/16 tgw-2", main=True, vpc="vpc-2"),
    )


def test_peered_across_regions():
    found = trace(peered(), PEER)
    assert found.reached
    assert [hop.resource for hop in found.forward if hop.kind == "transit-gateway"] == [
        "tgw-1",
        "tgw-rtb-1",
        "tgw-rtb-2",
    ]


def test_a_peering_learns_nothing_by_itself():
    """Routes to a peer are static on AWS; without the one at the far end the answer is lost."""
    network = changed(peered(), transit_gateway_tables=transit_table("tgw-rtb-2", "tgw-2", (), ("at-3",)))
    assert [hop.code for hop in trace(network, PEER).blockers] == ["TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"]


def test_two_peers_that_point_at_each_other():
    network = changed(
        peered(), transit_gateway_tables=transit_table("tgw-rtb-2", "tgw-2", ["10.0.0.0/8 at-p"], ())
    )
    assert "in a circle" in trace(network, PEER).reason


def egress():
    """The far VPC is the way out for all: a NAT gateway behind the transit gateway's default route."""
    return changed(
        joined(),
        internet_gateways=InternetGateway("igw-2", ("vpc-2",)),
        nat_gateways=NatGateway("nat-2", "vpc-2", "subnet-out", "available", "public",
                                ip_address("10.30.9.9"), ip_address("54.144.7.7")),
        subnets=Subnet("subnet-out", "vpc-2", (ip_network("10.30.9.0/24"),), "us-east-1a"),
        network_acls=acl("acl-peer", *ALLOW_ALL, subnets=("subnet-peer", "subnet-out"), vpc="vpc-2"),
        route_tables=(
            table("rtb-a", "10.20.0.0/16 local", "0.0.0.0/0 tgw-1", subnets=("subnet-a",)),
            table("rtb-peer", "10.30.0.0/16 local", "0.0.0.0/0 nat-2", main=True, vpc="vpc-2"),
            table("rtb-out", "10.30.0.0/16 local", "0.0.0.0/0 igw-2", "10.20.0.0/16 tgw-1",
                  subnets=("subnet-out",), vpc="vpc-2"),
        ),
        transit_gateway_tables=transit_table(routes=["0.0.0.0/0 at-2"]),
    )  # fmt: skip


OUTSIDE = Flow(InterfaceSource("eni-job"), "198.51.100.10", "tcp", 443)


def test_out_by_the_nat_gateway_of_another_vpc():
    found = trace(egress(), OUTSIDE)
    assert (found.reached, found.exit, found.public_internet) == (True, Exit.TRANSIT_GATEWAY, True)
    assert found.source_seen == ip_address("54.144.7.7")
    no_return = changed(
        egress(),
        route_tables=table("rtb-out", "10.30.0.0/16 local", "0.0.0.0/0 igw-2", subnets=("subnet-out",), vpc="vpc-2"),
    )  # fmt: skip
    assert not trace(no_return, OUTSIDE).reached


@pytest.mark.parametrize("target", ["igw-2", "pcx-9", "vgw-9", "vpce-9"])
def test_a_gateway_of_the_far_vpc_serves_that_vpc_only(target):
    """No transit through an internet gateway, a peering, a virtual private gateway or a gateway endpoint."""
    network = changed(
        egress(),
        route_tables=table("rtb-peer", "10.30.0.0/16 local", f"0.0.0.0/0 {target}", main=True, vpc="vpc-2"),
        endpoints=VpcEndpoint("vpce-9", "vpc-2", "com.amazonaws.us-east-1.s3", "Gateway"),
    )
    assert f"{target} serves what its own VPC sends" in trace(network, OUTSIDE).reason


def test_a_second_transit_gateway_is_loud():
    network = changed(
        egress(),
        route_tables=table("rtb-peer", "10.30.0.0/16 local", "0.0.0.0/0 tgw-1", main=True, vpc="vpc-2"),
    )
    with pytest.raises(NotModelled, match="a second transit gateway behind tgw-1"):
        trace(network, OUTSIDE)


@pytest.mark.parametrize("kind", ["vpn", "direct-connect-gateway", "connect"])
def test_other_attachments_are_loud(kind):
    """Named when the packet is sent to one, or when only what one announces could match."""
    network = changed(
        joined(), transit_gateway_attachments=TransitGatewayAttachment("at-2", "tgw-1", kind, "vpn-1")
    )
    with pytest.raises(NotModelled, match=f"learnt from {kind} vpn-1"):
        trace(network, PEER)
    static = changed(network, transit_gateway_tables=transit_table(routes=["10.30.0.0/16 at-2"]))
    with pytest.raises(NotModelled, match=f"at-2 of a {kind}"):
        trace(static, PEER)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda n: replace(n, transit_gateways=()), "tgw-1"),
        (
            lambda n: changed(n, transit_gateway_tables=TransitGatewayRouteTable("tgw-rtb-1", "tgw-1", None)),
            "search-",
        ),
        (
            lambda n: changed(
                n, transit_gateway_tables=TransitGatewayRouteTable("tgw-rtb-1", "tgw-1", (), None)
            ),
            "propagations",
        ),
        (lambda n: replace(n, transit_gateway_tables=()), "transit-gateway-route-tables"),
        (lambda n: ends_of(n, at_1={"subnets": None}), "vpc-attachments"),
        (
            lambda n: replace(
                n, transit_gateway_attachments=(), missing=frozenset({"TransitGatewayAttachments"})
            ),
            "describe-transit-gateway-attachments",
        ),
        (lambda n: changed(n, transit_gateway_tables=transit_table(learns=("at-9",))), "at-9"),
        (lambda n: changed(n, transit_gateway_tables=transit_table(routes=["10.30.0.0/16 at-9"])), "at-9"),
        (lambda n: changed(n, transit_gateway_tables=transit_table(routes=["pl-9 at-2"], learns=())), "pl-9"),
        (lambda n: replace(n, vpcs=n.vpcs[:1]), "vpc-2"),
    ],
)
def test_what_is_not_known_is_asked_for(change, names):
    """A state that was exported in part says which answer it lacks."""
    with pytest.raises(IncompleteSnapshot, match=names):
        trace(change(joined()), PEER)


def test_a_peer_that_was_not_exported():
    network = peered()
    kept = tuple(end for end in network.transit_gateway_attachments if end.gateway == "tgw-1")
    with pytest.raises(IncompleteSnapshot, match="tgw-2"):
        trace(replace(network, transit_gateway_attachments=kept), PEER)


def test_the_zone_of_the_sender_is_kept():
    """Out of the gateway in the sender's zone where the attachment has a subnet there."""
    network = ends_of(
        changed(
            joined(),
            subnets=Subnet("subnet-first", "vpc-2", (ip_network("10.30.2.0/24"),), "us-east-1b"),
            network_acls=acl("acl-peer", *ALLOW_ALL, subnets=("subnet-peer", "subnet-first"), vpc="vpc-2"),
        ),
        at_2={"subnets": ("subnet-first", "subnet-peer")},
    )
    came_out = [hop.subnet for hop in trace(network, PEER).forward if hop.resource == "rtb-peer"]
    assert came_out == ["subnet-peer"]


def test_an_interface_endpoint_is_reached_over_it():
    """A central interface endpoint serves the VPCs behind a transit gateway."""
    network = changed(
        joined(),
        endpoints=VpcEndpoint("vpce-if", "vpc-2", "com.amazonaws.us-east-1.s3", "Interface", interfaces=("eni-ep",)),
        interfaces=interface("eni-ep", "subnet-peer", "10.30.1.8", "sg-peer", vpc="vpc-2", kind="vpc_endpoint",
                             attached_to="vpce-if"),
    )  # fmt: skip
    found = trace(network, Flow(InterfaceSource("eni-job"), "10.30.1.8"))
    assert (found.reached, found.exit, found.endpoint) == (True, Exit.INTERFACE_ENDPOINT, "vpce-if")
