"""The firm's cloud locked down and recorded, by boto3 calls, with one training job as it should be."""

from __future__ import annotations

import json
from typing import Any

import boto3

from lab_env import Lab, scenario

LOG_BUCKET, TRAIL = scenario.LOG_BUCKET, "meridian-audit"
BUCKETS = (scenario.TRAINING_BUCKET, scenario.MODEL_BUCKET)
LOG_SERVICES = ("cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com", "logging.s3.amazonaws.com")


def lock(client: Any) -> None:
    """Option D, and then everything that chapters 06 and 07 add."""
    scenario.build_endpoint(client)
    scenario.lock_down(client)
    record(client)


def record(client: Any) -> None:
    """A bucket for logs that the log services may write to; access logs, a trail with data events, flow logs."""
    s3, trail = client("s3"), client("cloudtrail")
    s3.create_bucket(Bucket=LOG_BUCKET)
    s3.put_bucket_policy(Bucket=LOG_BUCKET, Policy=json.dumps(_log_policy()))
    for bucket in BUCKETS:
        log_access(s3, bucket)
    trail.create_trail(
        Name=TRAIL, S3BucketName=LOG_BUCKET, IsMultiRegionTrail=True, EnableLogFileValidation=True
    )
    select(trail, "All")
    trail.start_logging(Name=TRAIL)
    record_flows(client("ec2"))


def log_access(s3: Any, bucket: str) -> None:
    """Server access logging of one bucket."""
    enabled = {"TargetBucket": LOG_BUCKET, "TargetPrefix": f"s3/{bucket}/"}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": enabled})


def select(trail: Any, read_write: str) -> None:
    """What the trail records; ``ReadOnly`` and ``WriteOnly`` leave the other half out."""
    data = {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{bucket}/" for bucket in BUCKETS]}
    selector = {"ReadWriteType": read_write, "IncludeManagementEvents": True, "DataResources": [data]}
    trail.put_event_selectors(TrailName=TRAIL, EventSelectors=[selector])


def record_flows(ec2: Any) -> None:
    """Flow logs of the firm's VPC."""
    vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["meridian-vpc"]}])["Vpcs"][0]["VpcId"]
    answer = ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{LOG_BUCKET}",
    )
    assert not answer["Unsuccessful"]


def good_job(lab: Lab, **changes: Any) -> dict[str, Any]:
    """Chapter 01's job as it should be asked for: isolated, its traffic, volume and output encrypted."""
    job, key = lab.job, lab.names.kms_key
    wanted = {
        "ResourceConfig": {**job["ResourceConfig"], "VolumeKmsKeyId": key},
        "OutputDataConfig": {**job["OutputDataConfig"], "KmsKeyId": key},
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
    }
    return {**job, **wanted, **changes}


def run(lab: Lab, job: dict[str, Any]) -> str:
    """Run a job to its end: how it ended."""
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_training_job(**job)
    lab.wait(job["TrainingJobName"])
    return str(sagemaker.describe_training_job(TrainingJobName=job["TrainingJobName"])["TrainingJobStatus"])


def anybody_of_the_firm() -> str:
    """A trust policy for every principal of the account."""
    principal = {"AWS": f"arn:aws:iam::{scenario.ACCOUNT}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def log_statements(bucket: str) -> list[dict[str, Any]]:
    """What lets the log services write to a bucket."""
    arn = f"arn:aws:s3:::{bucket}"
    # moto grants log delivery only where the service stands alone.
    wanted = [(name, "s3:PutObject", f"{arn}/*") for name in LOG_SERVICES]
    wanted += [(name, "s3:GetBucketAcl", arn) for name in LOG_SERVICES]
    return [
        {"Effect": "Allow", "Principal": {"Service": name}, "Action": action, "Resource": resource}
        for name, action, resource in wanted
    ]


def _log_policy() -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": log_statements(LOG_BUCKET)}
