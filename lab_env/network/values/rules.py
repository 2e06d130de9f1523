"""Security groups, network ACLs and prefix lists."""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.network.values.addresses import Cidr


@dataclass(frozen=True, slots=True)
class SecurityGroupRule:
    """An allow rule. ``protocol`` is ``tcp``, ``udp``, ``icmp``, ``icmpv6``, ``-1`` (all) or an IANA number as text.

    ``peer`` is a CIDR, a prefix list id (``pl-…``) or a security group id (``sg-…``). For ICMP, ``from_port`` is the
    type and ``to_port`` the code; ``-1`` and ``None`` mean all.
    """

    protocol: str
    from_port: int | None
    to_port: int | None
    peer: Cidr | str
    id: str = ""


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group: stateful, allow rules only."""

    id: str
    vpc: str
    ingress: tuple[SecurityGroupRule, ...]
    egress: tuple[SecurityGroupRule, ...]
    name: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class NetworkAclEntry:
    """A numbered rule of a network ACL; ``32767`` is the final ``*`` deny. For ICMP the ports are type and code."""

    number: int
    egress: bool
    protocol: str
    cidr: Cidr
    allow: bool
    from_port: int | None = None
    to_port: int | None = None


@dataclass(frozen=True, slots=True)
class NetworkAcl:
    """A network ACL: stateless; entries of each direction in order of their numbers; first match wins."""

    id: str
    vpc: str
    entries: tuple[NetworkAclEntry, ...]
    subnets: tuple[str, ...] = ()
    is_default: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class PrefixList:
    """A managed prefix list. AWS's own ones (``owner == "AWS"``) belong to one Region."""

    id: str
    name: str
    cidrs: tuple[Cidr, ...]
    region: str
    owner: str = "AWS"
