"""Between a VPC and a data centre: virtual private gateway, Direct Connect, and what the data centre does.

Direct Connect guide: *Virtual interfaces and hosted virtual interfaces*, *Direct Connect gateways* (allowed prefixes);
VPC user guide: *Route tables* (route propagation). A VPN connection is not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from lab_env.errors import IncompleteSnapshot, NotFound, NotModelled
from lab_env.network.arrivals import at_interface, at_public_address, gateway_routes_in, no_such_address
from lab_env.network.direct_connect import VirtualInterface
from lab_env.network.flow import Exit, Hop, OnPremisesSource, Verdict
from lab_env.network.index import index
from lab_env.network.lookups import aws_range, holder_of_public, is_public, nat_at_public
from lab_env.network.model import Address, Cidr, Network, OnPremises, Route, Vpc, VpnGateway
from lab_env.network.packet import NAT_PORTS, Packet, first_packet
from lab_env.network.walk import Walk, known

Way = TypeVar("Way")


@dataclass(frozen=True, slots=True)
class Line:
    """A private way between a data centre and a virtual private gateway.

    ``gateway`` is the Direct Connect gateway between them, if any; ``allowed`` the prefixes that its association lets
    the data centre learn, none meaning all.
    """

    site: OnPremises
    interface: VirtualInterface
    gateway: str
    vpn_gateway: str
    allowed: tuple[Cidr, ...] = ()

    def announces(self, cidr: Cidr) -> bool:
        """Whether the data centre learns the way to a VPC's CIDR."""
        return not self.allowed or any(cidr.version == p.version and cidr.subnet_of(p) for p in self.allowed)  # type: ignore[arg-type]

    def hops(self, *, outwards: bool) -> list[Hop]:
        """The virtual interface and, where there is one, the Direct Connect gateway, in the packet's order."""
        why = f"{self.interface.id} carries it over Direct Connect, {'to' if outwards else 'from'} {self.site.name}."
        rule = f"private virtual interface of {self.site.name}"
        hops = [Hop(self.interface.id, "direct-connect", Verdict.FORWARDED, rule, why)]
        if self.gateway:
            rule = f"{self.gateway} ↔ {self.vpn_gateway}"
            why = f"{self.gateway} joins {self.interface.id} with {self.vpn_gateway}."
            hops.append(Hop(self.gateway, "direct-connect", Verdict.FORWARDED, rule, why))
        return hops[::-1] if outwards else hops


def lines(network: Network) -> list[Line]:
    """The private virtual interfaces that are up, with the virtual private gateways they lead to."""
    found: list[Line] = []
    for item in network.virtual_interfaces:
        if item.kind != "private" or item.state != "available":
            continue
        if item.virtual_gateway:
            found.append(Line(_site(network, item), item, "", item.virtual_gateway))
        found += [
            Line(_site(network, item), item, joined.gateway, joined.virtual_gateway, joined.allowed_prefixes)
            for joined in network.direct_connect_associations
            if item.gateway and joined.gateway == item.gateway and joined.state == "associated"
        ]
    return found


def through_vpn_gateway(walk: Walk, subnet: str, packet: Packet, route: Route) -> None:
    """Send a packet from a VPC towards a data centre."""
    network, vpc = walk.network, walk.network.vpc[walk.network.subnet[subnet].vpc]
    gateway = known(network.vpn_gateway.get(route.target), route.target, "vpn-gateways")

    def drop(rule: str, why: str, code: str) -> None:
        walk.add(Hop(gateway.id, "virtual-private-gateway", Verdict.DROPPED, rule, why, code))

    if vpc.id not in gateway.vpcs:
        drop("not attached", f"{gateway.id} is not attached to {vpc.id}.", "BAD_STATE_ATTACHMENT")
        return
    _no_vpn(gateway)
    attached = [line for line in lines(network) if line.vpn_gateway == gateway.id]
    if not attached:
        _check_known(network, gateway.id)
        why = f"No private virtual interface that is up leads to {gateway.id}."
        drop("no virtual interface", why, "NO_POSSIBLE_DESTINATION")
        return
    best = _longest([(line, cidr) for line in attached for cidr in line.site.prefixes], packet.destination)
    if best is None:
        sites = ", ".join(sorted({f"{line.site.name} ({line.interface.id})" for line in attached}))
        why = f"{gateway.id} learnt no route to {packet.receiver} from {sites}."
        drop("no announced prefix", why, "NO_ROUTE_TO_DESTINATION")
        return
    line, prefix = best
    why = f"{line.site.name} announces {prefix} to {gateway.id}."
    walk.add(
        Hop(gateway.id, "virtual-private-gateway", Verdict.FORWARDED, f"{prefix} → {line.site.name}", why)
    )
    walk.take(Exit.VIRTUAL_PRIVATE_GATEWAY)
    for hop in line.hops(outwards=True):
        walk.add(hop)
    walk.on_answer(lambda: _knows_the_way_back(walk, line, vpc, packet))
    _at_site(walk, line.site, packet, prefix)


