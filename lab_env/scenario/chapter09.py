"""Chapter 09: the network of a clinic that the firm took over, as it was found, and what may be saved in it."""

from __future__ import annotations

from typing import Any

from lab_env.scenario.chapter01 import let_members_in
from lab_env.scenario.firm import REGION
from lab_env.scenario.lookups import named, table_named

CLINIC = "clinic"
CLINIC_CIDR = "10.30.0.0/16"
CLINIC_SERVICES = ("sts", "logs", "kms")
"""What the clinic's researchers call beside S3."""

_ZONES = ("a", "b")


def build_clinic(ec2: Any) -> dict[str, str]:
    """The clinic's VPC: two private subnets, two public ones, and three NAT gateways, to one of which no route leads.

    Returns:
        The private subnets' ids, by name.
    """
    tags = named("vpc", CLINIC)
    vpc = ec2.create_vpc(CidrBlock=CLINIC_CIDR, TagSpecifications=tags)["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    # AWS makes a default group whose members reach one another; moto leaves that rule out.
    default = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    let_members_in(ec2, ec2.describe_security_groups(Filters=default)["SecurityGroups"][0]["GroupId"])
    tags = named("internet-gateway", CLINIC)
    gateway = ec2.create_internet_gateway(TagSpecifications=tags)["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    public = _table(ec2, vpc, "clinic-public", GatewayId=gateway)
    made = {}
    for number, zone in enumerate(_ZONES):
        outer = _subnet(ec2, vpc, f"clinic-public-{zone}", zone, 100 + number)
        ec2.associate_route_table(RouteTableId=public, SubnetId=outer)
        name = f"clinic-private-{zone}"
        made[name] = _subnet(ec2, vpc, name, zone, 1 + number)
        table = _table(ec2, vpc, name, NatGatewayId=_nat(ec2, outer, f"clinic-nat-{zone}"))
        ec2.associate_route_table(RouteTableId=table, SubnetId=made[name])
    _nat(ec2, outer, "clinic-nat-old")
    return made


def clinic_vpc(ec2: Any) -> str | None:
    """The id of the clinic's VPC; ``None`` where it does not stand."""
    found = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [CLINIC]}])["Vpcs"]
    return str(found[-1]["VpcId"]) if found else None


def remove_old_nat(ec2: Any) -> None:
    """Delete the NAT gateway that no route leads to, and give its address back."""
    _delete_nats(ec2, "clinic-nat-old")


def give_free_way(ec2: Any) -> None:
    """A gateway endpoint for S3 on both private tables of the clinic."""
    vpc = clinic_vpc(ec2)
    tables = [table_named(ec2, f"clinic-private-{zone}")["RouteTableId"] for zone in _ZONES]
    service = f"com.amazonaws.{REGION}.s3"
    wanted = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "service-name", "Values": [service]}]
    for old in ec2.describe_vpc_endpoints(Filters=wanted)["VpcEndpoints"]:
        ec2.delete_vpc_endpoints(VpcEndpointIds=[old["VpcEndpointId"]])
    tags = named("vpc-endpoint", "clinic-s3")
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, RouteTableIds=tables, TagSpecifications=tags)


def close_way_out(ec2: Any) -> None:
    """Interface endpoints for what the researchers call, in both zones; then no NAT gateway, and no address."""
    vpc = clinic_vpc(ec2)
    in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    by_name = [{"Name": "tag:Name", "Values": [f"clinic-private-{zone}" for zone in _ZONES]}]
    subnets = [item["SubnetId"] for item in ec2.describe_subnets(Filters=by_name)["Subnets"]]
    kind = [*in_vpc, {"Name": "vpc-endpoint-type", "Values": ["Interface"]}]
    for old in ec2.describe_vpc_endpoints(Filters=kind)["VpcEndpoints"]:
        ec2.delete_vpc_endpoints(VpcEndpointIds=[old["VpcEndpointId"]])
    for service in CLINIC_SERVICES:
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            VpcEndpointType="Interface",
            SubnetIds=subnets,
            PrivateDnsEnabled=True,
            TagSpecifications=named("vpc-endpoint", f"clinic-{service}"),
        )
    _delete_nats(ec2, "clinic-nat-old", *(f"clinic-nat-{zone}" for zone in _ZONES))


def _delete_nats(ec2: Any, *names: str) -> None:
    for nat in ec2.describe_nat_gateways()["NatGateways"]:
        called = {tag["Value"] for tag in nat.get("Tags", ())}
        if nat["State"] == "available" and called & set(names):
            ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    for address in ec2.describe_addresses()["Addresses"]:
        if "AssociationId" not in address:
            ec2.release_address(AllocationId=address["AllocationId"])


def _subnet(ec2: Any, vpc: str, name: str, zone: str, number: int) -> str:
    place = {"VpcId": vpc, "AvailabilityZone": f"{REGION}{zone}", "CidrBlock": f"10.30.{number}.0/24"}
    made = ec2.create_subnet(**place, TagSpecifications=named("subnet", name))
    return str(made["Subnet"]["SubnetId"])


def _table(ec2: Any, vpc: str, name: str, **default: str) -> str:
    made = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", name))["RouteTable"]
    ec2.create_route(RouteTableId=made["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", **default)
    return str(made["RouteTableId"])


def _nat(ec2: Any, subnet: str, name: str) -> str:
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=named("elastic-ip", name))["AllocationId"]
    tags = named("natgateway", name)
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, TagSpecifications=tags)
    return str(made["NatGateway"]["NatGatewayId"])
