"""The three logs against the ledger: each attempt in every log that should have it, and in none that should not.

What each log should have is said here a second time, from the documents, and not taken from the code that writes them.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from contextlib import suppress

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError

from lab_env import Lab, options, scenario
from lab_env.network.flow import InterfaceSource

LOGS, DATA = scenario.LOG_BUCKET, scenario.TRAINING_BUCKET
SERVICES = ("cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com", "logging.s3.amazonaws.com")


def turn_on(lab):
    """All three logs, each into the log bucket."""
    s3, trail, ec2 = (boto3.client(name) for name in ("s3", "cloudtrail", "ec2"))
    s3.create_bucket(Bucket=LOGS)
    rules = [
        {
            "Effect": "Allow",
            "Principal": {"Service": name},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{LOGS}/*",
        }
        for name in SERVICES
    ]
    rules.append(
        {
            "Effect": "Allow",
            "Principal": {"Service": SERVICES[0]},
            "Action": "s3:GetBucketAcl",
            "Resource": f"arn:aws:s3:::{LOGS}",
        }
    )
    s3.put_bucket_policy(Bucket=LOGS, Policy=json.dumps({"Version": "2012-10-17", "Statement": rules}))
    trail.create_trail(Name="meridian", S3BucketName=LOGS)
    selector = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": False,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{DATA}/"]}],
    }
    trail.put_event_selectors(TrailName="meridian", EventSelectors=[selector])
    trail.start_logging(Name="meridian")
    ec2.create_flow_logs(
        ResourceIds=[lab.names.vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{LOGS}",
    )
    target = {"LoggingEnabled": {"TargetBucket": LOGS, "TargetPrefix": "access/"}}
    s3.put_bucket_logging(Bucket=DATA, BucketLoggingStatus=target)


def make_traffic(lab):
    """Everybody tries, from everywhere; what fails is as welcome as what works."""
    for session in (boto3.Session(), lab.session_on_internet(lab.keys(scenario.TRAINING_ROLE))):
        read(session.client("s3"))
    read(boto3.client("s3", config=Config(signature_version=UNSIGNED)))
    groups = [lab.names.training_security_group]
    for subnet in (lab.names.subnet_a, lab.names.subnet_b):
        with lab.session_in(subnet, role=scenario.TRAINING_ROLE, security_groups=groups) as inside:
            read(inside.client("s3"))
            with suppress(ClientError, ConnectTimeoutError):
                inside.client("s3", region_name="eu-west-1").list_buckets()
    shut = boto3.client("ec2").create_security_group(
        GroupName="shut", Description="shut", VpcId=lab.names.vpc
    )
    boto3.client("ec2").revoke_security_group_egress(
        GroupId=shut["GroupId"],
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    with lab.session_in(
        lab.names.subnet_a, role=scenario.TRAINING_ROLE, security_groups=[shut["GroupId"]]
    ) as inside:
        read(inside.client("s3"))


def read(s3):
    """A list, an object that is there, one that is not, and a write."""
    for call in (
        lambda: s3.list_objects_v2(Bucket=DATA),
        lambda: s3.get_object(Bucket=DATA, Key="train/2025-01.csv"),
        lambda: s3.get_object(Bucket=DATA, Key="train/none.csv"),
        lambda: s3.put_object(Bucket=DATA, Key="train/note.txt", Body=b"note"),
        lambda: s3.get_bucket_location(Bucket=DATA),
    ):
        with suppress(ClientError, ConnectTimeoutError):
            call()


def delivered(lab):
    """The records of each log, as read back from the log bucket."""
    assert all(not item.refused for item in lab.let_time_pass())
    s3 = boto3.client("s3")
    events, flows, lines = [], [], []
    for item in s3.list_objects_v2(Bucket=LOGS)["Contents"]:
        body = s3.get_object(Bucket=LOGS, Key=item["Key"])["Body"].read()
        if "/CloudTrail/" in item["Key"]:
            events += json.loads(gzip.decompress(body))["Records"]
        elif "/vpcflowlogs/" in item["Key"]:
            head, *rest = gzip.decompress(body).decode().splitlines()
            flows += [dict(zip(head.split(), row.split(), strict=True)) for row in rest]
        else:
            lines += body.decode().splitlines()
    return events, flows, lines


OPTIONS = {item.key: item for item in options.OPTIONS}


@pytest.fixture(params=[*OPTIONS, "locked"])
def lab(request):
    """A lab with an option built, or at the end of chapter 06."""
    opened = Lab.start(11 if request.param == "locked" else 2)
    if request.param in OPTIONS:
        OPTIONS[request.param].build(boto3.client)
    yield opened
    opened.stop()


def test_the_logs_agree_with_what_happened(lab):
    turn_on(lab)
    begun = lab.ledger.total
    make_traffic(lab)
    tried = [attempt for _, attempt in lab.ledger.since(begun)]
    events, flows, lines = delivered(lab)

    arrived = [item for item in tried if item.call.bucket == DATA and item.status is not None]
    assert Counter(lines_of(lines)) == Counter(
        (
            f"{item.time:%d/%b/%Y:%H:%M:%S}",
            item.source_address,
            item.call.key or "-",
            str(item.status),
            item.code or "-",
        )
        for item in arrived
    )
    of_data = [item for item in arrived if item.call.key or item.operation == "ListObjectsV2"]
    assert Counter(events_of(events)) == Counter(
        (
            f"{item.time:%Y-%m-%dT%H:%M:%SZ}",
            item.source_address,
            item.call.key,
            item.code,
            item.endpoint,
        )
        for item in of_data
    )
    ids = Counter(text.split()[6] for text in lines)
    assert not Counter(event["requestID"] for event in events) - ids
    assert max(ids.values()) == 1
    from_inside = [item for item in tried if isinstance(item.trace.flow.source, InterfaceSource)]
    assert {flow["start"] for flow in flows} == {str(int(item.time.timestamp())) for item in from_inside}
    for item in from_inside:
        own = [flow for flow in flows if flow["start"] == str(int(item.time.timestamp()))]
        mine = [flow for flow in own if flow["interface-id"] == item.trace.flow.source.interface]
        refused = any(
            hop.blocks and hop.kind in ("security-group", "network-acl") for hop in item.trace.forward
        )
        assert [flow["action"] for flow in mine] == (
            ["REJECT"] if refused else ["ACCEPT"] * (1 + item.trace.reached)
        )
    assert arrived
    assert from_inside


def lines_of(lines):
    """Of each line of an access log: time, remote address, key, status and error code."""
    for text in lines:
        head, _, rest = text.partition('"')
        parts, after = head.split(), rest.partition('" ')[2].split()
        assert parts[1] == DATA
        yield parts[2].strip("["), parts[4], parts[8], after[0], after[1]


def events_of(events):
    """Of each event: time, source address, key, error code and endpoint."""
    for event in events:
        assert event["requestParameters"]["bucketName"] == DATA
        yield (
            event["eventTime"],
            event["sourceIPAddress"],
            event["requestParameters"].get("key", ""),
            event.get("errorCode", ""),
            event.get("vpcEndpointId", ""),
        )
