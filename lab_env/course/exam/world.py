"""What a question is about: a network, the policies and settings around it, and a month's use; and changes to it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from ipaddress import IPv4Network, ip_address
from types import MappingProxyType
from typing import Any

from lab_env import scenario
from lab_env.compliance import TrainingSite
from lab_env.costs import Usage
from lab_env.course.exam.state import with_endpoints_of, with_policies, with_settings
from lab_env.course.exam.words import build
from lab_env.errors import InvalidInput, NotFound
from lab_env.network import InterfaceSource, InternetSource, Network, OnPremisesSource, ServiceSource, Source
from lab_env.snapshot.state import ServiceState

# Documentation addresses (RFC 5737): the office, a partner, and anybody else.
OFFICE, PARTNER, SOMEBODY = map(ip_address, ("198.51.100.7", "192.0.2.10", "203.0.113.99"))
_SERVICE_ADDRESS = ip_address("44.192.0.10")
_FIELDS = frozenset({"network", "policies", "settings", "usage"})


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody builds or changes.

    Attributes:
        network: lines of words, one thing each.
        policies: JSON by what it is attached to.
        settings: fields by what has them.
        usage: fields of a month's use.
    """

    network: tuple[str, ...] = ()
    policies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    usage: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Change:
        """The change that the fields of a question, an option or a world hold."""
        return cls(
            tuple(value.get("network", ())),
            value.get("policies", {}),
            value.get("settings", {}),
            value.get("usage", {}),
        )

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.network or self.policies or self.settings or self.usage)


NOTHING = Change()
"""The change that changes nothing."""


@dataclass(frozen=True, slots=True)
class World:
    """A state that can be asked.

    Attributes:
        network: the network.
        services: principals, buckets, keys, policies.
        usage: what happens in a month.
        places: sources of packets that have a name beside their host's.
    """

    network: Network
    services: ServiceState = field(default_factory=ServiceState)
    usage: Usage = field(default_factory=Usage)
    places: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))

    def changed(self, change: Change) -> World:
        """The same world after a change.

        Raises:
            InvalidInput: a line, a subject or a setting says nothing that can be built.
        """
        if change.empty:
            return self
        network = build(change.network, self.network)
        services = with_settings(with_policies(self.services, change.policies), change.settings)
        try:
            usage = replace(self.usage, **change.usage)
        except TypeError as error:
            raise InvalidInput(f"a month's use has no such field ({error}).", where="usage") from None
        return replace(self, network=network, services=with_endpoints_of(services, network), usage=usage)

    def place(self, name: str) -> Source:
        """A source of packets.

        Args:
            name: a host of the network, a data centre, ``internet``, ``attacker``, ``office``, ``partner``, or
                ``sagemaker`` (its own VPC).

        Raises:
            NotFound: nothing there is called so.
        """
        if name in self.places:
            return self.places[name]
        if name in _ELSEWHERE:
            return _ELSEWHERE[name]
        if f"eni-{name}" in self.network.interface:
            return InterfaceSource(f"eni-{name}")
        for site in self.network.on_premises:
            if site.name == name:
                inside = next(one for one in site.prefixes if one.is_private and isinstance(one, IPv4Network))
                return OnPremisesSource(name, inside[7 * 256 + 7])
        raise NotFound("nobody stands at a place called so.", where=name)

    def sites(self) -> tuple[TrainingSite, ...]:
        """Where training jobs run: wherever a host's name begins with ``job``."""
        own = [item for item in self.network.interfaces if item.id.startswith("eni-job")]
        placed = [source for name, source in self.places.items() if name.startswith("job")]
        own += [self.network.interface[one.interface] for one in placed if isinstance(one, InterfaceSource)]
        return tuple(dict.fromkeys(TrainingSite(item.subnet, item.groups) for item in own))


_ELSEWHERE: Mapping[str, Source] = {
    "internet": InternetSource(SOMEBODY),
    "attacker": InternetSource(SOMEBODY),
    "office": InternetSource(OFFICE),
    "partner": InternetSource(PARTNER),
    "sagemaker": ServiceSource("sagemaker", _SERVICE_ADDRESS),
}


@cache
def world(name: str) -> World:
    """One of the worlds that questions start from (``worlds.toml``).

    Raises:
        NotFound: there is none of that name.
    """
    known = _worlds()
    if name not in known:
        raise NotFound("no such world.", where=name, do=f"There are {', '.join(known)}.")
    entry = known[name]
    unknown = entry.keys() - _FIELDS - {"on", "title"}
    if unknown:
        raise InvalidInput(f"a world has no field {min(unknown)!r}.", where=name)
    below = world(entry["on"]) if "on" in entry else World(build(()))
    return below.changed(Change.read(entry))


@cache
def _worlds() -> Mapping[str, Mapping[str, Any]]:
    text = files("lab_env.course.exam").joinpath("worlds.toml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Any]] = tomllib.loads(text)
    return found


DATA_HOST = f"{scenario.TRAINING_BUCKET}.s3.{scenario.REGION}.amazonaws.com"
