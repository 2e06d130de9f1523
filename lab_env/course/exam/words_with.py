"""What the lines of a network in words share: putting a thing in its place, finding one, a free address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lab_env.errors import NotFound
from lab_env.network.model import Address, Network, Subnet

_KEPT = 4  # the addresses that AWS keeps at the start of each subnet, beside the last one


def put(network: Network, field: str, item: Any) -> Network:
    """The network with an item in the place of its namesake, or added."""
    there = getattr(network, field)
    known = [_name(one) for one in there]
    place = known.index(_name(item)) if _name(item) in known else len(known)
    change: dict[str, Any] = {field: (*there[:place], item, *there[place + 1 :])}
    return replace(network, **change)


def without(network: Network, words: list[str]) -> Network:
    """``remove ID``: the thing itself; routes that lead to it become blackholes, a gateway endpoint's go with it.

    *Route tables*: a route whose target is deleted stays, in the state ``blackhole``; the route of a gateway endpoint
    goes with the endpoint.
    """
    (name,) = words
    fields = [field for field in _FIELDS if name in {_name(item) for item in getattr(network, field)}]
    if not fields:
        raise NotFound("nothing here is called so.", where=name)
    for field in fields:
        kept: dict[str, Any] = {field: tuple(one for one in getattr(network, field) if _name(one) != name)}
        network = replace(network, **kept)
    tables = tuple(
        replace(
            table,
            routes=tuple(
                replace(route, state="blackhole") if route.target == name else route
                for route in table.routes
                if not (route.target == name and name.startswith("vpce-"))
            ),
        )
        for table in network.route_tables
    )
    own = tuple(item for item in network.interfaces if item.attached_to != name)
    return replace(network, route_tables=tables, interfaces=own)


_FIELDS = (
    "interfaces",
    "internet_gateways",
    "nat_gateways",
    "vpn_gateways",
    "peerings",
    "endpoints",
    "virtual_interfaces",
    "direct_connect_gateways",
    "on_premises",
)


def _name(item: Any) -> str:
    return str(getattr(item, "id", "") or item.name)


def given(words: Sequence[str], name: str) -> str:
    """The word after a word; empty when that is not there."""
    return words[words.index(name) + 1] if name in words else ""


def subnet_named(network: Network, name: str) -> Subnet:
    """A subnet.

    Raises:
        NotFound: there is none of that name.
    """
    if name not in network.subnet:
        raise NotFound("no such subnet.", where=name)
    return network.subnet[name]


def free_address(network: Network, subnet: str) -> Address:
    """The first address of a subnet that AWS does not keep and nobody holds."""
    where = network.subnet[subnet]
    taken = {address for item in network.interfaces for address in item.addresses}
    taken |= {item.private_address for item in network.nat_gateways if item.private_address is not None}
    hosts = (where.cidrs[0][number] for number in range(_KEPT, where.cidrs[0].num_addresses - 1))
    return next(item for item in hosts if item not in taken)
