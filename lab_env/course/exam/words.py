"""A network in words: a line builds, changes or removes one thing of a `Network` value.

``README.md`` beside this file lists the lines. The questions' worlds and options are written in them: a question is
data, and what comes of it is the tracer's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from lab_env.course.exam.words_ways import WAYS
from lab_env.course.exam.words_with import free_address, given, put, subnet_named, without
from lab_env.errors import InvalidInput, LabError
from lab_env.network.model import (
    Network,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
)
from lab_env.snapshot.internet import aws_ranges, load_internet, prefix_list_id

REGION = "us-east-1"
ACCOUNT = "123456789012"
_FINAL = 32767
_ANYWHERE = ip_network("0.0.0.0/0")
# Public addresses of EC2 in us-east-1, lent one after the other.
_FIRST_PUBLIC = ip_address("54.144.0.50")

Line = Callable[[Network, list[str]], Network]


def build(lines: Iterable[str], network: Network | None = None) -> Network:
    """The network that the lines build, from nothing or on top of another.

    Args:
        lines: one thing each.
        network: what stands already.

    Raises:
        InvalidInput: a line says nothing that can be built; it names the line.
    """
    found = network or _empty()
    for line in lines:
        verb, *words = line.split()
        if verb not in _LINES:
            raise InvalidInput("no line begins so.", where=line, do=f"There are {', '.join(sorted(_LINES))}.")
        try:
            found = _LINES[verb](found, words)
        except LabError as error:
            raise InvalidInput(error.what, where=line, do=error.do) from None
        except (ValueError, IndexError, KeyError, StopIteration) as error:
            raise InvalidInput(f"cannot be built ({type(error).__name__}: {error}).", where=line) from None
    return found


def _empty() -> Network:
    lists = tuple(
        PrefixList(
            prefix_list_id(service, REGION),
            f"com.amazonaws.{REGION}.{service}",
            aws_ranges(service, REGION),
            REGION,
        )
        for service in ("s3", "dynamodb")
    )
    return Network(region=REGION, prefix_lists=lists, internet=load_internet())


def _destination(network: Network, text: str) -> Any:
    """A CIDR, a group, or one of AWS's prefix lists: ``S3``, ``DYNAMODB``."""
    if text in {"S3", "DYNAMODB"}:
        return prefix_list_id(text.lower(), network.region)
    return text if text.startswith(("sg-", "pl-")) else ip_network(text)


def _vpc(network: Network, words: list[str]) -> Network:
    """``vpc NAME CIDR [region REGION] [account ID] [no-hostnames] [no-dns]``."""
    name, cidr, *more = words
    region, account = given(more, "region") or network.region, given(more, "account") or ACCOUNT
    made = Vpc(
        name, (ip_network(cidr),), region, account, "no-dns" not in more, "no-hostnames" not in more
    )  # fmt: skip
    if name in network.vpc:
        return put(network, "vpcs", replace(made, cidrs=network.vpc[name].cidrs))
    end = name.removeprefix("vpc-")
    network = put(network, "vpcs", made)
    network = put(network, "route_tables", RouteTable(f"rtb-main-{end}", name, (_local(cidr),), main=True))
    return put(network, "network_acls", NetworkAcl(f"acl-default-{end}", name, tuple(_open()), (), True))


def _local(cidr: str) -> Route:
    return Route(ip_network(cidr), "local", origin="CreateRouteTable")


def _open() -> Iterable[NetworkAclEntry]:
    for egress in (False, True):
        yield NetworkAclEntry(100, egress, "-1", _ANYWHERE, True)
        yield NetworkAclEntry(_FINAL, egress, "-1", _ANYWHERE, False)


def _subnet(network: Network, words: list[str]) -> Network:
    """``subnet NAME VPC CIDR ZONE``, with the VPC's default network ACL."""
    name, vpc, cidr, zone = words
    network = put(network, "subnets", Subnet(name, vpc, (ip_network(cidr),), zone))
    default = next(acl for acl in network.network_acls if acl.vpc == vpc and acl.is_default)
    return put(network, "network_acls", replace(default, subnets=(*default.subnets, name)))


def _table(network: Network, words: list[str]) -> Network:
    """``table NAME SUBNET…``: a route table of its own for these subnets."""
    name, *subnets = words
    vpc = subnet_named(network, subnets[0]).vpc
    others = tuple(
        replace(table, subnets=tuple(one for one in table.subnets if one not in subnets))
        for table in network.route_tables
    )
    network = replace(network, route_tables=others)
    if name in {table.id for table in others}:
        own = next(table for table in others if table.id == name)
        return put(network, "route_tables", replace(own, subnets=(*own.subnets, *subnets)))
    routes = tuple(_local(str(cidr)) for cidr in network.vpc[vpc].cidrs)
    return put(network, "route_tables", RouteTable(name, vpc, routes, tuple(subnets)))


