"""How findings name a resource, a host and a way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from lab_env.compliance.probes import Probe
from lab_env.network.flow import Exit
from lab_env.network.lookups import derived
from lab_env.network.model import Network

Fact = TypeVar("Fact")

_WAYS = {
    Exit.GATEWAY_ENDPOINT: "a gateway endpoint",
    Exit.INTERFACE_ENDPOINT: "an interface endpoint",
    Exit.INTERNET_GATEWAY: "an internet gateway",
    Exit.NAT_GATEWAY: "a NAT gateway",
    Exit.VIRTUAL_PRIVATE_GATEWAY: "a virtual private gateway",
    Exit.PEERING: "a peering connection",
    Exit.TRANSIT_GATEWAY: "a transit gateway",
    Exit.LOCAL: "the VPC's own route",
    Exit.NONE: "no gateway at all",
}


def way(taken: Exit) -> str:
    """A way out of a VPC, in words."""
    return _WAYS[taken]


def label(network: Network, resource: str) -> str:
    """The id of a subnet or route table, followed by its Name tag when it has one."""
    name = derived(network, "names of subnets and tables", lambda: _names(network)).get(resource, "")
    return f"{resource} ({name})" if name else resource


def listed(items: Iterable[str]) -> str:
    """Several things as a sentence lists them: ``a, b and c``."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def _names(network: Network) -> dict[str, str]:
    subnets = {item.id: item.name for item in network.subnets}
    return subnets | {item.id: item.name for item in network.route_tables}


def told_once(found: Iterable[tuple[Probe, str, Fact]]) -> Iterator[tuple[str, str, Fact]]:
    """What several probes found, each sentence once: the hosts it is true of, the sentence, the first fact."""
    hosts: dict[str, list[str]] = {}
    facts: dict[str, Fact] = {}
    for probe, sentence, fact in found:
        hosts.setdefault(sentence, []).append(probe.name)
        facts.setdefault(sentence, fact)
    for sentence, names in hosts.items():
        yield names[0] if len(set(names)) == 1 else "any host", sentence, facts[sentence]