def _knows_the_way_back(walk: Walk, line: Line, vpc: Vpc, packet: Packet) -> bool:
    own = next((cidr for cidr in vpc.cidrs if packet.source in cidr), None)
    if own is not None and line.announces(own):
        why = f"{line.site.name} learnt {own} over {line.interface.id} and sends the answer there."
        return walk.note_answer(
            Hop(line.site.name, "on-premises", Verdict.FORWARDED, f"{own} → {line.vpn_gateway}", why)
        )
    why = f"The association of {line.gateway} with {line.vpn_gateway} does not announce {own} to {line.site.name}."
    code = "NO_ROUTE_TO_DESTINATION"
    walk.note_answer(Hop(line.site.name, "on-premises", Verdict.NO_ROUTE, "no learnt route", why, code))
    return False


def _at_site(walk: Walk, site: OnPremises, packet: Packet, prefix: Cidr) -> None:
    """Deliver to a host of the data centre, or pass on what it only carries: AWS's addresses, and a default route."""
    walk.touch(third_party=True)
    if is_public(packet.destination) and (prefix.prefixlen == 0 or _is_aws(walk.network, packet.destination)):
        _leave_site(walk, site, packet)
        return
    why = f"{packet.receiver} is a host of {site.name}, outside AWS; it sees {packet.sender}."
    walk.arrive(Hop(site.name, "on-premises", Verdict.REACHED, str(prefix), why), packet)


def _leave_site(walk: Walk, site: OnPremises, packet: Packet) -> None:
    """Go from a data centre to a public address: AWS's over a public virtual interface, any by its internet exit."""
    link = _public_interface(walk.network, site)
    by_link = (site.public_vif or link is not None) and _is_aws(walk.network, packet.destination)
    if not by_link and not site.internet_exit:
        why = (
            f"{site.name} has no way on to {packet.receiver}: no internet exit, no public virtual interface."
        )
        code = "NO_POSSIBLE_DESTINATION"
        walk.add(Hop(site.name, "on-premises", Verdict.DROPPED, "no exit", why, code))
        return
    public = site.public_address or (link.customer_address if link else None)
    if public is None:
        raise IncompleteSnapshot("the public address of this data centre is not known.", where=site.name)
    outside = packet.sent_from(public, NAT_PORTS)
    how = "a public virtual interface" if by_link else "its internet exit"
    why = f"{site.name} sends it on by {how}, from its address {outside.sender}."
    walk.add(Hop(site.name, "on-premises", Verdict.FORWARDED, f"{packet.sender} → {outside.sender}", why))
    if by_link and link is not None:
        why = f"{link.id} carries it from {site.name} to AWS's public addresses, past the internet."
        walk.add(Hop(link.id, "direct-connect", Verdict.FORWARDED, "public virtual interface", why))
    walk.touch(public_internet=not by_link)
    at_public_address(walk, outside)


def from_site(walk: Walk, source: OnPremisesSource, destination: Address) -> None:
    """Send a packet from a host of a data centre.

    Raises:
        NotFound: the network knows no such data centre.
    """
    network = walk.network
    site = next((item for item in network.on_premises if item.name == source.site), None)
    if site is None:
        raise NotFound("No such data centre.", where=source.site)
    packet = first_packet(walk.flow, source.address, destination)
    walk.touch(third_party=True)
    own = _longest([(None, cidr) for cidr in site.prefixes if cidr.prefixlen], destination)
    into = _longest(_vpc_cidrs(network, site), destination)
    if into is not None and (own is None or into[1].prefixlen >= own[1].prefixlen):
        _into_vpc(walk, into[0], into[1], packet)
    elif own is not None and not _is_aws(network, destination):
        why = f"{destination} is a host of {site.name} itself."
        walk.arrive(Hop(site.name, "on-premises", Verdict.REACHED, str(own[1]), why), packet)
    elif is_public(destination):
        _leave_site(walk, site, packet)
    else:
        _nowhere(walk, site, packet)


