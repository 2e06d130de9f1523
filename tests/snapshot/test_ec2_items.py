"""Each kind of item that EC2's describe calls answer, as the value it becomes."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest

from lab_env.network.model import (
    InternetGateway,
    NatGateway,
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
from lab_env.snapshot.ec2 import network_from_answers

ANY = IPv4Network("0.0.0.0/0")
ANY6 = IPv6Network("::/0")
NAME = [{"Key": "Name", "Value": "x"}]

CASES = {
    "a VPC takes AWS's defaults for what was not asked": (
        {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
        "vpcs",
        Vpc(
            "vpc-1",
            (IPv4Network("10.0.0.0/16"),),
            "us-east-1",
            assumed=frozenset({"enableDnsSupport", "enableDnsHostnames", "DhcpOptions"}),
        ),
    ),
    "a default VPC has DNS host names on by default": (
        {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "172.31.0.0/16", "IsDefault": True, "OwnerId": "1" * 12}]},
        "vpcs",
        Vpc(
            "vpc-1",
            (IPv4Network("172.31.0.0/16"),),
            "us-east-1",
            owner="1" * 12,
            dns_hostnames=True,
            is_default=True,
            assumed=frozenset({"enableDnsSupport", "enableDnsHostnames", "DhcpOptions"}),
        ),
    ),
    "a VPC has the blocks that are associated, the first one first, and the resolvers of its DHCP options": (
        {
            "Vpcs": [
                {
                    "VpcId": "vpc-1",
                    "CidrBlock": "10.1.0.0/16",
                    "CidrBlockAssociationSet": [
                        {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
                        {"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "associated"}},
                        {"CidrBlock": "10.2.0.0/16", "CidrBlockState": {"State": "disassociated"}},
                    ],
                    "Ipv6CidrBlockAssociationSet": [
                        {"Ipv6CidrBlock": "2600:1f18::/56", "Ipv6CidrBlockState": {"State": "associated"}},
                        {
                            "Ipv6CidrBlock": "2600:1f19::/56",
                            "Ipv6CidrBlockState": {"State": "disassociating"},
                        },
                    ],
                    "DhcpOptionsId": "dopt-1",
                    "Tags": NAME,
                }
            ],
            "DhcpOptions": [
                {
                    "DhcpOptionsId": "dopt-1",
                    "DhcpConfigurations": [
                        {"Key": "domain-name", "Values": [{"Value": "corp.example"}]},
                        {
                            "Key": "domain-name-servers",
                            "Values": [{"Value": "10.1.0.9"}, {"Value": "10.1.0.10"}],
                        },
                    ],
                }
            ],
        },
        "vpcs",
        Vpc(
            "vpc-1",
            (IPv4Network("10.1.0.0/16"), IPv4Network("10.0.0.0/16"), IPv6Network("2600:1f18::/56")),
            "us-east-1",
            dhcp_domain_name_servers=("10.1.0.9", "10.1.0.10"),
            assumed=frozenset({"enableDnsSupport", "enableDnsHostnames"}),
            name="x",
        ),
    ),
    "a subnet": (
        {
            "Subnets": [
                {
                    "SubnetId": "subnet-1",
                    "VpcId": "vpc-1",
                    "CidrBlock": "10.0.1.0/24",
                    "Ipv6CidrBlockAssociationSet": [
                        {"Ipv6CidrBlock": "2600:1f18::/64", "Ipv6CidrBlockState": {"State": "associated"}},
                        {"Ipv6CidrBlock": "2600:1f19::/64", "Ipv6CidrBlockState": {"State": "disassociated"}},
                    ],
                    "AvailabilityZone": "us-east-1a",
                    "MapPublicIpOnLaunch": True,
                    "AvailableIpAddressCount": 251,
                    "Tags": NAME,
                }
            ]
        },
        "subnets",
        Subnet(
            "subnet-1",
            "vpc-1",
            (IPv4Network("10.0.1.0/24"), IPv6Network("2600:1f18::/64")),
            "us-east-1a",
            map_public_ip_on_launch=True,
            available_addresses=251,
            name="x",
        ),
    ),
    "a route table with a route of each kind of destination and target": (
        {
            "RouteTables": [
                {
                    "RouteTableId": "rtb-1",
                    "VpcId": "vpc-1",
                    "Routes": [
                        {
                            "DestinationCidrBlock": "10.0.0.0/16",
                            "GatewayId": "local",
                            "Origin": "CreateRouteTable",
                        },
                        {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": "active"},
                        {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"},
                        {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "blackhole"},
                        {"DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": "pcx-1"},
                        {"DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayId": "tgw-1"},
                        {
                            "DestinationCidrBlock": "10.3.0.0/16",
                            "InstanceId": "i-1",
                            "NetworkInterfaceId": "eni-1",
                        },
                        {
                            "DestinationCidrBlock": "192.168.0.0/16",
                            "GatewayId": "vgw-1",
                            "Origin": "EnableVgwRoutePropagation",
                        },
                        {"DestinationCidrBlock": "10.4.0.0/16", "State": "blackhole"},
                    ],
                    "Associations": [
                        {"Main": True},
                        {"Main": False, "SubnetId": "subnet-1", "AssociationState": {"State": "associated"}},
                        {
                            "Main": False,
                            "SubnetId": "subnet-2",
                            "AssociationState": {"State": "disassociated"},
                        },
                        {"Main": False, "GatewayId": "igw-1"},
                    ],
                    "PropagatingVgws": [{"GatewayId": "vgw-1"}],
                    "Tags": NAME,
                }
            ]
        },
        "route_tables",
        RouteTable(
            "rtb-1",
            "vpc-1",
            (
                Route(IPv4Network("10.0.0.0/16"), "local", origin="CreateRouteTable"),
                Route("pl-1", "vpce-1"),
                Route(ANY6, "eigw-1"),
                Route(ANY, "nat-1", "blackhole"),
                Route(IPv4Network("10.1.0.0/16"), "pcx-1"),
                Route(IPv4Network("10.2.0.0/16"), "tgw-1"),
                Route(IPv4Network("10.3.0.0/16"), "eni-1"),
                Route(IPv4Network("192.168.0.0/16"), "vgw-1", origin="EnableVgwRoutePropagation"),
                Route(IPv4Network("10.4.0.0/16"), "", "blackhole"),
            ),
            subnets=("subnet-1",),
            main=True,
            edge_gateways=("igw-1",),
            propagating_gateways=("vgw-1",),
            name="x",
        ),
    ),
    "a network interface: the primary address first, each public address with the private one it stands for": (
        {
            "NetworkInterfaces": [
                {
                    "NetworkInterfaceId": "eni-1",
                    "VpcId": "vpc-1",
                    "SubnetId": "subnet-1",
                    "PrivateIpAddresses": [
                        {"PrivateIpAddress": "10.0.1.5", "Association": {"PublicIp": "54.144.0.5"}},
                        {"PrivateIpAddress": "10.0.1.4", "Primary": True},
                    ],
                    "Ipv6Addresses": [{"Ipv6Address": "2600:1f18::5"}],
                    "Groups": [{"GroupId": "sg-1"}, {"GroupId": "sg-2"}],
                    "InterfaceType": "interface",
                    "Attachment": {"InstanceId": "i-1"},
                    "SourceDestCheck": False,
                    "OwnerId": "1" * 12,
                    "Description": "first",
                }
            ]
        },
        "interfaces",
        NetworkInterface(
            "eni-1",
            "vpc-1",
            "subnet-1",
            (IPv4Address("10.0.1.4"), IPv4Address("10.0.1.5"), IPv6Address("2600:1f18::5")),
            ("sg-1", "sg-2"),
            ((IPv4Address("10.0.1.5"), IPv4Address("54.144.0.5")),),
            attached_to="i-1",
            source_dest_check=False,
            owner="1" * 12,
            description="first",
        ),
    ),
    "an elastic address that only DescribeAddresses tells of": (
        {
            "NetworkInterfaces": [
                {
                    "NetworkInterfaceId": "eni-1",
                    "VpcId": "vpc-1",
                    "SubnetId": "subnet-1",
                    "PrivateIpAddress": "10.0.1.4",
                }
            ],
            "Addresses": [
                {"PublicIp": "54.144.0.9", "NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.1.4"},
                {"PublicIp": "54.144.0.10"},
            ],
        },
        "interfaces",
        NetworkInterface(
            "eni-1",
            "vpc-1",
            "subnet-1",
            (IPv4Address("10.0.1.4"),),
            public=((IPv4Address("10.0.1.4"), IPv4Address("54.144.0.9")),),
        ),
    ),
    "an interface belongs to the NAT gateway that names it": (
        {
            "NetworkInterfaces": [
                {
                    "NetworkInterfaceId": "eni-1",
                    "VpcId": "vpc-1",
                    "SubnetId": "subnet-1",
                    "PrivateIpAddress": "10.0.1.4",
                    "InterfaceType": "nat_gateway",
                }
            ],
            "NatGateways": [
                {
                    "NatGatewayId": "nat-1",
                    "VpcId": "vpc-1",
                    "NatGatewayAddresses": [{"NetworkInterfaceId": "eni-1", "PrivateIp": "10.0.1.4"}],
                }
            ],
        },
        "interfaces",
        NetworkInterface(
            "eni-1", "vpc-1", "subnet-1", (IPv4Address("10.0.1.4"),), kind="nat_gateway", attached_to="nat-1"
        ),
    ),
    "instances tell their interfaces when the interfaces themselves were not described": (
        {
            "Reservations": [
                {
                    "Instances": [
                        {
                            "NetworkInterfaces": [
                                {
                                    "NetworkInterfaceId": "eni-1",
                                    "VpcId": "vpc-1",
                                    "SubnetId": "subnet-1",
                                    "PrivateIpAddress": "10.0.1.4",
                                }
                            ]
                        }
                    ]
                }
            ]
        },
        "interfaces",
        NetworkInterface("eni-1", "vpc-1", "subnet-1", (IPv4Address("10.0.1.4"),)),
    ),
    "a security group: one rule for each peer of each permission": (
        {
            "SecurityGroups": [
                {
                    "GroupId": "sg-1",
                    "GroupName": "job",
                    "VpcId": "vpc-1",
                    "OwnerId": "1" * 12,
                    "IpPermissions": [
                        {
                            "IpProtocol": "tcp",
                            "FromPort": 443,
                            "ToPort": 443,
                            "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                            "UserIdGroupPairs": [{"GroupId": "sg-2"}],
                        },
                        {
                            "IpProtocol": "icmp",
                            "FromPort": 8,
                            "ToPort": -1,
                            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                        },
                    ],
                    "IpPermissionsEgress": [
                        {
                            "IpProtocol": "-1",
                            "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
                            "PrefixListIds": [{"PrefixListId": "pl-1"}],
                        },
                        {"IpProtocol": "50", "IpRanges": [{"CidrIp": "10.0.0.7/24"}]},
                    ],
                }
            ]
        },
        "security_groups",
        SecurityGroup(
            "sg-1",
            "vpc-1",
            (
                SecurityGroupRule("tcp", 443, 443, IPv4Network("10.0.0.0/8")),
                SecurityGroupRule("tcp", 443, 443, "sg-2"),
                SecurityGroupRule("icmp", 8, -1, ANY),
            ),
            (
                SecurityGroupRule("-1", None, None, ANY6),
                SecurityGroupRule("-1", None, None, "pl-1"),
                SecurityGroupRule("50", None, None, IPv4Network("10.0.0.0/24")),
            ),
            name="job",
            owner="1" * 12,
        ),
    ),
    "a network ACL: protocols by name, entries of each direction in the order in which AWS tries them": (
        {
            "NetworkAcls": [
                {
                    "NetworkAclId": "acl-1",
                    "VpcId": "vpc-1",
                    "IsDefault": True,
                    "Entries": [
                        {
                            "RuleNumber": 32767,
                            "Egress": True,
                            "Protocol": "-1",
                            "CidrBlock": "0.0.0.0/0",
                            "RuleAction": "deny",
                        },
                        {
                            "RuleNumber": 100,
                            "Egress": True,
                            "Protocol": "6",
                            "CidrBlock": "0.0.0.0/0",
                            "RuleAction": "allow",
                            "PortRange": {"From": 443, "To": 443},
                        },
                        {
                            "RuleNumber": 90,
                            "Egress": False,
                            "Protocol": "1",
                            "Ipv6CidrBlock": "::/0",
                            "RuleAction": "allow",
                            "IcmpTypeCode": {"Type": 8, "Code": -1},
                        },
                    ],
                    "Associations": [{"SubnetId": "subnet-1", "NetworkAclId": "acl-1"}],
                    "Tags": NAME,
                }
            ]
        },
        "network_acls",
        NetworkAcl(
            "acl-1",
            "vpc-1",
            (
                NetworkAclEntry(
                    90, egress=False, protocol="icmp", cidr=ANY6, allow=True, from_port=8, to_port=-1
                ),
                NetworkAclEntry(
                    100, egress=True, protocol="tcp", cidr=ANY, allow=True, from_port=443, to_port=443
                ),
                NetworkAclEntry(32767, egress=True, protocol="-1", cidr=ANY, allow=False),
            ),
            subnets=("subnet-1",),
            is_default=True,
            name="x",
        ),
    ),
    "an internet gateway is attached only where its attachment says so": (
        {
            "InternetGateways": [
                {
                    "InternetGatewayId": "igw-1",
                    "Attachments": [
                        {"VpcId": "vpc-1", "State": "available"},
                        {"VpcId": "vpc-2", "State": "detaching"},
                    ],
                    "Tags": NAME,
                }
            ]
        },
        "internet_gateways",
        InternetGateway("igw-1", ("vpc-1",), name="x"),
    ),
    "an egress-only internet gateway": (
        {
            "EgressOnlyInternetGateways": [
                {
                    "EgressOnlyInternetGatewayId": "eigw-1",
                    "Attachments": [{"VpcId": "vpc-1", "State": "attached"}],
                }
            ]
        },
        "internet_gateways",
        InternetGateway("eigw-1", ("vpc-1",), egress_only=True),
    ),
    "a NAT gateway answers with its primary address": (
        {
            "NatGateways": [
                {
                    "NatGatewayId": "nat-1",
                    "VpcId": "vpc-1",
                    "SubnetId": "subnet-1",
                    "State": "available",
                    "NatGatewayAddresses": [
                        {"PrivateIp": "10.0.1.8", "PublicIp": "54.144.0.8", "NetworkInterfaceId": "eni-8"},
                        {
                            "PrivateIp": "10.0.1.9",
                            "PublicIp": "54.144.0.9",
                            "NetworkInterfaceId": "eni-9",
                            "IsPrimary": True,
                        },
                    ],
                    "Tags": NAME,
                }
            ]
        },
        "nat_gateways",
        NatGateway(
            "nat-1",
            "vpc-1",
            "subnet-1",
            "available",
            "public",
            IPv4Address("10.0.1.9"),
            IPv4Address("54.144.0.9"),
            interface="eni-9",
            name="x",
        ),
    ),
    "a NAT gateway that failed": (
        {
            "NatGateways": [
                {
                    "NatGatewayId": "nat-1",
                    "VpcId": "vpc-1",
                    "SubnetId": "subnet-1",
                    "State": "failed",
                    "ConnectivityType": "public",
                    "FailureCode": "Gateway.NotAttached",
                    "NatGatewayAddresses": [],
                }
            ]
        },
        "nat_gateways",
        NatGateway("nat-1", "vpc-1", "subnet-1", "failed", "public", None, failure="Gateway.NotAttached"),
    ),
    "a virtual private gateway": (
        {
            "VpnGateways": [
                {
                    "VpnGatewayId": "vgw-1",
                    "AmazonSideAsn": 64512,
                    "VpcAttachments": [
                        {"VpcId": "vpc-1", "State": "attached"},
                        {"VpcId": "vpc-2", "State": "detached"},
                    ],
                    "Tags": NAME,
                }
            ]
        },
        "vpn_gateways",
        VpnGateway("vgw-1", ("vpc-1",), asn=64512, name="x"),
    ),
    "a peering connection": (
        {
            "VpcPeeringConnections": [
                {
                    "VpcPeeringConnectionId": "pcx-1",
                    "RequesterVpcInfo": {"VpcId": "vpc-1"},
                    "AccepterVpcInfo": {"VpcId": "vpc-2"},
                    "Status": {"Code": "pending-acceptance", "Message": "…"},
                    "Tags": NAME,
                }
            ]
        },
        "peerings",
        VpcPeering("pcx-1", "vpc-1", "vpc-2", "pending-acceptance", name="x"),
    ),
    "a gateway endpoint": (
        {
            "VpcEndpoints": [
                {
                    "VpcEndpointId": "vpce-1",
                    "VpcEndpointType": "Gateway",
                    "VpcId": "vpc-1",
                    "ServiceName": "com.amazonaws.us-east-1.s3",
                    "State": "available",
                    "PolicyDocument": "{}",
                    "RouteTableIds": ["rtb-1"],
                    "Tags": NAME,
                }
            ]
        },
        "endpoints",
        VpcEndpoint(
            "vpce-1",
            "vpc-1",
            "com.amazonaws.us-east-1.s3",
            "Gateway",
            route_tables=("rtb-1",),
            service_region="us-east-1",
            policy="{}",
            name="x",
        ),
    ),
    "an interface endpoint, in the spelling of its older answers": (
        {
            "VpcEndpoints": [
                {
                    "VpcEndpointId": "vpce-2",
                    "VpcEndpointType": "Interface",
                    "VpcId": "vpc-1",
                    "ServiceName": "com.amazonaws.eu-west-1.s3",
                    "ServiceRegion": "eu-west-1",
                    "State": "PendingAcceptance",
                    "SubnetIds": ["subnet-1"],
                    "NetworkInterfaceIds": ["eni-1"],
                    "Groups": [{"GroupId": "sg-1", "GroupName": "endpoint"}],
                    "PrivateDnsEnabled": True,
                    "DnsOptions": {
                        "DnsRecordIpType": "ipv4",
                        "PrivateDnsOnlyForInboundResolverEndpoint": True,
                    },
                    "DnsEntries": [
                        {"DnsName": "vpce-2-abc.s3.eu-west-1.vpce.amazonaws.com"},
                        {"HostedZoneId": "Z"},
                    ],
                    "IpAddressType": "dualstack",
                }
            ]
        },
        "endpoints",
        VpcEndpoint(
            "vpce-2",
            "vpc-1",
            "com.amazonaws.eu-west-1.s3",
            "Interface",
            state="pendingacceptance",
            subnets=("subnet-1",),
            interfaces=("eni-1",),
            groups=("sg-1",),
            private_dns=True,
            private_dns_inbound_only=True,
            dns_names=("vpce-2-abc.s3.eu-west-1.vpce.amazonaws.com",),
            service_region="eu-west-1",
            ip_address_type="dualstack",
        ),
    ),
    "a prefix list of AWS": (
        {
            "PrefixLists": [
                {
                    "PrefixListId": "pl-1",
                    "PrefixListName": "com.amazonaws.us-east-1.s3",
                    "Cidrs": ["52.216.0.0/15", "2600:1ff9::/40"],
                }
            ]
        },
        "prefix_lists",
        PrefixList(
            "pl-1",
            "com.amazonaws.us-east-1.s3",
            (IPv4Network("52.216.0.0/15"), IPv6Network("2600:1ff9::/40")),
            "us-east-1",
        ),
    ),
}


@pytest.mark.parametrize(("answers", "part", "expected"), CASES.values(), ids=CASES)
def test_item(answers, part, expected):
    """An item as EC2 answers it becomes this value, whole."""
    assert getattr(network_from_answers(answers, "us-east-1"), part) == (expected,)
