"""Whole journeys beyond one VPC and IPv4: peering, Direct Connect and the data centre, IPv6, appliances."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from lab_env.errors import IncompleteSnapshot, NotFound, NotModelled
from lab_env.network import Flow, InterfaceSource, InternetSource, OnPremisesSource, trace
from lab_env.network.direct_connect import VirtualInterface
from tests.network.builder import (
    ALLOW_ALL,
    HQ,
    INTERNET,
    ON_PREMISES,
    S3,
    acl,
    changed,
    dual_interface,
    dual_stack,
    group,
    interface,
    job_to,
    private_vpc,
    table,
    with_direct_connect,
    with_endpoint,
    with_interface_endpoint,
    with_internet_gateway,
    with_nat,
    with_peer,
)
from tests.network.journeys import ended, told

OUT = ["sg-job allowed", "acl-1 allowed", "rtb-a forwarded"]
BACK = "< acl-1 allowed"
NO_ROUTE = "no route NO_ROUTE_TO_DESTINATION"
NOWHERE = ("dropped", "none", None, None, False, False)


def check(network, flow, hops, end):
    journey = trace(network, flow)
    assert told(journey) == hops
    assert ended(journey) == end


# --- peering ----------------------------------------------------------------------------------------------------------

TO_PEER = [*OUT, "pcx-1 forwarded", "acl-peer allowed", "sg-peer allowed", "eni-peer reached"]


def test_a_peered_vpc_is_reached():
    check(
        with_peer(),
        job_to("10.30.1.5"),
        [*TO_PEER, "< acl-peer allowed", "< rtb-peer forwarded", BACK],
        ("reached", "peering", "10.20.1.14", None, False, False),
    )


def test_peering_needs_the_route_back_too():
    check(
        with_peer(back=False),
        job_to("10.30.1.5"),
        [*TO_PEER, "< acl-peer allowed", f"< rtb-peer {NO_ROUTE}"],
        ("dropped", "peering", "10.20.1.14", None, False, False),
    )


@pytest.mark.parametrize(
    ("status", "hop"),
    [("pending-acceptance", "pcx-1 dropped BAD_STATE"), ("deleted", "pcx-1 dropped BAD_STATE")],
)
def test_peering_that_is_not_active(status, hop):
    check(with_peer(status=status), job_to("10.30.1.5"), [*OUT, hop], NOWHERE)


def test_peering_of_other_vpcs():
    network = with_peer()
    network = changed(network, peerings=replace(network.peerings[0], requester="vpc-9"))
    check(network, job_to("10.30.1.5"), [*OUT, "pcx-1 dropped BAD_STATE_ATTACHMENT"], NOWHERE)


def test_nobody_at_the_peers_address():
    check(
        with_peer(),
        job_to("10.30.1.6"),
        [*OUT, "pcx-1 forwarded", "subnet-peer dropped NO_POSSIBLE_DESTINATION"],
        ("dropped", "peering", None, None, False, False),
    )


@pytest.mark.parametrize("destination", [S3, "exfil.example", "192.168.0.9"])
def test_peering_is_never_transitive(destination):
    """Rules 1.8 and 5.20: not to the peer's gateways, endpoints and data centre."""
    network = with_peer()
    network = changed(
        network,
        route_tables=table("rtb-a", "10.20.0.0/16 local", "0.0.0.0/0 pcx-1", subnets=("subnet-a",)),
    )
    check(
        network,
        job_to(destination),
        [*OUT, "pcx-1 dropped PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"],
        NOWHERE,
    )


def test_a_peer_that_was_not_exported():
    network = with_peer()
    with pytest.raises(IncompleteSnapshot, match="vpc-2: the peer VPC is not known"):
        trace(replace(network, vpcs=network.vpcs[:1]), job_to("10.30.1.5"))


def test_an_interface_endpoint_is_reached_from_a_peer():
    """Rule 1.9; its private DNS names are not (rule 5.18), its own names are."""
    network = with_peer(with_interface_endpoint())
    flow = Flow(InterfaceSource("eni-peer"), "vpce-if-1-us-east-1a.s3.us-east-1.vpce.amazonaws.com")
    check(
        network,
        flow,
        [
            "sg-peer allowed",
            "acl-peer allowed",
            "rtb-peer forwarded",
            "pcx-1 forwarded",
            "acl-1 allowed",
            "sg-open allowed",
            "vpce-if reached",
            BACK,
            "< rtb-a forwarded",
            "< acl-peer allowed",
        ],
        ("reached", "interface-endpoint", "10.30.1.5", "vpce-if", False, False),
    )
    usual = trace(network, Flow(InterfaceSource("eni-peer"), S3))
    assert told(usual)[-1] == f"rtb-peer {NO_ROUTE}"


