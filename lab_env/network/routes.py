"""Which route of a table a packet takes.

*How route priority works* (VPC user guide): the longest prefix wins, whatever the route's kind; between equal prefixes
a static route beats a prefix-list route, and that a propagated one. *Route tables and AWS Site-to-Site VPN route
priority*: the local route is preferred to a propagated one even where that is more specific. A blackhole route still
matches. Of two prefix lists that hold the same CIDR AWS picks one and stays with it; here it is the one with the lower
id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab_env.errors import IncompleteSnapshot
from lab_env.network.lookups import derived, prefix_list
from lab_env.network.model import Address, Cidr, Network, Route, RouteTable
from lab_env.network.prefixes import CidrMap

PROPAGATED = "EnableVgwRoutePropagation"
_STATIC, _LISTED, _LEARNED = range(3)


@dataclass(frozen=True, slots=True)
class RouteDecision:
    """The route that a table chose for an address.

    Attributes:
        route: the winner; ``None`` when nothing matches.
        cidr: the CIDR by which it matched (for a prefix-list route, the list's).
        candidates: every route that matched, with its CIDR, best first.
    """

    route: Route | None
    cidr: Cidr | None
    candidates: tuple[tuple[Route, Cidr], ...]


def decide(table: RouteTable, destination: Address, network: Network) -> RouteDecision:
    """The route that ``table`` chooses for ``destination``.

    Args:
        table: the route table.
        destination: the packet's destination; only routes of its IP version are looked at.
        network: the network that holds the prefix lists which the table names.

    Raises:
        IncompleteSnapshot: the table names a prefix list that the network does not hold, and it could decide.
    """
    compiled = derived(network, ("routes", table.id), lambda: _compile(table, network))
    found = [(route, cidr) for cidr, route in compiled.routes.matches(destination)]
    if compiled.learns and any(route.target == "local" for route, _ in found):
        found.sort(key=lambda match: match[0].origin == PROPAGATED)
    local = bool(found) and found[0][0].target == "local"
    if compiled.unknown and not local:
        raise IncompleteSnapshot(
            f"the CIDRs of {compiled.unknown[0]}, which this table names, are not known.",
            where=table.id,
            do="Add the answer of describe-prefix-lists or get-managed-prefix-list-entries to the snapshot.",
        )
    best, cidr = found[0] if found else (None, None)
    return RouteDecision(best, cidr, tuple(found))


@dataclass(frozen=True, slots=True)
class _Compiled:
    routes: CidrMap[Route]
    unknown: tuple[str, ...]
    learns: bool


def _compile(table: RouteTable, network: Network) -> _Compiled:
    unknown: list[str] = []

    def expand() -> Iterator[tuple[Cidr, Route]]:
        for route in sorted(table.routes, key=_rank):
            if not isinstance(route.destination, str):
                yield route.destination, route
            elif item := prefix_list(network, route.destination, table.vpc):
                yield from ((cidr, route) for cidr in item.cidrs)
            else:
                unknown.append(route.destination)

    routes = CidrMap(expand())
    return _Compiled(routes, tuple(unknown), any(route.origin == PROPAGATED for route in table.routes))


def _rank(route: Route) -> tuple[int, str, str]:
    if isinstance(route.destination, str):
        return _LISTED, route.destination, route.target
    return (_LEARNED if route.origin == PROPAGATED else _STATIC), "", route.target
