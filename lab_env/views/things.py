"""How each resource stands in a picture: its title, what is said under it, and its icon's kind."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lab_env.network.model import (
    InternetGateway,
    NatGateway,
    NetworkInterface,
    OnPremises,
    Route,
    RouteTable,
    VpcEndpoint,
    VpcPeering,
    VpnGateway,
)
from lab_env.views.names import Names, service_name
from lab_env.views.scene import Node, RouteRow

INTERNET = Node("internet", "internet", "the internet", "everybody else")
_JOB = re.compile(r"ENI for SageMaker training job (\S+)")
_ID_DIGITS = 8
_SHOWN_ADDRESSES = 2


def short_id(identifier: str) -> str:
    """``vpce-0e1d2c3b…``: enough of an id to know it again; short ids and ``local`` stay whole."""
    prefix, _, digits = identifier.partition("-")
    return f"{prefix}-{digits[:_ID_DIGITS]}…" if len(digits) > _ID_DIGITS + 1 else identifier


def _titled(name: str, kind: str, identifier: str) -> tuple[str, str]:
    return (name, f"{kind} {short_id(identifier)}") if name else (kind, identifier)


def table_node(table: RouteTable, names: Names) -> Node:
    """A route table with its routes."""
    kind = "main route table" if table.main else "route table"
    rows = tuple(_row(route, names) for route in table.routes)
    return Node(table.id, "route-table", *_titled(table.name, kind, table.id), rows)


def _row(route: Route, names: Names) -> RouteRow:
    destination = names.destination(route.destination)
    if route.state == "blackhole":
        return RouteRow(destination, f"{short_id(route.target)} (blackhole)", route.target, lost=True)
    return RouteRow(destination, short_id(route.target), "" if route.target == "local" else route.target)


def gateway_node(gateway: InternetGateway) -> Node:
    """An internet gateway, or an egress-only one."""
    kind = "egress-only internet gateway" if gateway.egress_only else "internet gateway"
    return Node(gateway.id, "internet-gateway", *_titled(gateway.name, kind, gateway.id))


def private_gateway_node(gateway: VpnGateway) -> Node:
    """A virtual private gateway."""
    return Node(
        gateway.id, "virtual-private-gateway", *_titled(gateway.name, "virtual private gateway", gateway.id)
    )


def nat_node(nat: NatGateway) -> Node:
    """A NAT gateway with the address it sends from."""
    kind = "private NAT gateway" if nat.connectivity == "private" else "NAT gateway"
    address = nat.public_address or nat.private_address
    detail = f"{kind} {address or short_id(nat.id)}"
    return Node(
        nat.id,
        "nat-gateway",
        nat.name or nat.id,
        detail,
        (),
        (nat.interface,),
        _unless("available", nat.state),
    )


def gateway_endpoint_node(endpoint: VpcEndpoint) -> Node:
    """A gateway endpoint, which stands in no subnet."""
    titled = _titled(endpoint.name, "gateway endpoint", endpoint.id)
    return Node(endpoint.id, "gateway-endpoint", *titled, (), (), _unless("available", endpoint.state))


def interface_endpoint_node(endpoint: VpcEndpoint, interface: NetworkInterface) -> Node:
    """An interface endpoint where it stands in one subnet."""
    title = endpoint.name or f"{service_name(endpoint.service)} interface endpoint"
    detail = f"{interface.address} {short_id(endpoint.id)}"
    state = _unless("available", endpoint.state)
    return Node(interface.id, "interface-endpoint", title, detail, (), (endpoint.id,), state)


def peering_node(peering: VpcPeering) -> Node:
    """A VPC peering connection."""
    titled = _titled(peering.name, "VPC peering", peering.id)
    return Node(peering.id, "peering", *titled, (), (), _unless("active", peering.status))


def site_node(site: OnPremises) -> Node:
    """A data centre with the prefixes it announces."""
    return Node(site.name, "on-premises", site.name, ", ".join(map(str, site.prefixes)))


def service_node(service: str, region: str) -> Node:
    """An AWS service of a Region, outside every VPC; traces name it ``s3.us-east-1``."""
    title = f"Amazon {service_name(service)}" if service in {"s3", "dynamodb"} else service_name(service)
    return Node(f"{service}.{region}", "s3" if service == "s3" else "aws-service", title, region)


def endpoint_service(endpoint: VpcEndpoint) -> Node:
    """The service that an endpoint leads to."""
    region, _, service = endpoint.service.partition("amazonaws.")[2].partition(".")
    return service_node(service, endpoint.service_region or region)


def owner(interface: NetworkInterface) -> tuple[str, str]:
    """Whose an interface is: the kind of its icon, and a name. Interfaces of one owner are drawn as one."""
    job = _JOB.search(interface.description)
    if job:
        return "training-job", job[1]
    if interface.attached_to.startswith("i-"):
        return "instance", interface.attached_to
    return "interface", interface.description or interface.id


def host_title(interface: NetworkInterface) -> str:
    """One interface in a line: ``training job meridian-readmission, 10.20.1.4 (eni-…)``."""
    kind, title = owner(interface)
    words = {"training-job": "training job ", "instance": "instance "}.get(kind, "")
    return f"{words}{title}, {interface.address} ({short_id(interface.id)})"


def host_node(interfaces: Sequence[NetworkInterface]) -> Node:
    """The interfaces of one owner in one subnet."""
    first, *others = interfaces
    kind, title = owner(first)
    addresses = ", ".join(str(item.address) for item in interfaces[:_SHOWN_ADDRESSES])
    more = f" and {len(interfaces) - _SHOWN_ADDRESSES} more" if len(interfaces) > _SHOWN_ADDRESSES else ""
    public = first.public_address()
    words = {"training-job": "training job ", "instance": "instance "}.get(kind, "")
    detail = f"{words}{addresses}{more}" + (f" → {public}" if public else "")
    return Node(first.id, kind, title, detail, (), tuple(item.id for item in others))


def crowd_node(subnet: str, interfaces: Sequence[NetworkInterface]) -> Node:
    """Interfaces of many owners, drawn as one."""
    ids = tuple(interface.id for interface in interfaces)
    return Node(f"{subnet} crowd", "interface", f"{len(ids)} more network interfaces", "", (), ids)


def empty_node(place: str, missing: str = "no network interface") -> Node:
    """What stands in a subnet, or in a VPC, where nothing does: words for what is missing."""
    return Node(f"{place} empty", "nothing", missing)


def _unless(usual: str, state: str) -> str:
    return "" if state == usual else state
