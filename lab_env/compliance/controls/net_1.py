"""NET-1: no route for public addresses other than to a gateway endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network

from lab_env.compliance.changes import remove_route
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.wording import label
from lab_env.errors import IncompleteSnapshot
from lab_env.network.lookups import prefix_list, route_table
from lab_env.network.model import Cidr, Network, Route, RouteTable

ID = "NET-1"

# Everything that the internet does not route. IPv6 is the other way round: only 2000::/3 is routed.
_NOT_PUBLIC = tuple(
    IPv4Network(cidr)
    for cidr in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each route that leads public addresses out, or one for the table that has none."""
    for site in state.sites:
        table = route_table(state.network, site.subnet)
        open_routes = [route for route in table.routes if leads_out(state.network, table, route)]
        if not open_routes:
            yield _holds(state.network, site.subnet, table)
        for route in open_routes:
            yield _fails(state.network, site.subnet, table, route)


def leads_out(network: Network, table: RouteTable, route: Route) -> bool:
    """Whether a route takes public addresses anywhere but to a gateway endpoint. A blackhole is a way out at rest."""
    if route.target == "local" or _is_gateway_endpoint(network, route.target):
        return False
    return any(map(has_public_addresses, _cidrs(network, table, route)))


def has_public_addresses(cidr: Cidr) -> bool:
    """Whether a block holds an address that the internet routes."""
    if isinstance(cidr, IPv6Network):
        return cidr.overlaps(_PUBLIC_6)
    return not any(cidr.subnet_of(block) for block in _NOT_PUBLIC)


def _is_gateway_endpoint(network: Network, target: str) -> bool:
    if not target.startswith("vpce-"):
        return False
    endpoint = network.endpoint.get(target)
    return endpoint is not None and endpoint.kind == "Gateway"


def _cidrs(network: Network, table: RouteTable, route: Route) -> Iterable[Cidr]:
    if not isinstance(route.destination, str):
        return (route.destination,)
    found = prefix_list(network, route.destination, table.vpc)
    if found is None:
        raise IncompleteSnapshot(
            f"{table.id} names this prefix list, and its CIDR blocks are not known.",
            where=route.destination,
            do="Add the answer of get-managed-prefix-list-entries to the snapshot.",
        )
    return found.cidrs


def _holds(network: Network, subnet: str, table: RouteTable) -> Finding:
    sentence = f"{label(network, table.id)} leads no public address out of {label(network, subnet)}."
    seen = f"{len(table.routes)} routes, none for public addresses other than to a gateway endpoint"
    return Finding(ID, Status.HOLDS, subnet, sentence, evidence=(Evidence(table.id, seen),))


def _fails(network: Network, subnet: str, table: RouteTable, route: Route) -> Finding:
    rule = f"{route.destination} → {route.target}"
    state = f" ({route.state})" if route.state != "active" else ""
    sentence = (
        f"{label(network, table.id)} sends public addresses from {label(network, subnet)} to {route.target}: "
        f"{rule}{state}."
    )
    evidence = (Evidence(table.id, f"{rule}{state}"),)
    return Finding(ID, Status.DOES_NOT_HOLD, subnet, sentence, remove_route(table, route), evidence)


CONTROL = Control(
    id=ID,
    title="no route for public addresses other than to a gateway endpoint",
    question="Does any route lead from where training jobs run to public addresses, except to a gateway endpoint?",
    citations=("HIPAA 164.312(a)(1)", "HIPAA 164.312(e)(1)", "GDPR Article 32(1)"),
    aws_config=("NO_UNRESTRICTED_ROUTE_TO_IGW",),
    security_hub=(),
    prowler=(),
    judge=judge,
)
