"""Small networks in a few lines, for tests.

Rules are written as words: routes ``"0.0.0.0/0 igw-1"``, security group rules ``"out tcp 443 pl-s3"``, network ACL
entries ``"in 100 allow tcp 1024-65535 0.0.0.0/0"``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_address, ip_network
from types import MappingProxyType

from lab_env.network import Flow, InterfaceSource, Network, OnPremisesSource
from lab_env.network.direct_connect import DirectConnectAssociation, DirectConnectGateway, VirtualInterface
from lab_env.network.model import (
    AwsRange,
    Internet,
    InternetGateway,
    NatGateway,
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
    VpcPeering,
    VpnGateway,
)

REGION = "us-east-1"
S3_CIDRS = ("3.5.0.0/19", "52.216.0.0/15")
S3_WEST_CIDRS = ("52.218.0.0/17",)
INTERNET = Internet(
    aws=(
        *(AwsRange("s3", REGION, ip_network(cidr)) for cidr in S3_CIDRS),
        *(AwsRange("s3", "eu-west-1", ip_network(cidr)) for cidr in S3_WEST_CIDRS),
        AwsRange("dynamodb", REGION, ip_network("52.94.0.0/22")),
        AwsRange("ec2", REGION, ip_network("54.144.0.0/14")),
        AwsRange("amazon", REGION, ip_network("52.94.244.0/22")),
        AwsRange("amazon", "eu-west-1", ip_network("52.95.64.0/20")),
    ),
    hosts=MappingProxyType(
        {"exfil.example": ip_address("203.0.113.66"), "internet.example": ip_address("198.51.100.10")}
    ),
)
ALLOW_ALL = (
    "in 100 allow all 0.0.0.0/0",
    "out 100 allow all 0.0.0.0/0",
    "in * deny all 0.0.0.0/0",
    "out * deny all 0.0.0.0/0",
)
JOB = InterfaceSource("eni-job")
S3 = "meridian-phi-training.s3.us-east-1.amazonaws.com"


def _ports(words: list[str]) -> tuple[int | None, int | None, list[str]]:
    found = re.fullmatch(r"(-?\d+)(?:-(-?\d+))?", words[0])
    if found is None:
        return None, None, words
    return int(found[1]), int(found[2] or found[1]), words[1:]


def _cidr_or_id(text: str):
    return text if text.startswith(("pl-", "sg-")) else ip_network(text)


def route(text: str) -> Route:
    """``"0.0.0.0/0 nat-1 [blackhole] [propagated]"``."""
    destination, target, *flags = text.split()
    origin = "CreateRouteTable" if target == "local" else "CreateRoute"
    return Route(
        _cidr_or_id(destination),
        target,
        "blackhole" if "blackhole" in flags else "active",
        "EnableVgwRoutePropagation" if "propagated" in flags else origin,
    )


def group_rule(text: str) -> SecurityGroupRule:
    """``"tcp 443 10.0.0.0/8"``; for ICMP the two numbers are type and code: ``"icmp 8-0 0.0.0.0/0"``."""
    protocol, *rest = text.split()
    low, high, (peer,) = _ports(rest)
    return SecurityGroupRule("-1" if protocol == "all" else protocol, low, high, _cidr_or_id(peer))


def acl_entry(text: str) -> NetworkAclEntry:
    """``"in 100 allow tcp 443 0.0.0.0/0"``."""
    way, number, action, protocol, *rest = text.split()
    low, high, (cidr,) = _ports(rest)
    return NetworkAclEntry(
        32767 if number == "*" else int(number), way == "out", "-1" if protocol == "all" else protocol,
        ip_network(cidr), action == "allow", low, high,
    )  # fmt: skip


def group(name: str, *rules: str, vpc: str = "vpc-1") -> SecurityGroup:
    """A security group from rules that start with ``in`` or ``out``."""
    ingress = tuple(group_rule(text.removeprefix("in ")) for text in rules if text.startswith("in "))
    egress = tuple(group_rule(text.removeprefix("out ")) for text in rules if text.startswith("out "))
    return SecurityGroup(name, vpc, ingress, egress)


def acl(name: str, *entries: str, subnets: tuple[str, ...] = (), vpc: str = "vpc-1") -> NetworkAcl:
    """A network ACL from its entries."""
    return NetworkAcl(name, vpc, tuple(acl_entry(entry) for entry in entries), subnets)


def table(
    name: str, *routes: str, subnets: tuple[str, ...] = (), main: bool = False, vpc: str = "vpc-1", edges=()
):
    """A route table from its routes."""
    return RouteTable(name, vpc, tuple(route(text) for text in routes), subnets, main, edges)


def interface(
    name: str, subnet: str, address: str, *groups: str, public: str = "", vpc: str = "vpc-1", **more
):
    """A network interface with one private address."""
    own = ip_address(address)
    pairs = ((own, ip_address(public)),) if public else ()
    return NetworkInterface(name, vpc, subnet, (own,), groups or ("sg-job",), pairs, **more)


def private_vpc() -> Network:
    """Chapter 01's end: two private subnets, no way out, a training job's interface ``eni-job`` at 10.20.1.14."""
    return Network(
        region=REGION,
        vpcs=(Vpc("vpc-1", (ip_network("10.20.0.0/16"),), REGION, "123456789012", dns_hostnames=True),),
        subnets=(
            Subnet("subnet-a", "vpc-1", (ip_network("10.20.1.0/24"),), "us-east-1a"),
            Subnet("subnet-b", "vpc-1", (ip_network("10.20.2.0/24"),), "us-east-1b"),
            Subnet("subnet-p", "vpc-1", (ip_network("10.20.100.0/24"),), "us-east-1a"),
        ),
        route_tables=(
            table("rtb-main", "10.20.0.0/16 local", main=True),
            table("rtb-a", "10.20.0.0/16 local", subnets=("subnet-a",)),
            table("rtb-p", "10.20.0.0/16 local", subnets=("subnet-p",)),
        ),
        interfaces=(
            interface("eni-job", "subnet-a", "10.20.1.14"),
            interface("eni-near", "subnet-a", "10.20.1.15"),
            interface("eni-far", "subnet-b", "10.20.2.20"),
        ),
        security_groups=(
            group("sg-job", "out all 0.0.0.0/0"),
            group("sg-open", "in all 0.0.0.0/0", "out all 0.0.0.0/0"),
        ),
        network_acls=(acl("acl-1", *ALLOW_ALL, subnets=("subnet-a", "subnet-b", "subnet-p")),),
        prefix_lists=(
            PrefixList("pl-s3", "com.amazonaws.us-east-1.s3", tuple(map(ip_network, S3_CIDRS)), REGION),
        ),
        internet=INTERNET,
    )  # fmt: skip


def _key(item: object) -> str:
    return getattr(item, "id", "") or item.name


def changed(network: Network, **items) -> Network:
    """The network with items put in place of their namesakes, or added: ``changed(n, route_tables=table(…))``."""
    for field, value in items.items():
        new = value if isinstance(value, tuple) else (value,)
        ids = {_key(item) for item in new}
        kept = tuple(item for item in getattr(network, field) if _key(item) not in ids)
        network = replace(network, **{field: kept + new})
    return network


def with_endpoint(network: Network | None = None, **more) -> Network:
    """Option D: a gateway endpoint on subnet A's route table."""
    endpoint = VpcEndpoint(
        "vpce-s3", "vpc-1", "com.amazonaws.us-east-1.s3", "Gateway", route_tables=("rtb-a",), **more
    )
    return changed(
        network or private_vpc(),
        endpoints=endpoint,
        route_tables=table("rtb-a", "10.20.0.0/16 local", "pl-s3 vpce-s3", subnets=("subnet-a",)),
    )


