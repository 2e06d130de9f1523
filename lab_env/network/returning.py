"""The way of an answer out of the receiver's subnet: back as the question came, or home by routers that keep no state.

A gateway that translates or tracks knows only the connections that came by it. VPC peering and transit gateways keep
none: an answer may come home by another of them than the question took.
"""

from __future__ import annotations

from lab_env.network.flow import Hop, Verdict
from lab_env.network.hops import route_hop, route_rule
from lab_env.network.lookups import nat_at, route_table
from lab_env.network.model import Address, Network, Route
from lab_env.network.packet import Packet
from lab_env.network.routes import decide
from lab_env.network.transit import carry, enter_transit, gateway_hop
from lab_env.network.walk import Walk, known

ROUTE_TARGETS = {
    "igw": "internet-gateway",
    "eigw": "internet-gateway",
    "nat": "nat-gateway",
    "vpce": "gateway-endpoint",
    "vgw": "virtual-private-gateway",
    "pcx": "peering",
    "tgw": "transit-gateway",
    "eni": "interface",
    "local": "route-table",
}
"""What kind of hop a route's target makes, by the start of its id."""

_STATELESS = frozenset({"local", "pcx", "tgw"})


def answer_as_it_came(walk: Walk, subnet: str, answer: Packet, via: str) -> bool:
    """Take an answer out of the receiver's subnet by the receiver's own route table; whether it comes home.

    Args:
        walk: the journey.
        subnet: the receiver's subnet.
        answer: the packet that goes back.
        via: the route target by which the question came: ``local``, ``igw-…``, ``pcx-…``, ``vgw-…``.
    """
    walk.answer_leaves(subnet, answer)
    route = _route(walk, subnet, answer)
    if route is None:
        return False
    if route.target == via:
        return True
    if _kind(via) in _STATELESS and _kind(route.target) in _STATELESS and walk.home:
        # The network ACL of the subnet that it comes home to is asked by the step that the question left behind.
        return _by_router(walk, subnet, answer, route, walk.home, judged=True)
    return _unknown_there(walk, subnet, via, route)


def answer_home(walk: Walk, subnet: str, answer: Packet, home: str) -> bool:
    """Take the answer to what a transit gateway brought out of the receiver's subnet; whether it comes home.

    Args:
        walk: the journey.
        subnet: the receiver's subnet, or that of the NAT gateway which hands the answer on.
        answer: the packet that goes back.
        home: the subnet that the question was sent from.
    """
    if not any(answer.destination in cidr for cidr in walk.network.subnet[subnet].cidrs):
        walk.answer_leaves(subnet, answer)
    route = _route(walk, subnet, answer)
    if route is None:
        return False
    if _kind(route.target) not in _STATELESS:
        return _unknown_there(walk, subnet, "a transit gateway", route)
    return _by_router(walk, subnet, answer, route, home, judged=False)


def _route(walk: Walk, subnet: str, answer: Packet) -> Route | None:
    """The route that a subnet's table chooses for an answer, which is noted; ``None`` when it loses it."""
    table = route_table(walk.network, subnet)
    decision = decide(table, answer.destination, walk.network)
    hop = route_hop(walk.network, table, subnet, answer, decision)
    walk.note_answer(hop)
    return None if hop.blocks else decision.route


def _by_router(walk: Walk, subnet: str, answer: Packet, route: Route, home: str, *, judged: bool) -> bool:
    kind, network = _kind(route.target), walk.network
    last, vpc = subnet, network.subnet[subnet].vpc
    if kind == "tgw":
        last = _by_transit(walk, subnet, answer, route.target)
        if not last:
            return False
        vpc = network.subnet[last].vpc
    elif kind == "pcx":
        last, vpc = "", _peer(network, route.target, vpc, answer)
    at_home = vpc == network.subnet[home].vpc and _held(network, vpc, answer.destination)
    if not at_home:
        where = vpc or route.target
        why = f"The answer to {answer.receiver} comes out in {where}, and not in {home}, where the sender is."
        walk.note_answer(Hop(route.target, ROUTE_TARGETS[kind], Verdict.DROPPED, "another way", why))
        return False
    if kind == "tgw" and last == home:
        walk.spared = home
        return True
    return judged or last == home or walk.answer_enters(home, answer)


def _held(network: Network, vpc: str, address: Address) -> bool:
    """Whether a host or NAT gateway of a VPC holds an address."""
    return network.interface_at(vpc, address) is not None or nat_at(network, vpc, address) is not None


def _by_transit(walk: Walk, subnet: str, answer: Packet, gateway: str) -> str:
    """The subnet in which an answer comes out of a transit gateway and is at its VPC's own addresses, or nothing."""
    entry = enter_transit(walk.network, gateway, subnet)
    if isinstance(entry, Hop):
        walk.note_answer(entry)
        return ""
    walk.answer_enters(entry.subnet, answer)
    walk.note_answer(gateway_hop(gateway, entry))
    carried = carry(walk.network, entry, answer)
    for hop in carried.hops:
        walk.note_answer(hop)
    if not carried.subnet:
        return ""
    if not any(answer.destination in cidr for cidr in walk.network.subnet[carried.subnet].cidrs):
        walk.answer_leaves(carried.subnet, answer)
    onward = _route(walk, carried.subnet, answer)
    if onward is not None and onward.target != "local":
        _unknown_there(walk, carried.subnet, gateway, onward)
    return carried.subnet if onward is not None and onward.target == "local" else ""


def _peer(network: Network, peering_id: str, vpc: str, answer: Packet) -> str:
    """The VPC in which an answer comes out of a peering connection, or nothing when it carries it nowhere."""
    peering = known(network.peering.get(peering_id), peering_id, "vpc-peering-connections")
    if peering.status != "active" or vpc not in {peering.requester, peering.accepter}:
        return ""
    far = peering.accepter if vpc == peering.requester else peering.requester
    there = network.vpc.get(far)
    return far if there is not None and any(answer.destination in cidr for cidr in there.cidrs) else ""


def _unknown_there(walk: Walk, subnet: str, via: str, route: Route) -> bool:
    target = route.target
    why = f"The connection came by {via}, but its answer goes to {target}, which knows no such connection and drops it."
    kind = ROUTE_TARGETS.get(_kind(target), "route-table")
    rule = route_rule(walk.network, route_table(walk.network, subnet), route)
    walk.note_answer(Hop(target, kind, Verdict.DROPPED, rule, why))
    return False


def _kind(target: str) -> str:
    return target.partition("-")[0]
