"""What people write on the command line for the two ends of a flow, and what a trace is as plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, ip_address
from typing import Any

from lab_env.errors import InvalidInput, NotFound
from lab_env.network import Flow, Hop, InterfaceSource, InternetSource, Network, Source, Trace
from lab_env.network.lookups import is_public
from lab_env.network.model import Address

# A documentation address (RFC 5737): somebody, somewhere.
_SOMEBODY = InternetSource(IPv4Address("203.0.113.99"))
_TO = re.compile(
    r"(?:\[(?P<six>[^\]]+)\]|(?P<host>[^\s/:\[\]]+))(?::(?P<port>\d{1,5}))?(?:/(?P<protocol>[a-z]+))?"
)
_PROTOCOLS = ("tcp", "udp", "icmp")
_HTTPS = 443


def source(text: str, network: Network) -> Source:
    """The source that ``--from`` names: ``eni-…``, ``i-…`` (its primary interface), an address, or ``internet``.

    Raises:
        NotFound: the network holds no such interface, instance or address.
        InvalidInput: the address stands in several VPCs.
    """
    if text == "internet":
        return _SOMEBODY
    if text.startswith("eni-"):
        if text not in network.interface:
            raise NotFound("no such network interface is in the snapshot.", where=text)
        return InterfaceSource(text)
    if text.startswith("i-"):
        interfaces = [item.id for item in network.interfaces if item.attached_to == text]
        if not interfaces:
            raise NotFound("no network interface of such an instance is in the snapshot.", where=text)
        return InterfaceSource(interfaces[0])
    address = _address(text)
    if address is None:
        raise InvalidInput("expected eni-…, i-…, an address or internet.", where=f"--from {text}")
    return _holder(address, network)


def _holder(address: Address, network: Network) -> Source:
    holders = [item for item in network.interfaces if address in item.addresses]
    if len(holders) > 1:
        found = ", ".join(f"{item.id} in {item.vpc}" for item in holders)
        raise InvalidInput(
            f"several interfaces hold this address ({found}).", where=str(address), do="Name one."
        )
    if holders:
        return InterfaceSource(holders[0].id, address)
    behind = network.interface_at_public(address) if address.version == 4 else None
    if behind is not None:
        return InterfaceSource(behind.id, next(own for own, public in behind.public if public == address))
    if is_public(address):
        return InternetSource(address)
    raise NotFound("no network interface in the snapshot holds this address.", where=str(address))


def destination(text: str) -> tuple[str, str, int]:
    """Host, protocol and port of ``--to``: ``HOST``, ``HOST:443``, ``HOST:443/tcp``, ``ADDRESS/icmp``, ``[IPv6]:22``.

    Raises:
        InvalidInput: it has another form, or a port or protocol that there is not.
    """
    bare = _address(text)
    if bare is not None:
        return text, "tcp", _HTTPS
    address, _, protocol = text.partition("/")
    if protocol and _address(address) is not None:
        found = {"host": address, "six": None, "port": None, "protocol": protocol}
    else:
        match = _TO.fullmatch(text)
        if match is None:
            raise InvalidInput("expected HOST, HOST:443, HOST:443/tcp or ADDRESS/icmp.", where=f"--to {text}")
        found = match.groupdict()
    return (
        found["six"] or found["host"] or "",
        *service(found["protocol"] or "tcp", found["port"], f"--to {text}"),
    )


def service(protocol: object, port: object, where: str) -> tuple[str, int]:
    """A protocol and a port, checked; HTTPS where no port is given.

    Raises:
        InvalidInput: there is no such protocol or port.
    """
    if protocol not in _PROTOCOLS:
        raise InvalidInput(f"protocol {protocol!r} is none of {', '.join(_PROTOCOLS)}.", where=where)
    if protocol == "icmp":
        return "icmp", 0
    number = _HTTPS if port is None else port
    if isinstance(number, str) and number.isdigit():
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 65535:
        raise InvalidInput(f"port {port!r} is not from 1 to 65535.", where=where)
    return str(protocol), number


def probe(line: Mapping[str, Any], network: Network, where: str) -> Flow:
    """The flow of one line of ``--probes``.

    Raises:
        InvalidInput: a key is missing or its value cannot be used.
        NotFound: the network does not hold the source.
    """
    for key in ("source", "destination"):
        if not isinstance(line.get(key), str):
            raise InvalidInput(f"{key!r} is missing, or is no string.", where=where)
    protocol, port = service(line.get("protocol", "tcp"), line.get("port"), where)
    return checked(Flow(source(line["source"], network), line["destination"], protocol, port), network)


def checked(flow: Flow, network: Network) -> Flow:
    """The flow itself, when its destination is an address or a name that the lab can resolve.

    Raises:
        InvalidInput: a name of the world at large: only its own DNS knows its address.
    """
    name = flow.destination.rstrip(".").lower()
    known = _address(flow.destination) is not None or name in network.internet.hosts
    if not known and not name.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        raise InvalidInput(
            "the lab asks no DNS server for it.", where=flow.destination, do="Give its address instead."
        )
    return flow


def as_json(trace: Trace) -> dict[str, Any]:
    """A trace as plain data: the keys of ``trace --json``."""
    return {
        "outcome": trace.outcome.value,
        "exit": trace.exit.value,
        "endpoint": trace.endpoint,
        "reason": trace.reason,
        "destination": None if trace.destination is None else str(trace.destination),
        "source_seen": None if trace.source_seen is None else str(trace.source_seen),
        "public_internet": trace.public_internet,
        "third_party": trace.third_party,
        "hops": [_hop(hop) for hop in trace.forward],
        "return_hops": [_hop(hop) for hop in trace.back],
        "blockers": [_hop(hop) for hop in trace.blockers],
    }


def _hop(hop: Hop) -> dict[str, Any]:
    return {
        "resource": hop.resource,
        "kind": hop.kind,
        "verdict": hop.verdict.value,
        "rule": hop.rule,
        "why": hop.why,
        "code": hop.code or None,
        "subnet": hop.subnet or None,
    }


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
