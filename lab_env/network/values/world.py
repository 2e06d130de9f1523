"""What lies beyond a VPC: the internet, and data centres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lab_env.network.values.addresses import Address, Cidr


@dataclass(frozen=True, slots=True)
class AwsRange:
    """Public addresses of one AWS service in one Region (``service`` as in ``ip-ranges.json``, lower case)."""

    service: str
    region: str
    cidr: Cidr


@dataclass(frozen=True, slots=True)
class Internet:
    """The rest of the world: which public addresses are AWS's, and what other names resolve to.

    ``hosts`` maps a DNS name outside AWS to its address (``exfil.example``). Any other public address is taken to be a
    host that answers: who listens where is no question of the network.
    """

    aws: tuple[AwsRange, ...] = ()
    hosts: Mapping[str, Address] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class OnPremises:
    """A data centre at the far end of Direct Connect.

    ``prefixes`` are what it announces over a private or transit VIF (``0.0.0.0/0`` when it offers to carry anything);
    ``internet_exit`` says whether it lets others out to the internet; ``public_vif`` whether it holds a public VIF (one
    among ``Network.virtual_interfaces`` counts too). ``public_address`` is the address it shows on either.
    """

    name: str
    prefixes: tuple[Cidr, ...]
    internet_exit: bool = False
    public_vif: bool = False
    public_address: Address | None = None