def with_internet_gateway(network: Network | None = None, public: str = "") -> Network:
    """Option A: an internet gateway and a default route from subnet A; the job's public address, if it had one."""
    return changed(
        network or private_vpc(),
        internet_gateways=InternetGateway("igw-1", ("vpc-1",)),
        route_tables=table("rtb-a", "10.20.0.0/16 local", "0.0.0.0/0 igw-1", subnets=("subnet-a",)),
        interfaces=interface("eni-job", "subnet-a", "10.20.1.14", public=public),
    )


def with_nat(network: Network | None = None, subnet: str = "subnet-p", **more) -> Network:
    """Option B: a NAT gateway, in the public subnet unless told otherwise."""
    settings = {
        "state": "available",
        "connectivity": "public",
        "public_address": ip_address("54.144.0.9"),
    } | more
    address = {"subnet-p": "10.20.100.9", "subnet-a": "10.20.1.9"}[subnet]
    return changed(
        network or private_vpc(),
        internet_gateways=InternetGateway("igw-1", ("vpc-1",)),
        nat_gateways=NatGateway("nat-1", "vpc-1", subnet, private_address=ip_address(address), **settings),
        route_tables=(
            table("rtb-a", "10.20.0.0/16 local", "0.0.0.0/0 nat-1", subnets=("subnet-a",)),
            table("rtb-p", "10.20.0.0/16 local", "0.0.0.0/0 igw-1", subnets=("subnet-p",)),
        ),
    )


