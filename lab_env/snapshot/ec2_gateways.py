"""Gateways, peering connections and VPC endpoints, one item of an answer at a time."""

from __future__ import annotations

from collections.abc import Iterable

from lab_env.network.model import InternetGateway, NatGateway, VpcEndpoint, VpcPeering, VpnGateway
from lab_env.snapshot.record import Record

# An internet gateway's attachment is "available", a virtual private gateway's "attached" (EC2 API).
_ATTACHED = frozenset({"available", "attached"})


def internet_gateway(item: Record) -> InternetGateway:
    """An item of ``DescribeInternetGateways``."""
    return InternetGateway(
        item.text("InternetGatewayId"), _vpcs(item.records("Attachments")), name=item.tag("Name")
    )


def egress_only_gateway(item: Record) -> InternetGateway:
    """An item of ``DescribeEgressOnlyInternetGateways``."""
    identifier = item.text("EgressOnlyInternetGatewayId")
    return InternetGateway(
        identifier, _vpcs(item.records("Attachments")), egress_only=True, name=item.tag("Name")
    )


def nat_gateway(item: Record) -> NatGateway:
    """An item of ``DescribeNatGateways``. A regional one has no subnet of its own."""
    addresses = sorted(
        item.records("NatGatewayAddresses"), key=lambda one: not one.flag("IsPrimary", default=False)
    )
    first = addresses[0] if addresses else Record({}, "")
    return NatGateway(
        id=item.text("NatGatewayId"),
        vpc=item.text("VpcId"),
        subnet=item.text("SubnetId", ""),
        state=item.text("State", "available"),
        connectivity=item.text("ConnectivityType", "public"),
        private_address=first.address("PrivateIp") if "PrivateIp" in first else None,
        public_address=first.address("PublicIp") if "PublicIp" in first else None,
        interface=first.text("NetworkInterfaceId", ""),
        failure=item.text("FailureCode", ""),
        availability_mode=item.text("AvailabilityMode", "zonal"),
        name=item.tag("Name"),
    )


def vpn_gateway(item: Record) -> VpnGateway:
    """An item of ``DescribeVpnGateways``."""
    return VpnGateway(
        item.text("VpnGatewayId"),
        _vpcs(item.records("VpcAttachments")),
        asn=item.number("AmazonSideAsn"),
        name=item.tag("Name"),
    )


def peering(item: Record) -> VpcPeering:
    """An item of ``DescribeVpcPeeringConnections``."""
    return VpcPeering(
        id=item.text("VpcPeeringConnectionId"),
        requester=item.record("RequesterVpcInfo").text("VpcId"),
        accepter=item.record("AccepterVpcInfo").text("VpcId"),
        status=item.record("Status").text("Code"),
        name=item.tag("Name"),
    )


def endpoint(item: Record, region: str) -> VpcEndpoint:
    """An item of ``DescribeVpcEndpoints``.

    The default policy counts as AWS answers it; an endpoint that names no type is of the oldest one, a gateway.
    """
    return VpcEndpoint(
        id=item.text("VpcEndpointId"),
        vpc=item.text("VpcId"),
        service=item.text("ServiceName", ""),
        kind=item.text("VpcEndpointType", "Gateway"),
        # EC2 writes "available" and "Available" in different answers.
        state=item.text("State", "available").lower(),
        route_tables=item.texts("RouteTableIds"),
        subnets=item.texts("SubnetIds"),
        interfaces=item.texts("NetworkInterfaceIds"),
        groups=tuple(one.text("GroupId") for one in item.records("Groups")),
        private_dns=item.flag("PrivateDnsEnabled", default=False),
        private_dns_inbound_only=item.record("DnsOptions").flag(
            "PrivateDnsOnlyForInboundResolverEndpoint", default=False
        ),
        dns_names=tuple(one.text("DnsName") for one in item.records("DnsEntries") if "DnsName" in one),
        service_region=item.text("ServiceRegion", region),
        ip_address_type=item.text("IpAddressType", "ipv4"),
        policy=item.text("PolicyDocument", ""),
        name=item.tag("Name"),
    )


def _vpcs(attachments: Iterable[Record]) -> tuple[str, ...]:
    return tuple(one.text("VpcId") for one in attachments if one.text("State", "attached") in _ATTACHED)
