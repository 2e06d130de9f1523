"""Flow logs, trails and training jobs as their services answer for them."""

from __future__ import annotations

import boto3
import pytest

from lab_env.snapshot.cloudtrail import read_trails
from lab_env.snapshot.event_selectors import object_event
from lab_env.snapshot.flow_logs import read_flow_logs
from lab_env.snapshot.sagemaker import read_training_jobs
from lab_env.snapshot.state import TrainingJob
from tests.snapshot.clouds import ACCOUNT, by_client, by_cloud

READ = object_event("arn:aws:s3:::meridian-phi/a", "GetObject", read=True)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Trainer"


@pytest.fixture(params=["cloud", "client"])
def ask(request, cloud):
    """The way to ask a service: the cloud's own, or a client's."""
    return by_client if request.param == "client" else lambda service: by_cloud(cloud, service)


def test_flow_logs(ask):
    """Where one goes is a log group's name or an ARN; one whose delivery fails says so."""
    ec2 = boto3.client("ec2")
    boto3.client("s3").create_bucket(Bucket="meridian-audit-logs")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    of_vpc = {"ResourceIds": [vpc], "ResourceType": "VPC"}
    target = "arn:aws:s3:::meridian-audit-logs"
    ec2.create_flow_logs(**of_vpc, TrafficType="ALL", LogDestinationType="s3", LogDestination=target)
    role = f"arn:aws:iam::{ACCOUNT}:role/nobody"
    ec2.create_flow_logs(
        **of_vpc, TrafficType="REJECT", LogGroupName="rejected", DeliverLogsPermissionArn=role
    )
    first, second = read_flow_logs(ask("ec2"), "us-east-1")
    assert (first.resource, first.traffic, first.destination) == (vpc, "ALL", target)
    assert (first.active, first.delivers, first.region) == (True, True, "us-east-1")
    assert (second.traffic, second.destination, second.delivers) == ("REJECT", "rejected", False)


@pytest.fixture
def trail(cloud):
    boto3.client("s3").create_bucket(Bucket="meridian-audit-logs")
    client = boto3.client("cloudtrail")
    client.create_trail(
        Name="audit",
        S3BucketName="meridian-audit-logs",
        EnableLogFileValidation=True,
        IsMultiRegionTrail=True,
        KmsKeyId="alias/audit",
    )
    return client


def test_a_new_trail(trail, ask):
    """It is off until logging is started, and records no data event."""
    (found,) = read_trails(ask("cloudtrail"))
    assert found.arn == f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"
    assert (found.bucket, found.region) == ("meridian-audit-logs", "us-east-1")
    assert (found.logging, found.validated, found.multi_region) == (False, True, True)
    trail.start_logging(Name="audit")
    (found,) = read_trails(ask("cloudtrail"))
    assert found.logging
    assert not found.records(READ, "us-east-1")


@pytest.mark.parametrize(
    "selectors",
    [
        {
            "EventSelectors": [
                {"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::meridian-phi/"]}]}
            ]
        },
        {
            "AdvancedEventSelectors": [
                {
                    "Name": "patients",
                    "FieldSelectors": [
                        {"Field": "eventCategory", "Equals": ["Data"]},
                        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
                        {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::meridian-phi/"]},
                    ],
                }
            ]
        },
    ],
    ids=["basic", "advanced"],
)
def test_data_events(trail, ask, selectors):
    """Both kinds of selectors say the same."""
    trail.start_logging(Name="audit")
    trail.put_event_selectors(TrailName="audit", **selectors)
    (found,) = read_trails(ask("cloudtrail"))
    assert found.records(READ, "us-east-1")
    assert found.records(READ | {"readOnly": "false"}, "eu-west-1")
    assert not found.records(object_event("arn:aws:s3:::other/a", "GetObject", read=True), "us-east-1")


REQUEST = {
    "TrainingJobName": "meridian-cnn",
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "RoleArn": ROLE,
    "OutputDataConfig": {"S3OutputPath": "s3://meridian-model-artifacts/cnn"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
}
LOCKED = {
    "InputDataConfig": [
        {
            "ChannelName": "training",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://meridian-phi/train"}},
        }
    ],
    "VpcConfig": {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    "EnableNetworkIsolation": True,
    "EnableInterContainerTrafficEncryption": True,
    "OutputDataConfig": {"S3OutputPath": "s3://meridian-model-artifacts/cnn", "KmsKeyId": "alias/phi"},
    "ResourceConfig": {
        "InstanceType": "ml.m5.large",
        "InstanceCount": 2,
        "VolumeSizeInGB": 10,
        "VolumeKmsKeyId": "alias/disk",
    },
}
JOB = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/meridian-cnn"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (REQUEST, TrainingJob(JOB, ROLE, output="s3://meridian-model-artifacts/cnn")),
        (
            REQUEST | LOCKED,
            TrainingJob(
                JOB,
                ROLE,
                subnets=("subnet-1", "subnet-2"),
                groups=("sg-1",),
                isolated=True,
                encrypted_traffic=True,
                instances=2,
                volume_key="alias/disk",
                output_key="alias/phi",
                inputs=("s3://meridian-phi/train",),
                output="s3://meridian-model-artifacts/cnn",
            ),
        ),
    ],
    ids=["open", "locked"],
)
def test_training_jobs(ask, request_, expected):
    boto3.client("sagemaker").create_training_job(**request_)
    (found,) = read_training_jobs(ask("sagemaker"))
    assert found == expected
    assert (found.name, found.region) == ("meridian-cnn", "us-east-1")
