"""Access logs: moto's own inventions are off, the configuration stays."""

import json

import boto3
import pytest
from moto import mock_aws

LETS_IN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::written/*",
            }
        ],
    }
)


def ask(s3):
    """Turn the log of a bucket on, ask it something, and list what was logged."""
    for bucket in ("home", "written"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_policy(Bucket="written", Policy=LETS_IN)
    wanted = {"LoggingEnabled": {"TargetBucket": "written", "TargetPrefix": "home/"}}
    s3.put_bucket_logging(Bucket="home", BucketLoggingStatus=wanted)
    s3.list_objects_v2(Bucket="home")
    assert s3.get_bucket_logging(Bucket="home")["LoggingEnabled"]["TargetBucket"] == "written"
    return s3.list_objects_v2(Bucket="written")["KeyCount"]


@pytest.mark.usefixtures("cloud")
def test_nothing_is_written_before_it_is_delivered():
    assert ask(boto3.client("s3", region_name="us-east-1")) == 0


def test_canary_moto_still_writes_logs_of_its_own():
    """When this fails, `lab_env.cloud.s3_access_logs` has nothing left to do."""
    with mock_aws():
        assert ask(boto3.client("s3", region_name="us-east-1")) > 0
