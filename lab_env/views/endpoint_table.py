"""The VPC endpoints that stand, side by side: what each is made of, who reaches it and by which name, what it costs.

Every cell is computed: who reaches an endpoint by a trace for each name, the sums by `lab_env.costs`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lab_env.costs import Usage, month
from lab_env.network import Flow, Network, Source, Trace, trace
from lab_env.network.model import VpcEndpoint
from lab_env.views.names import service_name
from lab_env.views.table import Table

USUAL, OWN, NEVER = "by its usual name", "by the endpoint's", "no"


def endpoint_table(network: Network, places: Mapping[str, Source], gigabytes: int = 1000) -> Table:
    """One row for each endpoint, gateways first.

    Args:
        network: the network as it stands.
        places: where calls come from, each with the words for its column.
        gigabytes: what passes through each endpoint in the month of the last column, in GB.
    """
    columns = (
        "endpoint",
        "stands as",
        *(f"from {words}" for words in places),
        "a month, USD",
        f"{gigabytes:,} GB, USD",
    )
    order = sorted(network.endpoints, key=lambda item: (item.kind != "Gateway", item.service))
    rows = tuple(_row(network, endpoint, places, gigabytes) for endpoint in order)
    return Table(columns, rows, "VPC endpoints: what stands, who reaches the service through it")


def _row(
    network: Network, endpoint: VpcEndpoint, places: Mapping[str, Source], gigabytes: int
) -> tuple[str, ...]:
    found = {words: _reached(network, endpoint, source) for words, source in places.items()}
    way = next((way for _, way in found.values() if way is not None), None)
    alone = Network(region=network.region, endpoints=(endpoint,))
    by_the_hour = month(alone, None, 0).usd
    in_all = month(alone, way, Usage(gigabytes)).usd
    return (
        f"{endpoint.kind.lower()}, {service_name(endpoint.service)}",
        _substance(endpoint),
        *(told for told, _ in found.values()),
        f"{by_the_hour:,.2f}",
        f"{in_all - by_the_hour:,.2f}" if way is not None else "",
    )


def _substance(endpoint: VpcEndpoint) -> str:
    if endpoint.kind == "Gateway":
        return _count(len(endpoint.route_tables), "route")
    return f"{_count(len(endpoint.interfaces), 'interface')}, {_count(len(endpoint.groups), 'group')}"


def _reached(network: Network, endpoint: VpcEndpoint, source: Source) -> tuple[str, Trace | None]:
    """By which name a place gets to the service through this endpoint, and the way; no way when it does not."""
    own = [name.replace("*", "bucket", 1) for name in endpoint.dns_names[:1]]
    for told, name in ((USUAL, usual_name(endpoint)), *((OWN, name) for name in own)):
        way = trace(network, Flow(source, name))
        if way.reached and way.endpoint == endpoint.id:
            return told, way
    return NEVER, None


def usual_name(endpoint: VpcEndpoint) -> str:
    """The service's ordinary host name: ``api.ecr.us-east-1.amazonaws.com`` for ``com.amazonaws.us-east-1.ecr.api``."""
    _, _, region, service = endpoint.service.split(".", 3)
    return f"{'.'.join(reversed(service.split('.')))}.{region}.amazonaws.com"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
