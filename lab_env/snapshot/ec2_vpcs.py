"""VPCs, subnets, route tables and network interfaces, one item of an answer at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lab_env.network.model import Address, Cidr, Network, NetworkInterface, Route, RouteTable, Subnet, Vpc
from lab_env.snapshot.record import Record

_AMAZON_DNS = ("AmazonProvidedDNS",)

# In EC2's own order of precedence: a route to an instance names its interface too.
_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "TransitGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
    "InstanceId",
)


def vpcs(
    records: Iterable[Record],
    dhcp_options: Iterable[Record],
    attributes: Mapping[str, Mapping[str, bool]],
    region: str,
    account: str,
) -> tuple[Vpc, ...]:
    """``DescribeVpcs`` with ``DescribeDhcpOptions`` and ``DescribeVpcAttribute``."""
    resolvers = {item.text("DhcpOptionsId"): _resolvers(item) for item in dhcp_options}
    return tuple(_vpc(item, resolvers, attributes, region, account) for item in records)


def _vpc(
    item: Record,
    resolvers: Mapping[str, tuple[str, ...]],
    attributes: Mapping[str, Mapping[str, bool]],
    region: str,
    account: str,
) -> Vpc:
    identifier, is_default = item.text("VpcId"), item.flag("IsDefault", default=False)
    said = attributes.get(identifier, {})
    options = resolvers.get(item.text("DhcpOptionsId", ""))
    assumed = {
        name
        for name, known in (
            ("enableDnsSupport", "EnableDnsSupport" in said),
            ("enableDnsHostnames", "EnableDnsHostnames" in said),
            ("DhcpOptions", options is not None),
        )
        if not known
    }
    return Vpc(
        id=identifier,
        cidrs=_vpc_cidrs(item),
        region=region,
        owner=item.text("OwnerId", account),
        dns_support=said.get("EnableDnsSupport", True),
        dns_hostnames=said.get("EnableDnsHostnames", is_default),
        is_default=is_default,
        dhcp_domain_name_servers=_AMAZON_DNS if options is None else options,
        assumed=frozenset(assumed),
        name=item.tag("Name"),
    )


def _vpc_cidrs(item: Record) -> tuple[Cidr, ...]:
    primary = [item.cidr("CidrBlock")] if "CidrBlock" in item else []
    others = [
        block.cidr(key)
        for kind, key in (
            ("CidrBlockAssociationSet", "CidrBlock"),
            ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
        )
        for block in item.records(kind)
        if block.record(f"{key}State").text("State", "associated") == "associated"
    ]
    return tuple(dict.fromkeys([*primary, *others]))


def _resolvers(item: Record) -> tuple[str, ...]:
    return tuple(
        value.text("Value")
        for entry in item.records("DhcpConfigurations")
        if entry.text("Key") == "domain-name-servers"
        for value in entry.records("Values")
    )


def subnet(item: Record) -> Subnet:
    """An item of ``DescribeSubnets``."""
    ipv6 = (
        block.cidr("Ipv6CidrBlock")
        for block in item.records("Ipv6CidrBlockAssociationSet")
        if block.record("Ipv6CidrBlockState").text("State", "associated") == "associated"
    )
    return Subnet(
        id=item.text("SubnetId"),
        vpc=item.text("VpcId"),
        cidrs=(*([item.cidr("CidrBlock")] if "CidrBlock" in item else ()), *ipv6),
        availability_zone=item.text("AvailabilityZone", ""),
        map_public_ip_on_launch=item.flag("MapPublicIpOnLaunch", default=False),
        available_addresses=item.number("AvailableIpAddressCount"),
        name=item.tag("Name"),
    )


def route_table(item: Record) -> RouteTable:
    """An item of ``DescribeRouteTables``."""
    bound = [
        one
        for one in item.records("Associations")
        if one.record("AssociationState").text("State", "associated") == "associated"
    ]
    return RouteTable(
        id=item.text("RouteTableId"),
        vpc=item.text("VpcId"),
        routes=tuple(_route(one) for one in item.records("Routes")),
        subnets=tuple(one.text("SubnetId") for one in bound if "SubnetId" in one),
        main=any(one.flag("Main", default=False) for one in bound),
        edge_gateways=tuple(one.text("GatewayId") for one in bound if "GatewayId" in one),
        propagating_gateways=tuple(one.text("GatewayId") for one in item.records("PropagatingVgws")),
        name=item.tag("Name"),
    )


def _route(item: Record) -> Route:
    if "DestinationPrefixListId" in item:
        destination: Cidr | str = item.text("DestinationPrefixListId")
    else:
        ipv6 = "DestinationIpv6CidrBlock" in item
        destination = item.cidr("DestinationIpv6CidrBlock" if ipv6 else "DestinationCidrBlock")
    # A blackhole whose target is gone altogether names none.
    target = next((item.text(key) for key in _TARGETS if key in item), "")
    return Route(destination, target, item.text("State", "active"), item.text("Origin", "CreateRoute"))


def interfaces(
    records: Iterable[Record], addresses: Iterable[Record], network: Network
) -> tuple[NetworkInterface, ...]:
    """``DescribeNetworkInterfaces`` with ``DescribeAddresses``; NAT gateways and endpoints name the ones they own."""
    owners = {one.interface: one.id for one in network.nat_gateways if one.interface}
    owners |= {interface: one.id for one in network.endpoints for interface in one.interfaces}
    elastic: dict[str, list[tuple[Address, Address]]] = {}
    for item in addresses:
        if "NetworkInterfaceId" in item and "PrivateIpAddress" in item:
            pair = (item.address("PrivateIpAddress"), item.address("PublicIp"))
            elastic.setdefault(item.text("NetworkInterfaceId"), []).append(pair)
    # An instance's primary interface (device index 0) comes before its others.
    ordered = sorted(records, key=lambda item: item.record("Attachment").number("DeviceIndex") or 0)
    made = (_interface(item, owners) for item in ordered)
    # An interface without an address (type efa-only) carries no IP packet.
    return tuple(_with_elastic(one, elastic.get(one.id, [])) for one in made if one.addresses)


def _interface(item: Record, owners: Mapping[str, str]) -> NetworkInterface:
    identifier = item.text("NetworkInterfaceId")
    private = sorted(
        item.records("PrivateIpAddresses"), key=lambda one: not one.flag("Primary", default=False)
    )
    if not private and "PrivateIpAddress" in item:
        private = [item]
    ipv4 = [one.address("PrivateIpAddress") for one in private]
    public = [
        (one.address("PrivateIpAddress"), association.address("PublicIp"))
        for one in private
        if "PublicIp" in (association := one.record("Association"))
    ]
    return NetworkInterface(
        id=identifier,
        vpc=item.text("VpcId"),
        subnet=item.text("SubnetId"),
        addresses=(*ipv4, *(one.address("Ipv6Address") for one in item.records("Ipv6Addresses"))),
        groups=tuple(one.text("GroupId") for one in item.records("Groups")),
        public=tuple(public),
        kind=item.text("InterfaceType", "interface"),
        attached_to=owners.get(identifier) or item.record("Attachment").text("InstanceId", ""),
        source_dest_check=item.flag("SourceDestCheck", default=True),
        owner=item.text("OwnerId", ""),
        description=item.text("Description", ""),
    )


def _with_elastic(interface: NetworkInterface, pairs: Iterable[tuple[Address, Address]]) -> NetworkInterface:
    known = {private for private, _ in interface.public}
    more = [pair for pair in pairs if pair[0] not in known]
    return replace(interface, public=(*interface.public, *more)) if more else interface
