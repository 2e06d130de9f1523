"""The network as a value: what the describe calls of EC2 and Direct Connect say, and nothing else.

Every class is frozen. Ids are AWS's own (``vpc-…``, ``rtb-…``). CIDRs are ``ipaddress`` networks. A `Network` may hold
several VPCs, of several Regions and accounts. It is built by ``lab_env.snapshot`` and read by `lab_env.network.trace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from types import MappingProxyType

from lab_env.network.direct_connect import DirectConnectAssociation, DirectConnectGateway, VirtualInterface
from lab_env.network.index import index

Address = IPv4Address | IPv6Address
Cidr = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC (EC2 ``DescribeVpcs`` and ``DescribeVpcAttribute``).

    ``assumed`` names the attributes that the source did not give and that took AWS's default for a non-default VPC.
    ``block_public_access`` is the mode of VPC Block Public Access that holds there: ``off``, or one not modelled.
    """

    id: str
    cidrs: tuple[Cidr, ...]
    region: str
    owner: str = ""
    dns_support: bool = True
    dns_hostnames: bool = False
    is_default: bool = False
    dhcp_domain_name_servers: tuple[str, ...] = ("AmazonProvidedDNS",)
    assumed: frozenset[str] = frozenset()
    name: str = ""
    block_public_access: str = "off"


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet (``DescribeSubnets``). ``available_addresses`` counts free IPv4 addresses."""

    id: str
    vpc: str
    cidrs: tuple[Cidr, ...]
    availability_zone: str
    map_public_ip_on_launch: bool = False
    available_addresses: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One route of a table. ``destination`` is a CIDR, or the id of a prefix list (``pl-…``).

    ``target`` is AWS's own: ``local``, ``igw-…``, ``nat-…``, ``vpce-…``, ``vgw-…``, ``pcx-…``, ``eni-…``, ``eigw-…``,
    ``tgw-…``. ``state`` is ``active`` or ``blackhole``. ``origin`` is ``CreateRouteTable``, ``CreateRoute`` or
    ``EnableVgwRoutePropagation``.
    """

    destination: Cidr | str
    target: str
    state: str = "active"
    origin: str = "CreateRoute"


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table: its routes, the subnets associated explicitly, and whether it is the VPC's main table.

    Also the gateways (edge associations) and the propagating virtual private gateways bound to it.
    """

    id: str
    vpc: str
    routes: tuple[Route, ...]
    subnets: tuple[str, ...] = ()
    main: bool = False
    edge_gateways: tuple[str, ...] = ()
    propagating_gateways: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """An elastic network interface. ``public`` maps a private address to its public IPv4 address (1:1 NAT).

    ``kind`` is EC2's ``InterfaceType``; ``attached_to`` the instance, NAT gateway or endpoint it serves, when known.
    """

    id: str
    vpc: str
    subnet: str
    addresses: tuple[Address, ...]
    groups: tuple[str, ...] = ()
    public: tuple[tuple[Address, Address], ...] = ()
    kind: str = "interface"
    attached_to: str = ""
    source_dest_check: bool = True
    owner: str = ""
    description: str = ""

    @property
    def address(self) -> Address:
        """The primary private address."""
        return self.addresses[0]

    def public_address(self, private: Address | None = None) -> Address | None:
        """The public IPv4 address that stands for ``private`` (default: the primary one), if any."""
        wanted = private or self.address
        return next((public for own, public in self.public if own == wanted), None)


@dataclass(frozen=True, slots=True)
class SecurityGroupRule:
    """An allow rule. ``protocol`` is ``tcp``, ``udp``, ``icmp``, ``icmpv6``, ``-1`` (all) or an IANA number as text.

    ``peer`` is a CIDR, a prefix list id (``pl-…``) or a security group id (``sg-…``). For ICMP, ``from_port`` is the
    type and ``to_port`` the code; ``-1`` and ``None`` mean all.
    """

    protocol: str
    from_port: int | None
    to_port: int | None
    peer: Cidr | str
    id: str = ""


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group: stateful, allow rules only."""

    id: str
    vpc: str
    ingress: tuple[SecurityGroupRule, ...]
    egress: tuple[SecurityGroupRule, ...]
    name: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class NetworkAclEntry:
    """A numbered rule of a network ACL; ``32767`` is the final ``*`` deny. For ICMP the ports are type and code."""

    number: int
    egress: bool
    protocol: str
    cidr: Cidr
    allow: bool
    from_port: int | None = None
    to_port: int | None = None


