"""Which bucket policies `create_trail` and `update_trail` take, and what AWS answers of the others."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab

ACCOUNT, SERVICE = "123456789012", "cloudtrail.amazonaws.com"
LOGS, OPEN = "logs-of-the-firm", "logs-as-before"
BUCKET, OBJECTS = f"arn:aws:s3:::{LOGS}", f"arn:aws:s3:::{LOGS}/AWSLogs/{ACCOUNT}/*"


def statement(action, resource, effect="Allow", principal=SERVICE, **condition):
    said = {"Effect": effect, "Principal": {"Service": principal}, "Action": action, "Resource": resource}
    return said | ({"Condition": {"StringEquals": condition}} if condition else {})


def arn(name):
    return f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/{name}"


OWNED = {"s3:x-amz-acl": "bucket-owner-full-control"}
ACL, WRITE = statement("s3:GetBucketAcl", BUCKET), statement("s3:PutObject", OBJECTS)
TOLD = (
    "InsufficientS3BucketPolicyException",
    f"Incorrect S3 bucket policy is detected for bucket: {LOGS}",
    403,
)
# What the bucket's policy says, what the trail is asked for besides, and whether AWS makes it.
CASES = {
    "no policy": ((), {}, False),
    "write alone": ((WRITE,), {}, False),
    "ACL alone": ((ACL,), {}, False),
    "both": ((ACL, WRITE), {}, True),
    "as the user guide has it": (
        (
            statement("s3:GetBucketAcl", BUCKET, **{"aws:SourceArn": arn("audit")}),
            statement("s3:PutObject", OBJECTS, **{"aws:SourceArn": arn("audit")}, **OWNED),
        ),
        {},
        True,
    ),
    "for another trail": (
        (ACL, statement("s3:PutObject", OBJECTS, **{"aws:SourceArn": arn("b")})),
        {},
        False,
    ),
    "for this account": (
        (ACL, statement("s3:PutObject", OBJECTS, **{"aws:SourceAccount": ACCOUNT})),
        {},
        True,
    ),
    "for another account": (
        (ACL, statement("s3:PutObject", OBJECTS, **{"aws:SourceAccount": "999988887777"})),
        {},
        False,
    ),
    "for another service": (
        (ACL, statement("s3:PutObject", OBJECTS, principal="config.amazonaws.com")),
        {},
        False,
    ),
    "a prefix it does not cover": ((ACL, WRITE), {"S3KeyPrefix": "audit"}, False),
    "a prefix it covers": ((ACL, statement("s3:PutObject", f"{BUCKET}/*")), {"S3KeyPrefix": "audit"}, True),
    "a deny beside it": ((ACL, WRITE, statement("s3:PutObject", OBJECTS, "Deny")), {}, False),
}


@pytest.fixture(scope="module", autouse=True)
def lab():
    opened = Lab.start()
    s3 = boto3.client("s3")
    for name in (LOGS, OPEN):
        s3.create_bucket(Bucket=name)
    allowed = [statement("s3:*", [f"arn:aws:s3:::{OPEN}", f"arn:aws:s3:::{OPEN}/*"])]
    s3.put_bucket_policy(Bucket=OPEN, Policy=json.dumps({"Version": "2012-10-17", "Statement": allowed}))
    yield opened
    opened.stop()


@pytest.fixture
def trail():
    client = boto3.client("cloudtrail")
    yield client
    for item in client.describe_trails()["trailList"]:
        client.delete_trail(Name=item["Name"])


def put(statements):
    s3 = boto3.client("s3")
    if not statements:
        s3.delete_bucket_policy(Bucket=LOGS)
        return
    s3.put_bucket_policy(Bucket=LOGS, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


def refused(call, **wanted):
    """Whether AWS refuses, in its own words."""
    try:
        call(S3BucketName=LOGS, **wanted)
    except ClientError as error:
        return said(error) == TOLD
    return False


def said(error):
    told = error.response["Error"]
    return told["Code"], told["Message"], error.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("case", CASES)
def test_a_new_trail(case, trail):
    statements, wanted, made = CASES[case]
    put(statements)
    assert refused(trail.create_trail, Name="audit", **wanted) is not made
    assert [item["Name"] for item in trail.describe_trails()["trailList"]] == ["audit"] * made


@pytest.mark.parametrize("name", ["audit", arn("audit")])
@pytest.mark.parametrize("case", ["no policy", "for another trail", "as the user guide has it"])
def test_a_trail_that_moves(case, name, trail):
    statements, _, moves = CASES[case]
    trail.create_trail(Name="audit", S3BucketName=OPEN)
    put(statements)
    assert refused(trail.update_trail, Name=name) is not moves
    (found,) = trail.describe_trails()["trailList"]
    assert found["S3BucketName"] == (LOGS if moves else OPEN)


def test_a_bucket_that_is_not_there(trail):
    with pytest.raises(trail.exceptions.S3BucketDoesNotExistException):
        trail.create_trail(Name="audit", S3BucketName="nobody-has-this-one")
