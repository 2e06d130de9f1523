"""Who can open a connection to whom: every pair of a network's interfaces, asked by as few traces as decide it.

Thousands of interfaces are mostly alike: the same route table, network ACL and security groups, and addresses that no
rule tells apart. A trace between two of them answers for all that are alike, so what is asked grows with the number of
*kinds* of interfaces, and what is read with the number of interfaces.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice, product

from lab_env.errors import IncompleteSnapshot, LabError, NotFound, NotModelled
from lab_env.network.flow import Flow, InterfaceSource
from lab_env.network.model import Address, Cidr, Network, NetworkInterface
from lab_env.network.prefixes import CidrMap
from lab_env.network.trace import trace

_Kind = dict[str, list[NetworkInterface]]
_Pair = tuple[NetworkInterface, NetworkInterface]


@dataclass(frozen=True, slots=True)
class Reachability:
    """Which interface reaches which, by each other's primary private address.

    Attributes:
        protocol: ``tcp``, ``udp`` or ``icmp``.
        port: the destination port.
        kinds: the interfaces' ids, those that are alike together, in the network's order.
        answers: by the numbers in ``kinds`` of source and destination, and by whether both stand in one subnet: whether
            the connection works, or why that is not known. What no two interfaces are is not in it.
    """

    protocol: str
    port: int
    kinds: tuple[tuple[str, ...], ...]
    answers: Mapping[tuple[int, int, bool], bool | LabError]
    _place: Mapping[str, tuple[int, str]] = field(repr=False)

    def reaches(self, source: str, destination: str) -> bool:
        """Whether one interface reaches another, and the answer comes home. An interface always reaches itself.

        Args:
            source: the id of the interface that opens the connection.
            destination: the other's id.

        Raises:
            NotFound: an id that is not in the network.
            NotModelled: the packet comes to a part of AWS that is not modelled.
            IncompleteSnapshot: the packet meets something that the network does not hold.
        """
        (one, here), (other, there) = self._standing(source), self._standing(destination)
        if source == destination:
            return True
        answer = self.answers[one, other, here == there]
        if isinstance(answer, LabError):
            raise answer
        return answer

    def count(self) -> tuple[int, int, int]:
        """How many ordered pairs of two different interfaces work, do not work, and are not known."""
        every, beside = Counter(kind for kind, _ in self._place.values()), _beside_each_other(self._place)
        found = [0, 0, 0]
        for (one, other, near), answer in self.answers.items():
            pairs = every[one] * (every[other] - (one == other)) - beside[one, other]
            found[2 if isinstance(answer, LabError) else int(not answer)] += (
                beside[one, other] if near else pairs
            )
        return found[0], found[1], found[2]

    def _standing(self, interface: str) -> tuple[int, str]:
        try:
            return self._place[interface]
        except KeyError:
            raise NotFound("there is no such interface in the network.", where=interface) from None


def reachability(network: Network, protocol: str = "tcp", port: int = 443) -> Reachability:
    """Decide every pair of the network's interfaces.

    Args:
        network: what stands.
        protocol: ``tcp``, ``udp`` or ``icmp``.
        port: the destination port of each connection; ignored for ``icmp``.

    Raises:
        IncompleteSnapshot: it is not even known which rules an interface stands under.
    """
    kinds = [_by_subnet(kind) for kind in _kinds(network)]
    answers: dict[tuple[int, int, bool], bool | LabError] = {}
    for (one, sources), (other, destinations) in product(enumerate(kinds), enumerate(kinds)):
        for near, pair in ((True, _beside(sources, destinations)), (False, _apart(sources, destinations))):
            if pair is not None:
                answers[one, other, near] = _answer(network, *pair, protocol, port)
    standing = [[(item.id, subnet) for subnet, items in kind.items() for item in items] for kind in kinds]
    place = {name: (number, subnet) for number, kind in enumerate(standing) for name, subnet in kind}
    named = tuple(tuple(name for name, _ in kind) for kind in standing)
    return Reachability(protocol, port, named, answers, place)


def _answer(
    network: Network, source: NetworkInterface, destination: NetworkInterface, protocol: str, port: int
) -> bool | LabError:
    try:
        return trace(
            network, Flow(InterfaceSource(source.id), str(destination.address), protocol, port)
        ).reached
    except (IncompleteSnapshot, NotModelled) as unknown:
        return unknown


def _beside_each_other(place: Mapping[str, tuple[int, str]]) -> Counter[tuple[int, int]]:
    """How many ordered pairs of two different interfaces of two kinds share a subnet."""
    by_subnet: dict[str, Counter[int]] = defaultdict(Counter)
    for kind, subnet in place.values():
        by_subnet[subnet][kind] += 1
    found: Counter[tuple[int, int]] = Counter()
    for counts in by_subnet.values():
        for one, other in product(counts, counts):
            found[one, other] += counts[one] * (counts[other] - (one == other))
    return found


def _by_subnet(kind: list[NetworkInterface]) -> _Kind:
    found: _Kind = defaultdict(list)
    for item in kind:
        found[item.subnet].append(item)
    return found


def _beside(sources: _Kind, destinations: _Kind) -> _Pair | None:
    """Two different interfaces in one subnet."""
    shared = ((sources[subnet][0], destinations[subnet][:2]) for subnet in sources if subnet in destinations)
    return next(((one, other) for one, others in shared for other in others if other is not one), None)


def _apart(sources: _Kind, destinations: _Kind) -> _Pair | None:
    """Two interfaces in different subnets."""
    pairs = product(islice(sources, 2), islice(destinations, 2))
    return next(((sources[here][0], destinations[there][0]) for here, there in pairs if here != there), None)


def _kinds(network: Network) -> list[list[NetworkInterface]]:
    """The interfaces, those together that no rule of the network tells apart."""
    blocks = CidrMap((cidr, cidr) for cidr in _cidrs(network))
    singled, shared = _singled_out(network), _shared_hosts(network)
    held = Counter(address for item in network.interfaces for address in item.addresses)
    held.update(item.private_address for item in network.nat_gateways if item.private_address is not None)
    found: dict[object, list[NetworkInterface]] = defaultdict(list)

    def standing(address: Address) -> object:
        # Another VPC, or a NAT gateway, may hold the same address: which is meant depends on the address itself.
        return address if held[address] > 1 else tuple(cidr for cidr, _ in blocks.matches(address))

    for item in network.interfaces:
        host = item.attached_to
        key = (
            item.vpc,
            network.route_table_of(item.subnet),
            network.network_acl_of(item.subnet),
            network.subnet[item.subnet].availability_zone,
            item.subnet if item.subnet in singled else "",
            item.id if item.id in singled else "",
            item.groups,
            item.kind,
            "" if host.startswith("i-") and host not in shared else host,
            item.source_dest_check,
            tuple((address.version, standing(address)) for address in item.addresses),
            tuple(standing(public) for _, public in item.public),
        )
        found[key].append(item)
    return list(found.values())


def _cidrs(network: Network) -> set[Cidr]:
    """Every block of addresses that some rule of the network names."""
    groups = [rule.peer for group in network.security_groups for rule in (*group.ingress, *group.egress)]
    routes = [route.destination for table in network.route_tables for route in table.routes]
    transit = [route.destination for table in network.transit_gateway_tables for route in table.routes or ()]
    named = [
        *groups,
        *routes,
        *transit,
        *(entry.cidr for acl in network.network_acls for entry in acl.entries),
        *(cidr for item in network.prefix_lists for cidr in item.cidrs),
        *(cidr for vpc in network.vpcs for cidr in vpc.cidrs),
        *(cidr for site in network.on_premises for cidr in site.prefixes),
        *(cidr for link in network.direct_connect_associations for cidr in link.allowed_prefixes),
        *(item.cidr for item in network.internet.aws),
    ]
    return {item for item in named if not isinstance(item, str)}


def _singled_out(network: Network) -> set[str]:
    """Ids of interfaces and subnets that something names: they are like no other."""
    targets = {route.target for table in network.route_tables for route in table.routes}
    endpoints = {name for item in network.endpoints for name in (*item.interfaces, *item.subnets)}
    nat = {name for item in network.nat_gateways for name in (item.interface, item.subnet)}
    transit = {name for item in network.transit_gateway_attachments for name in item.subnets or ()}
    return targets | endpoints | nat | transit


def _shared_hosts(network: Network) -> set[str]:
    """Instances with more than one interface: what is sent to the other one never leaves them."""
    hosts = Counter(item.attached_to for item in network.interfaces if item.attached_to)
    return {host for host, interfaces in hosts.items() if interfaces > 1}