def test_a_nat_gateway_is_not_for_peers():
    network = with_peer(with_nat())
    flow = Flow(InterfaceSource("eni-peer"), "10.20.100.9")
    assert told(trace(network, flow))[-1] == "nat-1 dropped NGW_REQUIRES_SOURCE_IN_VPC"


def test_groups_are_known_across_peering():
    network = changed(
        with_peer(), security_groups=group("sg-peer", "in tcp 443 sg-job", "out all 0.0.0.0/0", vpc="vpc-2")
    )
    assert trace(network, job_to("10.30.1.5")).reached
    assert not trace(network, Flow(InterfaceSource("eni-far"), "10.30.1.5")).reached


# --- C: Direct Connect ------------------------------------------------------------------------------------------------

TO_HQ = [*OUT, "vgw-1 forwarded", "dxgw-1 forwarded", "dxvif-1 forwarded"]
DEFAULT = ("192.168.0.0/16 vgw-1 propagated", "0.0.0.0/0 vgw-1 propagated")
EVERYTHING = (*HQ.prefixes, ip_network("0.0.0.0/0"))


def test_the_data_centre_is_reached():
    check(
        with_direct_connect(),
        job_to("192.168.7.7"),
        [*TO_HQ, "hq reached", "< hq forwarded", BACK],
        ("reached", "virtual-private-gateway", "10.20.1.14", None, False, True),
    )


def test_a_private_virtual_interface_may_end_at_the_gateway_itself():
    check(
        with_direct_connect(gateway=""),
        job_to("192.168.7.7"),
        [*OUT, "vgw-1 forwarded", "dxvif-1 forwarded", "hq reached", "< hq forwarded", BACK],
        ("reached", "virtual-private-gateway", "10.20.1.14", None, False, True),
    )


@pytest.mark.parametrize("destination", [S3, "exfil.example"])
def test_a_private_virtual_interface_leads_to_no_public_address(destination):
    check(with_direct_connect(), job_to(destination), [*OUT[:2], f"rtb-a {NO_ROUTE}"], NOWHERE)


def test_a_static_default_route_does_not_help_when_nobody_announces_one():
    check(
        with_direct_connect(None, "0.0.0.0/0 vgw-1"),
        job_to(),
        [*OUT, "vgw-1 dropped NO_ROUTE_TO_DESTINATION"],
        NOWHERE,
    )


@pytest.mark.parametrize("link", [True, False])
def test_the_hairpin_through_a_public_virtual_interface(link):
    """S3 is reached through the data centre, outside AWS; with a described public VIF or with a stated one."""
    site = replace(HQ, prefixes=EVERYTHING, public_vif=not link, public_address=ip_address("203.0.113.9"))
    check(
        with_direct_connect(None, *DEFAULT, site=site, public=link),
        job_to(),
        [
            *TO_HQ,
            "hq forwarded",
            *(["dxvif-pub forwarded"] if link else []),
            "s3.us-east-1 reached",
            "< hq forwarded",
            BACK,
        ],
        ("reached", "virtual-private-gateway", "203.0.113.9", None, False, True),
    )


def test_a_public_virtual_interface_shows_its_own_address_if_the_site_has_no_other():
    site = replace(HQ, prefixes=EVERYTHING)
    journey = trace(with_direct_connect(None, *DEFAULT, site=site, public=True), job_to())
    assert str(journey.source_seen) == "198.51.100.1"


def test_a_data_centre_that_announces_only_s3():
    site = replace(HQ, prefixes=(*HQ.prefixes, ip_network("3.5.0.0/19")), public_vif=True)
    site = replace(site, public_address=ip_address("203.0.113.9"))
    network = with_direct_connect(None, *DEFAULT[:1], "3.5.0.0/19 vgw-1 propagated", site=site)
    assert told(trace(network, job_to()))[-4:] == [
        "hq forwarded",
        "s3.us-east-1 reached",
        "< hq forwarded",
        BACK,
    ]
    assert told(trace(network, job_to("exfil.example")))[-1] == f"rtb-a {NO_ROUTE}"


