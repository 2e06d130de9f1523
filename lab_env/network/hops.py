"""How a step of the journey is told: the rule in AWS's notation, the reason in one plain sentence."""

from __future__ import annotations

from lab_env.network.filters import AclVerdict
from lab_env.network.flow import Hop, Verdict
from lab_env.network.lookups import aws_range, prefix_list, service_label, service_title
from lab_env.network.model import (
    Address,
    Network,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
)
from lab_env.network.packet import Packet, protocol_name
from lab_env.network.routes import RouteDecision

FINAL_ENTRY = 32767


def group_hop(
    network: Network,
    interface: NetworkInterface,
    packet: Packet,
    found: tuple[SecurityGroup, SecurityGroupRule] | None,
    *,
    egress: bool,
) -> Hop:
    """What the security groups of an interface did with a packet that opens a connection."""
    groups = " ".join(interface.groups) or "no security group"
    ends = f"out to {packet.receiver}" if egress else f"in from {packet.sender}"
    if found is None:
        way = "egress" if egress else "ingress"
        why = f"No {way} rule of {groups} on {interface.id} lets {packet.service} {ends}."
        if not interface.groups:
            why = f"{interface.id} has no security group, and so nothing is let {ends}."
        return Hop(
            groups, "security-group", Verdict.DENIED, f"no matching {way} rule", why, "ENI_SG_RULES_MISMATCH",
            interface.subnet,
        )  # fmt: skip
    group, rule = found
    why = f"{group.id} on {interface.id} lets {packet.service} {ends}; the answer is let through by tracking."
    text = group_rule(network, interface.vpc, rule, egress=egress)
    return Hop(groups, "security-group", Verdict.ALLOWED, text, why, "", interface.subnet)


def group_rule(network: Network, vpc: str, rule: SecurityGroupRule, *, egress: bool) -> str:
    """A security group's rule: ``egress tcp 443 → 0.0.0.0/0``, ``ingress all ← sg-…``."""
    peer = str(rule.peer)
    if peer.startswith("pl-"):
        peer = _list_name(network, peer, vpc)
    served = _ports_text(protocol_name(rule.protocol), rule.from_port, rule.to_port)
    default = " (default)" if egress and served == "all" and peer in {"0.0.0.0/0", "::/0"} else ""
    return f"egress {served} → {peer}{default}" if egress else f"ingress {served} ← {peer}"


def acl_hop(
    acl: NetworkAcl,
    subnet: str,
    packet: Packet,
    verdict: AclVerdict,
    *,
    egress: bool,
    answer: bool,
) -> Hop:
    """What a network ACL did with a packet that left (``egress``) or entered its subnet."""
    what = f"the answer ({packet.service})" if answer else packet.service
    way = "out of" if egress else "into"
    remote = f"to {packet.receiver}" if egress else f"from {packet.sender}"
    rule = ", ".join(entry_rule(entry, egress=egress) for entry in verdict.entries) or "rule * deny"
    named, s = _entry_names(verdict.entries)
    if verdict.allow:
        why = f"{named.capitalize()} of {acl.id} let{s} {what} {remote} {way} {subnet}."
        return Hop(acl.id, "network-acl", Verdict.ALLOWED, rule, why, "", subnet)
    if verdict.partial:
        why = (
            f"{acl.id} lets only part of the ephemeral range {packet.ports[0]}-{packet.ports[1]} {way} {subnet} "
            f"{remote} ({named} refuse{s} the rest), so {what} may be lost."
        )
    else:
        why = f"{named.capitalize()} of {acl.id} refuse{s} {what} {remote} {way} {subnet}."
    return Hop(acl.id, "network-acl", Verdict.DENIED, rule, why, "SUBNET_ACL_RESTRICTION", subnet)


def entry_rule(entry: NetworkAclEntry, *, egress: bool) -> str:
    """A network ACL's rule: ``rule 100 allow``, ``rule 110 allow tcp 1024-65535 ← 0.0.0.0/0``, ``rule * deny``."""
    number = "*" if entry.number == FINAL_ENTRY else str(entry.number)
    start = f"rule {number} {'allow' if entry.allow else 'deny'}"
    served = _ports_text(protocol_name(entry.protocol), entry.from_port, entry.to_port)
    if served == "all" and entry.cidr.prefixlen == 0:
        return start
    return f"{start} {served} {'→' if egress else '←'} {entry.cidr}"


