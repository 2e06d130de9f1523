"""Prefix lists: what was described, and AWS's own ones from the public ranges where it was not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lab_env.network.model import Cidr, Network, PrefixList
from lab_env.snapshot.internet import aws_ranges, prefix_list_id, regions
from lab_env.snapshot.record import Record

_SERVICES = ("s3", "dynamodb")


def prefix_lists(
    records: Iterable[Record], entries: Mapping[str, Sequence[Mapping[str, Any]]], network: Network
) -> tuple[PrefixList, ...]:
    """The prefix lists of one Region whose CIDR blocks are known.

    Args:
        records: items of ``DescribePrefixLists`` (AWS's lists, with their blocks) and ``DescribeManagedPrefixLists``.
        entries: per list id, the items of ``GetManagedPrefixListEntries``.
        network: the rest of the Region: names lists by their routes and rules.

    An AWS list without blocks takes the service's public ranges (``aws_ranges.toml``) when its name, its endpoint or
    its well-known id tells the service. A customer's list without entries is left out: a trace that needs it says so.
    """
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    cidrs: dict[str, tuple[Cidr, ...]] = {}
    for item in records:
        identifier = item.text("PrefixListId")
        names[identifier] = item.text("PrefixListName", "") or names.get(identifier, "")
        owners[identifier] = item.text("OwnerId", "") or owners.get(identifier, "")
        if "Cidrs" in item:
            cidrs[identifier] = tuple(_cidr(item, text) for text in item.texts("Cidrs"))
    for identifier, items in entries.items():
        blocks = (Record(one, f"{identifier}.Entries[{number}]") for number, one in enumerate(items))
        cidrs[identifier] = tuple(block.cidr("Cidr") for block in blocks)
    wanted = [*names, *sorted((set(cidrs) | _referenced(network)) - set(names))]
    made = (_made(one, names.get(one, ""), owners.get(one, ""), cidrs.get(one), network) for one in wanted)
    return tuple(item for item in made if item is not None)


def _referenced(network: Network) -> set[str]:
    """Ids of the prefix lists that routes and security group rules of a network name."""
    routes = (route.destination for table in network.route_tables for route in table.routes)
    rules = (rule.peer for group in network.security_groups for rule in (*group.ingress, *group.egress))
    return {name for name in (*routes, *rules) if isinstance(name, str) and name.startswith("pl-")}


def _made(
    identifier: str, name: str, owner: str, cidrs: tuple[Cidr, ...] | None, network: Network
) -> PrefixList | None:
    region = network.region
    if cidrs is None:
        service = _service(identifier, name, network)
        if service is None or region not in regions():
            return None
        name, cidrs = name or f"com.amazonaws.{region}.{service}", aws_ranges(service, region)
    owner = owner or ("AWS" if name.startswith("com.amazonaws.") else "")
    return PrefixList(identifier, name, cidrs, region, owner)


def _service(identifier: str, name: str, network: Network) -> str | None:
    """The service whose public ranges a list without blocks stands for, if that can be told."""
    endpoints = (
        network.endpoint[route.target].service
        for table in network.route_tables
        for route in table.routes
        if route.destination == identifier and route.target in network.endpoint
    )
    for full in (name, *endpoints):
        if full.removeprefix(f"com.amazonaws.{network.region}.") in _SERVICES:
            return full.rpartition(".")[2]
    if network.region not in regions():
        return None
    return next((one for one in _SERVICES if prefix_list_id(one, network.region) == identifier), None)


def _cidr(item: Record, text: str) -> Cidr:
    return Record({"Cidr": text}, item.fault("Cidrs", "").where).cidr("Cidr")
