"""The ways to S3 that the cost explorer draws, in one, two or three Availability Zones, each built and traced.

Run as a module, it prints one way a line: each has a mock cloud of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from lab_env import scenario
from lab_env.costs import Meter, Way
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.options import ANYWHERE, OPEN_DATA_CENTRE, Option, hairpin, internet_gateway
from lab_env.scenario.lookups import named, table_named
from lab_env.views.other_process import answers, tell
from lab_env.views.standing import JOB_INTERFACE, S3, standing, with_job

ZONES = (1, 2, 3)
SERVICES = ("sagemaker.api", "sagemaker.runtime", "sts", "logs", "kms", "ecr.api", "ecr.dkr")
"""What code in the VPC may call beside S3, each by an interface endpoint of its own."""

_LETTERS = "abc"
Build = Callable[[Callable[[str], Any], int], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the explorer.

    Attributes:
        key: a short name.
        name: what the line is called.
        build: makes the calls, for so many zones.
        zoned: whether the number of zones makes a difference.
        carried: whether the data centre has to offer to carry anything.
    """

    key: str
    name: str
    build: Build
    zoned: bool = False
    carried: bool = False

    @property
    def zones(self) -> tuple[int, ...]:
        """For how many zones it has to be built."""
        return ZONES if self.zoned else ZONES[:1]


def nat_in_each_zone(client: Callable[[str], Any], zones: int) -> None:
    """Option B, in each zone a public subnet with a NAT gateway, so that none depends on another."""
    ec2 = client("ec2")
    vpc = table_named(ec2, "meridian-private")["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    public = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=public, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
    for number in range(zones):
        place = {"VpcId": vpc, "AvailabilityZone": f"{scenario.REGION}{_LETTERS[number]}"}
        subnet = ec2.create_subnet(**place, CidrBlock=f"10.20.{100 + number}.0/24")["Subnet"]["SubnetId"]
        ec2.associate_route_table(RouteTableId=public, SubnetId=subnet)
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
        table = _private(ec2, vpc, number)[1]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, NatGatewayId=nat)


def interface_endpoints(
    client: Callable[[str], Any], zones: int, services: tuple[str, ...] = ("s3",)
) -> None:
    """Interface endpoints with an interface in each zone, in front of the services' usual names."""
    ec2 = client("ec2")
    vpc = table_named(ec2, "meridian-private")["VpcId"]
    named_so = {"GroupName": "meridian-endpoints", "Description": "Interface endpoints"}
    group = ec2.create_security_group(**named_so, VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": scenario.VPC_CIDR}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    for service in services:
        own = {"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": False}} if service == "s3" else {}
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=f"com.amazonaws.{scenario.REGION}.{service}",
            VpcEndpointType="Interface",
            SubnetIds=[_private(ec2, vpc, number)[0] for number in range(zones)],
            SecurityGroupIds=[group],
            PrivateDnsEnabled=True,
            **own,
        )


def gateway_and_services(client: Callable[[str], Any], zones: int) -> None:
    """S3 by the gateway endpoint, seven other services by interface endpoints."""
    scenario.build_endpoint(client)
    interface_endpoints(client, zones, SERVICES)


def _private(ec2: Any, vpc: str, number: int) -> tuple[str, str]:
    """The private subnet of a zone and its route table; the third is made when first asked for."""
    letter = _LETTERS[number]
    by_name = [{"Name": "tag:Name", "Values": [f"meridian-private-{letter}"]}]
    there = ec2.describe_subnets(Filters=by_name)["Subnets"]
    if there:
        name = "meridian-private" if number == 0 else f"meridian-private-{letter}"
        return str(there[-1]["SubnetId"]), str(table_named(ec2, name)["RouteTableId"])
    tags = named("subnet", f"meridian-private-{letter}")
    place = {"VpcId": vpc, "AvailabilityZone": f"{scenario.REGION}{letter}", "TagSpecifications": tags}
    subnet = ec2.create_subnet(**place, CidrBlock=f"10.20.{number + 1}.0/24")["Subnet"]["SubnetId"]
    tags = named("route-table", f"meridian-private-{letter}")
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=tags)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return str(subnet), str(table)


KINDS = (
    Kind("a", "A internet gateway", lambda client, _: internet_gateway(client)),
    Kind("b", "B NAT gateways", nat_in_each_zone, zoned=True),
    Kind("c", "C Direct Connect hairpin", lambda client, _: hairpin(client), carried=True),
    Kind("d", "D gateway endpoint", lambda client, _: scenario.build_endpoint(client)),
    Kind("d-interface", "D interface endpoint", interface_endpoints, zoned=True),
    Kind("d-services", "D gateway, 7 interface", gateway_and_services, zoned=True),
)


@cache
def built_ways() -> Mapping[int, tuple[Way, ...]]:
    """The ways by number of zones, built now in another process; the second time they are known.

    Raises:
        LabError: that process failed.
    """
    steps = sum(len(kind.zones) for kind in KINDS)
    told = answers(__name__, steps=steps, doing="building each way to S3")
    found = {(one["key"], one["zones"]): _way(one["way"]) for one in told}
    return {
        zones: tuple(found[kind.key, zones if kind.zoned else ZONES[0]] for kind in KINDS) for zones in ZONES
    }


def _way(told: Mapping[str, Any]) -> Way:
    return Way(told["name"], tuple(Meter(**one) for one in told["meters"]), told["reaches"])


def way_of(kind: Kind, zones: int) -> Way:
    """Build one way in a fresh cloud, and send a job's packet along it; no cloud may be open in this process."""

    def build(client: Callable[[str], Any]) -> None:
        kind.build(client, zones)

    announces = OPEN_DATA_CENTRE if kind.carried else None
    with standing(Option(kind.key, kind.name[0], kind.name, build, announces)) as found:
        network = with_job(found.network, found.site)
        return Way.of(kind.name, network, trace(network, Flow(InterfaceSource(JOB_INTERFACE), S3)))


if __name__ == "__main__":
    for each in KINDS:
        for number in each.zones:
            tell({"key": each.key, "zones": number, "way": asdict(way_of(each, number))})
