"""Internet, egress-only and NAT gateways as a route's target.

VPC user guide: *Internet gateways*, *Egress-only internet gateways*, *NAT gateways*, *NAT gateway basics*.
"""

from __future__ import annotations

from lab_env.errors import IncompleteSnapshot, NotModelled
from lab_env.network.arrivals import at_public_address, public_access_open
from lab_env.network.flow import Exit, Hop, Verdict
from lab_env.network.lookups import is_public, is_rfc1918, is_rfc6598, nat_at
from lab_env.network.model import Address, InternetGateway, NatGateway, Network, Route
from lab_env.network.packet import NAT_PORTS, Packet
from lab_env.network.returning import answer_home
from lab_env.network.walk import Sending, Walk, known


def through_internet_gateway(walk: Walk, subnet: str, packet: Packet, route: Route) -> None:
    """Send a packet out: IPv4 from a sender with a public address (1:1 NAT), IPv6 as it is."""
    network, vpc = walk.network, walk.network.subnet[subnet].vpc
    gateway = known(network.internet_gateway.get(route.target), route.target, "internet-gateways")
    public_access_open(network, vpc)
    obstacle = _obstacle(network, gateway, vpc, packet)
    if obstacle is not None:
        walk.add(obstacle)
        return
    # The obstacle's absence means that IPv4 has a public address.
    public = packet.source if packet.is_ipv6 else _public_address(network, vpc, packet.source)
    outside = packet.sent_from(public or packet.source)
    walk.add(_translation(gateway, packet.sender, outside.sender, "to its public address"))
    if not walk.nats:
        walk.take(Exit.INTERNET_GATEWAY)
    back = _translation(gateway, outside.sender, packet.sender, "back to")
    walk.on_answer(lambda: walk.note_answer(back))
    at_public_address(walk, outside)


def _obstacle(network: Network, gateway: InternetGateway, vpc: str, packet: Packet) -> Hop | None:
    def drop(rule: str, why: str, code: str) -> Hop:
        return Hop(gateway.id, "internet-gateway", Verdict.DROPPED, rule, why, code)

    if vpc not in gateway.vpcs:
        return drop("not attached", f"{gateway.id} is not attached to {vpc}.", "BAD_STATE_ATTACHMENT")
    if gateway.egress_only and not packet.is_ipv6:
        why = f"{gateway.id} is an egress-only internet gateway, which carries IPv6 only."
        return drop("IPv6 only", why, "PROTOCOL_RESTRICTION")
    if is_rfc1918(packet.destination) or is_rfc6598(packet.destination):
        kind = "RFC1918" if is_rfc1918(packet.destination) else "RFC6598"
        why = f"{gateway.id} drops what is sent to {packet.receiver}: private addresses are not on the internet."
        return drop("private destination", why, f"IGW_DESTINATION_ADDRESS_NOT_IN_{kind}_EGRESS")
    if packet.is_ipv6:
        why = f"{packet.sender} is no global IPv6 address, and {gateway.id} translates none."
        return None if is_public(packet.source) else drop("no global address", why, "")
    if _public_address(network, vpc, packet.source) is None:
        why = f"{packet.sender} has no public IPv4 address, and {gateway.id} forwards nothing from such a sender."
        return drop("no public address", why, "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")
    return None


def _translation(gateway: InternetGateway, old: str, new: str, how: str) -> Hop:
    if old == new:
        why = f"{gateway.id} passes {old} as it is: IPv6 needs no translation."
        return Hop(gateway.id, "internet-gateway", Verdict.FORWARDED, old, why)
    why = f"{gateway.id} translates {old} {how} {new}."
    return Hop(gateway.id, "internet-gateway", Verdict.FORWARDED, f"{old} → {new}", why)


def _public_address(network: Network, vpc: str, private: Address) -> Address | None:
    """The public IPv4 address that an internet gateway puts for a private one."""
    nat = nat_at(network, vpc, private)
    if nat is not None:
        return nat.public_address
    holder = network.interface_at(vpc, private)
    return holder.public_address(private) if holder else None


def through_nat_gateway(walk: Walk, subnet: str, packet: Packet, route: Route) -> Sending | None:
    """Enter a NAT gateway's subnet, and be sent on from there, from its address, by that subnet's own table."""
    network = walk.network
    nat = known(network.nat_gateway.get(route.target), route.target, "nat-gateways")
    if packet.is_ipv6 or nat.availability_mode != "zonal":
        kind = "IPv6 through (NAT64)" if packet.is_ipv6 else f"the {nat.availability_mode}"
        raise NotModelled(f"{kind} NAT gateway {nat.id}.", where=subnet)
    obstacle = _nat_obstacle(walk, nat, subnet)
    if obstacle is not None:
        walk.add(obstacle)
        return None
    if nat.private_address is None:
        raise IncompleteSnapshot("this NAT gateway's private address is not known.", where=nat.id)
    if nat.subnet != subnet:
        walk.enter(nat.subnet, packet)
    if walk.transit:
        home = walk.home
        walk.on_answer(lambda: answer_home(walk, nat.subnet, packet.answer(), home))
    elif nat.subnet != subnet:
        walk.on_answer(lambda: walk.answer_leaves(nat.subnet, packet.answer()))
    walk.nats.append(nat.id)
    inside = packet.sent_from(nat.private_address, NAT_PORTS)
    why = f"{nat.id} sends it on from its own address {inside.sender}."
    walk.add(_nat_hop(nat, f"{packet.sender} → {inside.sender}", why))
    if not walk.transit:
        walk.take(Exit.NAT_GATEWAY)
    walk.transit, walk.home = "", nat.subnet
    why = f"{nat.id} knows the connection and sends the answer on to {packet.sender}."
    back = _nat_hop(nat, f"{inside.sender} → {packet.sender}", why)
    walk.on_answer(lambda: walk.note_answer(back))
    return nat.subnet, inside


def _nat_hop(nat: NatGateway, rule: str, why: str) -> Hop:
    return Hop(nat.id, "nat-gateway", Verdict.FORWARDED, rule, why, "", nat.subnet)


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
