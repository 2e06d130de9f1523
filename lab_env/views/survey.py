"""From a network to a scene: which boxes, nodes and links a picture of it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from lab_env.network.model import Network, NetworkInterface, RouteTable, Subnet, Vpc, VpcEndpoint
from lab_env.views.names import Names
from lab_env.views.scene import Box, Link, Node, Scene
from lab_env.views.things import (
    INTERNET,
    crowd_node,
    empty_node,
    endpoint_service,
    gateway_endpoint_node,
    gateway_node,
    host_node,
    interface_endpoint_node,
    nat_node,
    owner,
    peering_node,
    private_gateway_node,
    service_node,
    site_node,
    table_node,
)

_SHOWN_OWNERS = 4


class Survey:
    """Reads one network for one picture.

    Args:
        network: what exists.
        vpcs: ids of the VPCs to show.
        keep: ids of interfaces that stand alone even where many are drawn as one.
    """

    def __init__(self, network: Network, vpcs: Collection[str], keep: Collection[str] = ()) -> None:
        self._network = network
        self._names = Names(network)
        self._vpcs = [vpc for vpc in network.vpcs if vpc.id in vpcs]
        self._keep = frozenset(keep)
        self._standing = {
            *(interface for endpoint in network.endpoints for interface in endpoint.interfaces),
            *(nat.interface for nat in network.nat_gateways),
        }

    def scene(self, outside: Iterable[Node] = ()) -> Scene:
        """The scene; ``outside`` are nodes that the picture needs besides those the network leads to."""
        boxes = tuple(self._vpc(vpc) for vpc in self._vpcs)
        beyond = {node.id: node for node in (*self._outside(), *outside)}
        drawn = {node.id for box in boxes for node in box.nodes()} | set(beyond)
        links = tuple(link for link in self._links(boxes) if link.tail in drawn and link.head in drawn)
        return Scene(boxes, tuple(beyond.values()), links)

    def _vpc(self, vpc: Vpc) -> Box:
        own = (subnet for subnet in self._network.subnets if subnet.vpc == vpc.id)
        subnets = sorted(map(self._subnet, own), key=lambda box: (box.kind, box.zone, box.detail))
        # Private and public subnets of a zone stand apart: what joins them, a route table, lies in between.
        zones = tuple(
            Box(f"{vpc.id} {kind} {zone}", "zone", zone, "", tuple(held))
            for (kind, zone), held in groupby(subnets, key=lambda box: (box.kind, box.zone))
        )
        tables = (table_node(table, self._names) for table in self._tables(vpc))
        detail = f"{', '.join(map(str, vpc.cidrs))} · {vpc.id}"
        held: tuple[Box | Node, ...] = (*zones, *tables, *self._edge(vpc)) or (
            empty_node(vpc.id, "no subnet"),
        )
        return Box(vpc.id, "vpc", f"VPC {vpc.name}".strip(), detail, held)

    def _subnet(self, subnet: Subnet) -> Box:
        table = self._network.route_table_of(subnet.id)
        public = table is not None and any(route.target.startswith("igw-") for route in table.routes)
        kind = "public-subnet" if public else "private-subnet"
        detail = f"{kind.replace('-', ' ')} {', '.join(map(str, subnet.cidrs))}"
        nodes = tuple(self._inside(subnet)) or (empty_node(subnet.id),)
        return Box(subnet.id, kind, subnet.name or subnet.id, detail, nodes, subnet.availability_zone)

    def _inside(self, subnet: Subnet) -> Iterator[Node]:
        yield from self._hosts(subnet)
        nats = (
            nat for nat in self._network.nat_gateways if nat.subnet == subnet.id and nat.state != "deleted"
        )
        yield from map(nat_node, nats)
        for endpoint in self._network.endpoints:
            held = map(self._network.interface.get, endpoint.interfaces)
            yield from (interface_endpoint_node(endpoint, i) for i in held if i and i.subnet == subnet.id)

    def _hosts(self, subnet: Subnet) -> Iterator[Node]:
        owners: dict[tuple[str, str], list[NetworkInterface]] = {}
        for interface in self._network.interfaces:
            own = interface.subnet == subnet.id and interface.id not in self._standing
            if own and interface.kind not in {"nat_gateway", "vpc_endpoint"}:
                owners.setdefault(owner(interface), []).append(interface)
        held = list(owners.values())
        wanted = [some for some in held if self._keep & {item.id for item in some}]
        shown = (wanted + [some for some in held if some not in wanted])[:_SHOWN_OWNERS]
        yield from (host_node(some) for some in held if some in shown)
        crowd = [item for some in held if some not in shown for item in some]
        if crowd:
            yield crowd_node(subnet.id, crowd)

    def _tables(self, vpc: Vpc) -> list[RouteTable]:
        own = (subnet.id for subnet in self._network.subnets if subnet.vpc == vpc.id)
        used = {table.id for table in map(self._network.route_table_of, own) if table is not None}
        return [table for table in self._network.route_tables if table.id in used]

    def _edge(self, vpc: Vpc) -> Iterator[Node]:
        network = self._network
        yield from (gateway_node(item) for item in network.internet_gateways if vpc.id in item.vpcs)
        yield from (gateway_endpoint_node(e) for e in self._endpoints(vpc) if e.kind == "Gateway")
        yield from (private_gateway_node(item) for item in network.vpn_gateways if vpc.id in item.vpcs)

    def _endpoints(self, vpc: Vpc) -> tuple[VpcEndpoint, ...]:
        return self._network.endpoints_of[vpc.id]

    def _outside(self) -> Iterator[Node]:
        yield service_node("s3", self._network.region)
        yield from (endpoint_service(endpoint) for vpc in self._vpcs for endpoint in self._endpoints(vpc))
        yield INTERNET
        shown = {vpc.id for vpc in self._vpcs}
        yield from (peering_node(p) for p in self._network.peerings if {p.requester, p.accepter} & shown)
        yield from map(site_node, self._network.on_premises)

    def _links(self, boxes: Iterable[Box]) -> Iterator[Link]:
        for box in boxes:
            yield from self._rules(box)
            for node in box.nodes():
                ways = (
                    (number, row) for number, row in enumerate(node.routes) if row.target and not row.lost
                )
                yield from (Link(node.id, row.target, "route", number) for number, row in ways)
        for vpc in self._vpcs:
            yield from self._beyond(vpc)

    def _rules(self, box: Box) -> Iterator[Link]:
        for child in box.children:
            if isinstance(child, Box):
                yield from self._rules(child)
        table = self._network.route_table_of(box.id)
        if table is not None:
            yield Link(next(box.nodes()).id, table.id, "rules")

    def _beyond(self, vpc: Vpc) -> Iterator[Link]:
        network = self._network
        for gateway in network.internet_gateways:
            if vpc.id in gateway.vpcs:
                yield Link(gateway.id, service_node("s3", network.region).id, "beyond")
                yield Link(gateway.id, INTERNET.id, "beyond")
        for endpoint in self._endpoints(vpc):
            doors = (endpoint.id,) if endpoint.kind == "Gateway" else endpoint.interfaces
            yield from (Link(door, endpoint_service(endpoint).id, "beyond") for door in doors)
        for private in network.vpn_gateways:
            if vpc.id in private.vpcs:
                yield from (Link(private.id, site.name, "beyond") for site in network.on_premises)