def _route(network: Network, words: list[str]) -> Network:
    """``route TABLE DESTINATION TARGET [blackhole] [propagated]``; takes the place of one to the same destination."""
    name, where, target, *flags = words
    destination = _destination(network, where)
    # A NAT gateway that failed forwards nothing, and EC2 shows the route to it as a blackhole.
    failed = any(item.id == target and item.state == "failed" for item in network.nat_gateways)
    route = Route(
        destination,
        target,
        "blackhole" if failed or "blackhole" in flags else "active",
        "EnableVgwRoutePropagation" if "propagated" in flags else "CreateRoute",
    )
    table = next(item for item in network.route_tables if item.id == name)
    kept = tuple(
        item for item in table.routes if (item.destination, item.origin) != (destination, route.origin)
    )
    return put(network, "route_tables", replace(table, routes=(*kept, route)))


def _no_route(network: Network, words: list[str]) -> Network:
    """``no-route TABLE DESTINATION``."""
    name, where = words
    destination = _destination(network, where)
    table = next(item for item in network.route_tables if item.id == name)
    kept = tuple(item for item in table.routes if item.destination != destination)
    if kept == table.routes:
        raise InvalidInput("there is no such route to take away.")
    return put(network, "route_tables", replace(table, routes=kept))


def _host(network: Network, words: list[str]) -> Network:
    """``host NAME SUBNET GROUP… [at ADDRESS] [public]``: a network interface ``eni-NAME``."""
    name, subnet, *more = words
    where = subnet_named(network, subnet)
    own = ip_address(given(more, "at") or str(free_address(network, subnet)))
    lent = ((own, ip_address(int(_FIRST_PUBLIC) + len(network.interfaces))),) if "public" in more else ()
    groups = tuple(word for word in more if word.startswith("sg-"))
    return put(
        network,
        "interfaces",
        NetworkInterface(f"eni-{name}", where.vpc, subnet, (own,), groups, lent),
    )


def _group(network: Network, words: list[str]) -> Network:
    """``group NAME VPC``: a security group that lets nothing in and everything out."""
    name, vpc = words
    everything = (SecurityGroupRule("-1", None, None, _ANYWHERE),)
    return put(network, "security_groups", SecurityGroup(name, vpc, (), everything))


def _allow(network: Network, words: list[str]) -> Network:
    """``allow GROUP in|out PROTOCOL [PORTS] PEER``."""
    name, way, protocol, *rest = words
    low, high = _ports(rest)
    peer = _destination(network, rest[-1])
    rule = SecurityGroupRule("-1" if protocol == "all" else protocol, low, high, peer)
    group = network.security_group[name]
    if way == "in":
        return put(network, "security_groups", replace(group, ingress=(*group.ingress, rule)))
    return put(network, "security_groups", replace(group, egress=(*group.egress, rule)))


def _revoke(network: Network, words: list[str]) -> Network:
    """``revoke GROUP in|out``: every rule of that direction."""
    name, way = words
    emptied: dict[str, Any] = {{"in": "ingress", "out": "egress"}[way]: ()}
    return put(network, "security_groups", replace(network.security_group[name], **emptied))


def _acl(network: Network, words: list[str]) -> Network:
    """``acl NAME SUBNET…``: a custom network ACL, which refuses all, for these subnets."""
    name, *subnets = words
    vpc = subnet_named(network, subnets[0]).vpc
    others = tuple(
        replace(acl, subnets=tuple(one for one in acl.subnets if one not in subnets))
        for acl in network.network_acls
    )
    final = tuple(NetworkAclEntry(_FINAL, egress, "-1", _ANYWHERE, False) for egress in (False, True))
    return put(
        replace(network, network_acls=others), "network_acls", NetworkAcl(name, vpc, final, tuple(subnets))
    )


def _rule(network: Network, words: list[str]) -> Network:
    """``rule ACL in|out NUMBER allow|deny PROTOCOL [PORTS] CIDR``."""
    name, way, number, action, protocol, *rest = words
    low, high = _ports(rest)
    entry = NetworkAclEntry(
        int(number), way == "out", "-1" if protocol == "all" else protocol, ip_network(rest[-1]),
        action == "allow", low, high,
    )  # fmt: skip
    acl = next(item for item in network.network_acls if item.id == name)
    kept = [item for item in acl.entries if (item.number, item.egress) != (entry.number, entry.egress)]
    entries = tuple(sorted([*kept, entry], key=lambda item: (item.egress, item.number)))
    return put(network, "network_acls", replace(acl, entries=entries))


def _ports(rest: list[str]) -> tuple[int | None, int | None]:
    if len(rest) < 2:
        return None, None
    low, _, high = rest[0].partition("-")
    return int(low), int(high or low)


_LINES: dict[str, Line] = {
    "vpc": _vpc,
    "subnet": _subnet,
    "table": _table,
    "route": _route,
    "no-route": _no_route,
    "host": _host,
    "group": _group,
    "allow": _allow,
    "revoke": _revoke,
    "acl": _acl,
    "rule": _rule,
    "remove": without,
    **WAYS,
}
