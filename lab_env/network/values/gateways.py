"""What a route may lead to: gateways, peering connections and VPC endpoints."""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.network.values.addresses import Address


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
