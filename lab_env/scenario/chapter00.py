"""Chapter 00: what the tour builds, a VPC with one subnet and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from lab_env.scenario.firm import REGION

TOUR_VPC_CIDR = "10.0.0.0/16"
TOUR_SUBNET_CIDR, TOUR_SECOND_CIDR = "10.0.1.0/24", "10.0.2.0/24"


def build_tour(client: Callable[[str], Any]) -> str:
    """The tour's VPC and its subnet; the VPC's id.

    Args:
        client: gives a boto3 client by service name.
    """
    ec2 = client("ec2")
    vpc = str(ec2.create_vpc(CidrBlock=TOUR_VPC_CIDR)["Vpc"]["VpcId"])
    ec2.create_subnet(VpcId=vpc, CidrBlock=TOUR_SUBNET_CIDR, AvailabilityZone=f"{REGION}a")
    return vpc


def add_tour_subnet(ec2: Any, vpc: str) -> None:
    """A second subnet, in another Availability Zone (exercise 0.1).

    Args:
        ec2: EC2's client.
        vpc: the tour's VPC.
    """
    there = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    taken = {item["CidrBlock"] for item in there}
    free = (str(part) for part in ip_network(TOUR_VPC_CIDR).subnets(new_prefix=24))
    wanted = [TOUR_SECOND_CIDR, *list(free)[3:]]
    cidr = next(cidr for cidr in wanted if cidr not in taken)
    ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}b")
