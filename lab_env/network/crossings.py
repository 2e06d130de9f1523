"""A packet's way from subnet to subnet: what leaves one is judged, routed, and taken on by its route's target."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from lab_env.errors import NotModelled
from lab_env.network.arrivals import at_interface, no_such_address
from lab_env.network.endpoints import through_gateway_endpoint
from lab_env.network.flow import Exit, Hop, Verdict
from lab_env.network.gateways import through_internet_gateway, through_nat_gateway
from lab_env.network.hops import route_hop, route_rule
from lab_env.network.lookups import route_table
from lab_env.network.model import Address, Network, Route, Vpc
from lab_env.network.on_premises import through_vpn_gateway
from lab_env.network.packet import Packet
from lab_env.network.peering import through_peering
from lab_env.network.returning import ROUTE_TARGETS
from lab_env.network.routes import decide
from lab_env.network.transit import carry, enter_transit, gateway_hop
from lab_env.network.walk import Sending, Walk, known

#: Takes the packet at the target of a route; returns where it is sent from next, if it is sent on.
Crossing = Callable[[Walk, str, Packet, Route], Sending | None]

_LINK_LOCAL = {
    ip_address("169.254.169.253"): "AmazonProvidedDNS",
    ip_address("169.254.169.254"): "instance metadata service",
    ip_address("169.254.169.123"): "Amazon Time Sync Service",
    ip_address("fd00:ec2::253"): "AmazonProvidedDNS",
    ip_address("fd00:ec2::254"): "instance metadata service",
    ip_address("fd00:ec2::123"): "Amazon Time Sync Service",
}


def send(walk: Walk, subnet: str, packet: Packet) -> None:
    """Send a packet from a subnet and follow it to its end."""
    sending: Sending | None = (subnet, packet)
    walk.home = subnet
    while sending is not None:
        sending = _send_once(walk, *sending)


def platform_service(network: Network, vpc: Vpc, address: Address) -> str:
    """The service of the VPC's own platform at an address (resolver, metadata, time), or the empty string.

    No security group, network ACL or route applies to it (*Network ACLs*, *Security groups*: limitations).
    """
    if address in _LINK_LOCAL:
        return _LINK_LOCAL[address]
    base = next((cidr for cidr in vpc.cidrs if cidr.version == 4), None)
    is_resolver = base is not None and address == base.network_address + 2
    return "AmazonProvidedDNS" if is_resolver and network.interface_at(vpc.id, address) is None else ""


def _send_once(walk: Walk, subnet: str, packet: Packet) -> Sending | None:
    network, home = walk.network, walk.network.subnet[subnet]
    crossed = not any(packet.destination in cidr for cidr in home.cidrs)
    if crossed:
        walk.leave(subnet, packet)
    table = route_table(network, subnet)
    decision = decide(table, packet.destination, network)
    if not walk.add(route_hop(network, table, subnet, packet, decision)) or decision.route is None:
        return None
    kind = decision.route.target.partition("-")[0]
    crossing = _CROSSINGS.get(kind)
    if crossing is None:
        what = _UNMODELLED.get(kind, "a route target of this kind")
        raise NotModelled(f"{what} ({route_rule(network, table, decision.route)}).", where=table.id)
    if walk.transit and kind in _OWN_ONLY:
        walk.add(_not_its_own(walk, packet, decision.route))
        return None
    # A transit gateway's answer finds its own way home; every other comes back by the subnet that the packet left.
    if crossed and kind != "tgw" and not walk.transit:
        walk.on_answer(lambda: walk.spared == subnet or walk.answer_enters(subnet, packet.answer()))
    return crossing(walk, subnet, packet, decision.route)


def _not_its_own(walk: Walk, packet: Packet, route: Route) -> Hop:
    """What becomes of a packet of another VPC at a gateway that serves its own VPC only."""
    kind = ROUTE_TARGETS[route.target.partition("-")[0]]
    why = f"{route.target} serves what its own VPC sends, and {packet.sender} came in by {walk.transit}."
    return Hop(route.target, kind, Verdict.DROPPED, "not of this VPC", why)


def _through_transit_gateway(walk: Walk, subnet: str, packet: Packet, route: Route) -> Sending | None:
    """Into a transit gateway, and out of it in the VPC that its route tables lead to."""
    if walk.transit:
        rule = f"{route.destination} → {route.target}"
        raise NotModelled(f"a second transit gateway behind {walk.transit} ({rule}).", where=subnet)
    entry = enter_transit(walk.network, route.target, subnet)
    if isinstance(entry, Hop):
        walk.add(entry)
        return None
    walk.enter(entry.subnet, packet)
    walk.add(gateway_hop(route.target, entry))
    walk.take(Exit.TRANSIT_GATEWAY)
    carried = carry(walk.network, entry, packet)
    for hop in carried.hops:
        walk.add(hop)
    if not carried.subnet:
        return None
    walk.transit = route.target
    return carried.subnet, packet


def _stay_local(walk: Walk, subnet: str, packet: Packet, _route: Route) -> None:
    vpc = walk.network.subnet[subnet].vpc
    receiver = walk.network.interface_at(vpc, packet.destination)
    if receiver is None:
        no_such_address(walk, vpc, packet)
        return
    if not walk.transit:
        walk.take(Exit.LOCAL)
    at_interface(walk, receiver, packet, via="local", neighbour=receiver.subnet == subnet)


def _to_appliance(walk: Walk, subnet: str, _packet: Packet, route: Route) -> None:
    """A route to an interface: its host must be allowed to forward, and what it would do is not known."""
    appliance = known(walk.network.interface.get(route.target), route.target, "network-interfaces")
    if appliance.source_dest_check:
        why = f"{appliance.id} takes only what is for its own addresses: its source/destination check is on."
        code = "ENI_SOURCE_DEST_CHECK_RESTRICTION"
        walk.add(
            Hop(
                appliance.id,
                "interface",
                Verdict.DROPPED,
                "source/destination check",
                why,
                code,
                appliance.subnet,
            )
        )
        return
    raise NotModelled(f"the appliance behind {appliance.id}.", where=subnet)


# What serves the hosts of its own VPC, and nothing that a transit gateway brings into it.
_OWN_ONLY = frozenset({"igw", "eigw", "pcx", "vgw", "vpce"})
_UNMODELLED = {"lgw": "local gateway", "cagw": "carrier gateway"}
_CROSSINGS: dict[str, Crossing] = {
    "local": _stay_local,
    "vpce": through_gateway_endpoint,
    "igw": through_internet_gateway,
    "eigw": through_internet_gateway,
    "nat": through_nat_gateway,
    "pcx": through_peering,
    "tgw": _through_transit_gateway,
    "vgw": through_vpn_gateway,
    "eni": _to_appliance,
}