@pytest.mark.parametrize(
    ("settings", "destination", "last", "reached", "internet"),
    [
        ({}, S3, "hq dropped NO_POSSIBLE_DESTINATION", False, False),
        ({"public_vif": True}, "exfil.example", "hq dropped NO_POSSIBLE_DESTINATION", False, False),
        ({"internet_exit": True}, "exfil.example", "internet reached", True, True),
        ({"internet_exit": True}, S3, "s3.us-east-1 reached", True, True),
        ({"internet_exit": True, "public_vif": True}, S3, "s3.us-east-1 reached", True, False),
        ({"internet_exit": True, "public_vif": True}, "exfil.example", "internet reached", True, True),
    ],
)
def test_what_the_data_centre_lets_through(settings, destination, last, reached, internet):
    site = replace(HQ, prefixes=EVERYTHING, public_address=ip_address("203.0.113.9"), **settings)
    journey = trace(with_direct_connect(None, *DEFAULT, site=site), job_to(destination))
    assert told(journey)[len(told(journey)) - (3 if reached else 1)] == last
    assert (journey.reached, journey.public_internet, journey.third_party) == (reached, internet, True)


def test_an_exit_whose_address_is_not_known():
    site = replace(HQ, prefixes=EVERYTHING, internet_exit=True)
    with pytest.raises(IncompleteSnapshot, match="hq: the public address"):
        trace(with_direct_connect(None, *DEFAULT, site=site), job_to())


def test_a_public_prefix_of_the_data_centres_own():
    site = replace(HQ, prefixes=(ip_network("198.51.100.0/24"),))
    network = with_direct_connect(None, "198.51.100.0/24 vgw-1 propagated", site=site)
    assert told(trace(network, job_to("198.51.100.9")))[-3] == "hq reached"


@pytest.mark.parametrize(
    ("allowed", "reached"),
    [
        (("10.20.0.0/16",), True),
        (("10.0.0.0/8",), True),
        (("10.20.1.0/24",), False),
        (("10.30.0.0/16",), False),
    ],
)
def test_allowed_prefixes_decide_what_the_data_centre_learns(allowed, reached):
    network = with_direct_connect(allowed=allowed)
    outwards = trace(network, job_to("192.168.7.7"))
    inwards = trace(open_job(network), Flow(ON_PREMISES, "10.20.1.14", port=22))
    assert (outwards.reached, inwards.reached) == (reached, reached)
    if not reached:
        assert told(outwards)[-1] == f"< hq {NO_ROUTE}"
        assert told(inwards) == [f"hq {NO_ROUTE}"]


@pytest.mark.parametrize(
    ("network", "last"),
    [
        (with_direct_connect(state="down"), "vgw-1 dropped NO_POSSIBLE_DESTINATION"),
        (with_direct_connect(kind="transit"), "vgw-1 dropped NO_POSSIBLE_DESTINATION"),
        (
            changed(with_direct_connect(), vpn_gateways=replace(with_direct_connect().vpn_gateways[0], vpcs=())),
            "vgw-1 dropped BAD_STATE_ATTACHMENT",
        ),
        (
            changed(
                with_direct_connect(),
                direct_connect_associations=replace(
                    with_direct_connect().direct_connect_associations[0], state="disassociated"
                ),
            ),
            "vgw-1 dropped NO_POSSIBLE_DESTINATION",
        ),
        (changed(private_vpc(), route_tables=table("rtb-a", "192.168.0.0/16 vgw-1 blackhole", subnets=("subnet-a",))),
         "rtb-a dropped BAD_STATE_ROUTE"),
    ],
)  # fmt: skip
def test_direct_connect_that_is_not_up(network, last):
    assert told(trace(network, job_to("192.168.7.7")))[-1] == last


def test_a_static_route_beats_the_propagated_one():
    """Rule 5.14: the data centre's default loses to a static default."""
    network = with_direct_connect(with_nat(), *DEFAULT, site=replace(HQ, prefixes=EVERYTHING))
    assert trace(network, job_to()).exit == "nat-gateway"
    assert trace(network, job_to("192.168.7.7")).exit == "virtual-private-gateway"


def test_a_line_to_a_data_centre_that_nobody_described():
    network = with_direct_connect()
    network = changed(network, virtual_interfaces=replace(network.virtual_interfaces[0], site="elsewhere"))
    with pytest.raises(IncompleteSnapshot, match="dxvif-1: the data centre at its far end"):
        trace(network, job_to("192.168.7.7"))


# --- from the data centre ---------------------------------------------------------------------------------------------


def open_job(network):
    return changed(network, security_groups=group("sg-job", "in all 0.0.0.0/0", "out all 0.0.0.0/0"))


