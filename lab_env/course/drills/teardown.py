"""Repairs that are none: the same state with its security taken down, as values. Grading has to refuse each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import TypeVar

from lab_env.compliance.supposed import everything
from lab_env.course.drills.expected import ROLE
from lab_env.course.drills.look import Look
from lab_env.network import Network
from lab_env.network.model import (
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkAclEntry,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
)
from lab_env.policy import Kind, Policy
from lab_env.snapshot.state import ServiceState

Item = TypeVar("Item")

OPEN_TRUST = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
ANYWHERE = ip_network("0.0.0.0/0")
GATEWAY, NAT, PUBLIC = "igw-0drill", "nat-0drill", "subnet-0drill"
_CIDR, _OWN, _LENT = ip_network("10.20.250.0/24"), ip_address("10.20.250.10"), ip_address("192.0.2.77")


def torn_down(look: Look) -> Iterator[tuple[str, Look]]:
    """The state with a way out to everywhere, with every policy open, and with both; each by a short name.

    Args:
        look: the broken state.
    """
    wide, open_services = _network(look.network), _services(look.services)
    yield "the network is opened", replace(look, network=wide)
    yield "the policies are opened", replace(look, services=open_services)
    yield "both are opened", replace(look, network=wide, services=open_services)


def _network(network: Network) -> Network:
    """A NAT gateway in a public subnet, every private table led to it, every filter open, and no other endpoint."""
    vpc = next(vpc for vpc in network.vpcs if vpc.name == "meridian-vpc")
    tables = tuple(_led_out(table) for table in network.route_tables)
    public = RouteTable("rtb-0drill", vpc.id, (Route(_CIDR, "local"), Route(ANYWHERE, GATEWAY)), (PUBLIC,))
    gateways = tuple(replace(item, vpcs=()) for item in network.internet_gateways)
    return replace(
        network,
        vpcs=tuple(replace(one, dns_support=True) for one in network.vpcs),
        subnets=(*network.subnets, Subnet(PUBLIC, vpc.id, (_CIDR,), f"{network.region}a")),
        route_tables=(*tables, public),
        internet_gateways=(*gateways, InternetGateway(GATEWAY, (vpc.id,))),
        nat_gateways=(
            *network.nat_gateways,
            NatGateway(NAT, vpc.id, PUBLIC, "available", "public", _OWN, _LENT),
        ),
        security_groups=tuple(_open_group(group) for group in network.security_groups),
        network_acls=tuple(_open_acl(acl, (PUBLIC,)) for acl in network.network_acls),
        endpoints=tuple(item for item in network.endpoints if item.kind == "Gateway"),
    )


def _led_out(table: RouteTable) -> RouteTable:
    kept = (route for route in table.routes if route.destination != ANYWHERE)
    return replace(table, routes=(*kept, Route(ANYWHERE, NAT)))


def _open_group(group: SecurityGroup) -> SecurityGroup:
    rules = (SecurityGroupRule("-1", None, None, ANYWHERE),)
    return replace(group, ingress=rules, egress=rules)


def _open_acl(acl: NetworkAcl, more: tuple[str, ...]) -> NetworkAcl:
    entries = tuple(NetworkAclEntry(1, egress, "-1", ANYWHERE, allow=True) for egress in (True, False))
    return replace(acl, entries=entries, subnets=(*acl.subnets, *(more if acl.is_default else ())))


def _services(services: ServiceState) -> ServiceState:
    """Everything allowed to everybody: the role, the buckets, the key, the endpoints, and who may assume the role."""
    role = replace(
        services.identities[ROLE],
        policies=(everything(Kind.IDENTITY),),
        trust=Policy.parse(OPEN_TRUST, kind=Kind.TRUST),
    )
    operators = {
        arn: replace(item, policies=(everything(Kind.IDENTITY),)) for arn, item in services.identities.items()
    }
    return replace(
        services,
        identities=MappingProxyType({**operators, ROLE: role}),
        buckets=_each(services.buckets, Kind.RESOURCE),
        keys=_each(services.keys, Kind.KEY),
        endpoints=MappingProxyType(dict.fromkeys(services.endpoints, everything(Kind.ENDPOINT))),
    )


def _each(items: Mapping[str, Item], kind: Kind) -> Mapping[str, Item]:
    opened = {name: replace(item, policy=everything(kind)) for name, item in items.items()}  # type: ignore[type-var]
    return MappingProxyType(opened)
