"""The far side of a journey: an interface of a VPC, a service of AWS, a host on the internet."""

from __future__ import annotations

from lab_env.errors import IncompleteSnapshot, NotModelled
from lab_env.network.endpoints import at_interface_endpoint
from lab_env.network.flow import Hop, InternetSource, Verdict
from lab_env.network.hops import route_hop, route_rule
from lab_env.network.lookups import (
    aws_range,
    edge_table,
    endpoint_of_interface,
    gateway_of,
    holder_of_public,
    host_name,
    is_public,
    nat_at,
    nat_at_public,
    service_title,
)
from lab_env.network.model import AwsRange, NatGateway, Network, NetworkInterface
from lab_env.network.packet import Packet
from lab_env.network.returning import answer_as_it_came, answer_home
from lab_env.network.routes import decide
from lab_env.network.walk import Walk


def at_interface(
    walk: Walk, interface: NetworkInterface, packet: Packet, *, via: str, neighbour: bool = False
) -> None:
    """Deliver a packet to the interface that holds its destination.

    Args:
        walk: the journey.
        interface: the receiver.
        packet: with the private addresses that the receiver's subnet sees.
        via: the route target by which the answer must go back: ``local``, ``igw-…``, ``pcx-…``, ``vgw-…``.
        neighbour: the sender is in the same subnet, so that no boundary is crossed.
    """
    nat = nat_at(walk.network, interface.vpc, packet.destination)
    if nat is not None or interface.kind == "nat_gateway":
        refused_by_nat(walk, nat.id if nat else interface.id, packet)
        return
    if not neighbour:
        walk.enter(interface.subnet, packet)
    if walk.transit:
        home = walk.home
        walk.on_answer(lambda: answer_home(walk, interface.subnet, packet.answer(), home))
    elif not neighbour:
        walk.on_answer(lambda: answer_as_it_came(walk, interface.subnet, packet.answer(), via))
    walk.groups(interface, packet, egress=False)
    endpoint = endpoint_of_interface(walk.network, interface.id)
    if endpoint is not None:
        at_interface_endpoint(walk, endpoint, interface, packet)
    elif interface.kind == "vpc_endpoint" and interface.attached_to not in walk.network.endpoint:
        raise IncompleteSnapshot(
            "the endpoint that this interface belongs to is not known.", where=interface.id
        )
    else:
        why = f"{interface.id} holds {packet.receiver} and takes {packet.service} from {packet.sender}."
        rule = packet.receiver
        walk.arrive(Hop(interface.id, "interface", Verdict.REACHED, rule, why, "", interface.subnet), packet)


def refused_by_nat(walk: Walk, nat: str, packet: Packet) -> None:
    """A NAT gateway takes part in connections that its own VPC opened, and in no others."""
    why = f"{nat} accepts no connection from {packet.sender}: a NAT gateway serves what its own VPC opens."
    code = "NGW_REQUIRES_SOURCE_IN_VPC"
    walk.add(Hop(nat, "nat-gateway", Verdict.DROPPED, "no connections from outside", why, code))


def at_public_address(walk: Walk, packet: Packet) -> None:
    """Deliver a packet that is on the public network, AWS's or the internet, to its public destination."""
    network, destination = walk.network, packet.destination
    nat = nat_at_public(network, destination)
    if nat is not None:
        _refused_at_nat(walk, nat, packet)
        return
    interface = holder_of_public(network, destination)
    if interface is not None:
        _into_vpc(walk, interface, packet)
        return
    owner = aws_range(network, destination)
    if owner is not None:
        _at_service(walk, owner, packet)
    else:
        _at_internet_host(walk, packet)


def _refused_at_nat(walk: Walk, nat: NatGateway, packet: Packet) -> None:
    gateway = gateway_of(walk.network, nat.vpc)
    if gateway is not None:
        rule = f"{packet.receiver} → {nat.private_address}"
        why = f"{gateway.id} hands what is sent to {packet.receiver} to {nat.id}."
        walk.add(Hop(gateway.id, "internet-gateway", Verdict.FORWARDED, rule, why))
    refused_by_nat(walk, nat.id, packet)


