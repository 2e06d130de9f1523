"""What there is to say of each resource: a headline, the lines it holds (routes, rules), and its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lab_env.network.model import (
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    OnPremises,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
    VpcPeering,
    VpnGateway,
)
from lab_env.network.what_if import Rule
from lab_env.views.names import Names, endpoint_label


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be compared of one resource.

    Attributes:
        headline: what it is, without its id and name.
        lines: what it holds, each line a fact of its own (a route, a rule, an association).
        settings: what has one value at a time, by its name in words.
    """

    headline: str
    lines: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


def facts_of(item: object, names: Names) -> Facts:
    """The facts of one resource of a `Network`."""
    facts = _READERS[type(item)](item, names)
    return replace(facts, settings={**facts.settings, "Name": getattr(item, "name", "")})


def route_text(route: Route, names: Names) -> str:
    """``pl-… (S3) → vpce-…``, as AWS's console lists a route, with its state when it is a black hole."""
    lost = " (blackhole)" if route.state == "blackhole" else ""
    learnt = " (propagated)" if route.origin == "EnableVgwRoutePropagation" else ""
    return f"{names.destination(route.destination)} → {route.target}{learnt}{lost}"


def rule_text(rule: SecurityGroupRule, direction: str, names: Names) -> str:
    """``egress tcp 443 → pl-… (S3)``; ``ingress all ← sg-…``."""
    arrow = "→" if direction == "egress" else "←"
    ports = _ports(rule.protocol, rule.from_port, rule.to_port)
    return f"{direction} {ports} {arrow} {names.destination(rule.peer)}"


def entry_text(entry: NetworkAclEntry) -> str:
    """``outbound rule 100 allow all 0.0.0.0/0``."""
    direction = "outbound" if entry.egress else "inbound"
    number = "*" if entry.number == 32767 else str(entry.number)
    verdict = "allow" if entry.allow else "deny"
    return f"{direction} rule {number} {verdict} {_ports(entry.protocol, entry.from_port, entry.to_port)} {entry.cidr}"


def what_if_text(rule: Rule, names: Names) -> str:
    """``route table meridian-private: association with gateway endpoint meridian-s3``: a rule with its holder."""
    holder, item = names.of(rule.holder) or rule.holder, rule.item
    if isinstance(item, VpcEndpoint):
        return f"route table {holder}: association with gateway endpoint {item.name or item.id}"
    if isinstance(item, Route):
        return f"route table {holder}: {route_text(item, names)}"
    if isinstance(item, SecurityGroupRule):
        return f"security group {holder}: {rule_text(item, rule.direction, names)}"
    return f"network ACL {holder}: {entry_text(item)}"


def _ports(protocol: str, first: int | None, last: int | None) -> str:
    if protocol == "-1":
        return "all"
    if first is None or (first, last) in {(0, 65535), (-1, -1)}:
        return protocol
    return f"{protocol} {first}" if last in {first, None} else f"{protocol} {first}-{last}"


def _joined(values: Iterable[object]) -> str:
    return ", ".join(map(str, values)) or "none"


def _switch(on: object) -> str:
    return "on" if on else "off"


def _vpc(item: Vpc, _: Names) -> Facts:
    settings = {"DNS support": _switch(item.dns_support), "DNS hostnames": _switch(item.dns_hostnames)}
    return Facts(f"VPC {_joined(item.cidrs)}", tuple(f"CIDR {cidr}" for cidr in item.cidrs), settings)


def _subnet(item: Subnet, _: Names) -> Facts:
    settings = {"public address on launch": _switch(item.map_public_ip_on_launch)}
    return Facts(f"subnet {_joined(item.cidrs)} in {item.availability_zone}", (), settings)


