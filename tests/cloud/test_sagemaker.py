"""What moto does with SageMaker's jobs and models by itself, and what the lab makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lab_env.cloud import sagemaker_models
from lab_env.cloud.clock import START
from lab_env.cloud.mock import MockCloud

ROLE = "arn:aws:iam::123456789012:role/Any"
VPC = {"Subnets": ["subnet-nowhere"], "SecurityGroupIds": ["sg-nowhere"]}
CLUSTER = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
SOURCE = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://nowhere/"}}


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """SageMaker of moto alone."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("sagemaker", region_name="us-east-1")


@pytest.fixture
def cloud() -> Iterator[MockCloud]:
    """The lab's cloud, with SageMaker's gaps filled."""
    opened = MockCloud.start()
    sagemaker_models.fill(opened.patches, opened.clock)
    yield opened
    opened.stop()


def test_canary_moto_completes_a_training_job_at_once(moto: object) -> None:
    moto.create_training_job(
        TrainingJobName="canary",
        RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": "x", "TrainingInputMode": "File"},
        OutputDataConfig={"S3OutputPath": "s3://nowhere"},
        ResourceConfig=CLUSTER,
        StoppingCondition={"MaxRuntimeInSeconds": 60},
        VpcConfig=VPC,
        Environment={"A": "B"},
    )
    found = moto.describe_training_job(TrainingJobName="canary")
    assert found["TrainingJobStatus"] == "Completed"
    assert "Environment" not in found


def test_canary_moto_completes_a_processing_job_at_once(moto: object) -> None:
    moto.create_processing_job(
        ProcessingJobName="canary",
        RoleArn=ROLE,
        AppSpecification={"ImageUri": "x"},
        ProcessingResources={"ClusterConfig": CLUSTER},
        Environment={"A": "B"},
    )
    found = moto.describe_processing_job(ProcessingJobName="canary")
    assert found["ProcessingJobStatus"] == "Completed"
    assert "Environment" not in found
    assert "ProcessingResources" not in found


def test_canary_moto_completes_a_transform_job_of_no_model_at_once(moto: object) -> None:
    moto.create_transform_job(
        TransformJobName="canary",
        ModelName="nobody",
        TransformInput={"DataSource": SOURCE},
        TransformOutput={"S3OutputPath": "s3://nowhere"},
        TransformResources={"InstanceCount": 1, "InstanceType": "ml.m5.large"},
    )
    assert moto.describe_transform_job(TransformJobName="canary")["TransformJobStatus"] == "Completed"


def test_canary_moto_drops_a_models_isolation_and_takes_its_name_twice(moto: object) -> None:
    for _ in range(2):
        moto.create_model(ModelName="canary", ExecutionRoleArn=ROLE, EnableNetworkIsolation=True)
    assert moto.describe_model(ModelName="canary")["EnableNetworkIsolation"] is False


def test_a_model_keeps_what_it_is_given_by_the_labs_time(cloud: MockCloud) -> None:
    given = {"ModelName": "mine", "ExecutionRoleArn": ROLE, "EnableNetworkIsolation": True, "VpcConfig": VPC}
    cloud.describe("sagemaker", "CreateModel", given)
    found = cloud.describe("sagemaker", "DescribeModel", {"ModelName": "mine"})
    assert found["EnableNetworkIsolation"] is True
    assert found["VpcConfig"] == VPC
    assert found["CreationTime"].date() == START.date()


def test_a_models_name_is_taken_once(cloud: MockCloud) -> None:
    given = {"ModelName": "mine", "ExecutionRoleArn": ROLE}
    cloud.describe("sagemaker", "CreateModel", given)
    with pytest.raises(
        ClientError, match='Cannot create already existing model "arn:aws:sagemaker:us-east-1:'
    ):
        cloud.describe("sagemaker", "CreateModel", given)
