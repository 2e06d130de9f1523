"""What holds of every network: Hypothesis looks for one where it does not."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from ipaddress import ip_address, ip_network

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lab_env.network import Flow, InterfaceSource, Network, Trace, resolve, trace
from lab_env.network.model import NetworkAclEntry
from tests.network.builder import changed, route
from tests.network.strategies import PEERS, journeys

EXAMPLES = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def resources(journey: Trace) -> set[str]:
    """Every id that a hop names: as its resource, in its rule or in its reason."""
    hops = (*journey.forward, *journey.back)
    return {name for hop in hops for name in re.findall(r"[\w-]+", f"{hop.resource} {hop.rule} {hop.why}")}


@EXAMPLES
@given(journeys(), st.data())
def test_a_new_deny_never_makes_a_dropped_flow_reach(case, data):
    network, flow = case
    assume(not trace(network, flow).reached)
    acl = data.draw(st.sampled_from(network.network_acls))
    deny = NetworkAclEntry(
        0, data.draw(st.booleans()), "-1", ip_network(data.draw(st.sampled_from(PEERS))), allow=False
    )
    assert not trace(changed(network, network_acls=replace(acl, entries=(deny, *acl.entries))), flow).reached


@EXAMPLES
@given(journeys(), st.data())
def test_a_group_rule_less_never_makes_a_dropped_flow_reach(case, data):
    network, flow = case
    assume(not trace(network, flow).reached)
    group = data.draw(
        st.sampled_from([item for item in network.security_groups if item.egress or item.ingress])
    )
    way = data.draw(st.sampled_from([way for way in ("egress", "ingress") if getattr(group, way)]))
    left = list(getattr(group, way))
    left.remove(data.draw(st.sampled_from(left)))
    assert not trace(changed(network, security_groups=replace(group, **{way: tuple(left)})), flow).reached


@EXAMPLES
@given(journeys())
def test_with_local_routes_alone_nothing_leaves_the_vpc(case):
    network, flow = case
    assume(isinstance(flow.source, InterfaceSource))
    tables = tuple(
        replace(table, routes=tuple(item for item in table.routes if item.target == "local"))
        for table in network.route_tables
    )
    journey = trace(replace(network, route_tables=tables), flow)
    assert journey.exit in {"none", "local", "interface-endpoint"}
    assert not journey.public_internet
    assert not journey.third_party
    if journey.reached:
        home = network.vpc[network.interface[flow.source.interface].vpc]
        assert any(journey.destination in cidr for cidr in home.cidrs)


@EXAMPLES
@given(journeys(), st.data())
def test_what_no_hop_names_has_no_part_in_it(case, data):
    """Take away a resource that the journey never met: the same journey."""
    network, flow = case
    journey = trace(network, flow)
    met = resources(journey) | {_source(flow)}
    kinds = ("internet_gateways", "nat_gateways", "vpn_gateways", "network_acls", "interfaces", "endpoints",
             "security_groups", "direct_connect_gateways", "virtual_interfaces")  # fmt: skip
    # An endpoint's own interface goes with its endpoint.
    met |= {interface for endpoint in network.endpoints for interface in endpoint.interfaces}
    idle = [(kind, item) for kind in kinds for item in getattr(network, kind) if item.id not in met]
    assume(idle)
    kind, item = data.draw(st.sampled_from(idle))
    # A line of Direct Connect names its gateway: that one is taken off its VPC, not out of the world.
    left = (replace(item, vpcs=()),) if kind == "vpn_gateways" else ()
    others = tuple(other for other in getattr(network, kind) if other is not item)
    without = replace(network, **{kind: others + left})
    assume(resolve(without, flow.source, flow.destination) == journey.dns)
    assert trace(without, flow) == journey


@EXAMPLES
@given(journeys(), st.data())
def test_a_table_that_no_hop_names_has_no_part_in_it(case, data):
    network, flow = case
    journey = trace(network, flow)
    idle = [table for table in network.route_tables if table.id not in resources(journey)]
    assume(idle)
    table = data.draw(st.sampled_from(idle))
    altered = replace(
        table, routes=(*table.routes, route("0.0.0.0/1 igw-1"), route("128.0.0.0/1 igw-1 blackhole"))
    )
    assert trace(changed(network, route_tables=altered), flow) == journey


@EXAMPLES
@given(journeys())
def test_a_journey_is_told_in_full(case):
    """Blockers are the hops that block; what was not reached was seen by nobody; every hop says what and why."""
    network, flow = case
    journey = trace(network, flow)
    hops = (*journey.forward, *journey.back)
    assert journey.blockers == tuple(hop for hop in hops if hop.blocks)
    assert journey.reached == (not journey.blockers)
    assert (journey.source_seen is None) == any(hop.blocks for hop in journey.forward)
    assert (journey.endpoint is not None) == (journey.exit in {"gateway-endpoint", "interface-endpoint"})
    for hop in hops:
        assert hop.resource
        assert hop.rule
        assert hop.why.endswith(".")
        assert hop.why[0] not in " ."
    assert journey.reason in {hop.why for hop in hops}


@EXAMPLES
@given(journeys())
def test_the_same_question_has_the_same_answer(case):
    """Nothing is remembered that matters: neither the order of the parts nor an earlier question."""
    network, flow = case
    first = trace(network, flow)
    turned = Network(**{
        item.name: tuple(reversed(value)) if isinstance(value := getattr(network, item.name), tuple) else value
        for item in fields(network)
        if item.name != "internet"
    }, internet=network.internet)  # fmt: skip
    assert trace(network, flow) == first
    assert trace(turned, flow) == first


@EXAMPLES
@given(journeys())
def test_strangers_change_nothing(case):
    """A thousand more interfaces in the same subnets."""
    network, flow = case
    model = network.interfaces[0]
    crowd = tuple(
        replace(
            model,
            id=f"eni-{number}",
            addresses=(ip_network("10.20.128.0/17")[number],),
            public=(),
            attached_to="",
        )
        for number in range(1, 1000)
    )
    crowded = replace(network, interfaces=network.interfaces + crowd)
    assume(flow.destination not in {str(address) for item in crowd for address in item.addresses})
    assert trace(crowded, flow) == trace(network, flow)


@EXAMPLES
@given(journeys(), st.data())
def test_a_question_of_an_address_is_the_question_of_its_name(case, data):
    network, flow = case
    journey = trace(network, flow)
    assume(journey.destination is not None)
    by_address = trace(network, replace(flow, destination=str(journey.destination)))
    named = tuple(hop for hop in journey.forward if hop.kind != "dns")
    assert (by_address.forward, by_address.back, by_address.exit) == (named, journey.back, journey.exit)


def _source(flow: Flow) -> str:
    return (
        flow.source.interface
        if isinstance(flow.source, InterfaceSource)
        else str(ip_address(flow.source.address))
    )
