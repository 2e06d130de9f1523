"""Which attachment a transit gateway hands a packet to.

Transit gateway guide, *How transit gateways work*: the longest prefix wins; between equal ones a static route beats one
of a prefix list, and that a propagated one. A VPC's attachment propagates the VPC's own CIDR blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab_env.errors import IncompleteSnapshot, NotModelled
from lab_env.network.lookups import derived
from lab_env.network.model import (
    Address,
    Cidr,
    Network,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
)
from lab_env.network.prefixes import CidrMap

_STATIC, _LISTED, _LEARNED = range(3)


@dataclass(frozen=True, slots=True)
class _Compiled:
    routes: CidrMap[TransitGatewayRoute]
    unknown: tuple[str, ...]
    untold: tuple[TransitGatewayAttachment, ...]


def decide_transit(
    network: Network, table: TransitGatewayRouteTable, destination: Address
) -> tuple[TransitGatewayRoute, Cidr] | None:
    """The route that a transit gateway's table chooses, and the CIDR by which it matched; ``None`` when none matches.

    Raises:
        IncompleteSnapshot: the table's routes, its propagations or a prefix list that it names were not exported.
        NotModelled: nothing matches, and the table learns routes from a VPN connection or Direct Connect gateway that
            no answer tells.
    """
    compiled = derived(network, ("transit routes", table.id), lambda: _compile(network, table))
    found = compiled.routes.matches(destination)
    if found:
        cidr, route = found[0]
        return route, cidr
    if compiled.unknown:
        raise IncompleteSnapshot(
            f"the CIDRs of {compiled.unknown[0]}, which this table names, are not known.",
            where=table.id,
            do="Add the answer of get-managed-prefix-list-entries to the snapshot.",
        )
    if compiled.untold:
        attachment = compiled.untold[0]
        raise NotModelled(f"the routes learnt from {attachment.kind} {attachment.resource}.", where=table.id)
    return None


def _compile(network: Network, table: TransitGatewayRouteTable) -> _Compiled:
    told, learns = table.routes, table.propagations
    if told is None or learns is None:
        call = (
            "search-transit-gateway-routes"
            if told is None
            else "get-transit-gateway-route-table-propagations"
        )
        raise IncompleteSnapshot(
            "the routes of this transit gateway route table are not known.",
            where=table.id,
            do=f"Add the answer of {call} to the snapshot, in a file named after the table.",
        )
    unknown: list[str] = []
    untold: list[TransitGatewayAttachment] = []

    def expand() -> Iterator[tuple[Cidr, TransitGatewayRoute]]:
        # A route that the answer of a search tells is the same one that the propagation stands for.
        for route in sorted((*told, *_learnt(network, table, learns, untold)), key=_rank):
            if not isinstance(route.destination, str):
                yield route.destination, route
            elif item := network.prefix_list.get(route.destination):
                yield from ((cidr, route) for cidr in item.cidrs)
            else:
                unknown.append(route.destination)

    routes = CidrMap(expand())
    return _Compiled(routes, tuple(unknown), tuple(untold))


def _learnt(
    network: Network,
    table: TransitGatewayRouteTable,
    learns: tuple[str, ...],
    untold: list[TransitGatewayAttachment],
) -> Iterator[TransitGatewayRoute]:
    told = {route.attachment for route in table.routes or () if route.kind == "propagated"}
    for name in learns:
        attachment = network.transit_gateway_attachment.get((table.gateway, name))
        if attachment is None:
            raise IncompleteSnapshot(
                "this table learns routes from it, and it is not known.",
                where=name,
                do="Add the answer of describe-transit-gateway-attachments to the snapshot.",
            )
        if attachment.kind != "vpc":
            if name not in told:
                untold.append(attachment)
        elif attachment.state == "available":
            vpc = network.vpc.get(attachment.resource)
            if vpc is None and name not in told:
                raise IncompleteSnapshot(
                    "the CIDR blocks of this VPC, from which a transit gateway learns, are not known.",
                    where=attachment.resource,
                    do="Export its account and Region too.",
                )
            cidrs = () if vpc is None else vpc.cidrs
            yield from (TransitGatewayRoute(cidr, name, kind="propagated") for cidr in cidrs)


def _rank(route: TransitGatewayRoute) -> tuple[int, str, str]:
    if isinstance(route.destination, str):
        return _LISTED, route.destination, route.attachment
    return (_LEARNED if route.kind == "propagated" else _STATIC), "", route.attachment
