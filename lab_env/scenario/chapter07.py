"""What chapter 07 turns on: a bucket for logs, access logs, flow logs and a trail, as boto3 calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lab_env.scenario.firm import ACCOUNT, LOG_BUCKET, MODEL_BUCKET, TRAINING_BUCKET, VPC_CIDR

TRAIL = "meridian-audit"
WATCHED_BUCKETS = (TRAINING_BUCKET, MODEL_BUCKET)
LOG_SERVICES = ("cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com", "logging.s3.amazonaws.com")
FLOW_FORMAT = " ".join(
    f"${{{name}}}"
    for name in (
        "vpc-id",
        "interface-id",
        "srcaddr",
        "dstaddr",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "start",
        "end",
        "action",
        "flow-direction",
        "traffic-path",
        "pkt-srcaddr",
        "pkt-dstaddr",
    )
)

Document = dict[str, Any]


def log_bucket_policy(*services: str) -> Document:
    """The log bucket's policy: these log services write, for the firm's own account only; nobody does without TLS.

    *Amazon S3 bucket policy for CloudTrail*; *Publish flow logs to Amazon S3*; *Enabling server access logging*.
    """
    arn, own = f"arn:aws:s3:::{LOG_BUCKET}", {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": action,
            "Resource": resource,
            "Condition": own,
        }
        for service in services or LOG_SERVICES
        for action, resource in (("s3:PutObject", f"{arn}/*"), ("s3:GetBucketAcl", arn))
    ]
    tls_only = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    plain = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    return {"Version": "2012-10-17", "Statement": [*statements, tls_only | plain]}


def keep_logs(s3: Any) -> None:
    """The bucket for logs, where it is not there yet; its policy, and its versions."""
    if LOG_BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=LOG_BUCKET)
    s3.put_bucket_policy(Bucket=LOG_BUCKET, Policy=json.dumps(log_bucket_policy()))
    s3.put_bucket_versioning(Bucket=LOG_BUCKET, VersioningConfiguration={"Status": "Enabled"})


def record_access(s3: Any) -> None:
    """Server access logging of the firm's buckets."""
    for bucket in WATCHED_BUCKETS:
        enabled = {"TargetBucket": LOG_BUCKET, "TargetPrefix": f"s3/{bucket}/"}
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": enabled})


def record_flows(ec2: Any) -> None:
    """A flow log of the VPC, with the fields that tell which way traffic took."""
    vpc = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": [VPC_CIDR]}])["Vpcs"][0]["VpcId"]
    if ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [vpc]}])["FlowLogs"]:
        return
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{LOG_BUCKET}",
        LogFormat=FLOW_FORMAT,
        MaxAggregationInterval=60,
    )


def record_calls(trail: Any) -> None:
    """A trail of every Region, with log file validation and the data events of the firm's buckets."""
    if TRAIL not in {item["Name"] for item in trail.describe_trails()["trailList"]}:
        trail.create_trail(
            Name=TRAIL, S3BucketName=LOG_BUCKET, IsMultiRegionTrail=True, EnableLogFileValidation=True
        )
    trail.update_trail(
        Name=TRAIL, S3BucketName=LOG_BUCKET, IsMultiRegionTrail=True, EnableLogFileValidation=True
    )
    data = {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{bucket}/" for bucket in WATCHED_BUCKETS]}
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [data]}
    trail.put_event_selectors(TrailName=TRAIL, EventSelectors=[selector])
    trail.start_logging(Name=TRAIL)


def selectors() -> list[Document]:
    """Advanced selectors: management events, the buckets' data events, and what the VPC's endpoints refuse for S3."""
    arns = [f"arn:aws:s3:::{bucket}/" for bucket in WATCHED_BUCKETS]
    return [
        _selector("management", eventCategory={"Equals": ["Management"]}),
        _selector(
            "patients' data and models",
            **{
                "eventCategory": {"Equals": ["Data"]},
                "resources.type": {"Equals": ["AWS::S3::Object"]},
                "resources.ARN": {"StartsWith": arns},
            },
        ),
        _selector(
            "refused by an endpoint",
            eventCategory={"Equals": ["NetworkActivity"]},
            eventSource={"Equals": ["s3.amazonaws.com"]},
            errorCode={"Equals": ["VpceAccessDenied"]},
        ),
    ]


def record_refusals(trail: Any) -> None:
    """Let the trail hear what the endpoints refuse, beside what it records."""
    trail.put_event_selectors(TrailName=TRAIL, AdvancedEventSelectors=selectors())


def record(client: Callable[[str], Any]) -> None:
    """Chapter 07's end: everything that the firm writes down from now on.

    Args:
        client: gives a boto3 client by service name.
    """
    keep_logs(client("s3"))
    record_access(client("s3"))
    record_flows(client("ec2"))
    record_calls(client("cloudtrail"))
    record_refusals(client("cloudtrail"))


def _selector(name: str, **fields: Document) -> Document:
    return {"Name": name, "FieldSelectors": [{"Field": field, **said} for field, said in fields.items()]}
