"""A VPC peering connection as a route's target: to the peer's own addresses, and never to a third place.

VPC peering guide: *How VPC peering connections work*, *VPC peering limitations*.
"""

from __future__ import annotations

from lab_env.errors import IncompleteSnapshot
from lab_env.network.arrivals import at_interface, no_such_address
from lab_env.network.flow import Exit, Hop, Verdict
from lab_env.network.model import Route
from lab_env.network.packet import Packet
from lab_env.network.walk import Walk, known


def through_peering(walk: Walk, subnet: str, packet: Packet, route: Route) -> None:
    """Deliver a packet to the peer VPC, if it is for an address of that VPC."""
    network, vpc = walk.network, walk.network.subnet[subnet].vpc
    peering = known(network.peering.get(route.target), route.target, "vpc-peering-connections")

    def drop(rule: str, why: str, code: str) -> None:
        walk.add(Hop(peering.id, "peering", Verdict.DROPPED, rule, why, code))

    if peering.status != "active":
        drop(
            f"status {peering.status}", f"{peering.id} is {peering.status}: it carries nothing.", "BAD_STATE"
        )
        return
    if vpc not in {peering.requester, peering.accepter}:
        drop("another VPC", f"{peering.id} does not join {vpc} with any other.", "BAD_STATE_ATTACHMENT")
        return
    peer = peering.accepter if vpc == peering.requester else peering.requester
    far = network.vpc.get(peer)
    if far is None:
        raise IncompleteSnapshot(
            "the peer VPC is not known.", where=peer, do="Export its account and Region too."
        )
    if not any(packet.destination in cidr for cidr in far.cidrs):
        why = f"{packet.receiver} is no address of {peer}: peering leads to the peer's own addresses, never beyond it."
        drop("not an address of the peer", why, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")
        return
    why = f"{peering.id} carries it from {vpc} to {peer}."
    walk.add(Hop(peering.id, "peering", Verdict.FORWARDED, f"{vpc} ↔ {peer}", why))
    walk.take(Exit.PEERING)
    receiver = network.interface_at(peer, packet.destination)
    if receiver is None:
        no_such_address(walk, peer, packet)
    else:
        at_interface(walk, receiver, packet, via=peering.id)
