"""Another VPC of the firm's, where people try things out; its S3 endpoint is nobody's concern."""

from __future__ import annotations

from typing import Any

from lab_env.scenario.lookups import named

SANDBOX_CIDR = "10.99.0.0/16"


def build_sandbox(ec2: Any) -> str:
    """A VPC with one subnet and an S3 gateway endpoint on its main route table: the subnet's id."""
    tags = named("vpc", "sandbox")
    vpc = ec2.create_vpc(CidrBlock=SANDBOX_CIDR, TagSpecifications=tags)["Vpc"]["VpcId"]
    made = ec2.create_subnet(
        VpcId=vpc, CidrBlock="10.99.1.0/24", TagSpecifications=named("subnet", "sandbox")
    )
    in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    table = ec2.describe_route_tables(Filters=in_vpc)["RouteTables"][0]["RouteTableId"]
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{ec2.meta.region_name}.s3",
        RouteTableIds=[table],
        TagSpecifications=named("vpc-endpoint", "sandbox"),
    )
    return str(made["Subnet"]["SubnetId"])


def remove_sandbox(ec2: Any) -> None:
    """Delete every sandbox, with what stands in it."""
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["sandbox"]}])["Vpcs"]:
        in_vpc = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        endpoints = ec2.describe_vpc_endpoints(Filters=in_vpc)["VpcEndpoints"]
        ec2.delete_vpc_endpoints(VpcEndpointIds=[item["VpcEndpointId"] for item in endpoints])
        for subnet in ec2.describe_subnets(Filters=in_vpc)["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])
