"""Chapter 01: the private VPC, the buckets with the patients' data, and the role."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lab_env.scenario.firm import (
    MODEL_BUCKET,
    REGION,
    SUBNET_A_CIDR,
    SUBNET_B_CIDR,
    TRAINING_BUCKET,
    TRAINING_ROLE,
    VPC_CIDR,
)
from lab_env.scenario.lookups import named
from lab_env.scenario.readmission import CODE_KEY, patient_extracts, training_code

SAGEMAKER_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
# Broad on purpose: chapter 06 cuts it down to what a job needs.
BROAD_ACCESS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:*", "logs:*", "cloudwatch:PutMetricData", "ecr:*"],
            "Resource": "*",
        }
    ],
}


def build_private_vpc(client: Callable[[str], Any]) -> None:
    """Chapter 01's end: the private VPC, the buckets with the patients' data, the role, and both exercises.

    Args:
        client: gives a boto3 client by service name.
    """
    vpc, group = build_first_subnet(client)
    build_subnet_b(client("ec2"), vpc)
    let_members_in(client("ec2"), group)


def build_first_subnet(client: Callable[[str], Any]) -> tuple[str, str]:
    """What chapter 01 builds before its exercises; the ids of the VPC and of the training group.

    Args:
        client: gives a boto3 client by service name.
    """
    ec2, s3, iam = client("ec2"), client("s3"), client("iam")
    vpc = ec2.create_vpc(CidrBlock=VPC_CIDR, TagSpecifications=named("vpc", "meridian-vpc"))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet_a = _subnet(ec2, vpc, "a", SUBNET_A_CIDR)
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", "meridian-private"))
    table_id = table["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_a)
    group = ec2.create_security_group(
        GroupName="meridian-training",
        Description="Training jobs",
        VpcId=vpc,
        TagSpecifications=named("security-group", "meridian-training"),
    )["GroupId"]
    for bucket in (TRAINING_BUCKET, MODEL_BUCKET):
        s3.create_bucket(Bucket=bucket)
    for key, body in patient_extracts():
        s3.put_object(Bucket=TRAINING_BUCKET, Key=key, Body=body)
    s3.put_object(Bucket=TRAINING_BUCKET, Key=CODE_KEY, Body=training_code())
    iam.create_role(RoleName=TRAINING_ROLE, AssumeRolePolicyDocument=json.dumps(SAGEMAKER_TRUST))
    iam.put_role_policy(RoleName=TRAINING_ROLE, PolicyName="broad", PolicyDocument=json.dumps(BROAD_ACCESS))
    return str(vpc), str(group)


def build_subnet_b(ec2: Any, vpc: str) -> None:
    """The second private subnet, in another Availability Zone, with a route table of its own (exercise 1.1)."""
    subnet = _subnet(ec2, vpc, "b", SUBNET_B_CIDR)
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", "meridian-private-b"))
    ec2.associate_route_table(RouteTableId=table["RouteTable"]["RouteTableId"], SubnetId=subnet)


def let_members_in(ec2: Any, group: str) -> None:
    """Let the members of a security group reach one another, as distributed training needs (exercise 1.2)."""
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}]
    )


def _subnet(ec2: Any, vpc: str, letter: str, cidr: str) -> str:
    answer = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=cidr,
        AvailabilityZone=f"{REGION}{letter}",
        TagSpecifications=named("subnet", f"meridian-private-{letter}"),
    )
    return str(answer["Subnet"]["SubnetId"])
