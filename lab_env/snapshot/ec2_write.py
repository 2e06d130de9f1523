"""`Network` → EC2's and Direct Connect's describe answers, so that a network can be kept as JSON and read again.

Only what `Network` holds is written. The rest of the world, and what stands on premises, is not AWS's to describe.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lab_env.network.model import (
    Cidr,
    NatGateway,
    Network,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
    VpcPeering,
    VpnGateway,
)
from lab_env.snapshot import directconnect, ec2_transit

Answer = dict[str, Any]

_NUMBERS = {"icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}

# Where the id of a route's target is written, by the start of that id.
_TARGET_KEYS = {
    "nat-": "NatGatewayId",
    "eni-": "NetworkInterfaceId",
    "pcx-": "VpcPeeringConnectionId",
    "eigw-": "EgressOnlyInternetGatewayId",
    "tgw-": "TransitGatewayId",
    "cagw-": "CarrierGatewayId",
    "lgw-": "LocalGatewayId",
    "arn:": "CoreNetworkArn",
    "i-": "InstanceId",
}


def answers(network: Network) -> dict[str, list[Answer]]:
    """The describe answers of a network by top-level key, without those that ``network.missing`` names."""
    written = {
        "Vpcs": [_vpc(item) for item in network.vpcs],
        "DhcpOptions": [_dhcp_options(item) for item in network.vpcs if "DhcpOptions" not in item.assumed],
        "Subnets": [_subnet(item) for item in network.subnets],
        "RouteTables": [_route_table(item) for item in network.route_tables],
        "NetworkInterfaces": [_interface(item) for item in network.interfaces],
        "SecurityGroups": [_security_group(item) for item in network.security_groups],
        "NetworkAcls": [_network_acl(item) for item in network.network_acls],
        "InternetGateways": _gateways(network, "InternetGatewayId", egress_only=False),
        "EgressOnlyInternetGateways": _gateways(network, "EgressOnlyInternetGatewayId", egress_only=True),
        "NatGateways": [_nat_gateway(item) for item in network.nat_gateways],
        "VpnGateways": [_vpn_gateway(item) for item in network.vpn_gateways],
        "VpcPeeringConnections": [_peering(item) for item in network.peerings],
        "VpcEndpoints": [_endpoint(item) for item in network.endpoints],
        "PrefixLists": [_prefix_list(item) for item in network.prefix_lists],
        **ec2_transit.answers_of(network),
        **directconnect.answers(network),
    }
    return {key: items for key, items in written.items() if items or key not in network.missing}


def vpc_attributes(vpc: Vpc) -> dict[str, Answer]:
    """The answers of ``DescribeVpcAttribute`` for one VPC by attribute; none for those that were assumed."""
    values = {"enableDnsSupport": vpc.dns_support, "enableDnsHostnames": vpc.dns_hostnames}
    return {
        name: {"VpcId": vpc.id, name[0].upper() + name[1:]: {"Value": value}}
        for name, value in values.items()
        if name not in vpc.assumed
    }


def _tags(name: str) -> list[Answer]:
    return [{"Key": "Name", "Value": name}] if name else []


def _split(cidrs: Iterable[Cidr]) -> tuple[list[str], list[str]]:
    blocks = list(cidrs)
    return [str(one) for one in blocks if one.version == 4], [str(one) for one in blocks if one.version == 6]


def _vpc(item: Vpc) -> Answer:
    ipv4, ipv6 = _split(item.cidrs)
    return {
        "VpcId": item.id,
        "OwnerId": item.owner,
        "IsDefault": item.is_default,
        **({"CidrBlock": ipv4[0]} if ipv4 else {}),
        "CidrBlockAssociationSet": [{"CidrBlock": one} for one in ipv4],
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": one} for one in ipv6],
        "DhcpOptionsId": _dhcp_id(item),
        "Tags": _tags(item.name),
    }


def _dhcp_id(vpc: Vpc) -> str:
    return vpc.id.replace("vpc-", "dopt-", 1)


def _dhcp_options(item: Vpc) -> Answer:
    servers = [{"Value": one} for one in item.dhcp_domain_name_servers]
    configurations = [{"Key": "domain-name-servers", "Values": servers}] if servers else []
    return {"DhcpOptionsId": _dhcp_id(item), "DhcpConfigurations": configurations}


def _subnet(item: Subnet) -> Answer:
    ipv4, ipv6 = _split(item.cidrs)
    return {
        "SubnetId": item.id,
        "VpcId": item.vpc,
        "AvailabilityZone": item.availability_zone,
        "MapPublicIpOnLaunch": item.map_public_ip_on_launch,
        "AvailableIpAddressCount": item.available_addresses,
        **({"CidrBlock": ipv4[0]} if ipv4 else {}),
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": one} for one in ipv6],
        "Tags": _tags(item.name),
    }


def _route_table(item: RouteTable) -> Answer:
    bound = [
        *([{"Main": True}] if item.main else []),
        *({"Main": False, "SubnetId": one} for one in item.subnets),
        *({"Main": False, "GatewayId": one} for one in item.edge_gateways),
    ]
    return {
        "RouteTableId": item.id,
        "VpcId": item.vpc,
        "Routes": [_route(one) for one in item.routes],
        "Associations": bound,
        "PropagatingVgws": [{"GatewayId": one} for one in item.propagating_gateways],
        "Tags": _tags(item.name),
    }


def _route(item: Route) -> Answer:
    if isinstance(item.destination, str):
        key = "DestinationPrefixListId"
    else:
        key = "DestinationCidrBlock" if item.destination.version == 4 else "DestinationIpv6CidrBlock"
    target = next(
        (name for start, name in _TARGET_KEYS.items() if item.target.startswith(start)), "GatewayId"
    )
    to = {target: item.target} if item.target else {}
    return {key: str(item.destination), **to, "State": item.state, "Origin": item.origin}


def _interface(item: NetworkInterface) -> Answer:
    private = []
    for number, address in enumerate(one for one in item.addresses if one.version == 4):
        public = item.public_address(address)
        association = {"Association": {"PublicIp": str(public)}} if public else {}
        private.append({"PrivateIpAddress": str(address), "Primary": number == 0, **association})
    attachment = {"Attachment": {"InstanceId": item.attached_to}} if item.attached_to else {}
    return {
        "NetworkInterfaceId": item.id,
        "VpcId": item.vpc,
        "SubnetId": item.subnet,
        "PrivateIpAddresses": private,
        "Ipv6Addresses": [{"Ipv6Address": str(one)} for one in item.addresses if one.version == 6],
        "Groups": [{"GroupId": one} for one in item.groups],
        "InterfaceType": item.kind,
        **attachment,
        "SourceDestCheck": item.source_dest_check,
        "OwnerId": item.owner,
        "Description": item.description,
    }


def _security_group(item: SecurityGroup) -> Answer:
    return {
        "GroupId": item.id,
        "GroupName": item.name,
        "VpcId": item.vpc,
        "OwnerId": item.owner,
        "IpPermissions": [_permission(one) for one in item.ingress],
        "IpPermissionsEgress": [_permission(one) for one in item.egress],
    }


def _permission(item: SecurityGroupRule) -> Answer:
    ports = {"FromPort": item.from_port, "ToPort": item.to_port}
    peer: Answer
    if isinstance(item.peer, str):
        list_peer = item.peer.startswith("pl-")
        peer = (
            {"PrefixListIds": [{"PrefixListId": item.peer}]}
            if list_peer
            else {"UserIdGroupPairs": [{"GroupId": item.peer}]}
        )
    elif item.peer.version == 4:
        peer = {"IpRanges": [{"CidrIp": str(item.peer)}]}
    else:
        peer = {"Ipv6Ranges": [{"CidrIpv6": str(item.peer)}]}
    return {
        "IpProtocol": item.protocol,
        **{key: port for key, port in ports.items() if port is not None},
        **peer,
    }


def _network_acl(item: NetworkAcl) -> Answer:
    return {
        "NetworkAclId": item.id,
        "VpcId": item.vpc,
        "IsDefault": item.is_default,
        "Entries": [_entry(one) for one in item.entries],
        "Associations": [{"SubnetId": one, "NetworkAclId": item.id} for one in item.subnets],
        "Tags": _tags(item.name),
    }


def _entry(item: NetworkAclEntry) -> Answer:
    icmp = item.protocol in {"icmp", "icmpv6"}
    kind, keys = ("IcmpTypeCode", ("Type", "Code")) if icmp else ("PortRange", ("From", "To"))
    limits = {
        key: port for key, port in zip(keys, (item.from_port, item.to_port), strict=True) if port is not None
    }
    return {
        "RuleNumber": item.number,
        "Egress": item.egress,
        "Protocol": _NUMBERS.get(item.protocol, item.protocol),
        "CidrBlock" if item.cidr.version == 4 else "Ipv6CidrBlock": str(item.cidr),
        "RuleAction": "allow" if item.allow else "deny",
        **({kind: limits} if limits else {}),
    }


def _gateways(network: Network, key: str, *, egress_only: bool) -> list[Answer]:
    return [
        {
            key: item.id,
            "Attachments": [{"VpcId": one, "State": "available"} for one in item.vpcs],
            "Tags": _tags(item.name),
        }
        for item in network.internet_gateways
        if item.egress_only is egress_only
    ]


def _nat_gateway(item: NatGateway) -> Answer:
    address = {
        "NetworkInterfaceId": item.interface or None,
        "PrivateIp": str(item.private_address) if item.private_address else None,
        "PublicIp": str(item.public_address) if item.public_address else None,
    }
    return {
        "NatGatewayId": item.id,
        "VpcId": item.vpc,
        "SubnetId": item.subnet,
        "State": item.state,
        "ConnectivityType": item.connectivity,
        "AvailabilityMode": item.availability_mode,
        "FailureCode": item.failure or None,
        "NatGatewayAddresses": [address] if any(address.values()) else [],
        "Tags": _tags(item.name),
    }


def _vpn_gateway(item: VpnGateway) -> Answer:
    return {
        "VpnGatewayId": item.id,
        "VpcAttachments": [{"VpcId": one, "State": "attached"} for one in item.vpcs],
        "AmazonSideAsn": item.asn,
        "Tags": _tags(item.name),
    }


def _peering(item: VpcPeering) -> Answer:
    return {
        "VpcPeeringConnectionId": item.id,
        "RequesterVpcInfo": {"VpcId": item.requester},
        "AccepterVpcInfo": {"VpcId": item.accepter},
        "Status": {"Code": item.status},
        "Tags": _tags(item.name),
    }


def _endpoint(item: VpcEndpoint) -> Answer:
    return {
        "VpcEndpointId": item.id,
        "VpcId": item.vpc,
        "ServiceName": item.service,
        "VpcEndpointType": item.kind,
        "State": item.state,
        "RouteTableIds": list(item.route_tables),
        "SubnetIds": list(item.subnets),
        "NetworkInterfaceIds": list(item.interfaces),
        "Groups": [{"GroupId": one} for one in item.groups],
        "PrivateDnsEnabled": item.private_dns,
        "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": item.private_dns_inbound_only},
        "DnsEntries": [{"DnsName": one} for one in item.dns_names],
        "ServiceRegion": item.service_region,
        "IpAddressType": item.ip_address_type,
        "PolicyDocument": item.policy,
        "Tags": _tags(item.name),
    }


def _prefix_list(item: PrefixList) -> Answer:
    return {
        "PrefixListId": item.id,
        "PrefixListName": item.name,
        "OwnerId": item.owner,
        "Cidrs": [str(one) for one in item.cidrs],
    }