@dataclass(frozen=True, slots=True)
class NetworkAcl:
    """A network ACL: stateless; entries of each direction in order of their numbers; first match wins."""

    id: str
    vpc: str
    entries: tuple[NetworkAclEntry, ...]
    subnets: tuple[str, ...] = ()
    is_default: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class InternetGateway:
    """An internet gateway and the VPCs it is attached to (at most one on AWS). ``egress_only``: IPv6 out only."""

    id: str
    vpcs: tuple[str, ...]
    egress_only: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class NatGateway:
    """A zonal NAT gateway. ``state`` as EC2 gives it; ``connectivity`` is ``public`` or ``private``."""

    id: str
    vpc: str
    subnet: str
    state: str
    connectivity: str
    private_address: Address | None
    public_address: Address | None = None
    interface: str = ""
    failure: str = ""
    availability_mode: str = "zonal"
    name: str = ""


@dataclass(frozen=True, slots=True)
class VpnGateway:
    """A virtual private gateway and the VPCs it is attached to.

    ``vpn_connections`` are those that end at it; they are not modelled, and so no packet may come to it then.
    """

    id: str
    vpcs: tuple[str, ...]
    asn: int | None = None
    name: str = ""
    vpn_connections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VpcPeering:
    """A VPC peering connection; traffic flows only in status ``active``, and never through it to a third place."""

    id: str
    requester: str
    accepter: str
    status: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class VpcEndpoint:
    """A VPC endpoint. ``kind`` is ``Gateway`` or ``Interface``; ``service`` e.g. ``com.amazonaws.us-east-1.s3``.

    A gateway endpoint stands in no subnet: it has route tables. An interface endpoint has interfaces, groups and DNS.
    ``private_dns_inbound_only`` is ``PrivateDnsOnlyForInboundResolverEndpoint``. ``policy`` is its policy document as
    text, which this package never reads.
    """

    id: str
    vpc: str
    service: str
    kind: str
    state: str = "available"
    route_tables: tuple[str, ...] = ()
    subnets: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    private_dns: bool = False
    private_dns_inbound_only: bool = False
    dns_names: tuple[str, ...] = ()
    service_region: str = ""
    ip_address_type: str = "ipv4"
    policy: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class PrefixList:
    """A managed prefix list. AWS's own ones (``owner == "AWS"``) belong to one Region."""

    id: str
    name: str
    cidrs: tuple[Cidr, ...]
    region: str
    owner: str = "AWS"


@dataclass(frozen=True, slots=True)
class AwsRange:
    """Public addresses of one AWS service in one Region (``service`` as in ``ip-ranges.json``, lower case)."""

    service: str
    region: str
    cidr: Cidr


@dataclass(frozen=True, slots=True)
class Internet:
    """The rest of the world: which public addresses are AWS's, and what other names resolve to.

    ``hosts`` maps a DNS name outside AWS to its address (``exfil.example``). Any other public address is taken to be a
    host that answers: who listens where is no question of the network.
    """

    aws: tuple[AwsRange, ...] = ()
    hosts: Mapping[str, Address] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class OnPremises:
    """A data centre at the far end of Direct Connect.

    ``prefixes`` are what it announces over a private or transit VIF (``0.0.0.0/0`` when it offers to carry anything);
    ``internet_exit`` says whether it lets others out to the internet; ``public_vif`` whether it holds a public VIF (one
    among ``Network.virtual_interfaces`` counts too). ``public_address`` is the address it shows on either.
    """

    name: str
    prefixes: tuple[Cidr, ...]
    internet_exit: bool = False
    public_vif: bool = False
    public_address: Address | None = None


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
