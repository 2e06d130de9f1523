"""What if a rule were not there, or one more were? The same network with some of its rules turned, as a new value.

Nothing is created anywhere: a `Network` is a value, and so is what comes of a question about it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from ipaddress import ip_network
from typing import TypeVar

from lab_env.network.model import (
    Network,
    NetworkAcl,
    NetworkAclEntry,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    VpcEndpoint,
)

Item = TypeVar("Item", RouteTable, SecurityGroup, NetworkAcl, VpcEndpoint)

ANYWHERE = ip_network("0.0.0.0/0")
# The final deny of a network ACL, which nobody can take out.
_LAST_ENTRY = 32767


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that stands and could be taken out, or does not stand and could be added, by one call of EC2's.

    Attributes:
        holder: the id of the route table, security group or network ACL.
        item: the route, the rule of the group, the entry of the ACL; or the gateway endpoint that is associated with
            the route table, and with that has its route there.
        direction: ``ingress`` or ``egress`` of a security group's rule, else empty.
        stands: whether it is there now.
    """

    holder: str
    item: Route | SecurityGroupRule | NetworkAclEntry | VpcEndpoint
    direction: str = ""
    stands: bool = True


def rules(network: Network, holders: Collection[str]) -> tuple[Rule, ...]:
    """The rules that certain route tables, security groups and network ACLs hold, or could hold.

    Left out is what AWS lets nobody take out: a ``local`` route, an ACL's last entry. What could be added leads to what
    stands already: a gateway endpoint of the VPC, a default route to a gateway of it.

    Args:
        network: the network.
        holders: ids; ids of anything else are passed over.
    """
    tables = (table for table in network.route_tables if table.id in holders)
    groups = (group for group in network.security_groups if group.id in holders)
    acls = (acl for acl in network.network_acls if acl.id in holders)
    return (
        *(rule for table in tables for rule in _of_table(network, table)),
        *(rule for group in groups for rule in _of_group(group)),
        *(rule for acl in acls for rule in _of_acl(acl)),
    )


def turned(network: Network, changes: Iterable[Rule]) -> Network:
    """The same network without those of the rules that stand, and with those that do not."""
    return reduce(_turn, changes, network)


def _of_table(network: Network, table: RouteTable) -> Iterator[Rule]:
    doors = {e.id: e for e in network.endpoints_of[table.vpc] if e.kind == "Gateway"}
    served = {door.service for door in doors.values() if table.id in door.route_tables}
    for endpoint in doors.values():
        stands = table.id in endpoint.route_tables
        # A table takes one gateway endpoint of a service (EC2: RouteAlreadyExists).
        if stands or endpoint.service not in served:
            yield Rule(table.id, endpoint, stands=stands)
    for route in table.routes:
        if route.target != "local" and route.target not in doors:
            yield Rule(table.id, route)
    if not any(route.destination == ANYWHERE for route in table.routes):
        for gateway in _ways_out(network, table.vpc):
            yield Rule(table.id, Route(ANYWHERE, gateway), stands=False)


def _ways_out(network: Network, vpc: str) -> Iterator[str]:
    yield from (g.id for g in network.internet_gateways if vpc in g.vpcs and not g.egress_only)
    yield from (nat.id for nat in network.nat_gateways if nat.vpc == vpc and nat.state == "available")
    yield from (g.id for g in network.vpn_gateways if vpc in g.vpcs)


def _of_group(group: SecurityGroup) -> Iterator[Rule]:
    yield from (Rule(group.id, rule, "egress") for rule in group.egress)
    yield from (Rule(group.id, rule, "ingress") for rule in group.ingress)


def _of_acl(acl: NetworkAcl) -> Iterator[Rule]:
    shown = (entry for entry in acl.entries if entry.number != _LAST_ENTRY)
    yield from (Rule(acl.id, entry) for entry in sorted(shown, key=lambda e: (not e.egress, e.number)))


def _turn(network: Network, rule: Rule) -> Network:
    if isinstance(rule.item, VpcEndpoint):
        return _associate(network, rule, rule.item)
    if isinstance(rule.item, Route):
        return _with_routes(network, rule, rule.item)
    if isinstance(rule.item, SecurityGroupRule):
        return _in_group(network, rule)
    return replace(
        network, network_acls=_each(network.network_acls, rule.holder, lambda acl: _entry(acl, rule))
    )


def _with_routes(network: Network, rule: Rule, route: Route) -> Network:
    def change(table: RouteTable) -> RouteTable:
        others = tuple(item for item in table.routes if item != route)
        return replace(table, routes=others if rule.stands else (*others, route))

    return replace(network, route_tables=_each(network.route_tables, rule.holder, change))


def _associate(network: Network, rule: Rule, endpoint: VpcEndpoint) -> Network:
    """With the association comes the route to the service's prefix list, and with it the route goes."""
    listed = next((one.id for one in network.prefix_lists if one.name == endpoint.service), endpoint.service)

    def bound(item: VpcEndpoint) -> VpcEndpoint:
        others = tuple(table for table in item.route_tables if table != rule.holder)
        return replace(item, route_tables=others if rule.stands else (*others, rule.holder))

    def routed(table: RouteTable) -> RouteTable:
        others = tuple(item for item in table.routes if item.target != endpoint.id)
        return replace(table, routes=others if rule.stands else (*others, Route(listed, endpoint.id)))

    return replace(
        network,
        endpoints=_each(network.endpoints, endpoint.id, bound),
        route_tables=_each(network.route_tables, rule.holder, routed),
    )


def _in_group(network: Network, rule: Rule) -> Network:
    def change(group: SecurityGroup) -> SecurityGroup:
        if rule.direction == "egress":
            return replace(group, egress=tuple(item for item in group.egress if item != rule.item))
        return replace(group, ingress=tuple(item for item in group.ingress if item != rule.item))

    return replace(network, security_groups=_each(network.security_groups, rule.holder, change))


def _entry(acl: NetworkAcl, rule: Rule) -> NetworkAcl:
    return replace(acl, entries=tuple(entry for entry in acl.entries if entry != rule.item))


def _each(items: tuple[Item, ...], holder: str, change: Callable[[Item], Item]) -> tuple[Item, ...]:
    return tuple(change(item) if item.id == holder else item for item in items)
