"""Questions about a network that several steps of a trace ask: who owns this address, which gateway serves this VPC."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import TypeVar, cast

from lab_env.errors import IncompleteSnapshot
from lab_env.network.model import (
    Address,
    AwsRange,
    InternetGateway,
    NatGateway,
    Network,
    NetworkAcl,
    NetworkInterface,
    PrefixList,
    RouteTable,
    VpcEndpoint,
)
from lab_env.network.prefixes import CidrMap

Derived = TypeVar("Derived")

_RFC1918 = tuple(IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_RFC6598 = IPv4Network("100.64.0.0/10")
_GONE = frozenset({"deleted", "failed"})


def derived(network: Network, key: object, make: Callable[[], Derived]) -> Derived:
    """What ``make`` derives from ``network``, made once and kept with it."""
    memo = network.memo
    if key not in memo:
        memo[key] = make()
    return cast("Derived", memo[key])


def is_rfc1918(address: Address) -> bool:
    """Whether an address is private by RFC 1918."""
    return address.version == 4 and any(address in cidr for cidr in _RFC1918)


def is_rfc6598(address: Address) -> bool:
    """Whether an address is of the shared space of RFC 6598."""
    return address.version == 4 and address in _RFC6598


def is_public(address: Address) -> bool:
    """Whether the internet routes an address.

    Not so multicast and class E (``224.0.0.0/3``). Documentation ranges (RFC 5737, RFC 3849) count as public: the
    lab's outside hosts have their addresses there.
    """
    if address.version == 4:
        first = int(address) >> 24
        return 0 < first < 224 and not (
            first == 127 or address.is_link_local or is_rfc1918(address) or is_rfc6598(address)
        )
    return int(address) >> 125 == 1


def aws_range(network: Network, address: Address) -> AwsRange | None:
    """The AWS range that holds a public address: the most specific, a service's own before ``amazon``'s."""
    ranges = derived(
        network, "aws ranges", lambda: CidrMap((item.cidr, item) for item in network.internet.aws)
    )
    found = [item for _, item in ranges.matches(address)]
    return min(found, key=lambda item: item.service == "amazon", default=None)


def host_name(network: Network, address: Address) -> str:
    """The name of the internet host at an address, or the empty string."""
    names = derived(
        network, "hosts", lambda: {address: name for name, address in sorted(network.internet.hosts.items())}
    )
    return names.get(address, "")


def prefix_list(network: Network, list_id: str, vpc: str) -> PrefixList | None:
    """The prefix list of that id in the VPC's Region (an AWS-managed list's id is unique in its Region only)."""
    by_region = derived(
        network, "prefix lists", lambda: {(item.id, item.region): item for item in network.prefix_lists}
    )
    found = by_region.get((list_id, network.vpc[vpc].region))
    return found or network.prefix_list.get(list_id)


def prefix_list_cidrs(network: Network, item: PrefixList) -> CidrMap[None]:
    """The CIDRs of a prefix list, ready for look-up."""
    return derived(
        network, ("prefix list", item.id, item.region), lambda: CidrMap((cidr, None) for cidr in item.cidrs)
    )


def service_label(item: PrefixList | None) -> str:
    """What an AWS-managed prefix list stands for (``S3``, ``DynamoDB``), or the empty string."""
    if item is None or not item.name.startswith("com.amazonaws."):
        return ""
    return service_title(item.name.rsplit(".", 1)[-1])


def service_title(service: str) -> str:
    """How a learner knows a service: ``S3`` for ``s3``."""
    return {"s3": "S3", "dynamodb": "DynamoDB", "amazon": "AWS", "ec2": "EC2"}.get(service, service)


def nat_at(network: Network, vpc: str, address: Address) -> NatGateway | None:
    """The NAT gateway that holds a private address in a VPC."""
    return _nats(network).get((vpc, address))


def nat_at_public(network: Network, address: Address) -> NatGateway | None:
    """The NAT gateway that holds a public address."""
    return _nats(network).get(("", address))


def _nats(network: Network) -> Mapping[tuple[str, Address], NatGateway]:
    def make() -> dict[tuple[str, Address], NatGateway]:
        alive = [nat for nat in network.nat_gateways if nat.state not in _GONE]
        private = {(nat.vpc, nat.private_address): nat for nat in alive if nat.private_address}
        return private | {("", nat.public_address): nat for nat in alive if nat.public_address}

    return derived(network, "nats", make)


def holder_of_public(network: Network, address: Address) -> NetworkInterface | None:
    """The interface for which a public IPv4 address stands, or which holds a global IPv6 address."""
    if address.version == 4:
        return network.interface_at_public(address)
    holders = derived(
        network,
        "ipv6 holders",
        lambda: {own: item for item in network.interfaces for own in item.addresses if own.version == 6},
    )
    return holders.get(address)


def endpoint_of_interface(network: Network, interface: str) -> VpcEndpoint | None:
    """The interface endpoint that a network interface belongs to."""
    owners = derived(
        network,
        "endpoint interfaces",
        lambda: {eni: item for item in network.endpoints for eni in item.interfaces},
    )
    return owners.get(interface)


def gateway_of(network: Network, vpc: str) -> InternetGateway | None:
    """The internet gateway attached to a VPC."""
    gateways = derived(
        network,
        "gateway of vpc",
        lambda: {
            vpc: item for item in network.internet_gateways if not item.egress_only for vpc in item.vpcs
        },
    )
    return gateways.get(vpc)


def edge_table(network: Network, gateway: str) -> RouteTable | None:
    """The gateway route table: the one with an edge association to an internet or virtual private gateway."""
    tables = derived(
        network,
        "edge tables",
        lambda: {edge: table for table in network.route_tables for edge in table.edge_gateways},
    )
    return tables.get(gateway)


def route_table(network: Network, subnet: str) -> RouteTable:
    """The table that rules a subnet.

    Raises:
        IncompleteSnapshot: the network holds none for it; on AWS every subnet has one.
    """
    table = network.route_table_of(subnet)
    if table is None:
        raise IncompleteSnapshot(
            "no route table of this subnet is known.", where=subnet, do=_ADD.format("route-tables")
        )
    return table


def network_acl(network: Network, subnet: str) -> NetworkAcl:
    """The network ACL of a subnet.

    Raises:
        IncompleteSnapshot: the network holds none for it; on AWS every subnet has one.
    """
    acl = network.network_acl_of(subnet)
    if acl is None:
        raise IncompleteSnapshot(
            "no network ACL of this subnet is known.", where=subnet, do=_ADD.format("network-acls")
        )
    return acl


_ADD = "Add the answer of describe-{} to the snapshot."
