"""What a route's target does with a packet: stay in the VPC, or leave it by an endpoint or a gateway.

Each function takes the packet at the target of a route, and returns where it is sent from next, if it is sent on.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeVar

from lab_env.errors import IncompleteSnapshot
from lab_env.network.arrivals import at_interface, at_public_address, refused_by_nat
from lab_env.network.flow import Exit, Hop, Verdict
from lab_env.network.hops import route_hop, route_rule
from lab_env.network.lookups import (
    aws_range,
    is_rfc1918,
    is_rfc6598,
    nat_at,
    prefix_list,
    route_table,
    service_title,
)
from lab_env.network.model import Address, NatGateway, Network, Route, Vpc
from lab_env.network.packet import NAT_PORTS, Packet
from lab_env.network.routes import decide
from lab_env.network.walk import Walk

Item = TypeVar("Item")
Sending = tuple[str, Packet]
Crossing = Callable[[Walk, str, Packet, Route], Sending | None]

_LINK_LOCAL = {
    ip_address("169.254.169.253"): "AmazonProvidedDNS",
    ip_address("169.254.169.254"): "instance metadata service",
    ip_address("169.254.169.123"): "Amazon Time Sync Service",
}


def send(walk: Walk, subnet: str, packet: Packet) -> None:
    """Send a packet from a subnet and follow it to its end."""
    sending: Sending | None = (subnet, packet)
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
    if not any(packet.destination in cidr for cidr in home.cidrs):
        walk.leave(subnet, packet)
    table = route_table(network, subnet)
    decision = decide(table, packet.destination, network)
    if not walk.add(route_hop(network, table, subnet, packet, decision)) or decision.route is None:
        return None
    target = decision.route.target
    crossing = CROSSINGS.get(target.partition("-")[0])
    if crossing is None:
        kind = _UNMODELLED.get(target.partition("-")[0], "the route target")
        walk.unmodelled(f"{kind} {target} ({route_rule(network, table, decision.route)}).", table.id)
        return None
    return crossing(walk, subnet, packet, decision.route)


def _local(walk: Walk, subnet: str, packet: Packet, _route: Route) -> None:
    network, home = walk.network, walk.network.subnet[subnet]
    nat = nat_at(network, home.vpc, packet.destination)
    receiver = network.interface_at(home.vpc, packet.destination)
    if receiver is None and nat is not None:
        refused_by_nat(walk, nat.id, packet)
        return
    if receiver is None:
        inside = (item for item in network.subnets if item.vpc == home.vpc)
        found = (item.id for item in inside if any(packet.destination in cidr for cidr in item.cidrs))
        why = f"No network interface in {home.vpc} holds {packet.receiver}."
        where = next(found, home.vpc)
        walk.add(Hop(where, "subnet", Verdict.DROPPED, "no such address", why, "NO_POSSIBLE_DESTINATION"))
        return
    walk.take(Exit.LOCAL)
    at_interface(walk, receiver, packet, via="local", neighbour=receiver.subnet == subnet)


def _endpoint(walk: Walk, subnet: str, packet: Packet, route: Route) -> None:
    network = walk.network
    endpoint = _known(network.endpoint.get(route.target), route.target, "vpc-endpoints")
    if endpoint.kind != "Gateway":
        walk.unmodelled(f"a route to the {endpoint.kind} endpoint {endpoint.id}.", subnet)
        return

    def hop(verdict: Verdict, rule: str, why: str, code: str = "") -> Hop:
        return Hop(endpoint.id, "gateway-endpoint", verdict, rule, why, code)

    if endpoint.state.lower() != "available":
        walk.add(
            hop(
                Verdict.DROPPED, f"state {endpoint.state}", f"{endpoint.id} is {endpoint.state}.", "BAD_STATE"
            )
        )
        return
    if packet.protocol not in {"tcp", "icmp"}:
        why = f"{endpoint.id} takes TCP and ICMP echo only; {packet.service} is dropped."
        walk.add(hop(Verdict.DROPPED, "tcp and icmp echo only", why, "VPCE_GATEWAY_PROTOCOL_RESTRICTION"))
        return
    walk.take(Exit.GATEWAY_ENDPOINT, endpoint.id)
    service = _service_behind(network, route, packet.destination, network.subnet[subnet].vpc)
    why = f"{service} is reached through {endpoint.id} and sees the private address {packet.sender}; no internet."
    walk.arrive(hop(Verdict.REACHED, f"{service}, private source address, no internet", why), packet)


def _service_behind(network: Network, route: Route, destination: Address, vpc: str) -> str:
    item = prefix_list(network, str(route.destination), vpc)
    if item is not None and item.name.startswith("com.amazonaws."):
        region, _, service = item.name.removeprefix("com.amazonaws.").partition(".")
        return f"{service_title(service)} in {region}"
    owner = aws_range(network, destination)
    return f"{service_title(owner.service)} in {owner.region}" if owner else str(destination)


def _internet_gateway(walk: Walk, subnet: str, packet: Packet, route: Route) -> None:
    network, vpc = walk.network, walk.network.subnet[subnet].vpc
    gateway = _known(network.internet_gateway.get(route.target), route.target, "internet-gateways")

    def drop(rule: str, why: str, code: str) -> None:
        walk.add(Hop(gateway.id, "internet-gateway", Verdict.DROPPED, rule, why, code))

    if vpc not in gateway.vpcs:
        drop("not attached", f"{gateway.id} is not attached to {vpc}.", "BAD_STATE_ATTACHMENT")
        return
    if is_rfc1918(packet.destination) or is_rfc6598(packet.destination):
        kind = "RFC1918" if is_rfc1918(packet.destination) else "RFC6598"
        why = f"{gateway.id} drops what is sent to {packet.receiver}: private addresses are not on the internet."
        drop("private destination", why, f"IGW_DESTINATION_ADDRESS_NOT_IN_{kind}_EGRESS")
        return
    public = _public_address(network, vpc, packet.source)
    if public is None:
        why = f"{packet.sender} has no public IPv4 address, and {gateway.id} forwards nothing from such a sender."
        drop("no public address", why, "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")
        return
    outside = packet.sent_from(public)
    rule = f"{packet.sender} → {outside.sender}"
    why = f"{gateway.id} translates {packet.sender} to its public address {outside.sender}."
    walk.add(Hop(gateway.id, "internet-gateway", Verdict.FORWARDED, rule, why))
    if not walk.nats:
        walk.take(Exit.INTERNET_GATEWAY)
    back = Hop(
        gateway.id, "internet-gateway", Verdict.FORWARDED, f"{outside.sender} → {packet.sender}",
        f"{gateway.id} translates {outside.sender} back to {packet.sender}.",
    )  # fmt: skip
    walk.on_answer(lambda: walk.note_answer(back))
    at_public_address(walk, outside)


def _public_address(network: Network, vpc: str, private: Address) -> Address | None:
    """The public IPv4 address that an internet gateway puts for a private one."""
    nat = nat_at(network, vpc, private)
    if nat is not None:
        return nat.public_address
    holder = network.interface_at(vpc, private)
    return holder.public_address(private) if holder else None


def _nat_gateway(walk: Walk, subnet: str, packet: Packet, route: Route) -> Sending | None:
    network = walk.network
    nat = _known(network.nat_gateway.get(route.target), route.target, "nat-gateways")
    if nat.availability_mode != "zonal":
        walk.unmodelled(f"the {nat.availability_mode} NAT gateway {nat.id}.", subnet)
        return None
    obstacle = _nat_obstacle(walk, nat, subnet)
    if obstacle is not None:
        walk.add(obstacle)
        return None
    if nat.private_address is None:
        raise IncompleteSnapshot("this NAT gateway's private address is not known.", where=nat.id)
    if nat.subnet != subnet:
        walk.enter(nat.subnet, packet)
        walk.on_answer(lambda: walk.answer_leaves(nat.subnet, packet.answer()))
    walk.nats.append(nat.id)
    inside = packet.sent_from(nat.private_address, NAT_PORTS)
    rule = f"{packet.sender} → {inside.sender}"
    why = f"{nat.id} sends it on from its own address {inside.sender}."
    walk.add(Hop(nat.id, "nat-gateway", Verdict.FORWARDED, rule, why, "", nat.subnet))
    walk.take(Exit.NAT_GATEWAY)
    back = Hop(
        nat.id, "nat-gateway", Verdict.FORWARDED, f"{inside.sender} → {packet.sender}",
        f"{nat.id} knows the connection and sends the answer on to {packet.sender}.", "", nat.subnet,
    )  # fmt: skip
    walk.on_answer(lambda: walk.note_answer(back))
    return nat.subnet, inside


def _nat_obstacle(walk: Walk, nat: NatGateway, subnet: str) -> Hop | None:
    def drop(rule: str, why: str, code: str) -> Hop:
        return Hop(nat.id, "nat-gateway", Verdict.DROPPED, rule, why, code, nat.subnet)

    if nat.state != "available":
        reason = f" ({nat.failure})" if nat.failure else ""
        return drop(
            f"state {nat.state}", f"{nat.id} is {nat.state}{reason}: it forwards nothing.", "BAD_STATE"
        )
    if nat.vpc != walk.network.subnet[subnet].vpc:
        return drop("another VPC", f"{nat.id} serves {nat.vpc} only.", "NGW_REQUIRES_SOURCE_IN_VPC")
    if nat.id in walk.nats:
        why = f"{nat.id} stands in a subnet whose own route leads back to it: what it sends never gets out."
        return drop("a route to itself", why, "")
    return None


def _known(item: Item | None, target: str, answer: str) -> Item:
    if item is None:
        raise IncompleteSnapshot(
            "a route leads to it, and it is not known.",
            where=target,
            do=f"Add the answer of describe-{answer} to the snapshot.",
        )
    return item


_UNMODELLED = {
    "tgw": "transit gateway",
    "lgw": "local gateway",
    "cagw": "carrier gateway",
    "pcx": "VPC peering",
    "vgw": "virtual private gateway",
    "eigw": "egress-only internet gateway",
    "eni": "an appliance behind",
}
CROSSINGS: dict[str, Crossing] = {
    "local": _local,
    "vpce": _endpoint,
    "igw": _internet_gateway,
    "nat": _nat_gateway,
}
