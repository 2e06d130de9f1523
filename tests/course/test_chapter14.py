"""The checks of chapter 14's exercises: the criteria of two questions, on what stands in the learner's cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    nothing,
)

TRAINING = "arn:aws:iam::123456789012:role/MeridianTrainingRole"
TO_SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The chapter where it begins: the end of chapter 06."""
    opened = Lab.start(chapter=14)
    yield opened
    opened.stop()


def endpoint(*, inside: str = "192.168.0.0/16", jobs_out: bool = False, **options: Any) -> Did:
    """The data centre is joined, and an interface endpoint for S3 stands, whose group lets a block in."""

    def build(lab: Lab) -> None:
        ec2 = boto3.client("ec2")
        scenario.join_data_centre(boto3.client)
        group = ec2.create_security_group(GroupName="mine", Description="mine", VpcId=lab.names.vpc)[
            "GroupId"
        ]
        https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
        ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[{**https, "IpRanges": [{"CidrIp": inside}]}]
        )
        if jobs_out:
            rule = {**https, "IpRanges": [{"CidrIp": scenario.VPC_CIDR}]}
            ec2.authorize_security_group_egress(
                GroupId=lab.names.training_security_group, IpPermissions=[rule]
            )
        ec2.create_vpc_endpoint(
            VpcId=lab.names.vpc,
            ServiceName="com.amazonaws.us-east-1.s3",
            VpcEndpointType="Interface",
            SubnetIds=[lab.names.subnet_a],
            SecurityGroupIds=[group],
            **options,
        )

    return build


FULL_DNS = {
    "PrivateDnsEnabled": True,
    "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": False},
}


def joined(lab: Lab) -> None:
    del lab
    scenario.join_data_centre(boto3.client)


def scientist(*statements: dict[str, Any]) -> Did:
    """The role stands with the stem's statement and these."""

    def build(lab: Lab) -> None:
        del lab
        iam = boto3.client("iam")
        iam.create_role(RoleName="Scientist", AssumeRolePolicyDocument=json.dumps(scenario.SAGEMAKER_TRUST))
        create = {"Effect": "Allow", "Action": "sagemaker:CreateTrainingJob", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [create, *statements]})
        iam.put_role_policy(RoleName="Scientist", PolicyName="train", PolicyDocument=document)

    return build


def passing(resource: str = TRAINING, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


CASES = {
    "14.1 untouched": ("14.1", nothing, NOT_ATTEMPTED, "no data centre is joined"),
    "14.1 joined": ("14.1", joined, NOT_ATTEMPTED, "no interface endpoint"),
    "14.1 inbound only": ("14.1", endpoint(PrivateDnsEnabled=True), DONE, "USD 226.30"),
    "14.1 its own names": ("14.1", endpoint(), DONE, "USD 226.30"),
    "14.1 the data centre kept out": (
        "14.1",
        endpoint(inside="10.20.0.0/16"),
        NOT_YET,
        "from hq, s3 is reached",
    ),
    "14.1 the jobs moved": ("14.1", endpoint(**FULL_DNS), NOT_YET, "from job, s3 is reached"),
    "14.1 the jobs pay": (
        "14.1",
        endpoint(inside="0.0.0.0/0", jobs_out=True, **FULL_DNS),
        NOT_YET,
        "costs 233.60",
    ),
    "14.2 untouched": ("14.2", nothing, NOT_ATTEMPTED, "no role Scientist"),
    "14.2 as it was": ("14.2", scientist(), NOT_ATTEMPTED, "cannot create a job yet"),
    "14.2 one role, one service": (
        "14.2",
        scientist(passing(**TO_SAGEMAKER)),
        DONE,
        "and no role to anybody else",
    ),
    "14.2 any service": ("14.2", scientist(passing()), NOT_YET, "ec2.amazonaws.com"),
    "14.2 any role": ("14.2", scientist(passing("*", **TO_SAGEMAKER)), NOT_YET, "MeridianAdmin"),
}


@each(CASES)
def test_the_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


STANDS = {
    "14.1 untouched": ("14.1", nothing),
    "14.1 the data centre kept out": ("14.1", endpoint(inside="10.20.0.0/16")),
    "14.2 untouched": ("14.2", nothing),
    "14.2 any service": ("14.2", scientist(passing())),
}


@pytest.mark.parametrize(("exercise", "do"), STANDS.values(), ids=STANDS)
def test_catching_up_solves_it_from_anywhere(lab, exercise, do):
    do(lab)
    assert_catches_up(lab, exercise)


@pytest.mark.parametrize("exercise", ["14.1", "14.2"])
def test_it_is_sound_before_the_chapter(exercise):
    assert_sound_before_the_chapter(14, exercise)
