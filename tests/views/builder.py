"""The scenario's networks, built by hand: small values for the views' tests, with ids that read well."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

from lab_env.network.flow import DnsAnswer, Exit, Flow, Hop, InterfaceSource, Outcome, Trace, Verdict
from lab_env.network.model import (
    AwsRange,
    Internet,
    InternetGateway,
    NatGateway,
    Network,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    OnPremises,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
    VpnGateway,
)

VPC = "vpc-0d5c1a2b3e4f56789"
SUBNET_A = "subnet-0a1b2c3d4e5f60718"
SUBNET_B = "subnet-0b2c3d4e5f6071829"
PUBLIC = "subnet-0c3d4e5f607182930"
PRIVATE_TABLE = "rtb-0f63a1b2c3d4e5f60"
PUBLIC_TABLE = "rtb-0e52b1c3d4e5f6071"
MAIN_TABLE = "rtb-0d41a2b3c4d5e6f70"
GROUP = "sg-0a9b8c7d6e5f40312"
ACL = "acl-0b1a2c3d4e5f60718"
JOB = "eni-0c4d5e6f708192a3b"
S3_LIST = "pl-63a5400a"
ENDPOINT = "vpce-0e1d2c3b4a5968778"
IGW = "igw-0f1e2d3c4b5a69788"
NAT = "nat-0a2b4c6d8e0f1a3b5"
NAT_ENI = "eni-0d5e6f708192a3b4c"
S3_ADDRESS = ip_address("52.216.8.131")
S3_NAME = "meridian-phi-training.s3.us-east-1.amazonaws.com"
ANYWHERE = ip_network("0.0.0.0/0")
VPC_CIDR = ip_network("10.20.0.0/16")
LOCAL = Route(VPC_CIDR, "local", origin="CreateRouteTable")


def private_vpc() -> Network:
    """Chapter 01's end: two private subnets, nothing that leads out, one training job's interface."""
    return Network(
        region="us-east-1",
        vpcs=(Vpc(VPC, (VPC_CIDR,), "us-east-1", name="meridian", dns_hostnames=True),),
        subnets=(
            Subnet(SUBNET_A, VPC, (ip_network("10.20.1.0/24"),), "us-east-1a", name="meridian-private-a"),
            Subnet(SUBNET_B, VPC, (ip_network("10.20.2.0/24"),), "us-east-1b", name="meridian-private-b"),
        ),
        route_tables=(
            RouteTable(MAIN_TABLE, VPC, (LOCAL,), main=True),
            RouteTable(PRIVATE_TABLE, VPC, (LOCAL,), (SUBNET_A, SUBNET_B), name="meridian-private"),
        ),
        interfaces=(
            NetworkInterface(
                JOB,
                VPC,
                SUBNET_A,
                (ip_address("10.20.1.14"),),
                (GROUP,),
                description="meridian-readmission-05",
            ),
        ),
        security_groups=(
            SecurityGroup(
                GROUP, VPC, (), (SecurityGroupRule("-1", None, None, ANYWHERE),), name="meridian-training"
            ),
        ),
        network_acls=(
            NetworkAcl(
                ACL,
                VPC,
                tuple(
                    NetworkAclEntry(n, out, "-1", ANYWHERE, n == 100)
                    for n in (100, 32767)
                    for out in (True, False)
                ),
                (SUBNET_A, SUBNET_B),
                is_default=True,
            ),
        ),
        prefix_lists=(
            PrefixList(S3_LIST, "com.amazonaws.us-east-1.s3", (ip_network("52.216.0.0/15"),), "us-east-1"),
        ),
        internet=Internet(
            (AwsRange("s3", "us-east-1", ip_network("52.216.0.0/15")),),
            {"exfil.example": ip_address("203.0.113.66")},
        ),
    )


def with_route(network: Network, table: str, route: Route) -> Network:
    """The same network with one more route in a table."""
    tables = tuple(
        replace(item, routes=(*item.routes, route)) if item.id == table else item
        for item in network.route_tables
    )
    return replace(network, route_tables=tables)


def with_endpoint(network: Network) -> Network:
    """Chapter 05's end: the gateway endpoint for S3, and its route in the private table."""
    endpoint = VpcEndpoint(
        ENDPOINT,
        VPC,
        "com.amazonaws.us-east-1.s3",
        "Gateway",
        route_tables=(PRIVATE_TABLE,),
        name="meridian-s3",
    )
    return with_route(replace(network, endpoints=(endpoint,)), PRIVATE_TABLE, Route(S3_LIST, ENDPOINT))


def with_nat(network: Network) -> Network:
    """Chapter 03's end: a public subnet with a NAT gateway, an internet gateway, and default routes to both."""
    public = Subnet(PUBLIC, VPC, (ip_network("10.20.100.0/24"),), "us-east-1a", name="meridian-public")
    table = RouteTable(PUBLIC_TABLE, VPC, (LOCAL, Route(ANYWHERE, IGW)), (PUBLIC,), name="meridian-public")
    private, elastic = ip_address("10.20.100.7"), ip_address("52.4.19.80")
    nat = NatGateway(NAT, VPC, PUBLIC, "available", "public", private, elastic, NAT_ENI, name="meridian-nat")
    eni = NetworkInterface(NAT_ENI, VPC, PUBLIC, (private,), (), ((private, elastic),), "nat_gateway", NAT)
    built = replace(
        network,
        subnets=(*network.subnets, public),
        route_tables=(*network.route_tables, table),
        internet_gateways=(InternetGateway(IGW, (VPC,), name="meridian-igw"),),
        nat_gateways=(nat,),
        interfaces=(*network.interfaces, eni),
        network_acls=tuple(replace(acl, subnets=(*acl.subnets, PUBLIC)) for acl in network.network_acls),
    )
    return with_route(built, PRIVATE_TABLE, Route(ANYWHERE, NAT))


