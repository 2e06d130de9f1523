"""A whole account, read for an audit."""

from __future__ import annotations

import boto3

from lab_env.policy import Kind
from lab_env.snapshot.ec2 import read_ec2
from lab_env.snapshot.endpoints import endpoint_policies
from lab_env.snapshot.services import read_state
from tests.network.builder import private_vpc, with_endpoint
from tests.snapshot.clouds import ACCOUNT, by_client, by_cloud, policy, trust


def build():
    """Two buckets in two Regions, a key in each, a role, and a gateway endpoint."""
    for region in ("us-east-1", "eu-west-1"):
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        boto3.client("s3", region_name=region).create_bucket(Bucket=f"meridian-{region}", **where)
        boto3.client("kms", region_name=region).create_key()
    boto3.client("iam").create_role(RoleName="Trainer", AssumeRolePolicyDocument=trust())
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    service = "com.amazonaws.us-east-1.s3"
    document = policy("s3:GetObject", Principal="*")
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, PolicyDocument=document)
    return made["VpcEndpoint"]["VpcEndpointId"]


def test_a_whole_account(cloud):
    """Every role, bucket, key and endpoint policy; the same from the cloud itself and from clients."""
    endpoint = build()
    network = read_ec2(by_cloud(cloud, "ec2"), "us-east-1")
    state = read_state(lambda service, region: by_cloud(cloud, service, region), ACCOUNT, network)
    assert list(state.identities) == [f"arn:aws:iam::{ACCOUNT}:role/Trainer"]
    assert {name: item.region for name, item in state.buckets.items()} == {
        "meridian-us-east-1": "us-east-1",
        "meridian-eu-west-1": "eu-west-1",
    }
    assert sorted(arn.split(":")[3] for arn in state.keys) == ["eu-west-1", "us-east-1"]
    (statement,) = state.endpoints[endpoint].statements
    assert statement.actions.texts == ("s3:GetObject",)
    assert read_state(by_client, ACCOUNT, network) == state


def test_an_endpoint_without_a_policy_lets_everything_pass():
    """AWS gives it the default policy, of kind VPC endpoint policy."""
    (found,) = endpoint_policies(with_endpoint(private_vpc())).values()
    assert found.kind is Kind.ENDPOINT
    assert found.statements[0].allow
    assert found.statements[0].actions.cover("s3:getobject")