def _route_table(item: RouteTable, names: Names) -> Facts:
    routes = [route_text(route, names) for route in item.routes]
    bound = [f"associated with {names.full(subnet)}" for subnet in item.subnets]
    edges = [f"edge association with {names.full(gateway)}" for gateway in item.edge_gateways]
    spread = [f"propagation from {names.full(gateway)}" for gateway in item.propagating_gateways]
    return Facts("route table", (*routes, *bound, *edges, *spread), {"main": _switch(item.main)})


def _interface(item: NetworkInterface, names: Names) -> Facts:
    addresses = [f"private address {address}" for address in item.addresses[1:]]
    public = [f"public address {there} for {own}" for own, there in item.public]
    groups = [f"in security group {names.full(group)}" for group in item.groups]
    settings = {"source/destination check": _switch(item.source_dest_check)}
    place = f"network interface in {names.full(item.subnet)}"
    return Facts(
        f"{place}: {item.description}" if item.description else place,
        (*addresses, *public, *groups),
        settings,
    )


def _security_group(item: SecurityGroup, names: Names) -> Facts:
    rules = [("ingress", rule) for rule in item.ingress] + [("egress", rule) for rule in item.egress]
    return Facts("security group", tuple(rule_text(rule, direction, names) for direction, rule in rules))


def _network_acl(item: NetworkAcl, names: Names) -> Facts:
    bound = [f"associated with {names.full(subnet)}" for subnet in item.subnets]
    return Facts("network ACL", (*map(entry_text, item.entries), *bound))


def _internet_gateway(item: InternetGateway, names: Names) -> Facts:
    kind = "egress-only internet gateway" if item.egress_only else "internet gateway"
    return Facts(kind, tuple(f"attached to {names.full(vpc)}" for vpc in item.vpcs))


def _nat_gateway(item: NatGateway, names: Names) -> Facts:
    settings = {"state": f"{item.state} ({item.failure})" if item.failure else item.state}
    address = f", public address {item.public_address}" if item.public_address else ""
    return Facts(f"{item.connectivity} NAT gateway in {names.full(item.subnet)}{address}", (), settings)


def _vpn_gateway(item: VpnGateway, names: Names) -> Facts:
    return Facts("virtual private gateway", tuple(f"attached to {names.full(vpc)}" for vpc in item.vpcs))


def _peering(item: VpcPeering, names: Names) -> Facts:
    ends = f"{names.full(item.requester)} and {names.full(item.accepter)}"
    return Facts(f"VPC peering connection of {ends}", (), {"status": item.status})


def _endpoint(item: VpcEndpoint, names: Names) -> Facts:
    places = [f"in {names.full(subnet)}" for subnet in item.subnets]
    groups = [f"in security group {names.full(group)}" for group in item.groups]
    settings = {"state": item.state, "private DNS": _switch(item.private_dns), "policy": item.policy}
    inbound = {"private DNS only for inbound resolvers": _switch(item.private_dns_inbound_only)}
    return Facts(endpoint_label(item), (*places, *groups), {**settings, **inbound})


def _prefix_list(item: PrefixList, _: Names) -> Facts:
    return Facts("prefix list", tuple(map(str, item.cidrs)))


def _on_premises(item: OnPremises, _: Names) -> Facts:
    settings = {
        "internet exit": _switch(item.internet_exit),
        "public virtual interface": _switch(item.public_vif),
    }
    return Facts("data centre", tuple(f"announces {prefix}" for prefix in item.prefixes), settings)


_READERS: Mapping[type, Callable[[Any, Names], Facts]] = {
    Vpc: _vpc,
    Subnet: _subnet,
    RouteTable: _route_table,
    NetworkInterface: _interface,
    SecurityGroup: _security_group,
    NetworkAcl: _network_acl,
    InternetGateway: _internet_gateway,
    NatGateway: _nat_gateway,
    VpnGateway: _vpn_gateway,
    VpcPeering: _peering,
    VpcEndpoint: _endpoint,
    PrefixList: _prefix_list,
    OnPremises: _on_premises,
}
