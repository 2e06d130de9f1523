"""A transit gateway as a route's target: into it, through its route tables and those of its peers, into a VPC.

Transit gateway guide: *How transit gateways work*, *Network ACLs for transit gateways*, *Transit gateway peering
attachments*. A transit gateway keeps no connections: the answer finds its own way home, by every table that it meets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab_env.errors import IncompleteSnapshot, NotModelled
from lab_env.network.flow import Hop, Verdict
from lab_env.network.index import index
from lab_env.network.lookups import derived
from lab_env.network.model import Network, TransitGatewayAttachment
from lab_env.network.packet import Packet
from lab_env.network.transit_routes import decide_transit
from lab_env.network.walk import known


@dataclass(frozen=True, slots=True)
class Entry:
    """The way into a transit gateway: the VPC's attachment, and its subnet in the sender's zone."""

    attachment: TransitGatewayAttachment
    subnet: str


@dataclass(frozen=True, slots=True)
class Carriage:
    """What transit gateways did with a packet.

    Attributes:
        hops: one for each step, the last of which blocks when it was lost.
        subnet: the attachment's subnet in which the packet comes out, or empty when it was lost.
        vpc: the VPC of that subnet.
    """

    hops: tuple[Hop, ...]
    subnet: str = ""
    vpc: str = ""


def enter_transit(network: Network, gateway_id: str, subnet: str) -> Entry | Hop:
    """How a packet from a subnet gets into a transit gateway, or the hop that drops it.

    Raises:
        IncompleteSnapshot: the gateway, or the subnets of the attachment, were not exported.
    """
    home = network.subnet[subnet]
    gateway = known(network.transit_gateway.get(gateway_id), gateway_id, "transit-gateways")
    if gateway.state != "available":
        return _drop(
            gateway.id,
            f"state {gateway.state}",
            f"{gateway.id} is {gateway.state}: it carries nothing.",
            "BAD_STATE",
        )
    attachment = _attachments(network).get((gateway.id, home.vpc))
    if attachment is None:
        why = f"{home.vpc} is not attached to {gateway.id}."
        return _drop(gateway.id, "not attached", why, "BAD_STATE_ATTACHMENT")
    inside = _subnet_in_zone(network, attachment, home.availability_zone)
    if inside is None:
        why = f"{attachment.id} has no subnet in {home.availability_zone}: nothing gets in from {subnet}."
        return _drop(gateway.id, f"no subnet in {home.availability_zone}", why, "TGW_ROUTE_AZ_RESTRICTION")
    return Entry(attachment, inside)


def carry(network: Network, entry: Entry, packet: Packet) -> Carriage:
    """Take a packet from where it entered to the VPC that the transit gateways' route tables lead to.

    Raises:
        IncompleteSnapshot: a table, a peer or a VPC that it comes to was not exported.
        NotModelled: a table leads to a VPN connection, a Direct Connect gateway or the like.
    """
    zone = network.subnet[entry.subnet].availability_zone
    hops: list[Hop] = []
    attachment, seen = entry.attachment, set[str]()
    while True:
        if attachment.gateway in seen:
            why = f"The route tables of {' and '.join(sorted(seen))} lead {packet.receiver} in a circle."
            hops.append(_drop(attachment.gateway, "a circle", why))
            return Carriage(tuple(hops))
        seen.add(attachment.gateway)
        hop, onward = _next(network, attachment, packet)
        hops.append(hop)
        if onward is None:
            return Carriage(tuple(hops))
        if onward.kind == "vpc":
            return _into_vpc(network, onward, zone, hops)
        attachment = _far_end(network, onward)


def _next(
    network: Network, attachment: TransitGatewayAttachment, packet: Packet
) -> tuple[Hop, TransitGatewayAttachment | None]:
    """The step of one transit gateway: by the table associated with where the packet came from."""
    gateway = attachment.gateway
    if attachment.state != "available":
        why = f"{attachment.id} is {attachment.state} at {gateway}."
        return _drop(gateway, f"state {attachment.state}", why, "BAD_STATE_ATTACHMENT"), None
    if not attachment.table:
        why = f"{attachment.id} is associated with no route table of {gateway}."
        return _drop(gateway, "no association", why, "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"), None
    table = known(
        network.transit_gateway_table.get(attachment.table), attachment.table, "transit-gateway-route-tables"
    )
    found = decide_transit(network, table, packet.destination)
    if found is None:
        why = f"No route of {table.id} matches {packet.receiver}."
        return _drop(
            table.id, "no matching route", why, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", Verdict.NO_ROUTE
        ), None
    route, cidr = found
    rule = f"{cidr} → {route.attachment or 'blackhole'}"
    if route.state == "blackhole" or not route.attachment:
        why = f"{rule} of {table.id} drops what it matches."
        return _drop(table.id, f"{cidr} → blackhole", why, "TGW_RTB_BAD_STATE_ROUTE"), None
    onward = network.transit_gateway_attachment.get((gateway, route.attachment))
    if onward is None:
        raise IncompleteSnapshot(
            "a route of a transit gateway leads to it, and it is not known.",
            where=route.attachment,
            do="Add the answer of describe-transit-gateway-attachments to the snapshot.",
        )
    if onward.state != "available":
        why = f"{rule} of {table.id} leads to {onward.id}, which is {onward.state}."
        return _drop(table.id, rule, why, "TGW_RTB_BAD_STATE_ROUTE"), None
    if onward.kind not in {"vpc", "peering"}:
        raise NotModelled(f"the transit gateway attachment {onward.id} of a {onward.kind}.", where=table.id)
    why = f"{cidr} ({route.kind}) of {table.id} sends {packet.receiver} to {onward.id} of {onward.resource}."
    return Hop(table.id, "transit-gateway", Verdict.FORWARDED, rule, why), onward


def _far_end(network: Network, onward: TransitGatewayAttachment) -> TransitGatewayAttachment:
    """The other end of a peering: the attachment of the same id at the other transit gateway."""
    far = network.transit_gateway_attachment.get((onward.resource, onward.id))
    if far is None:
        raise IncompleteSnapshot(
            "the transit gateway at the far end of a peering is not known.",
            where=onward.resource,
            do="Export its account and Region too.",
        )
    return far


def _into_vpc(network: Network, onward: TransitGatewayAttachment, zone: str, hops: list[Hop]) -> Carriage:
    if onward.resource not in network.vpc:
        raise IncompleteSnapshot(
            "the VPC that a transit gateway leads to is not known.",
            where=onward.resource,
            do="Export its account and Region too.",
        )
    # Traffic stays in the zone that it comes from where the attachment has a subnet there; of several others AWS
    # picks one.
    subnets = _subnets(onward)
    subnet = _subnet_in_zone(network, onward, zone) or min(subnets, default="")
    if not subnet:
        hops.append(
            _drop(onward.gateway, "no subnet", f"{onward.id} has no subnet to come out in.", "BAD_STATE")
        )
    return Carriage(tuple(hops), subnet, onward.resource)


def _subnets(attachment: TransitGatewayAttachment) -> tuple[str, ...]:
    if attachment.subnets is None:
        raise IncompleteSnapshot(
            "the subnets of this transit gateway attachment are not known.",
            where=attachment.id,
            do="Add the answer of describe-transit-gateway-vpc-attachments to the snapshot.",
        )
    return attachment.subnets


def _subnet_in_zone(network: Network, attachment: TransitGatewayAttachment, zone: str) -> str | None:
    found = ((name, known(network.subnet.get(name), name, "subnets")) for name in _subnets(attachment))
    there = (name for name, subnet in found if subnet.availability_zone == zone)
    return min(there, default=None)


def _attachments(network: Network) -> Mapping[tuple[str, str], TransitGatewayAttachment]:
    """The attachments that carry a VPC's packets, by transit gateway and VPC."""

    def make() -> Mapping[tuple[str, str], TransitGatewayAttachment]:
        alive = (one for one in network.transit_gateway_attachments if one.state == "available")
        found = {(one.gateway, one.resource): one for one in alive if one.kind == "vpc"}
        return index(found, network.missing, "TransitGatewayAttachments")

    return derived(network, "transit attachments", make)


def _drop(resource: str, rule: str, why: str, code: str = "", verdict: Verdict = Verdict.DROPPED) -> Hop:
    return Hop(resource, "transit-gateway", verdict, rule, why, code)


def gateway_hop(gateway: str, entry: Entry) -> Hop:
    """The hop of a packet that a transit gateway took in."""
    why = f"{gateway} takes it in by {entry.attachment.id}, in {entry.subnet}."
    return Hop(gateway, "transit-gateway", Verdict.FORWARDED, entry.attachment.id, why, "", entry.subnet)
