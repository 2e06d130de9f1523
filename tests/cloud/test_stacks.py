"""CloudFormation in the lab, asked through boto3: functions, order, refusals, and what a failure leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab
from lab_env.cloud.stack_values import Made, Values, references
from lab_env.errors import NotModelled

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    opened = Lab.start()
    yield opened
    opened.stop()


@pytest.fixture
def client(lab):
    return boto3.client("cloudformation")


def create(client, name, resources, given=(), capabilities=(), **sections):
    body = json.dumps({"Resources": resources, **sections})
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in dict(given).items()]
    return client.create_stack(
        StackName=name, TemplateBody=body, Parameters=parameters, Capabilities=list(capabilities)
    )


def refused(call, *words, **more):
    with pytest.raises(ClientError) as caught:
        call(*words, **more)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def subnet(cidr, **more):
    properties = {"VpcId": {"Ref": "Home"}, "CidrBlock": cidr}
    return {"Type": "AWS::EC2::Subnet", "Properties": {**properties, **more}}


def test_a_stack(client):
    """Whatever the order in the template; parameters, outputs, the waiter, and what it is told of itself."""
    zone = {"Fn::Select": [1, {"Fn::GetAZs": ""}]}
    made = create(
        client,
        "first",
        {
            "Near": subnet("10.7.1.0/24", AvailabilityZone=zone),
            "Home": VPC | {"Properties": {"CidrBlock": {"Ref": "Range"}}},
        },
        {"Range": "10.7.0.0/16"},
        Parameters={"Range": {"Type": "String"}},
        Outputs={"Vpc": {"Value": {"Ref": "Home"}}},
    )
    client.get_waiter("stack_create_complete").wait(StackName="first")
    (stack,) = client.describe_stacks(StackName=made["StackId"])["Stacks"]
    assert (stack["StackStatus"], stack["StackId"]) == ("CREATE_COMPLETE", made["StackId"])
    assert stack["Parameters"] == [{"ParameterKey": "Range", "ParameterValue": "10.7.0.0/16"}]
    items = client.describe_stack_resources(StackName="first")["StackResources"]
    found = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in items}
    assert list(found) == ["Home", "Near"]
    (there,) = boto3.client("ec2").describe_subnets(SubnetIds=[found["Near"]])["Subnets"]
    assert (there["VpcId"], there["AvailabilityZone"]) == (found["Home"], "us-east-1b")
    assert stack["Outputs"] == [{"OutputKey": "Vpc", "OutputValue": found["Home"]}]
    assert "Home" in json.dumps(client.get_template(StackName="first")["TemplateBody"])


def test_the_next_trace_sees_it(lab, client):
    """A stack may hold resources of any service: nothing that was read before counts."""
    before = {vpc.id for vpc in lab.network.vpcs}
    create(client, "seen", {"Home": VPC})
    assert len({vpc.id for vpc in lab.network.vpcs} - before) == 1


def test_a_bucket_s_policy_counts_at_once(client):
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::stacked/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    name = {"Ref": "Data"}
    create(
        client,
        "data",
        {
            "Data": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "stacked"}},
            "Closed": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {"Bucket": name, "PolicyDocument": policy},
            },
        },
    )
    code, _ = refused(boto3.client("s3").put_object, Bucket="stacked", Key="a", Body=b"")
    assert code == "AccessDenied"


@pytest.mark.parametrize(
    ("resources", "more", "code", "message"),
    [
        ({}, {}, "ValidationError", "At least one Resources member"),
        (
            {"Home": VPC},
            {"Parameters": {"A": {"Type": "String"}, "B": {"Type": "String", "Default": "b"}}},
            "ValidationError",
            "Parameters: [A] must have values",
        ),
        ({"Home": VPC}, {"given": {"Z": "z"}}, "ValidationError", "Parameters: [Z] do not exist"),
        (
            {"Home": VPC},
            {
                "given": {"A": "no"},
                "Parameters": {
                    "A": {"Type": "String", "AllowedPattern": "[0-9]+", "ConstraintDescription": "digits"}
                },
            },
            "ValidationError",
            "Parameter A failed to satisfy constraint: digits",
        ),
        (
            {"R": ROLE},
            {},
            "InsufficientCapabilitiesException",
            "Requires capabilities : [CAPABILITY_NAMED_IAM]",
        ),
        (
            {"Near": subnet("10.0.1.0/24")},
            {},
            "ValidationError",
            "Unresolved resource dependencies [Home]",
        ),
        (
            {"Home": VPC | {"DependsOn": "Near"}, "Near": subnet("10.0.1.0/24")},
            {},
            "ValidationError",
            "Circular dependency between resources: [",
        ),
    ],
)
def test_what_cloudformation_refuses(client, resources, more, code, message):
    """Before anything is made."""
    found = refused(create, client, "refused", resources, **more)
    assert found[0] == code
    assert message in found[1]
    assert refused(client.describe_stacks, StackName="refused") == (
        "ValidationError",
        "Stack with id refused does not exist",
    )


def test_no_json(client):
    code, message = refused(client.create_stack, StackName="text", TemplateBody="Resources:\n  A: b\n")
    assert (code, message[:21]) == ("ValidationError", "Template format error")


def test_a_name_is_taken_once(client):
    create(client, "twice", {"Home": VPC})
    assert refused(create, client, "twice", {"Home": VPC}) == (
        "AlreadyExistsException",
        "Stack [twice] already exists",
    )


def test_a_resource_that_fails(client):
    """What was made stays, as with OnFailure=DO_NOTHING; the reason stands at the resource."""
    near = subnet("172.16.0.0/24")
    create(client, "broken", {"Home": VPC, "Near": near})
    (stack,) = client.describe_stacks(StackName="broken")["Stacks"]
    assert (stack["StackStatus"], "[Near]" in stack["StackStatusReason"]) == ("CREATE_FAILED", True)
    home, broken = client.describe_stack_resources(StackName="broken")["StackResources"]
    assert (home["ResourceStatus"], broken["ResourceStatus"]) == ("CREATE_COMPLETE", "CREATE_FAILED")
    assert "172.16.0.0/24" in broken["ResourceStatusReason"]


@pytest.mark.parametrize(
    ("resources", "more", "words"),
    [
        ({"Q": {"Type": "AWS::SQS::Queue"}}, {}, "Q: the lab deploys no AWS::SQS::Queue"),
        (
            {"Home": {**VPC, "Properties": {**VPC["Properties"], "InstanceTenancy": "dedicated"}}},
            {},
            "without InstanceTenancy",
        ),
        ({"Home": VPC}, {"Conditions": {"A": {}}}, "Conditions: this section"),
        (
            {"Home": {**VPC, "Properties": {"CidrBlock": {"Fn::If": ["A", "b", "c"]}}}},
            {},
            "Fn::If: this function",
        ),
    ],
)
def test_what_the_lab_does_not_deploy(client, resources, more, words):
    """By name, and never passed over in silence."""
    with pytest.raises(NotModelled, match=words):
        create(client, "unknown", resources, **more)


@pytest.mark.parametrize("operation", ["delete_stack", "update_stack", "detect_stack_drift"])
def test_what_the_lab_does_not_answer(client, operation):
    with pytest.raises(NotModelled, match="does not answer cloudformation"):
        getattr(client, operation)(StackName="first")


VALUES = Values({"P": "p", "AWS::Region": "us-east-1"}, ("a", "b"), {"K": Made("k-1", {"Arn": "arn:k"})})


@pytest.mark.parametrize(
    ("value", "found", "names"),
    [
        ({"Ref": "K"}, "k-1", ["K"]),
        ({"Ref": "P"}, "p", ["P"]),
        ({"Fn::GetAtt": ["K", "Arn"]}, "arn:k", ["K"]),
        ({"Fn::GetAtt": "K.Arn"}, "arn:k", ["K"]),
        (
            {"Fn::Sub": "${P}-${K.Arn}-${!P}-${AWS::Region}"},
            "p-arn:k-${P}-us-east-1",
            ["P", "K", "AWS::Region"],
        ),
        ({"Fn::Sub": ["${own}${P}", {"own": {"Ref": "K"}}]}, "k-1p", ["P", "K"]),
        ({"Fn::Join": ["-", ["a", {"Ref": "P"}]]}, "a-p", ["P"]),
        ({"Fn::Select": ["1", {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}, "b", ["AWS::Region"]),
        ([{"deep": [{"Ref": "P"}]}, 1, True, None], [{"deep": ["p"]}, 1, True, None], ["P"]),
        ({"Ref": "P", "more": 1}, {"Ref": "P", "more": 1}, []),
    ],
)
def test_functions(value, found, names):
    """What each comes to, and what it refers to."""
    assert VALUES.resolve(value) == found
    assert list(references(value)) == names


def test_an_unknown_attribute():
    with pytest.raises(NotModelled, match=r"K\.Tags: the lab does not know this attribute"):
        VALUES.resolve({"Fn::GetAtt": ["K", "Tags"]})


def test_canary_moto_s_bucket_of_a_template(lab):
    """Why the lab deploys by itself: moto takes a bucket's encryption and tags from a template, and nothing else.

    When this fails, see whether moto's own CloudFormation would do.
    """
    from moto.s3.models import FakeBucket

    properties = {
        "BucketName": "moto-made",
        "VersioningConfiguration": {"Status": "Enabled"},
        "LoggingConfiguration": {"DestinationBucketName": "moto-made", "LogFilePrefix": "x/"},
    }
    made = FakeBucket.create_from_cloudformation_json(
        "moto-made", {"Properties": properties}, "123456789012", "us-east-1"
    )
    assert (made.versioning_status, made.logging) == (None, {})
