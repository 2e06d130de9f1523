"""What CreateTrainingJob refuses at once, in AWS's own words; no job is created then."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario

ROLE = f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.TRAINING_ROLE}"


def channel(uri: str) -> list[dict[str, Any]]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri}
    return [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}]


REFUSED = [
    pytest.param(
        {"TrainingJobName": "not_a_name"},
        "1 validation error detected: Value 'not_a_name' at 'trainingJobName' failed to satisfy constraint: Member "
        "must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        id="name",
    ),
    pytest.param(
        {"ResourceConfig": {"InstanceType": "ml.huge", "InstanceCount": 1, "VolumeSizeInGB": 1}},
        "Value 'ml.huge' at 'resourceConfig.instanceType' failed to satisfy constraint: Member must satisfy enum "
        "value set",
        id="instance type",
    ),
    pytest.param(
        {"RoleArn": f"arn:aws:iam::{scenario.ACCOUNT}:role/Nobody"},
        f"Could not assume role arn:aws:iam::{scenario.ACCOUNT}:role/Nobody. Please ensure that the role exists and "
        "allows principal 'sagemaker.amazonaws.com' to assume the role.",
        id="no such role",
    ),
    pytest.param(
        {
            "VpcConfig": {
                "Subnets": ["subnet-0123456789abcdef0"],
                "SecurityGroupIds": ["sg-0123456789abcdef0"],
            }
        },
        "subnet-0123456789abcdef0",
        id="no such subnet",
    ),
    pytest.param(
        {"InputDataConfig": channel("s3://meridian-phi-training/trian/")},
        'No S3 objects found under S3 URL "s3://meridian-phi-training/trian/" given in input data source. Please '
        "ensure that the bucket exists in the selected region (us-east-1), that objects exist under that S3 prefix, "
        f'and that the role "{ROLE}" has "s3:ListBucket" permissions on bucket "meridian-phi-training".',
        id="no such prefix",
    ),
    pytest.param(
        {"InputDataConfig": channel("s3://nobodys-bucket/train/")},
        'No S3 objects found under S3 URL "s3://nobodys-bucket/train/"',
        id="no such bucket",
    ),
    pytest.param(
        {"AlgorithmSpecification": {"TrainingImage": scenario.IMAGE, "TrainingInputMode": "Pipe"}},
        "TrainingInputMode Pipe is not modelled",
        id="pipe mode",
    ),
]


SPOT = {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}
GROUP = {"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 1}
CODE = "sagemaker_submit_directory"
NOT_MODELLED = [
    (
        {"EnableManagedSpotTraining": True, "StoppingCondition": SPOT},
        "EnableManagedSpotTraining is not modelled",
    ),
    ({"RetryStrategy": {"MaximumRetryAttempts": 1}}, "RetryStrategy is not modelled"),
    (
        {"AlgorithmSpecification": {"AlgorithmName": "mine", "TrainingInputMode": "File"}},
        "AlgorithmSpecification.AlgorithmName is not modelled: use TrainingImage.",
    ),
    (
        {"ResourceConfig": {"InstanceGroups": [GROUP], "VolumeSizeInGB": 1}},
        "ResourceConfig.InstanceGroups is not modelled",
    ),
    (
        {"OutputDataConfig": {"S3OutputPath": "s3://meridian-model-artifacts", "CompressionType": "NONE"}},
        "OutputDataConfig.CompressionType NONE is not modelled",
    ),
    ({"HyperParameters": {"epochs": "3"}}, "HyperParameters need sagemaker_program"),
    (
        {"HyperParameters": {"sagemaker_program": "train.py", CODE: '"/elsewhere/code"'}},
        f"{CODE} /elsewhere/code is neither an s3:// URI nor a path under /opt/ml.",
    ),
    (
        {"CheckpointConfig": {"S3Uri": "s3://meridian-model-artifacts/c", "LocalPath": "/elsewhere/c"}},
        "LocalPath /elsewhere/c of CheckpointConfig is not modelled",
    ),
]


@pytest.mark.parametrize(("change", "message"), [*REFUSED, *NOT_MODELLED])
def test_refused(lab: Lab, change: dict[str, Any], message: str) -> None:
    sagemaker = boto3.client("sagemaker")
    with pytest.raises(ClientError) as raised:
        sagemaker.create_training_job(**{**lab.job, **change})
    error = raised.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert message in error["Message"]
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


SERVICE = {"Service": "sagemaker.amazonaws.com"}
OWN, OTHER = scenario.ACCOUNT, "999988887777"
TRUST = [
    pytest.param({"Principal": {"Service": "ec2.amazonaws.com"}}, False, id="another service"),
    pytest.param({"Effect": "Deny"}, False, id="denied"),
    pytest.param({"Action": "sts:TagSession"}, False, id="another action"),
    pytest.param({"Condition": {"StringEquals": {"aws:SourceAccount": OTHER}}}, False, id="another account"),
    pytest.param({"Condition": {"StringEquals": {"aws:SourceAccount": OWN}}}, True, id="its own account"),
    pytest.param(
        {"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:us-east-1:{OWN}:training-job/*"}}},
        True,
        id="its own jobs",
    ),
    pytest.param(
        {"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:us-east-1:{OWN}:endpoint/*"}}},
        False,
        id="its endpoints",
    ),
]


@pytest.mark.parametrize(("change", "assumed"), TRUST)
def test_whom_a_roles_trust_policy_lets_in(lab: Lab, change: dict[str, Any], assumed: bool) -> None:
    statement = {"Effect": "Allow", "Principal": SERVICE, "Action": "sts:AssumeRole", **change}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    boto3.client("iam").update_assume_role_policy(RoleName=scenario.TRAINING_ROLE, PolicyDocument=document)
    # Without its input nothing is trained: the role is assumed before, or it is not.
    job = {**lab.job, "InputDataConfig": channel("s3://meridian-phi-training/none/")}
    with pytest.raises(ClientError, match="No S3 objects found" if assumed else "Could not assume role"):
        boto3.client("sagemaker").create_training_job(**job)


def test_a_name_is_taken_once(lab: Lab) -> None:
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_training_job(**lab.job)
    with pytest.raises(
        sagemaker.exceptions.ResourceInUse, match="must be unique within an AWS account and region"
    ):
        sagemaker.create_training_job(**lab.job)
    lab._training.wait(lab.job["TrainingJobName"], 60)


def test_a_bucket_in_another_region_is_named(lab: Lab) -> None:
    s3 = boto3.client("s3", region_name="eu-west-1")
    s3.create_bucket(
        Bucket="meridian-eu-archive", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    s3.put_object(Bucket="meridian-eu-archive", Key="train/1.csv", Body=b"x")
    change = {"InputDataConfig": channel("s3://meridian-eu-archive/train/")}
    with pytest.raises(ClientError) as raised:
        boto3.client("sagemaker").create_training_job(**{**lab.job, **change})
    assert raised.value.response["Error"]["Message"].endswith(
        "Error message from S3: The bucket is in this region: eu-west-1. Please use this region to retry the request"
    )


def test_what_only_watches_a_job_is_kept_and_its_tags_too(lab: Lab) -> None:
    sagemaker = boto3.client("sagemaker")
    tags = [{"Key": "study", "Value": "readmission"}]
    watch = {"ExperimentConfig": {"ExperimentName": "first"}, "ProfilerConfig": {"DisableProfiler": True}}
    arn = sagemaker.create_training_job(**{**lab.job, "Tags": tags, **watch})["TrainingJobArn"]
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == tags
    found = sagemaker.describe_training_job(TrainingJobName=lab.job["TrainingJobName"])
    assert {name: found[name] for name in watch} == watch
    lab._training.wait(lab.job["TrainingJobName"], 60)
