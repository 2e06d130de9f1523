"""One packet, as the filters and routes on its way see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lab_env.errors import InvalidInput
from lab_env.network.flow import Flow
from lab_env.network.model import Address

Ports = tuple[int, int]

#: The ports that a Linux client's connections come from (``net.ipv4.ip_local_port_range``; Network ACLs guide).
CLIENT_PORTS: Ports = (32768, 60999)
#: The ports that a NAT gateway's connections come from (*NAT gateway basics*).
NAT_PORTS: Ports = (1024, 65535)
ANY_PORT: Ports = (0, 65535)

_ECHO = {4: ("icmp", (8, 0), (0, 0)), 6: ("icmpv6", (128, 0), (129, 0))}
_NAMES = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": "-1"} | {
    name: name for name in ("icmp", "tcp", "udp", "icmpv6", "-1")
}


@lru_cache(maxsize=4096)
def address_text(address: Address) -> str:
    """An address as text; formatting the same few of them over and over would be a fifth of a trace's time."""
    return str(address)


def protocol_name(protocol: str) -> str:
    """The name EC2 uses for a protocol: ``tcp`` for ``6``, ``-1`` for all; other IANA numbers stay numbers."""
    known = _NAMES.get(protocol)
    if known is not None:
        return known
    lowered = protocol.lower()
    return _NAMES.get(lowered, lowered)


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet's addresses, protocol and ports.

    Attributes:
        source: the sender's address, as it stands in the packet at this point.
        destination: the receiver's address, likewise.
        protocol: ``tcp``, ``udp``, ``icmp``, ``icmpv6`` or an IANA number as text.
        ports: the lowest and highest port it may be sent to; for ICMP its type and code.
        source_ports: the lowest and highest port it may come from; for ICMP the type and code of its answer.
    """

    source: Address
    destination: Address
    protocol: str
    ports: Ports
    source_ports: Ports

    @property
    def sender(self) -> str:
        """The source address as text."""
        return address_text(self.source)

    @property
    def receiver(self) -> str:
        """The destination address as text."""
        return address_text(self.destination)

    @property
    def is_ipv6(self) -> bool:
        """Whether it is an IPv6 packet."""
        return self.destination.version == 6

    @property
    def is_icmp(self) -> bool:
        """Whether ``ports`` holds an ICMP type and code."""
        return self.protocol.startswith("icmp")

    @property
    def has_ports(self) -> bool:
        """Whether the protocol has ports at all."""
        return self.protocol in {"tcp", "udp"}

    @property
    def service(self) -> str:
        """What is asked for, in words: ``tcp 443``, ``tcp 32768-60999``, ``icmp echo request``, ``protocol 50``."""
        if self.is_icmp:
            kind = "request" if self.ports[0] in {8, 128} else "reply"
            return f"{self.protocol} echo {kind}"
        if not self.has_ports:
            return f"protocol {self.protocol}"
        low, high = self.ports
        return f"{self.protocol} {low}" if low == high else f"{self.protocol} {low}-{high}"

    def answer(self) -> Packet:
        """The packet that goes back."""
        return Packet(self.destination, self.source, self.protocol, self.source_ports, self.ports)

    def sent_from(self, source: Address, ports: Ports | None = None) -> Packet:
        """The packet after its source was translated, to ``source`` and, by a NAT gateway, to ``ports``."""
        translated = ports if ports is not None and self.has_ports else self.source_ports
        return Packet(source, self.destination, self.protocol, self.ports, translated)

    def sent_to(self, destination: Address) -> Packet:
        """The packet after its destination was translated."""
        return Packet(self.source, destination, self.protocol, self.ports, self.source_ports)


def first_packet(flow: Flow, source: Address, destination: Address) -> Packet:
    """The packet with which ``flow`` begins.

    Raises:
        InvalidInput: the protocol or the port cannot be.
    """
    protocol = protocol_name(flow.protocol)
    if protocol in {"icmp", "icmpv6"}:
        name, request, reply = _ECHO[destination.version]
        return Packet(source, destination, name, request, reply)
    if protocol in {"tcp", "udp"}:
        if not 0 <= flow.port <= 65535:
            raise InvalidInput(f"Port {flow.port} is not between 0 and 65535.", where="flow")
        return Packet(source, destination, protocol, (flow.port, flow.port), CLIENT_PORTS)
    if not (protocol.isdigit() and int(protocol) <= 255):
        raise InvalidInput(
            f"{flow.protocol!r} is no protocol.",
            where="flow",
            do="Use tcp, udp, icmp or an IANA protocol number.",
        )
    return Packet(source, destination, protocol, ANY_PORT, ANY_PORT)