def _vpc_cidrs(network: Network, site: OnPremises) -> list[tuple[tuple[Line, Vpc], Cidr]]:
    """The CIDRs of VPCs that a data centre learnt, with the line and the VPC."""
    return [
        ((line, network.vpc[vpc]), cidr)
        for line in lines(network)
        if line.site.name == site.name
        for gateway in [known(network.vpn_gateway.get(line.vpn_gateway), line.vpn_gateway, "vpn-gateways")]
        for vpc in gateway.vpcs
        for cidr in network.vpc[vpc].cidrs
        if line.announces(cidr)
    ]


def _into_vpc(walk: Walk, way: tuple[Line, Vpc], cidr: Cidr, packet: Packet) -> None:
    line, vpc = way
    why = f"{line.site.name} learnt {cidr} over {line.interface.id}."
    walk.add(Hop(line.site.name, "on-premises", Verdict.FORWARDED, f"{cidr} → {line.interface.id}", why))
    for hop in line.hops(outwards=False):
        walk.add(hop)
    why = f"{line.vpn_gateway} hands it to {vpc.id}."
    walk.add(Hop(line.vpn_gateway, "virtual-private-gateway", Verdict.FORWARDED, f"{cidr} → {vpc.id}", why))
    if not gateway_routes_in(walk, line.vpn_gateway, packet):
        return
    receiver = walk.network.interface_at(vpc.id, packet.destination)
    if receiver is None:
        no_such_address(walk, vpc.id, packet)
        return
    walk.on_answer(lambda: _announced(walk, line, packet))
    at_interface(walk, receiver, packet, via=line.vpn_gateway)


def _announced(walk: Walk, line: Line, packet: Packet) -> bool:
    """Whether the gateway learnt the way back to the host that asked."""
    if _longest([(None, cidr) for cidr in line.site.prefixes], packet.source) is not None:
        return True
    why = f"{line.vpn_gateway} learnt no route to {packet.sender} from {line.site.name}."
    code = "NO_ROUTE_TO_DESTINATION"
    walk.note_answer(
        Hop(line.vpn_gateway, "virtual-private-gateway", Verdict.NO_ROUTE, "no announced prefix", why, code)
    )
    return False


def _no_vpn(gateway: VpnGateway) -> None:
    if gateway.vpn_connections:
        raise NotModelled(f"the VPN connection {gateway.vpn_connections[0]}.", where=gateway.id)


def _check_known(network: Network, resource: str) -> None:
    """Raise when an exported state lacks the answers that would tell of a private way to or from ``resource``."""
    nothing: dict[str, Line] = {}
    index(nothing, network.missing, "virtualInterfaces", "directConnectGatewayAssociations").get(resource)


def _nowhere(walk: Walk, site: OnPremises, packet: Packet) -> None:
    _check_known(walk.network, site.name)
    for gateway in walk.network.vpn_gateways:
        _no_vpn(gateway)
    transit = [item.id for item in walk.network.virtual_interfaces if item.kind == "transit"]
    if transit:
        raise NotModelled(f"the transit gateway behind {transit[0]}.", where=site.name)
    why = f"{site.name} learnt no way to the private address {packet.receiver}."
    code = "NO_ROUTE_TO_DESTINATION"
    walk.add(Hop(site.name, "on-premises", Verdict.NO_ROUTE, "no learnt route", why, code))


def _site(network: Network, item: VirtualInterface) -> OnPremises:
    """The data centre at the far end of a virtual interface."""
    sites = [site for site in network.on_premises if item.site in {"", site.name}]
    if len(sites) != 1:
        raise IncompleteSnapshot(
            "the data centre at its far end is not known.",
            where=item.id,
            do="Describe it as an OnPremises value.",
        )
    return sites[0]


def _public_interface(network: Network, site: OnPremises) -> VirtualInterface | None:
    up = (item for item in network.virtual_interfaces if item.kind == "public" and item.state == "available")
    return next((item for item in up if _site(network, item) == site), None)


def _is_aws(network: Network, address: Address) -> bool:
    """Whether a public address is AWS's: of a service, or of a host or gateway in one of the network's VPCs."""
    held = holder_of_public(network, address) or nat_at_public(network, address)
    return held is not None or aws_range(network, address) is not None


def _longest(ways: list[tuple[Way, Cidr]], address: Address) -> tuple[Way, Cidr] | None:
    """The way with the longest CIDR that holds an address; of equal ones the first."""
    matching = [way for way in ways if address in way[1]]
    return max(matching, key=lambda way: way[1].prefixlen, default=None)
