"""Follow one packet from its source to the far side, and its answer back.

Rules: VPC user guide (*Route tables*, *Internet gateways*, *NAT gateways*, *Security groups*, *Network ACLs*) and
PrivateLink guide (*Gateway endpoints*, *Interface endpoints*); MODEL.md says which is which, and what is left out.
"""

from __future__ import annotations

from lab_env.errors import IncompleteSnapshot, InvalidInput, NotModelled
from lab_env.network.arrivals import at_public_address
from lab_env.network.crossings import platform_service, send
from lab_env.network.dns import resolve, source_interface
from lab_env.network.flow import (
    Exit,
    Flow,
    Hop,
    InterfaceSource,
    InternetSource,
    OnPremisesSource,
    ServiceSource,
    Trace,
    Verdict,
)
from lab_env.network.lookups import is_public
from lab_env.network.model import Address, Network, NetworkInterface
from lab_env.network.on_premises import from_site
from lab_env.network.packet import Packet, first_packet
from lab_env.network.walk import Walk


def trace(network: Network, flow: Flow) -> Trace:
    """Whether ``flow`` works in ``network``, by which way, and why.

    Args:
        network: all that the packet may meet.
        flow: where it starts, the host name or address it is for, protocol and port.

    Returns:
        The journey there and back. A dropped one names all that blocks it, in each direction, up to the first hop
        that has no next hop, by the explanation codes of AWS Reachability Analyzer where one fits.

    Raises:
        NotFound: the source is not in the network.
        InvalidInput: the flow cannot be: an address that the interface does not hold, a port beyond 65535.
        IncompleteSnapshot: the packet meets something that the network does not hold.
        NotModelled: the packet comes to a part of AWS that is not modelled.
    """
    dns = resolve(network, flow.source, flow.destination)
    walk = Walk(network, flow, dns)
    if not dns.addresses:
        walk.add(Hop(_resolver(flow), "dns", Verdict.UNRESOLVED, f"{dns.name} → nothing", dns.why))
        return walk.finish()
    destination = dns.addresses[0]
    if dns.by != "literal":
        rule = f"{dns.name} → {destination}"
        walk.add(Hop(dns.endpoint or _resolver(flow), "dns", Verdict.RESOLVED, rule, dns.why))
    walk.head_for(destination)
    try:
        _start(walk, flow, destination)
    except (IncompleteSnapshot, NotModelled):
        # What a packet that is lost already would have met next changes nothing.
        if not walk.lost:
            raise
    return walk.finish()


def _resolver(flow: Flow) -> str:
    return "AmazonProvidedDNS" if isinstance(flow.source, InterfaceSource) else "public DNS"


def _start(walk: Walk, flow: Flow, destination: Address) -> None:
    source = flow.source
    if isinstance(source, InterfaceSource):
        _from_interface(walk, source_interface(walk.network, source), source, destination)
    elif isinstance(source, OnPremisesSource):
        from_site(walk, source, destination)
    else:
        _from_outside(walk, source, first_packet(flow, source.address, destination))


def _from_interface(
    walk: Walk, interface: NetworkInterface, source: InterfaceSource, destination: Address
) -> None:
    sender = _sending_address(interface, source, destination)
    if sender is None:
        why = f"{interface.id} holds no IPv{destination.version} address to send from."
        walk.add(Hop(interface.id, "interface", Verdict.DROPPED, f"no IPv{destination.version} address", why))
        return
    packet = first_packet(walk.flow, sender, destination)
    home = _own_host(walk.network, interface, destination)
    if home is not None:
        why = f"{destination} is an address of the sending host itself: the packet never leaves it."
        walk.take(Exit.LOCAL)
        walk.arrive(Hop(home.id, "interface", Verdict.REACHED, "own address", why, "", home.subnet), packet)
        return
    vpc = walk.network.vpc[interface.vpc]
    platform = platform_service(walk.network, vpc, destination)
    if platform:
        _to_platform(
            walk, interface, packet, platform, answers=platform != "AmazonProvidedDNS" or vpc.dns_support
        )
        return
    walk.groups(interface, packet, egress=True)
    send(walk, interface.subnet, packet)


def _sending_address(
    interface: NetworkInterface, source: InterfaceSource, destination: Address
) -> Address | None:
    if source.address is not None and source.address not in interface.addresses:
        raise InvalidInput(
            f"{source.address} is no address of this interface.",
            where=interface.id,
            do=f"It holds {', '.join(map(str, interface.addresses))}.",
        )
    candidates = interface.addresses if source.address is None else (source.address,)
    return next((own for own in candidates if own.version == destination.version), None)


def _own_host(network: Network, interface: NetworkInterface, destination: Address) -> NetworkInterface | None:
    """The interface of the sending host itself that holds an address: its operating system answers."""
    holder = network.interface_at(interface.vpc, destination)
    if holder is None or holder.id == interface.id:
        return holder
    same = interface.attached_to.startswith("i-") and holder.attached_to == interface.attached_to
    return holder if same else None


def _to_platform(
    walk: Walk, interface: NetworkInterface, packet: Packet, name: str, *, answers: bool
) -> None:
    walk.take(Exit.LOCAL)
    if answers:
        why = f"{packet.destination} is the {name}, which no security group, network ACL or route governs."
        walk.arrive(
            Hop(name, "aws-service", Verdict.REACHED, "not filtered", why, "", interface.subnet), packet
        )
    else:
        why = f"enableDnsSupport is off in {interface.vpc}, so {packet.destination} does not answer."
        walk.add(Hop(name, "aws-service", Verdict.DROPPED, "enableDnsSupport off", why, "", interface.subnet))


def _from_outside(walk: Walk, source: InternetSource | ServiceSource, packet: Packet) -> None:
    if is_public(packet.destination):
        walk.touch(public_internet=isinstance(source, InternetSource))
        at_public_address(walk, packet)
        return
    place = "the internet" if isinstance(source, InternetSource) else f"{source.service}'s own VPC"
    resource = "internet" if isinstance(source, InternetSource) else source.service
    kind = "internet" if isinstance(source, InternetSource) else "aws-service"
    why = f"{packet.destination} is a private address: from {place} there is no way to it."
    walk.add(Hop(resource, kind, Verdict.DROPPED, "private destination", why, "NO_POSSIBLE_DESTINATION"))