FROM_HQ = ["hq forwarded", "dxvif-1 forwarded", "dxgw-1 forwarded", "vgw-1 forwarded", "acl-1 allowed"]


def test_a_host_of_the_vpc_is_reached_from_the_data_centre():
    check(
        open_job(with_direct_connect()),
        Flow(ON_PREMISES, "10.20.1.14", port=22),
        [*FROM_HQ, "sg-job allowed", "eni-job reached", BACK, "< rtb-a forwarded"],
        ("reached", "none", "192.168.7.7", None, False, True),
    )


def test_the_subnets_table_must_lead_back():
    """Propagation is off on that table."""
    flow = Flow(ON_PREMISES, "10.20.2.20", port=22)
    journey = trace(open_job(with_direct_connect()), flow)
    assert told(journey)[-1] == f"< rtb-main {NO_ROUTE}"
    assert journey.exit == "none"


def test_the_gateway_must_have_learnt_the_way_back():
    network = open_job(with_direct_connect(None, "172.16.0.0/12 vgw-1"))
    stranger = Flow(OnPremisesSource("hq", ip_address("172.16.0.9")), "10.20.1.14", port=22)
    assert told(trace(network, stranger))[-1] == f"< vgw-1 {NO_ROUTE}"


def test_an_interface_endpoint_is_reached_from_the_data_centre():
    """Rule 5.21: with the endpoint's own name."""
    network = with_direct_connect(with_interface_endpoint())
    name = "bucket.vpce-if-1-us-east-1a.s3.us-east-1.vpce.amazonaws.com"
    check(
        network,
        Flow(ON_PREMISES, name),
        [*FROM_HQ, "sg-open allowed", "vpce-if reached", BACK, "< rtb-a forwarded"],
        ("reached", "interface-endpoint", "192.168.7.7", "vpce-if", False, True),
    )


@pytest.mark.parametrize(
    ("settings", "hops", "seen"),
    [
        ({}, ["hq dropped NO_POSSIBLE_DESTINATION"], None),
        ({"public_vif": True}, ["hq forwarded", "s3.us-east-1 reached"], "203.0.113.9"),
        ({"internet_exit": True}, ["hq forwarded", "s3.us-east-1 reached"], "203.0.113.9"),
    ],
)
def test_a_gateway_endpoint_is_never_for_the_data_centre(settings, hops, seen):
    """Rule 1.8: S3 by its usual name is public, and goes by the data centre's own ways."""
    site = replace(HQ, public_address=ip_address("203.0.113.9"), **settings)
    journey = trace(with_direct_connect(with_endpoint(), site=site), Flow(ON_PREMISES, S3))
    assert told(journey) == hops
    assert (ended(journey)[2], journey.endpoint) == (seen, None)
    assert journey.public_internet is ("internet_exit" in settings)


@pytest.mark.parametrize(
    ("destination", "hops"),
    [
        ("192.168.1.1", ["hq reached"]),
        ("10.99.0.1", [f"hq {NO_ROUTE}"]),
        ("10.20.1.99", [*FROM_HQ[:-1], "subnet-a dropped NO_POSSIBLE_DESTINATION"]),
        ("exfil.example", ["hq dropped NO_POSSIBLE_DESTINATION"]),
    ],
)
def test_where_else_the_data_centre_leads(destination, hops):
    assert told(trace(with_direct_connect(), Flow(ON_PREMISES, destination))) == hops


def test_the_longer_prefix_decides_between_the_data_centre_and_the_vpc():
    wide = replace(HQ, prefixes=(ip_network("10.0.0.0/8"),))
    network = open_job(with_direct_connect(None, "10.0.0.0/8 vgw-1", site=wide))
    source = OnPremisesSource("hq", ip_address("10.99.0.1"))
    assert told(trace(network, Flow(source, "10.20.1.14")))[-3] == "eni-job reached"
    assert told(trace(network, Flow(source, "10.98.0.1"))) == ["hq reached"]


def test_a_public_address_of_the_vpc_by_a_public_virtual_interface():
    site = replace(HQ, public_vif=True, public_address=ip_address("203.0.113.9"))
    network = open_job(with_direct_connect(with_internet_gateway(public="54.144.1.1"), site=site))
    assert told(trace(network, Flow(ON_PREMISES, "54.144.1.1", port=22))) == [
        "hq forwarded",
        "igw-1 forwarded",
        "acl-1 allowed",
        "sg-job allowed",
        "eni-job reached",
        BACK,
        "< rtb-a forwarded",
    ]


