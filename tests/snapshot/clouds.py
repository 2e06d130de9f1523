"""A mock cloud with an administrator's clients, for readers that are asked in two ways."""

from __future__ import annotations

import json
from functools import partial

import boto3

from lab_env.snapshot.ec2 import describe_with

ACCOUNT = "123456789012"
ATTACKER = "999988887777"


def by_cloud(cloud, service, region="us-east-1", account=ACCOUNT):
    """The mock cloud's own way to be asked, past the data plane."""
    return partial(cloud.describe, service, region=region, account=account)


def by_client(service, region="us-east-1"):
    """A boto3 client's way."""
    return describe_with(boto3.client(service, region_name=region))


def policy(action, resource="*", effect="Allow", **more):
    """The text of a policy of one statement."""
    statement = {"Effect": effect, "Action": action, **more}
    if resource is not None:
        statement["Resource"] = resource
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal="sagemaker.amazonaws.com"):
    """Who may assume a role."""
    return policy("sts:AssumeRole", None, Principal={"Service": principal})
