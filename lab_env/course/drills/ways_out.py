"""What stands in the endpoint's place in some faults: gateways, and the routes to them."""

from __future__ import annotations

from typing import Any

from lab_env import scenario
from lab_env.course.drills.fault import Hands

ANYWHERE = "0.0.0.0/0"
PUBLIC = "meridian-public"


def leave_endpoint(hands: Hands, *tables: str) -> None:
    """Take the S3 endpoint off route tables, given by their Name tags."""
    ids = [table_id(hands, name) for name in tables]
    hands("ec2").modify_vpc_endpoint(VpcEndpointId=hands.id("s3_endpoint"), RemoveRouteTableIds=ids)


def join_endpoint(hands: Hands, *tables: str) -> None:
    """Let the S3 endpoint serve route tables, given by their Name tags."""
    ids = [table_id(hands, name) for name in tables]
    hands("ec2").modify_vpc_endpoint(VpcEndpointId=hands.id("s3_endpoint"), AddRouteTableIds=ids)


def table_id(hands: Hands, name: str) -> str:
    """The id of the route table of this name."""
    by_name = [{"Name": "tag:Name", "Values": [name]}]
    return str(hands("ec2").describe_route_tables(Filters=by_name)["RouteTables"][-1]["RouteTableId"])


def default_route(hands: Hands, **target: str) -> None:
    """Lead everything else from subnet A to a gateway."""
    table = hands.id("private_route_table")
    hands("ec2").create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **target)


def drop_default_route(hands: Hands) -> None:
    """Take that route away."""
    hands("ec2").delete_route(RouteTableId=hands.id("private_route_table"), DestinationCidrBlock=ANYWHERE)


def attach_internet_gateway(hands: Hands) -> str:
    """An internet gateway on the VPC: its id."""
    ec2 = hands("ec2")
    tags = scenario.named("internet-gateway", "meridian-igw")
    made = ec2.create_internet_gateway(TagSpecifications=tags)["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=hands.id("vpc"))
    return str(made)


def remove_internet_gateway(hands: Hands) -> None:
    """Detach and delete it."""
    ec2, vpc = hands("ec2"), hands.id("vpc")
    of_vpc = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    gateway = ec2.describe_internet_gateways(Filters=of_vpc)["InternetGateways"][0]["InternetGatewayId"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)


def add_public_subnet(hands: Hands, gateway: str) -> str:
    """A subnet whose own table leads to the internet gateway: its id."""
    ec2, vpc = hands("ec2"), hands.id("vpc")
    tags = scenario.named("subnet", PUBLIC)
    asked = {"CidrBlock": "10.20.100.0/24", "AvailabilityZone": f"{scenario.REGION}a"}
    subnet = ec2.create_subnet(VpcId=vpc, **asked, TagSpecifications=tags)["Subnet"]["SubnetId"]
    tags = scenario.named("route-table", PUBLIC)
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=tags)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
    return str(subnet)


def remove_public_subnet(hands: Hands) -> None:
    """Delete the subnet and its table."""
    ec2 = hands("ec2")
    by_name = [{"Name": "tag:Name", "Values": [PUBLIC]}]
    table: Any = ec2.describe_route_tables(Filters=by_name)["RouteTables"][-1]
    for one in table["Associations"]:
        ec2.disassociate_route_table(AssociationId=one["RouteTableAssociationId"])
        ec2.delete_subnet(SubnetId=one["SubnetId"])
    ec2.delete_route_table(RouteTableId=table["RouteTableId"])


def add_nat(hands: Hands, subnet: str) -> str:
    """A public NAT gateway in a subnet: its id."""
    ec2 = hands("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    tags = scenario.named("natgateway", "meridian-nat")
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, TagSpecifications=tags)
    return str(made["NatGateway"]["NatGatewayId"])


def add_private_nat(hands: Hands, subnet: str) -> str:
    """A private NAT gateway in a subnet: its id."""
    tags = scenario.named("natgateway", "meridian-nat")
    made = hands("ec2").create_nat_gateway(
        SubnetId=subnet, ConnectivityType="private", TagSpecifications=tags
    )
    return str(made["NatGateway"]["NatGatewayId"])


def remove_nat(hands: Hands) -> None:
    """Delete the VPC's NAT gateways, and release their addresses."""
    ec2 = hands("ec2")
    of_vpc = [{"Name": "vpc-id", "Values": [hands.id("vpc")]}]
    for one in ec2.describe_nat_gateways(Filters=of_vpc)["NatGateways"]:
        if one["State"] != "deleted":
            ec2.delete_nat_gateway(NatGatewayId=one["NatGatewayId"])
    for address in ec2.describe_addresses()["Addresses"]:
        ec2.release_address(AllocationId=address["AllocationId"])