def route_hop(
    network: Network, table: RouteTable, subnet: str, packet: Packet, decision: RouteDecision
) -> Hop:
    """What a route table did with a packet."""
    destination = packet.destination
    if decision.route is None:
        why = _no_route(network, table, destination)
        return Hop(
            table.id,
            "route-table",
            Verdict.NO_ROUTE,
            "no matching route",
            why,
            "NO_ROUTE_TO_DESTINATION",
            subnet,
        )
    rule = route_rule(network, table, decision.route)
    if decision.route.state == "blackhole":
        why = (
            f"{rule} matches {destination}, but its target is gone: a blackhole route drops what it matches."
        )
        return Hop(
            table.id, "route-table", Verdict.DROPPED, f"{rule} (blackhole)", why, "BAD_STATE_ROUTE", subnet
        )
    return Hop(
        table.id,
        "route-table",
        Verdict.FORWARDED,
        rule,
        _chosen(network, table, decision.route, packet, decision),
        "",
        subnet,
    )


def route_rule(network: Network, table: RouteTable, route: Route) -> str:
    """A route: ``10.20.0.0/16 → local``, ``pl-… (S3) → vpce-…``."""
    listed = isinstance(route.destination, str)
    destination = _list_name(network, str(route.destination), table.vpc) if listed else str(route.destination)
    return f"{destination} → {route.target}"


def _chosen(
    network: Network, table: RouteTable, route: Route, packet: Packet, decision: RouteDecision
) -> str:
    where = f"{decision.cidr}"
    if isinstance(route.destination, str):
        where += f" of {_list_name(network, route.destination, table.vpc)}"
    if len(decision.candidates) == 1:
        return f"{where} is the only match for {packet.receiver}: to {route.target}."
    other, cidr = decision.candidates[1]
    longer = decision.cidr is not None and decision.cidr.prefixlen > cidr.prefixlen
    reason = "is a longer match than" if longer else "wins by priority over"
    return f"{where} {reason} {route_rule(network, table, other)} for {packet.receiver}: to {route.target}."


def _no_route(network: Network, table: RouteTable, destination: Address) -> str:
    owner = aws_range(network, destination)
    for route in table.routes:
        item = (
            prefix_list(network, route.destination, table.vpc) if isinstance(route.destination, str) else None
        )
        if (
            owner
            and item
            and item.name.endswith(f".{owner.service}")
            and item.region not in {"", owner.region}
        ):
            return (
                f"{owner.region}'s {service_title(owner.service)} addresses are not in {item.id} ({item.region} only), "
                f"and {table.id} has no other route to {destination}."
            )
    held = ", ".join(route_rule(network, table, route) for route in table.routes[:4])
    more = "" if len(table.routes) <= 4 else f" and {len(table.routes) - 4} more"
    return f"No route of {table.id} matches {destination}: it holds {held or 'none'}{more}."


def _list_name(network: Network, list_id: str, vpc: str) -> str:
    label = service_label(prefix_list(network, list_id, vpc))
    return f"{list_id} ({label})" if label else list_id


def _entry_names(entries: tuple[NetworkAclEntry, ...]) -> tuple[str, str]:
    """The entries as a sentence's subject, and the ending of its verb."""
    numbers = ["*" if entry.number == FINAL_ENTRY else str(entry.number) for entry in entries] or ["*"]
    if len(numbers) == 1:
        return f"rule {numbers[0]}", "s"
    return f"rules {', '.join(numbers[:-1])} and {numbers[-1]}", ""


def _ports_text(protocol: str, low: int | None, high: int | None) -> str:
    if protocol == "-1":
        return "all"
    if protocol.startswith("icmp"):
        kind = "all" if low in {None, -1} else f"type {low}"
        return f"{protocol} {kind}" if high in {None, -1} else f"{protocol} {kind} code {high}"
    if protocol not in {"tcp", "udp"}:
        return f"protocol {protocol}"
    if low in {None, -1} or (low, high) == (0, 65535):
        return f"{protocol} all"
    return f"{protocol} {low}" if low == high else f"{protocol} {low}-{high}"
