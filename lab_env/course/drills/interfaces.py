"""An interface endpoint for S3, which some faults set beside the gateway endpoint."""

from __future__ import annotations

from typing import Any

from lab_env import scenario
from lab_env.course.drills.fault import Hands

NAME = "meridian-s3-interface"


def add_endpoint(hands: Hands, *, ingress: bool, private_dns: bool) -> None:
    """Make it in subnet B, with a security group of its own.

    Args:
        hands: what makes the calls.
        ingress: whether its group lets HTTPS in from the VPC.
        private_dns: whether S3's usual names lead to it.
    """
    ec2, vpc = hands("ec2"), hands.id("vpc")
    tags = scenario.named("security-group", NAME)
    group = ec2.create_security_group(
        GroupName=NAME, Description="Interface endpoint for S3", VpcId=vpc, TagSpecifications=tags
    )["GroupId"]
    if ingress:
        ranges: list[dict[str, Any]] = [{"CidrIp": scenario.VPC_CIDR}]
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": ranges}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    names = {"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": False}} if private_dns else {}
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{scenario.REGION}.s3",
        VpcEndpointType="Interface",
        SubnetIds=[hands.id("subnet_b")],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=private_dns,
        TagSpecifications=scenario.named("vpc-endpoint", NAME),
        **names,
    )


def remove_endpoint(hands: Hands) -> None:
    """Delete it, and its security group."""
    ec2 = hands("ec2")
    by_name = [{"Name": "tag:Name", "Values": [NAME]}]
    for item in ec2.describe_vpc_endpoints(Filters=by_name)["VpcEndpoints"]:
        ec2.delete_vpc_endpoints(VpcEndpointIds=[item["VpcEndpointId"]])
    for item in ec2.describe_security_groups(Filters=by_name)["SecurityGroups"]:
        ec2.delete_security_group(GroupId=item["GroupId"])