def _into_vpc(walk: Walk, interface: NetworkInterface, packet: Packet) -> None:
    """Enter a VPC through its internet gateway, to the interface behind a public address (1:1 NAT)."""
    gateway = gateway_of(walk.network, interface.vpc)
    if gateway is None:
        why = f"{packet.receiver} belongs to {interface.id}, but no internet gateway is attached to {interface.vpc}."
        walk.add(
            Hop(
                interface.vpc,
                "internet-gateway",
                Verdict.DROPPED,
                "not attached",
                why,
                "BAD_STATE_ATTACHMENT",
            )
        )
        return
    public_access_open(walk.network, interface.vpc)
    private = next(
        (own for own, public in interface.public if public == packet.destination), packet.destination
    )
    inside = packet.sent_to(private)
    if packet.is_ipv6:
        why, rule = (
            f"{gateway.id} hands what is sent to {packet.receiver} to {interface.id}.",
            packet.receiver,
        )
    else:
        why = f"{gateway.id} translates the public address {packet.receiver} to {inside.receiver} of {interface.id}."
        rule = f"{packet.receiver} → {inside.receiver}"
    walk.add(Hop(gateway.id, "internet-gateway", Verdict.FORWARDED, rule, why))
    if gateway_routes_in(walk, gateway.id, inside):
        at_interface(walk, interface, inside, via=gateway.id)


def no_such_address(walk: Walk, vpc: str, packet: Packet) -> None:
    """Drop a packet for a VPC's address that no interface holds; a NAT gateway's own address says so."""
    network = walk.network
    nat = nat_at(network, vpc, packet.destination)
    if nat is not None:
        refused_by_nat(walk, nat.id, packet)
        return
    inside = (item for item in network.subnets if item.vpc == vpc)
    found = (item.id for item in inside if any(packet.destination in cidr for cidr in item.cidrs))
    why = f"No network interface in {vpc} holds {packet.receiver}."
    walk.add(
        Hop(next(found, vpc), "subnet", Verdict.DROPPED, "no such address", why, "NO_POSSIBLE_DESTINATION")
    )


def public_access_open(network: Network, vpc: str) -> None:
    """Stop where VPC Block Public Access might govern an internet gateway.

    Raises:
        NotModelled: it is on in the VPC.
    """
    mode = network.vpc[vpc].block_public_access
    if mode != "off":
        raise NotModelled(f"VPC Block Public Access ({mode}).", where=vpc)


def gateway_routes_in(walk: Walk, gateway: str, packet: Packet) -> bool:
    """Whether the gateway's own route table, where it has one, lets the packet straight into the VPC."""
    table = edge_table(walk.network, gateway)
    if table is None:
        return True
    decision = decide(table, packet.destination, walk.network)
    walk.add(route_hop(walk.network, table, "", packet, decision))
    if decision.route is not None and decision.route.target != "local":
        rule = route_rule(walk.network, table, decision.route)
        raise NotModelled(f"ingress routing ({rule}).", where=table.id)
    return decision.route is not None


def _at_service(walk: Walk, owner: AwsRange, packet: Packet) -> None:
    walk.touch(public_internet=isinstance(walk.flow.source, InternetSource))
    service = service_title(owner.service)
    why = (
        f"{packet.receiver} is a public address of {service} in {owner.region}, on AWS's network; "
        f"it sees {packet.sender}."
    )
    rule = f"{service} in {owner.region}"
    walk.arrive(Hop(f"{owner.service}.{owner.region}", "aws-service", Verdict.REACHED, rule, why), packet)


def _at_internet_host(walk: Walk, packet: Packet) -> None:
    destination = packet.destination
    if not is_public(destination):
        why = f"{destination} is no public address: the internet has no way to it."
        walk.add(Hop("internet", "internet", Verdict.DROPPED, "not routed", why, "NO_POSSIBLE_DESTINATION"))
        return
    walk.touch(public_internet=True)
    name = host_name(walk.network, destination)
    host = f"{name} ({destination})" if name else str(destination)
    why = f"{host} is a host on the public internet; it sees {packet.sender}."
    walk.arrive(Hop("internet", "internet", Verdict.REACHED, str(destination), why), packet)