def test_nat_is_not_for_the_data_centre():
    """Rule 5.8."""
    network = with_direct_connect(with_nat())
    assert (
        told(trace(network, Flow(ON_PREMISES, "10.20.100.9")))[-1]
        == "nat-1 dropped NGW_REQUIRES_SOURCE_IN_VPC"
    )


def test_a_transit_virtual_interface_is_not_modelled():
    network = with_direct_connect()
    network = changed(network, virtual_interfaces=VirtualInterface("dxvif-t", "transit", gateway="dxgw-2"))
    with pytest.raises(NotModelled, match="hq: the transit gateway behind dxvif-t"):
        trace(network, Flow(ON_PREMISES, "10.99.0.1"))


@pytest.mark.parametrize(
    ("flow", "loud"),
    [
        (job_to("192.168.7.7"), True),
        (Flow(ON_PREMISES, "10.99.0.1"), True),
        (Flow(ON_PREMISES, "192.168.1.1"), False),
        (job_to("10.20.1.15"), False),
    ],
)
def test_a_vpn_connection_is_not_modelled(flow, loud):
    network = with_direct_connect()
    gateway = replace(network.vpn_gateways[0], vpn_connections=("vpn-1",))
    network = changed(network, vpn_gateways=gateway)
    if not loud:
        trace(network, flow)
        return
    with pytest.raises(NotModelled, match="vgw-1: the VPN connection vpn-1"):
        trace(network, flow)


def test_an_unknown_data_centre():
    with pytest.raises(NotFound, match="elsewhere: No such data centre"):
        trace(with_direct_connect(), Flow(OnPremisesSource("elsewhere", ip_address("192.168.0.1")), S3))


def test_ingress_routing_at_the_virtual_private_gateway():
    network = open_job(with_direct_connect())
    straight = changed(network, route_tables=table("rtb-edge", "10.20.0.0/16 local", edges=("vgw-1",)))
    assert "rtb-edge forwarded" in told(trace(straight, Flow(ON_PREMISES, "10.20.1.14")))
    nothing = changed(network, route_tables=table("rtb-edge", "10.99.0.0/16 local", edges=("vgw-1",)))
    assert told(trace(nothing, Flow(ON_PREMISES, "10.20.1.14")))[-1] == f"rtb-edge {NO_ROUTE}"


# --- IPv6 -------------------------------------------------------------------------------------------------------------

SIX = "2001:db8:66::66"
OUTSIDE6 = InternetSource(ip_address("2001:db8:77::77"))


@pytest.mark.parametrize(
    ("way", "hops", "end"),
    [
        (
            "igw-1",
            [*OUT, "igw-1 forwarded", "internet reached", "< igw-1 forwarded", BACK],
            ("reached", "internet-gateway", "2600:1f18:1:a::14", None, True, False),
        ),
        (
            "eigw-1",
            [*OUT, "eigw-1 forwarded", "internet reached", "< eigw-1 forwarded", BACK],
            ("reached", "internet-gateway", "2600:1f18:1:a::14", None, True, False),
        ),
        ("", [*OUT[:2], f"rtb-a {NO_ROUTE}"], NOWHERE),
    ],
)
def test_ipv6_needs_no_public_address_of_its_own(way, hops, end):
    check(dual_stack(way), job_to(SIX), hops, end)


@pytest.mark.parametrize(
    ("way", "last", "reached"),
    [
        ("igw-1", "< rtb-a forwarded", True),
        ("eigw-1", "< eigw-1 dropped", False),
        ("", f"< rtb-a {NO_ROUTE}", False),
    ],
)
def test_ipv6_from_outside(way, last, reached):
    """An egress-only gateway lets nobody in: what came by the internet gateway cannot be answered through it."""
    journey = trace(dual_stack(way), Flow(OUTSIDE6, "2600:1f18:1:a::14", port=22))
    assert told(journey)[:3] == ["igw-1 forwarded", "acl-1 allowed", "sg-job allowed"]
    assert (told(journey)[-1], journey.reached) == (last, reached)


def test_ipv6_from_outside_where_only_an_egress_gateway_is():
    network = dual_stack("eigw-1")
    network = replace(network, internet_gateways=network.internet_gateways[1:])
    journey = trace(network, Flow(OUTSIDE6, "2600:1f18:1:a::14", port=22))
    assert told(journey) == ["vpc-1 dropped BAD_STATE_ATTACHMENT"]


