"""From a network to a scene: which boxes, nodes and links a picture of it has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from lab_env.network.model import Network, NetworkInterface, Route, RouteTable, Subnet, Vpc, VpcEndpoint
from lab_env.views.names import Names, service_name
from lab_env.views.scene import Box, Link, Node, RouteRow, Scene

INTERNET = "internet"
_JOB = re.compile(r"ENI for SageMaker training job (\S+)")
_SHOWN_GROUPS = 4


class Survey:
    """Reads one network for one picture.

    Args:
        network: what exists.
        vpcs: ids of the VPCs to show.
        keep: ids of interfaces that must stand alone even where many are drawn as one.
    """

    def __init__(self, network: Network, vpcs: Collection[str], keep: Collection[str] = ()) -> None:
        self._network = network
        self._names = Names(network)
        self._vpcs = [vpc for vpc in network.vpcs if vpc.id in vpcs]
        self._keep = keep

    def scene(self, outside: Iterable[Node] = ()) -> Scene:
        """The scene; ``outside`` are nodes that the picture needs besides those the network leads to."""
        boxes = tuple(self._vpc(vpc) for vpc in self._vpcs)
        beyond = {node.id: node for node in (*self._outside(), *outside)}
        drawn = {node.id for box in boxes for node in box.nodes()} | set(beyond)
        links = tuple(link for link in self._links() if link.tail in drawn and link.head in drawn)
        return Scene(boxes, tuple(beyond.values()), links)

    def _vpc(self, vpc: Vpc) -> Box:
        own = sorted(self._subnets(vpc), key=lambda subnet: (subnet.availability_zone, subnet.cidrs[0]))
        zones = tuple(
            Box(f"{vpc.id} {zone}", "zone", zone, "", tuple(map(self._subnet, subnets)))
            for zone, subnets in groupby(own, key=lambda subnet: subnet.availability_zone)
        )
        tables = tuple(map(self._table, self._tables(vpc)))
        cidrs = ", ".join(map(str, vpc.cidrs))
        return Box(
            vpc.id,
            "vpc",
            f"VPC {vpc.name}".strip(),
            f"{cidrs} · {vpc.id}",
            (*zones, *tables, *self._edge(vpc)),
        )

    def _subnets(self, vpc: Vpc) -> list[Subnet]:
        return [subnet for subnet in self._network.subnets if subnet.vpc == vpc.id]

    def _subnet(self, subnet: Subnet) -> Box:
        table = self._network.route_table_of(subnet.id)
        public = table is not None and any(route.target.startswith("igw-") for route in table.routes)
        kind = "public-subnet" if public else "private-subnet"
        nodes = tuple(self._inside(subnet)) or (
            Node(f"{subnet.id} empty", "nothing", "no network interface"),
        )
        words = kind.replace("-", " ")
        return Box(
            subnet.id, kind, subnet.name or subnet.id, f"{words} {', '.join(map(str, subnet.cidrs))}", nodes
        )

    def _inside(self, subnet: Subnet) -> Iterator[Node]:
        yield from self._hosts(subnet)
        for nat in self._network.nat_gateways:
            if nat.subnet == subnet.id and nat.state != "deleted":
                addresses = " → ".join(str(a) for a in (nat.private_address, nat.public_address) if a)
                state = "" if nat.state == "available" else nat.state
                title = f"{nat.connectivity} NAT gateway" if nat.connectivity == "private" else "NAT gateway"
                yield Node(
                    nat.id, "nat-gateway", nat.name or title, addresses or nat.id, (), (nat.interface,), state
                )
        for endpoint in self._network.endpoints:
            mine = [self._network.interface[i] for i in endpoint.interfaces if i in self._network.interface]
            for interface in mine:
                if interface.subnet == subnet.id:
                    title = f"{service_name(endpoint.service)} interface endpoint"
                    state = "" if endpoint.state == "available" else endpoint.state
                    yield Node(
                        interface.id,
                        "interface-endpoint",
                        endpoint.name or title,
                        f"{interface.address} · {endpoint.id}",
                        (),
                        (endpoint.id,),
                        state,
                    )

    def _hosts(self, subnet: Subnet) -> Iterator[Node]:
        groups: dict[tuple[str, str], list[NetworkInterface]] = {}
        for interface in self._network.interfaces:
            if interface.subnet == subnet.id and not self._stands_for_another(interface):
                groups.setdefault(_owner(interface), []).append(interface)
        wanted = [key for key, held in groups.items() if any(item.id in self._keep for item in held)]
        shown = list(dict.fromkeys([*wanted, *groups]))[:_SHOWN_GROUPS]
        yield from (
            _host(kind, title, groups[kind, title]) for kind, title in groups if (kind, title) in shown
        )
        rest = [interface for key, held in groups.items() if key not in shown for interface in held]
        if rest:
            ids = tuple(interface.id for interface in rest)
            yield Node(f"{subnet.id} rest", "interface", f"{len(rest)} more network interfaces", "", (), ids)

    def _stands_for_another(self, interface: NetworkInterface) -> bool:
        of_endpoint = any(interface.id in endpoint.interfaces for endpoint in self._network.endpoints)
        of_nat = any(interface.id == nat.interface for nat in self._network.nat_gateways)
        return of_endpoint or of_nat or interface.kind in {"nat_gateway", "vpc_endpoint"}

    def _tables(self, vpc: Vpc) -> list[RouteTable]:
        used = {
            table.id for s in self._subnets(vpc) if (table := self._network.route_table_of(s.id)) is not None
        }
        return [table for table in self._network.route_tables if table.id in used]

    def _table(self, table: RouteTable) -> Node:
        title = table.name or ("main route table" if table.main else "route table")
        return Node(table.id, "route-table", title, table.id, tuple(map(self._row, table.routes)))

    def _row(self, route: Route) -> RouteRow:
        lost = route.state == "blackhole"
        via = f"{short_id(route.target)} (blackhole)" if lost else short_id(route.target)
        target = "" if route.target == "local" else self._node_for(route.target)
        return RouteRow(self._names.destination(route.destination), via, target, lost)

    def _node_for(self, target: str) -> str:
        return target

    def _edge(self, vpc: Vpc) -> Iterator[Node]:
        network = self._network
        for gateway in network.internet_gateways:
            if vpc.id in gateway.vpcs:
                kind = "egress-only internet gateway" if gateway.egress_only else "internet gateway"
                yield Node(gateway.id, "internet-gateway", gateway.name or kind, gateway.id)
        for endpoint in network.endpoints_of[vpc.id]:
            if endpoint.kind == "Gateway":
                state = "" if endpoint.state == "available" else endpoint.state
                title = endpoint.name or f"{service_name(endpoint.service)} gateway endpoint"
                yield Node(endpoint.id, "gateway-endpoint", title, endpoint.id, (), (), state)
        for private in network.vpn_gateways:
            if vpc.id in private.vpcs:
                yield Node(
                    private.id,
                    "virtual-private-gateway",
                    private.name or "virtual private gateway",
                    private.id,
                )

    def _outside(self) -> Iterator[Node]:
        network = self._network
        yield service_node("s3", network.region)
        for endpoint in self._shown_endpoints():
            yield service_node(*_service_of(endpoint))
        yield Node(INTERNET, "internet", "the internet", "everybody else")
        shown = {vpc.id for vpc in self._vpcs}
        for peering in network.peerings:
            if {peering.requester, peering.accepter} & shown:
                state = "" if peering.status == "active" else peering.status
                yield Node(peering.id, "peering", peering.name or "VPC peering", peering.id, (), (), state)
        for site in network.on_premises:
            yield Node(site.name, "on-premises", site.name, ", ".join(map(str, site.prefixes)))

    def _shown_endpoints(self) -> Iterator[VpcEndpoint]:
        for vpc in self._vpcs:
            yield from self._network.endpoints_of[vpc.id]

    def _links(self) -> Iterator[Link]:
        for vpc in self._vpcs:
            for subnet in self._subnets(vpc):
                table = self._network.route_table_of(subnet.id)
                if table is not None:
                    yield Link(self._anchor(subnet), table.id, "rules")
            for table in self._tables(vpc):
                for number, row in enumerate(map(self._row, table.routes)):
                    if row.target:
                        yield Link(table.id, row.target, "route", number)
            yield from self._beyond(vpc)

    def _anchor(self, subnet: Subnet) -> str:
        children = self._subnet(subnet).children
        first = children[0]
        return first.id

    def _beyond(self, vpc: Vpc) -> Iterator[Link]:
        network = self._network
        for gateway in network.internet_gateways:
            if vpc.id in gateway.vpcs:
                yield Link(gateway.id, service_id("s3", network.region), "beyond")
                yield Link(gateway.id, INTERNET, "beyond")
        for endpoint in network.endpoints_of[vpc.id]:
            service = service_id(*_service_of(endpoint))
            for place in (endpoint.id,) if endpoint.kind == "Gateway" else endpoint.interfaces:
                yield Link(place, service, "beyond")
        for private in network.vpn_gateways:
            if vpc.id in private.vpcs:
                yield from (Link(private.id, site.name, "beyond") for site in network.on_premises)


def short_id(identifier: str) -> str:
    """``vpce-0e1d2c3b…``: enough of an id to know it again; short ids and ``local`` stay whole."""
    prefix, _, digits = identifier.partition("-")
    return f"{prefix}-{digits[:8]}…" if len(digits) > 9 else identifier


def service_id(service: str, region: str) -> str:
    """The id of an AWS service's node, as traces name it: ``s3.us-east-1``."""
    return f"{service}.{region}"


def service_node(service: str, region: str) -> Node:
    """An AWS service of a Region, outside every VPC."""
    kind = "s3" if service == "s3" else "aws-service"
    title = f"Amazon {service_name(service)}" if service == "s3" else service_name(service)
    return Node(service_id(service, region), kind, title, region)


def _service_of(endpoint: VpcEndpoint) -> tuple[str, str]:
    _, _, rest = endpoint.service.partition("amazonaws.")
    region, _, service = rest.partition(".")
    return service, endpoint.service_region or region


def _owner(interface: NetworkInterface) -> tuple[str, str]:
    job = _JOB.search(interface.description)
    if job:
        return "training-job", job[1]
    if interface.attached_to.startswith("i-"):
        return "instance", interface.attached_to
    return "interface", interface.description or interface.id


def _host(kind: str, title: str, interfaces: list[NetworkInterface]) -> Node:
    first, *others = interfaces
    addresses = ", ".join(str(item.address) for item in interfaces[:2])
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    public = first.public_address()
    detail = f"{addresses}{more}" + (f" → {public}" if public else "")
    return Node(first.id, kind, title, detail, (), tuple(item.id for item in others))
