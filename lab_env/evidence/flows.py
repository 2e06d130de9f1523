"""What a VPC flow log sees of one attempt: a record for each network interface and direction.

*Logging IP traffic using VPC Flow Logs*, *Flow log record examples* (Amazon VPC User Guide): a security group or a
network ACL that refuses makes a REJECT; a missing route makes none, for the packet has passed the interface. Queries to
the Amazon resolver are not logged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from lab_env.network.flow import Exit, Hop, InterfaceSource, Trace
from lab_env.network.model import Address, Network, NetworkInterface

PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}
# A client that hears nothing sends its first packet again a few times; one is enough to tell.
_HEADER = 40
_FRAME = 1400
# The numbers of *Available fields*, traffic-path; on Nitro instances.
_PATHS = {
    Exit.GATEWAY_ENDPOINT: 7,
    Exit.INTERNET_GATEWAY: 8,
    Exit.VIRTUAL_PRIVATE_GATEWAY: 3,
    Exit.PEERING: 4,
}
_THROUGH_THE_VPC = 1


@dataclass(frozen=True, slots=True)
class FlowRecord:
    """One line of a flow log, before it is formatted.

    Attributes:
        interface: id of the network interface that saw it.
        vpc: its VPC.
        subnet: its subnet.
        source: ``srcaddr``: of outgoing traffic the interface's own private address.
        destination: ``dstaddr``: of incoming traffic the interface's own private address.
        source_port: of ICMP 0.
        destination_port: of ICMP 0.
        protocol: IANA number.
        packets: how many in the interval.
        octets: how many bytes.
        start: of the first packet (UTC).
        end: of the last packet (UTC).
        accepted: ``ACCEPT`` or ``REJECT``.
        egress: whether it left the interface; else it came in.
        packet_source: ``pkt-srcaddr``: what the packet itself says.
        packet_destination: ``pkt-dstaddr``.
        path: ``traffic-path``, a number; ``None`` for incoming traffic.
    """

    interface: str
    vpc: str
    subnet: str
    source: Address
    destination: Address
    source_port: int
    destination_port: int
    protocol: int
    packets: int
    octets: int
    start: datetime
    end: datetime
    accepted: bool
    egress: bool
    packet_source: Address
    packet_destination: Address
    path: int | None = None


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of payload that an attempt sent, and that it got back."""

    sent: int = 0
    received: int = 0


def observed(
    trace: Trace, network: Network, *, port: int, time: datetime, sizes: Sizes
) -> Iterator[FlowRecord]:
    """The records of one attempt, at every interface of the network that it met, in the order in which it met them.

    Args:
        trace: the way it took, or where it died.
        network: the network that it was traced in.
        port: the client's port.
        time: when (UTC).
        sizes: what was sent; of an answer nothing counts when the trace did not arrive.
    """
    source = trace.flow.source
    if not isinstance(source, InterfaceSource) or trace.destination is None:
        return
    client = network.interface[source.interface]
    address = source.address or client.address
    out = _Way(trace, address, trace.destination, port, time, sizes.sent)
    back = _Way(trace, trace.destination, address, port, time, sizes.received)
    allowed = _passed(trace.forward, client.subnet)
    yield out.record(client, egress=True, accepted=allowed)
    if allowed:
        yield from _beyond(trace, network, out, back)
    if trace.reached or _lost(trace.back, client.subnet):
        yield back.record(client, egress=False, accepted=trace.reached)


@dataclass(frozen=True, slots=True)
class _Way:
    """One direction of an attempt."""

    trace: Trace
    source: Address
    destination: Address
    port: int
    time: datetime
    payload: int

    def record(self, interface: NetworkInterface, *, egress: bool, accepted: bool) -> FlowRecord:
        """What an interface sees of it."""
        flow = self.trace.flow
        forth = self.destination == self.trace.destination
        ends = (self.port, flow.port) if forth else (flow.port, self.port)
        ports = (0, 0) if flow.protocol == "icmp" else ends
        packets = 1 + self.payload // _FRAME if accepted and self.trace.reached else 1
        octets = packets * _HEADER + (self.payload if accepted and self.trace.reached else 0)
        path = _PATHS.get(self.trace.exit, _THROUGH_THE_VPC) if egress and forth and accepted else None
        return FlowRecord(
            interface.id,
            interface.vpc,
            interface.subnet,
            self.source,
            self.destination,
            *ports,
            PROTOCOLS[flow.protocol],
            packets,
            octets,
            self.time,
            self.time,
            accepted,
            egress,
            self.source,
            self.destination,
            path,
        )


def _beyond(trace: Trace, network: Network, out: _Way, back: _Way) -> Iterator[FlowRecord]:
    """What the interfaces behind the client's own see: a NAT gateway's, or those of the address that is asked."""
    for hop in trace.forward:
        if hop.kind == "nat-gateway" and not hop.blocks:
            yield from _translated(trace, network, hop, out, back)
    owner = network.interface_at(_vpc(trace, network), out.destination)
    if owner is not None and owner.address == out.destination:
        met = [hop for hop in trace.forward if hop.kind == "security-group"][1:]
        if met:
            refused = met[-1].blocks
            yield out.record(owner, egress=False, accepted=not refused)
            if not refused:
                yield back.record(owner, egress=True, accepted=True)


def _translated(trace: Trace, network: Network, hop: Hop, out: _Way, back: _Way) -> Iterator[FlowRecord]:
    gateway = next(item for item in network.nat_gateways if item.id == hop.resource)
    own = gateway.private_address
    interface = network.interface_at(_vpc(trace, network), own) if own is not None else None
    if interface is None or own is None:
        return
    came = out.record(interface, egress=False, accepted=True)
    yield replace(came, destination=own)
    went = out.record(interface, egress=True, accepted=True)
    yield replace(went, source=own, packet_source=own, path=_PATHS[Exit.INTERNET_GATEWAY])
    if trace.reached:
        answer = back.record(interface, egress=False, accepted=True)
        yield replace(answer, destination=own, packet_destination=own)
        handed = back.record(interface, egress=True, accepted=True)
        yield replace(handed, source=own)


def _vpc(trace: Trace, network: Network) -> str:
    source = trace.flow.source
    return network.interface[source.interface].vpc if isinstance(source, InterfaceSource) else ""


def _passed(hops: tuple[Hop, ...], subnet: str) -> bool:
    """Whether nothing at the client's own interface and subnet refused: the hops before the first route table."""
    for hop in hops:
        if hop.kind == "route-table":
            return True
        if hop.kind in ("security-group", "network-acl") and hop.subnet == subnet and hop.blocks:
            return False
    return True


def _lost(hops: tuple[Hop, ...], subnet: str) -> bool:
    """Whether the answer came as far as the client's subnet, and its network ACL refused it."""
    last = hops[-1] if hops else None
    return last is not None and last.kind == "network-acl" and last.subnet == subnet and last.blocks