def with_interface_endpoint(network: Network | None = None, groups=("sg-open",), **more) -> Network:
    """An interface endpoint for S3 with an interface in each private subnet."""
    settings = {"private_dns": True} | more
    host = "s3.us-east-1.vpce.amazonaws.com"
    names = (f"*.vpce-if-1.{host}", f"*.vpce-if-1-us-east-1a.{host}", f"*.vpce-if-1-us-east-1b.{host}")
    endpoint = VpcEndpoint(
        "vpce-if",
        "vpc-1",
        settings.pop("service", "com.amazonaws.us-east-1.s3"),
        "Interface",
        subnets=("subnet-a", "subnet-b"),
        interfaces=("eni-ep-a", "eni-ep-b"),
        groups=groups,
        dns_names=(*names, "s3.us-east-1.amazonaws.com"),
        **settings,
    )
    return changed(
        network or private_vpc(),
        endpoints=endpoint,
        interfaces=(
            interface(
                "eni-ep-a", "subnet-a", "10.20.1.200", *groups, kind="vpc_endpoint", attached_to="vpce-if"
            ),
            interface(
                "eni-ep-b", "subnet-b", "10.20.2.200", *groups, kind="vpc_endpoint", attached_to="vpce-if"
            ),
        ),
    )


def job_to(destination: str = S3, protocol: str = "tcp", port: int = 443) -> Flow:
    """A flow from the training job."""
    return Flow(JOB, destination, protocol, port)


def with_peer(
    network: Network | None = None, *, status: str = "active", back: bool = True, region: str = REGION
) -> Network:
    """A peer VPC 10.30.0.0/16 with the host ``eni-peer`` at 10.30.1.5; the job's table leads there."""
    network = network or private_vpc()
    own = network.route_table_of("subnet-a")
    return changed(
        network,
        vpcs=replace(network.vpcs[0], id="vpc-2", cidrs=(ip_network("10.30.0.0/16"),), region=region),
        subnets=Subnet("subnet-peer", "vpc-2", (ip_network("10.30.1.0/24"),), f"{region}a"),
        peerings=VpcPeering("pcx-1", "vpc-1", "vpc-2", status),
        route_tables=(
            replace(own, routes=(*own.routes, route("10.30.0.0/16 pcx-1"))),
            table(
                "rtb-peer",
                "10.30.0.0/16 local",
                *(["10.20.0.0/16 pcx-1"] if back else []),
                main=True,
                vpc="vpc-2",
            ),
        ),
        interfaces=interface("eni-peer", "subnet-peer", "10.30.1.5", "sg-peer", vpc="vpc-2"),
        security_groups=group("sg-peer", "in all 10.0.0.0/8", "out all 0.0.0.0/0", vpc="vpc-2"),
        network_acls=acl("acl-peer", *ALLOW_ALL, subnets=("subnet-peer",), vpc="vpc-2"),
    )