def test_ipv6_inside_the_vpc_and_ping():
    journey = trace(dual_stack(), job_to("2600:1f18:1:b::20", "icmp"))
    assert told(journey)[-4:] == ["eni-far reached", BACK, "< rtb-main forwarded", BACK]
    assert journey.forward[1].why == (
        "Rule 101 of acl-1 lets icmpv6 echo request to 2600:1f18:1:b::20 out of subnet-a."
    )


def test_rules_of_one_version_say_nothing_of_the_other():
    network = changed(dual_stack(), security_groups=group("sg-job", "out all 0.0.0.0/0"))
    assert told(trace(network, job_to(SIX)))[0] == "sg-job denied ENI_SG_RULES_MISMATCH"


def test_ipv4_does_not_go_by_an_egress_only_gateway():
    network = changed(
        dual_stack(),
        route_tables=table("rtb-a", "10.20.0.0/16 local", "0.0.0.0/0 eigw-1", subnets=("subnet-a",)),
        security_groups=group("sg-job", "out all 0.0.0.0/0"),
    )
    assert told(trace(network, job_to()))[-1] == "eigw-1 dropped PROTOCOL_RESTRICTION"


def test_a_unique_local_address_is_not_translated():
    network = changed(
        dual_stack(), interfaces=dual_interface("eni-job", "subnet-a", "10.20.1.14", "fd00:20:1::14")
    )
    journey = trace(network, job_to(SIX))
    assert told(journey)[-1] == "igw-1 dropped"
    assert journey.reason == "fd00:20:1::14 is no global IPv6 address, and igw-1 translates none."


def test_an_interface_without_an_ipv6_address():
    check(private_vpc(), job_to(SIX), ["eni-job dropped"], NOWHERE)


def test_a_chosen_address_of_the_other_version():
    source = InterfaceSource("eni-job", ip_address("10.20.1.14"))
    assert told(trace(dual_stack(), Flow(source, SIX))) == ["eni-job dropped"]


def test_nat64_is_not_modelled():
    network = changed(
        with_nat(dual_stack()),
        route_tables=table("rtb-a", "10.20.0.0/16 local", "64:ff9b::/96 nat-1", subnets=("subnet-a",)),
    )
    with pytest.raises(NotModelled, match="NAT64"):
        trace(network, job_to("64:ff9b::808:808"))


def test_the_resolvers_ipv6_address():
    assert told(trace(dual_stack(), job_to("fd00:ec2::253", "udp", 53))) == ["AmazonProvidedDNS reached"]


def test_a_name_with_an_ipv6_address():
    from types import MappingProxyType

    hosts = MappingProxyType({"six.example": ip_address(SIX)})
    network = replace(dual_stack(), internet=replace(INTERNET, hosts=hosts))
    assert trace(network, job_to("six.example")).reached


# --- routes to interfaces ---------------------------------------------------------------------------------------------


def test_a_route_to_an_interface_that_does_not_forward():
    network = changed(
        private_vpc(),
        route_tables=table("rtb-a", "10.20.0.0/16 local", "0.0.0.0/0 eni-far", subnets=("subnet-a",)),
    )
    check(network, job_to(), [*OUT, "eni-far dropped ENI_SOURCE_DEST_CHECK_RESTRICTION"], NOWHERE)


def test_an_appliance_is_not_modelled():
    network = changed(
        private_vpc(),
        route_tables=table("rtb-a", "10.20.0.0/16 local", "0.0.0.0/0 eni-far", subnets=("subnet-a",)),
        interfaces=interface("eni-far", "subnet-b", "10.20.2.20", source_dest_check=False),
    )
    with pytest.raises(NotModelled, match="the appliance behind eni-far"):
        trace(network, job_to())


def test_what_a_lost_answer_would_have_met_next_is_not_asked():
    """The answer is refused at one subnet's boundary; that the next subnet's ACL is unknown changes nothing."""
    network = changed(
        with_peer(),
        network_acls=acl("acl-peer", "in 1 allow all 0.0.0.0/0", subnets=("subnet-peer",), vpc="vpc-2"),
        route_tables=table("rtb-peer", "pl-unknown pcx-1", main=True, vpc="vpc-2"),
    )
    journey = trace(network, job_to("10.30.1.5"))
    assert told(journey)[-1] == "< acl-peer denied SUBNET_ACL_RESTRICTION"
    open_again = changed(
        network, network_acls=acl("acl-peer", *ALLOW_ALL, subnets=("subnet-peer",), vpc="vpc-2")
    )
    with pytest.raises(IncompleteSnapshot, match="pl-unknown"):
        trace(open_again, job_to("10.30.1.5"))
