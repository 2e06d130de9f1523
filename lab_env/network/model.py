"""The network as a value: what the describe calls of EC2 and Direct Connect say, and nothing else.

Every class is frozen. Ids are AWS's own (``vpc-…``, ``rtb-…``). CIDRs are ``ipaddress`` networks. A `Network` may hold
several VPCs, of several Regions and accounts. It is built by ``lab_env.snapshot`` and read by `lab_env.network.trace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from lab_env.network.direct_connect import DirectConnectAssociation, DirectConnectGateway, VirtualInterface
from lab_env.network.index import index
from lab_env.network.values.addresses import Address, Cidr
from lab_env.network.values.gateways import InternetGateway, NatGateway, VpcEndpoint, VpcPeering, VpnGateway
from lab_env.network.values.rules import (
    NetworkAcl,
    NetworkAclEntry,
    PrefixList,
    SecurityGroup,
    SecurityGroupRule,
)
from lab_env.network.values.transit import (
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
)
from lab_env.network.values.vpc import NetworkInterface, Route, RouteTable, Subnet, Vpc
from lab_env.network.values.world import AwsRange, Internet, OnPremises

__all__ = [
    "Address",
    "AwsRange",
    "Cidr",
    "Internet",
    "InternetGateway",
    "NatGateway",
    "Network",
    "NetworkAcl",
    "NetworkAclEntry",
    "NetworkInterface",
    "OnPremises",
    "PrefixList",
    "Route",
    "RouteTable",
    "SecurityGroup",
    "SecurityGroupRule",
    "Subnet",
    "TransitGateway",
    "TransitGatewayAttachment",
    "TransitGatewayRoute",
    "TransitGatewayRouteTable",
    "Vpc",
    "VpcEndpoint",
    "VpcPeering",
    "VpnGateway",
]


@dataclass(frozen=True)
class Network:
    """All that a packet may meet. Immutable; the indexes are made on first use and grow with no question asked.

    ``region`` is the home Region, for what names none. ``missing`` names the describe answers (``NatGateways`` …) that
    an exported state lacked: looking up what only they could tell raises `IncompleteSnapshot`. Read a network with
    ``lab_env.snapshot.ec2``; change one with `Network.with_interface` or ``dataclasses.replace``.
    """

    region: str
    vpcs: tuple[Vpc, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    route_tables: tuple[RouteTable, ...] = ()
    interfaces: tuple[NetworkInterface, ...] = ()
    security_groups: tuple[SecurityGroup, ...] = ()
    network_acls: tuple[NetworkAcl, ...] = ()
    internet_gateways: tuple[InternetGateway, ...] = ()
    nat_gateways: tuple[NatGateway, ...] = ()
    vpn_gateways: tuple[VpnGateway, ...] = ()
    peerings: tuple[VpcPeering, ...] = ()
    transit_gateways: tuple[TransitGateway, ...] = ()
    transit_gateway_attachments: tuple[TransitGatewayAttachment, ...] = ()
    transit_gateway_tables: tuple[TransitGatewayRouteTable, ...] = ()
    endpoints: tuple[VpcEndpoint, ...] = ()
    prefix_lists: tuple[PrefixList, ...] = ()
    internet: Internet = field(default_factory=Internet)
    on_premises: tuple[OnPremises, ...] = ()
    virtual_interfaces: tuple[VirtualInterface, ...] = ()
    direct_connect_gateways: tuple[DirectConnectGateway, ...] = ()
    direct_connect_associations: tuple[DirectConnectAssociation, ...] = ()
    missing: frozenset[str] = frozenset()

    @cached_property
    def vpc(self) -> Mapping[str, Vpc]:
        """VPCs by id."""
        return index({item.id: item for item in self.vpcs}, self.missing, "Vpcs")

    @cached_property
    def subnet(self) -> Mapping[str, Subnet]:
        """Subnets by id."""
        return index({item.id: item for item in self.subnets}, self.missing, "Subnets")

    @cached_property
    def interface(self) -> Mapping[str, NetworkInterface]:
        """Network interfaces by id."""
        return index({item.id: item for item in self.interfaces}, self.missing, "NetworkInterfaces")

    @cached_property
    def security_group(self) -> Mapping[str, SecurityGroup]:
        """Security groups by id."""
        return index({item.id: item for item in self.security_groups}, self.missing, "SecurityGroups")

    @cached_property
    def internet_gateway(self) -> Mapping[str, InternetGateway]:
        """Internet gateways (egress-only ones too) by id."""
        return index(
            {item.id: item for item in self.internet_gateways},
            self.missing,
            "InternetGateways",
            "EgressOnlyInternetGateways",
        )

    @cached_property
    def nat_gateway(self) -> Mapping[str, NatGateway]:
        """NAT gateways by id."""
        return index({item.id: item for item in self.nat_gateways}, self.missing, "NatGateways")

    @cached_property
    def vpn_gateway(self) -> Mapping[str, VpnGateway]:
        """Virtual private gateways by id."""
        return index({item.id: item for item in self.vpn_gateways}, self.missing, "VpnGateways")

    @cached_property
    def peering(self) -> Mapping[str, VpcPeering]:
        """VPC peering connections by id."""
        return index({item.id: item for item in self.peerings}, self.missing, "VpcPeeringConnections")

    @cached_property
    def transit_gateway(self) -> Mapping[str, TransitGateway]:
        """Transit gateways by id."""
        return index({item.id: item for item in self.transit_gateways}, self.missing, "TransitGateways")

    @cached_property
    def transit_gateway_attachment(self) -> Mapping[tuple[str, str], TransitGatewayAttachment]:
        """Attachments by the id of their transit gateway and their own."""
        return index(
            {(item.gateway, item.id): item for item in self.transit_gateway_attachments},
            self.missing,
            "TransitGatewayAttachments",
        )

    @cached_property
    def transit_gateway_table(self) -> Mapping[str, TransitGatewayRouteTable]:
        """Transit gateway route tables by id."""
        return index(
            {item.id: item for item in self.transit_gateway_tables}, self.missing, "TransitGatewayRouteTables"
        )

    @cached_property
    def endpoint(self) -> Mapping[str, VpcEndpoint]:
        """VPC endpoints by id."""
        return index({item.id: item for item in self.endpoints}, self.missing, "VpcEndpoints")

    @cached_property
    def prefix_list(self) -> Mapping[str, PrefixList]:
        """Prefix lists by id. A list that is not there may exist all the same: who needs it has to say so."""
        return {item.id: item for item in self.prefix_lists}

    @cached_property
    def endpoints_of(self) -> Mapping[str, tuple[VpcEndpoint, ...]]:
        """The VPC endpoints of each VPC, by VPC id."""
        known = {vpc.id: tuple(e for e in self.endpoints if e.vpc == vpc.id) for vpc in self.vpcs}
        # Without DescribeVpcEndpoints not even "this VPC has none" is known.
        return index({} if "VpcEndpoints" in self.missing else known, self.missing, "VpcEndpoints")

    @cached_property
    def _table_of_subnet(self) -> Mapping[str, RouteTable]:
        main = {table.vpc: table for table in self.route_tables if table.main}
        own = {subnet: table for table in self.route_tables for subnet in table.subnets}
        found = {s.id: table for s in self.subnets if (table := own.get(s.id) or main.get(s.vpc)) is not None}
        return index(found, self.missing, "RouteTables", "Subnets")

    @cached_property
    def _acl_of_subnet(self) -> Mapping[str, NetworkAcl]:
        found = {subnet: acl for acl in self.network_acls for subnet in acl.subnets}
        return index(found, self.missing, "NetworkAcls")

    @cached_property
    def _interface_of_address(self) -> Mapping[tuple[str, Address], NetworkInterface]:
        found = {(item.vpc, address): item for item in self.interfaces for address in item.addresses}
        return index(found, self.missing, "NetworkInterfaces")

    @cached_property
    def _interface_of_public_address(self) -> Mapping[Address, NetworkInterface]:
        found = {public: item for item in self.interfaces for _, public in item.public}
        return index(found, self.missing, "NetworkInterfaces")

    @cached_property
    def memo(self) -> dict[object, object]:
        """Room for what the tracer derives from this network and keeps with it (compiled route tables …)."""
        return {}

    def route_table_of(self, subnet: str) -> RouteTable | None:
        """The table that rules a subnet: the one associated with it, else the VPC's main table (Route tables guide)."""
        return self._table_of_subnet.get(subnet)

    def network_acl_of(self, subnet: str) -> NetworkAcl | None:
        """The network ACL associated with a subnet."""
        return self._acl_of_subnet.get(subnet)

    def interface_at(self, vpc: str, address: Address) -> NetworkInterface | None:
        """The interface that holds a private address in a VPC."""
        return self._interface_of_address.get((vpc, address))

    def interface_at_public(self, address: Address) -> NetworkInterface | None:
        """The interface for which a public IPv4 address stands."""
        return self._interface_of_public_address.get(address)

    def with_interface(self, interface: NetworkInterface) -> Network:
        """The same network with one more interface (or with this one in place of its namesake).

        For "what would a host here reach?": nothing is created anywhere.
        """
        others = tuple(item for item in self.interfaces if item.id != interface.id)
        return replace(self, interfaces=(*others, interface))
