"""The question's four options, each in the forms it may take, as boto3 calls on the private VPC of chapter 01.

Chapters 02 to 05 make these calls one by one; here they stand together, so that the options can be put side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any

from lab_env import scenario
from lab_env.network.model import OnPremises
from lab_env.scenario import chapter08

Clients = Callable[[str], Any]
ANYWHERE = "0.0.0.0/0"
PUBLIC_SUBNET_CIDR = "10.20.100.0/24"
# A data centre that offers to carry anything, to its own way to the internet too.
OPEN_DATA_CENTRE = replace(
    scenario.ON_PREMISES, prefixes=(*scenario.ON_PREMISES.prefixes, ip_network(ANYWHERE)), internet_exit=True
)


@dataclass(frozen=True, slots=True)
class Option:
    """One form of an option.

    Attributes:
        key: a short name that no other form has.
        letter: the option's letter in the question.
        title: what is built.
        build: makes the calls, given boto3 clients by name.
        announces: the data centre at the far end of Direct Connect, where it is not as it always was.
    """

    key: str
    letter: str
    title: str
    build: Callable[[Clients], None]
    announces: OnPremises | None = None


def internet_gateway(client: Clients) -> None:
    """Option A: an internet gateway, and a default route to it in subnet A's table."""
    ec2 = client("ec2")
    _default_route(ec2, _table(ec2), GatewayId=_attached_gateway(ec2))


def nat_where_jobs_run(client: Clients) -> None:
    """Option B to the letter: a NAT gateway in the private subnet, without any internet gateway."""
    ec2 = client("ec2")
    _default_route(ec2, _table(ec2), NatGatewayId=_nat_gateway(ec2, _subnet(ec2)))


def nat_beside_a_gateway(client: Clients) -> None:
    """The same in a VPC that has an internet gateway, to which no table of that subnet leads."""
    ec2 = client("ec2")
    _attached_gateway(ec2)
    _default_route(ec2, _table(ec2), NatGatewayId=_nat_gateway(ec2, _subnet(ec2)))


def nat_in_public_subnet(client: Clients) -> None:
    """Option B done right: the NAT gateway in a public subnet, subnet A's default route to it."""
    ec2 = client("ec2")
    gateway, vpc = _attached_gateway(ec2), _table(ec2)["VpcId"]
    tags = scenario.named("subnet", "meridian-public")
    asked = {"CidrBlock": PUBLIC_SUBNET_CIDR, "AvailabilityZone": f"{scenario.REGION}a"}
    subnet = ec2.create_subnet(VpcId=vpc, **asked, TagSpecifications=tags)["Subnet"]["SubnetId"]
    tags = scenario.named("route-table", "meridian-public")
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=tags)["RouteTable"]
    ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=subnet)
    _default_route(ec2, table, GatewayId=gateway)
    _default_route(ec2, _table(ec2), NatGatewayId=_nat_gateway(ec2, subnet))


def hairpin(client: Clients) -> None:
    """Option C by the long way: both virtual interfaces; the data centre has to announce that it carries anything."""
    scenario.join_data_centre(client)
    scenario.add_public_interface(client)


def interface_endpoint(client: Clients) -> None:
    """Option D's other kind: an interface endpoint for S3 in both private subnets, in front of S3's usual names."""
    # Else a gateway endpoint would have to stand as well, and would carry the VPC's own traffic.
    chapter08.build_s3_interface(client("ec2"), inbound_only=False)


OPTIONS = (
    Option("a", "A", "Internet gateway", internet_gateway),
    Option("b-private", "B", "NAT gateway in the private subnet", nat_where_jobs_run),
    Option("b-public", "B", "NAT gateway in a public subnet", nat_in_public_subnet),
    Option("c-private", "C", "Direct Connect, private virtual interface", scenario.join_data_centre),
    Option("c-hairpin", "C", "Direct Connect, there and back again", hairpin, OPEN_DATA_CENTRE),
    Option("d", "D", "VPC endpoint (gateway)", scenario.build_endpoint),
)


def _attached_gateway(ec2: Any) -> str:
    tags = scenario.named("internet-gateway", "meridian-igw")
    made = ec2.create_internet_gateway(TagSpecifications=tags)["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=_table(ec2)["VpcId"])
    return str(made)


def _nat_gateway(ec2: Any, subnet: str) -> str:
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    tags = scenario.named("natgateway", "meridian-nat")
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, TagSpecifications=tags)
    return str(made["NatGateway"]["NatGatewayId"])


def _default_route(ec2: Any, table: Any, **target: str) -> None:
    ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=ANYWHERE, **target)


def _table(ec2: Any) -> Any:
    by_name = [{"Name": "tag:Name", "Values": ["meridian-private"]}]
    return ec2.describe_route_tables(Filters=by_name)["RouteTables"][-1]


def _subnet(ec2: Any, name: str = "meridian-private-a") -> str:
    by_name = [{"Name": "tag:Name", "Values": [name]}]
    return str(ec2.describe_subnets(Filters=by_name)["Subnets"][-1]["SubnetId"])
