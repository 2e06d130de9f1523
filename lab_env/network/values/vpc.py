"""VPCs, their subnets, route tables and network interfaces."""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.network.values.addresses import Address, Cidr


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