def with_direct_connect(
    network: Network | None = None,
    *routes: str,
    site: OnPremises | None = None,
    gateway: str = "dxgw-1",
    allowed: tuple[str, ...] = (),
    kind: str = "private",
    state: str = "available",
    public: bool = False,
) -> Network:
    """Option C: a private virtual interface to the data centre ``hq`` (192.168.0.0/16), through ``gateway`` if any."""
    network = network or private_vpc()
    own = network.route_table_of("subnet-a")
    added = tuple(route(text) for text in routes or ("192.168.0.0/16 vgw-1 propagated",))
    ends = {"gateway": gateway} if gateway else {"virtual_gateway": "vgw-1"}
    links = [VirtualInterface("dxvif-1", kind, state, site="hq", **ends)]
    if public:
        links.append(VirtualInterface("dxvif-pub", "public", customer_address=ip_address("198.51.100.1")))
    return changed(
        network,
        vpn_gateways=VpnGateway("vgw-1", ("vpc-1",)),
        route_tables=replace(own, routes=own.routes + added),
        virtual_interfaces=tuple(links),
        direct_connect_gateways=(DirectConnectGateway(gateway),) if gateway else (),
        direct_connect_associations=(
            DirectConnectAssociation(
                gateway, "vgw-1", allowed_prefixes=tuple(map(ip_network, allowed)), id="dxassoc-1"
            ),
        )
        if gateway
        else (),
        on_premises=site or HQ,
    )


HQ = OnPremises("hq", (ip_network("192.168.0.0/16"),))
ON_PREMISES = OnPremisesSource("hq", ip_address("192.168.7.7"))


def dual_stack(way: str = "igw-1") -> Network:
    """The private VPC with IPv6: the job at 2600:1f18:1:a::14, and ``::/0`` to an internet or egress-only gateway."""
    network = private_vpc()
    routes = ["10.20.0.0/16 local", "2600:1f18:1::/56 local"] + ([f"::/0 {way}"] if way else [])
    six = ip_network("2600:1f18:1:a::/64"), ip_network("2600:1f18:1:b::/64")
    both = (*ALLOW_ALL, *(entry.replace("0.0.0.0/0", "::/0").replace("100", "101") for entry in ALLOW_ALL))
    return changed(
        network,
        vpcs=replace(network.vpcs[0], cidrs=(*network.vpcs[0].cidrs, ip_network("2600:1f18:1::/56"))),
        subnets=tuple(
            replace(subnet, cidrs=(*subnet.cidrs, cidr))
            for subnet, cidr in zip(network.subnets, six, strict=False)
        ),
        route_tables=(
            table("rtb-a", *routes, subnets=("subnet-a",)),
            table("rtb-main", *routes[:2], main=True),
        ),
        interfaces=(
            dual_interface("eni-job", "subnet-a", "10.20.1.14", "2600:1f18:1:a::14"),
            dual_interface("eni-far", "subnet-b", "10.20.2.20", "2600:1f18:1:b::20"),
        ),
        security_groups=group("sg-job", "in all ::/0", "out all ::/0"),
        network_acls=acl("acl-1", *both, subnets=("subnet-a", "subnet-b", "subnet-p")),
        internet_gateways=(
            InternetGateway("igw-1", ("vpc-1",)),
            InternetGateway("eigw-1", ("vpc-1",), egress_only=True),
        ),
    )


def dual_interface(name: str, subnet: str, four: str, six: str) -> NetworkInterface:
    """A network interface with an address of either version."""
    return replace(interface(name, subnet, four), addresses=(ip_address(four), ip_address(six)))