FLOW = Flow(InterfaceSource(JOB), S3_NAME)
DNS = DnsAnswer(S3_NAME, (S3_ADDRESS,), "public", "AmazonProvidedDNS asked the public DNS.")
EGRESS = Hop(
    GROUP,
    "security-group",
    Verdict.ALLOWED,
    "egress all → 0.0.0.0/0 (default)",
    "The group's default egress rule lets everything out.",
    subnet=SUBNET_A,
)
ACL_OUT = Hop(
    ACL,
    "network-acl",
    Verdict.ALLOWED,
    "rule 100 allow",
    "Rule 100 is the first that matches.",
    subnet=SUBNET_A,
)
ACL_BACK = Hop(
    ACL,
    "network-acl",
    Verdict.ALLOWED,
    "inbound rule 100 allow, ports 32768-60999",
    "Rule 100 lets the answer in to the client's ephemeral ports.",
    subnet=SUBNET_A,
)


def dropped_trace() -> Trace:
    """Chapter 01: no route leads to S3."""
    lost = Hop(
        PRIVATE_TABLE,
        "route-table",
        Verdict.NO_ROUTE,
        "no matching route",
        f"The table holds only the local route, and {S3_ADDRESS} is not in 10.20.0.0/16.",
        "NO_ROUTE_TO_DESTINATION",
        SUBNET_A,
    )
    return Trace(
        FLOW, DNS, (EGRESS, ACL_OUT, lost), (), Outcome.DROPPED, Exit.NONE, S3_ADDRESS, blockers=(lost,)
    )


def reached_trace() -> Trace:
    """Chapter 05: the gateway endpoint answers."""
    route = Hop(
        PRIVATE_TABLE,
        "route-table",
        Verdict.FORWARDED,
        f"{S3_LIST} (S3) → {ENDPOINT}",
        "The S3 prefix list holds the address, and no route is more specific.",
        subnet=SUBNET_A,
    )
    far = Hop(
        ENDPOINT,
        "gateway-endpoint",
        Verdict.REACHED,
        "S3 in us-east-1",
        "S3 sees the private source address; the packet stays on AWS's network.",
    )
    return Trace(
        FLOW,
        DNS,
        (EGRESS, ACL_OUT, route, far),
        (ACL_BACK,),
        Outcome.REACHED,
        Exit.GATEWAY_ENDPOINT,
        S3_ADDRESS,
        ip_address("10.20.1.14"),
        ENDPOINT,
    )


def with_job(network: Network) -> Network:
    """The interface belongs to a training job, which has a second one beside it."""
    first, *others = network.interfaces
    told = "[Do not delete] ENI for SageMaker training job meridian-readmission-05"
    job = replace(first, description=told)
    second = replace(job, id="eni-0e6f708192a3b4c5d", addresses=(ip_address("10.20.1.15"),))
    return replace(network, interfaces=(job, second, *others))


def with_default_route(network: Network) -> Network:
    """Chapter 02: the private subnets' own table leads to an internet gateway."""
    gateways = (InternetGateway(IGW, (VPC,), name="meridian-igw"),)
    return with_route(replace(network, internet_gateways=gateways), PRIVATE_TABLE, Route(ANYWHERE, IGW))


def with_interface_endpoint(network: Network) -> Network:
    """Chapter 08: S3's interface endpoint in subnet B, with private DNS."""
    group = SecurityGroup(
        "sg-0b8c7d6e5f4031234", VPC, (SecurityGroupRule("tcp", 443, 443, VPC_CIDR),), (), "endpoints"
    )
    own = NetworkInterface(
        "eni-0aaa1112223334445",
        VPC,
        SUBNET_B,
        (ip_address("10.20.2.9"),),
        (group.id,),
        kind="vpc_endpoint",
    )
    endpoint = VpcEndpoint(
        "vpce-0f112233445566778",
        VPC,
        "com.amazonaws.us-east-1.s3",
        "Interface",
        subnets=(SUBNET_B,),
        interfaces=(own.id,),
        groups=(group.id,),
        private_dns=True,
    )
    return replace(
        network,
        interfaces=(*network.interfaces, own),
        endpoints=(*network.endpoints, endpoint),
        security_groups=(*network.security_groups, group),
    )


def with_data_centre(network: Network) -> Network:
    """Chapter 04: a virtual private gateway, and the data centre behind it."""
    gateway = VpnGateway("vgw-0a1b2c3d4e5f60718", (VPC,), name="meridian-vgw")
    site = OnPremises("Meridian data centre", (ip_network("192.168.0.0/16"),))
    built = replace(network, vpn_gateways=(gateway,), on_premises=(site,))
    return with_route(built, PRIVATE_TABLE, Route(site.prefixes[0], gateway.id))


def with_closed_doors(network: Network) -> Network:
    """Two faults: no egress rule, and a network ACL that lets no answer in."""
    group, *groups = network.security_groups
    acl, *acls = network.network_acls
    outbound = tuple(entry for entry in acl.entries if entry.egress or not entry.allow)
    return replace(
        network,
        security_groups=(replace(group, egress=()), *groups),
        network_acls=(replace(acl, entries=outbound), *acls),
    )


STATES = {
    "private": with_job(private_vpc()),
    "endpoint": with_endpoint(with_job(private_vpc())),
    "nat": with_nat(with_job(private_vpc())),
    "internet": with_default_route(with_job(private_vpc())),
    "interface endpoint": with_interface_endpoint(with_job(private_vpc())),
    "data centre": with_data_centre(with_job(private_vpc())),
    "two faults": with_closed_doors(with_endpoint(with_job(private_vpc()))),
}
"""The networks that the pictures' tests draw, by name."""
