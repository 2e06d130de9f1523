"""KMS keys of volumes and artifacts, and encrypted traffic between a job's instances."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from tests.training.made import create, left, run, stages

KEY = "readmission/encrypted/output/model.tar.gz"


@pytest.fixture
def key(solved: Lab) -> str:
    """A customer-managed key, with the default key policy: IAM policies decide."""
    made = boto3.client("kms").create_key()["KeyMetadata"]
    return str(made["Arn"])


def allow(actions: list[str], key: str, **condition: Any) -> None:
    """Let the execution role use a key."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": key, **condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    boto3.client("iam").put_role_policy(
        RoleName=scenario.TRAINING_ROLE, PolicyName="key", PolicyDocument=document
    )


def volume(lab: Lab, key: str, **more: Any) -> dict[str, Any]:
    """A job's resources with an encrypted volume."""
    return {"ResourceConfig": {**lab.job["ResourceConfig"], "VolumeKmsKeyId": key, **more}}


def output(lab: Lab, key: str) -> dict[str, Any]:
    """A job's output with a key."""
    return {"OutputDataConfig": {**lab.job["OutputDataConfig"], "KmsKeyId": key}}


def test_a_volume_takes_a_grant_for_as_long_as_it_is_there(solved: Lab, key: str) -> None:
    condition = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    allow(["kms:CreateGrant"], key, Condition=condition)
    kms = boto3.client("kms")
    create(solved, "granted", "import time; time.sleep(1)", **volume(solved, key))
    [grant] = kms.list_grants(KeyId=key)["Grants"]
    assert grant["GranteePrincipal"] == "sagemaker.amazonaws.com"
    assert solved._training.wait("granted", 60).record.status == "Completed"
    assert kms.list_grants(KeyId=key)["Grants"] == []


def test_a_volume_whose_key_the_role_may_not_use(solved: Lab, key: str) -> None:
    described = run(solved, "ungranted", **volume(solved, key))
    assert stages(described) == ["Starting", "Failed"]
    assert described["FailureReason"] == (
        f"ClientError: The ML storage volume cannot be encrypted with KMS key {key} (AccessDeniedException: User: "
        "arn:aws:sts::123456789012:assumed-role/MeridianTrainingRole/SageMaker is not authorized to perform: "
        f"kms:CreateGrant on resource: {key} because no identity-based policy allows the kms:CreateGrant action)"
    )
    assert "TrainingStartTime" not in described
    assert not boto3.client("ec2").describe_network_interfaces()["NetworkInterfaces"]


STATES = [
    ("disable_key", "(DisabledException: {key} is disabled.)"),
    ("schedule_key_deletion", "(KMSInvalidStateException: {key} is pending deletion.)"),
]


@pytest.mark.parametrize(("operation", "said"), STATES)
def test_a_volume_whose_key_cannot_be_used(solved: Lab, key: str, operation: str, said: str) -> None:
    allow(["kms:CreateGrant"], key)
    getattr(boto3.client("kms"), operation)(KeyId=key.rpartition("/")[2])
    described = run(solved, "unusable", **volume(solved, key))
    assert stages(described) == ["Starting", "Failed"]
    assert described["FailureReason"].endswith(said.format(key=key))


def test_a_volume_whose_key_is_not_there(solved: Lab) -> None:
    missing = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-4000-8000-000000000000"
    described = run(solved, "missing", **volume(solved, missing))
    assert stages(described) == ["Starting", "Failed"]
    assert "(NotFoundException: " in described["FailureReason"]


def test_hardware_that_encrypts_by_itself_takes_no_key(solved: Lab, key: str) -> None:
    with pytest.raises(ClientError, match="its local storage is encrypted by hardware"):
        create(solved, "hardware", **volume(solved, key, InstanceType="ml.r5d.large"))


def test_the_model_is_encrypted_with_the_output_key(solved: Lab, key: str) -> None:
    allow(["kms:GenerateDataKey"], key)
    assert run(solved, "encrypted", **output(solved, key))["TrainingJobStatus"] == "Completed"
    found = boto3.client("s3").head_object(Bucket=scenario.MODEL_BUCKET, Key=KEY)
    assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", key)


def test_a_model_whose_key_the_role_may_not_use(solved: Lab, key: str) -> None:
    described = run(solved, "refused", **output(solved, key))
    assert stages(described) == ["Starting", "Downloading", "Training", "Uploading", "Failed"]
    assert described["FailureReason"].startswith(
        "ClientError: Artifact upload failed:Error 7: AccessDenied (403): User: "
    )
    assert "kms:GenerateDataKey on resource" in described["FailureReason"]
    assert "ModelArtifacts" not in described
    assert left() == []


def test_data_encrypted_with_a_key_that_the_role_may_not_use(solved: Lab, key: str) -> None:
    boto3.client("s3").put_object(
        Bucket=scenario.TRAINING_BUCKET,
        Key="train/2026-01.csv",
        Body=b"x",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key,
    )
    described = run(solved, "sealed")
    assert stages(described) == ["Starting", "Downloading", "Failed"]
    assert described["FailureReason"].startswith(
        "ClientError: Data download failed:Unable to download object s3://meridian-phi-training/train/2026-01.csv "
        "(AccessDenied: User: "
    )
    assert "kms:Decrypt" in described["FailureReason"]
    assert solved.log("sealed") == []


def pair(lab: Lab, group: str) -> dict[str, Any]:
    """Two instances that talk encrypted, in one security group."""
    return {
        "ResourceConfig": {**lab.job["ResourceConfig"], "InstanceCount": 2},
        "VpcConfig": {**lab.job["VpcConfig"], "SecurityGroupIds": [group]},
        "EnableInterContainerTrafficEncryption": True,
    }


def members(group: str, protocol: str, port: int = -1) -> list[dict[str, Any]]:
    """A rule that lets a group's own members in or out."""
    return [
        {
            "IpProtocol": protocol,
            "FromPort": port,
            "ToPort": port,
            "UserIdGroupPairs": [{"GroupId": group}],
        }
    ]


def test_two_instances_need_a_group_that_lets_its_members_in(solved: Lab) -> None:
    ec2 = boto3.client("ec2")
    group = ec2.create_security_group(GroupName="pair", Description="two instances", VpcId=solved.names.vpc)[
        "GroupId"
    ]
    described = run(solved, "strangers", **pair(solved, group))
    assert stages(described) == ["Starting", "Failed"]
    assert described["FailureReason"].startswith(
        "ClientError: Inter-container traffic encryption needs security groups that let their own members exchange UDP "
        "port 500 and IP protocol 50. UDP port 500: "
    )
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=members(group, "udp", 500))
    assert "IP protocol 50 (ESP): " in run(solved, "half", **pair(solved, group))["FailureReason"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=members(group, "50"))
    assert run(solved, "pair", **pair(solved, group))["TrainingJobStatus"] == "Completed"
    assert not ec2.describe_network_interfaces()["NetworkInterfaces"]


def test_one_instance_needs_no_companion(solved: Lab) -> None:
    ec2 = boto3.client("ec2")
    group = ec2.create_security_group(GroupName="one", Description="alone", VpcId=solved.names.vpc)["GroupId"]
    alone = {**pair(solved, group), "ResourceConfig": solved.job["ResourceConfig"]}
    assert run(solved, "alone", **alone)["TrainingJobStatus"] == "Completed"
