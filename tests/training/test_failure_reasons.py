"""One fault each: what a job that worked says when one thing on its way is taken away."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from lab_env import Lab, scenario
from lab_env.training import failures
from tests.training.made import create, left, put, run, stages, until

PATH = (
    "Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the "
    "security groups and the subnet's network ACL allow outbound traffic to S3"
)
DOWNLOAD, UPLOAD = f"ClientError: Data download failed:{PATH}.", f"ClientError: Artifact upload failed:{PATH}"
NO_NAME = (
    "ClientError: Failed to download data. ListObjectsV2 failed for s3://meridian-phi-training/train/ "
    "nextToken:[null]: Unable to execute request to S3"
)
BUCKET = scenario.TRAINING_BUCKET
ALL = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
ROLE = "User: arn:aws:sts::123456789012:assumed-role/MeridianTrainingRole/SageMaker is not authorized to perform:"


def policy(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def everything(**more: Any) -> dict[str, Any]:
    """A statement on everything."""
    return {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **more}


def no_route(lab: Lab) -> None:
    """The endpoint leaves the job's route table."""
    boto3.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=lab.names.s3_endpoint, RemoveRouteTableIds=[lab.names.private_route_table]
    )


def no_dns(lab: Lab) -> None:
    """The VPC's resolver answers no more."""
    boto3.client("ec2").modify_vpc_attribute(VpcId=lab.names.vpc, EnableDnsSupport={"Value": False})


def no_egress(lab: Lab) -> None:
    """The job's security group lets nothing out."""
    boto3.client("ec2").revoke_security_group_egress(
        GroupId=lab.names.training_security_group, IpPermissions=ALL
    )


def nacl(lab: Lab, *, egress: bool) -> None:
    """The subnet's network ACL denies a direction."""
    ec2 = boto3.client("ec2")
    [found] = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": [lab.names.subnet_a]}]
    )["NetworkAcls"]
    ec2.create_network_acl_entry(
        NetworkAclId=found["NetworkAclId"],
        RuleNumber=1,
        Protocol="6",
        PortRange={"From": 443, "To": 443} if egress else {"From": 1024, "To": 65535},
        RuleAction="deny",
        Egress=egress,
        CidrBlock="0.0.0.0/0",
    )


def endpoint_policy(lab: Lab) -> None:
    """The endpoint lets nobody read an object."""
    allowed = everything(Action=["s3:ListBucket", "s3:PutObject"])
    boto3.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=lab.names.s3_endpoint, PolicyDocument=policy(allowed)
    )


def bucket_policy(_: Lab) -> None:
    """The bucket refuses reads that come by another endpoint than a certain one."""
    condition = {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    denied = everything(
        Effect="Deny", Action="s3:GetObject", Resource=f"arn:aws:s3:::{BUCKET}/*", Condition=condition
    )
    boto3.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=policy(denied))


def role(_: Lab) -> None:
    """The role may list, and no more."""
    allowed = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    boto3.client("iam").put_role_policy(
        RoleName=scenario.TRAINING_ROLE, PolicyName="broad", PolicyDocument=policy(allowed)
    )


def refused(why: str) -> str:
    """The reason for an object that may not be read."""
    return (
        "ClientError: Data download failed:Unable to download object s3://meridian-phi-training/train/2025-01.csv "
        f'(AccessDenied: {ROLE} s3:GetObject on resource: "arn:aws:s3:::meridian-phi-training/train/2025-01.csv" {why})'
    )


DOWNLOADS = [
    pytest.param(no_route, DOWNLOAD, id="no route"),
    pytest.param(no_dns, NO_NAME, id="no DNS"),
    pytest.param(no_egress, DOWNLOAD, id="security group"),
    pytest.param(lambda lab: nacl(lab, egress=True), DOWNLOAD, id="network ACL, out"),
    pytest.param(lambda lab: nacl(lab, egress=False), DOWNLOAD, id="network ACL, answers"),
    pytest.param(
        endpoint_policy,
        refused("because no VPC endpoint policy allows the s3:GetObject action"),
        id="endpoint policy",
    ),
    pytest.param(
        bucket_policy, refused("with an explicit deny in a resource-based policy"), id="bucket policy"
    ),
    pytest.param(
        role,
        refused("because no identity-based policy allows the s3:GetObject action"),
        id="the role's policy",
    ),
]


@pytest.mark.parametrize(("take_away", "reason"), DOWNLOADS)
def test_what_stops_the_download(solved: Lab, take_away: Callable[[Lab], None], reason: str) -> None:
    take_away(solved)
    described = run(solved, "stopped")
    assert described["TrainingJobStatus"] == described["SecondaryStatus"] == "Failed"
    assert stages(described) == ["Starting", "Downloading", "Failed"]
    assert described["FailureReason"] == reason
    assert solved.log("stopped") == []
    assert left() == []
    assert not boto3.client("ec2").describe_network_interfaces()["NetworkInterfaces"]


WAIT = """
import pathlib, time
print("begun", flush=True)
while not pathlib.Path({flag!r}).exists():
    time.sleep(0.02)
"""


def read_only(_: Lab) -> None:
    """The role may write no more."""
    allowed = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    boto3.client("iam").put_role_policy(
        RoleName=scenario.TRAINING_ROLE, PolicyName="broad", PolicyDocument=policy(allowed)
    )


UPLOADS = [
    pytest.param(no_route, UPLOAD, id="no route"),
    pytest.param(
        read_only,
        f"ClientError: Artifact upload failed:Error 7: AccessDenied (403): {ROLE} s3:PutObject on resource: "
        '"arn:aws:s3:::meridian-model-artifacts/readmission/stopped/output/model.tar.gz" because no identity-based '
        "policy allows the s3:PutObject action",
        id="the role's policy",
    ),
]


@pytest.mark.parametrize(("take_away", "reason"), UPLOADS)
def test_what_stops_the_upload(
    solved: Lab, take_away: Callable[[Lab], None], reason: str, tmp_path: Any
) -> None:
    flag = tmp_path / "go on"
    create(solved, "stopped", WAIT.format(flag=str(flag)))
    until(lambda: solved.log("stopped"), "the script never began")
    take_away(solved)
    flag.touch()
    solved._training.wait("stopped", 60)
    described = boto3.client("sagemaker").describe_training_job(TrainingJobName="stopped")
    assert stages(described) == ["Starting", "Downloading", "Training", "Uploading", "Failed"]
    assert described["FailureReason"] == reason
    assert "ModelArtifacts" not in described
    assert solved.log("stopped") == ["begun"]
    assert left() == []


def test_one_of_two_subnets_without_a_route_fails_only_the_jobs_that_land_there(solved: Lab) -> None:
    no_route(solved)
    both = {**solved.job["VpcConfig"], "Subnets": [solved.names.subnet_a, solved.names.subnet_b]}
    ends = {}
    for number in range(4):
        described = run(solved, f"drawn-{number}", VpcConfig=both)
        job = solved._training.job(f"drawn-{number}")
        ends[job.network.interfaces[0].subnet] = described["TrainingJobStatus"]
    assert ends == {solved.names.subnet_a: "Failed", solved.names.subnet_b: "Completed"}


ILLEGAL = [
    pytest.param("odd//1.txt", "//", id="no name between two slashes"),
    pytest.param("odd/../../1.txt", "../", id="a way out of the folder"),
]


@pytest.mark.parametrize(("key", "part"), ILLEGAL)
def test_a_key_that_cannot_be_a_file(solved: Lab, key: str, part: str) -> None:
    put(f"keys/{key}", "x")
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/keys/"}
    channels = [
        *solved.job["InputDataConfig"],
        {"ChannelName": "odd", "DataSource": {"S3DataSource": source}},
    ]
    described = run(solved, "odd", InputDataConfig=channels)
    assert stages(described) == ["Starting", "Downloading", "Failed"]
    assert described["FailureReason"] == (
        f"ClientError: Data download failed:Failed to download data. S3 key: s3://{BUCKET}/keys/{key} has an illegal "
        f"char sub-sequence '{part}' in it"
    )


def test_code_that_is_no_archive_is_the_frameworks_failure(solved: Lab) -> None:
    put(scenario.CODE_KEY, "not a tar")
    described = run(solved, "unpacked")
    assert stages(described) == ["Starting", "Downloading", "Training", "Failed"]
    assert described["FailureReason"] == (
        "AlgorithmError: framework error: file could not be opened successfully, exit code: 1"
    )


def test_a_model_bucket_in_another_region_is_beyond_the_endpoint(solved: Lab) -> None:
    elsewhere = boto3.client("s3", region_name="eu-west-1")
    elsewhere.create_bucket(
        Bucket="meridian-eu-models", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    described = run(solved, "elsewhere", OutputDataConfig={"S3OutputPath": "s3://meridian-eu-models/out"})
    assert stages(described) == ["Starting", "Downloading", "Training", "Uploading", "Failed"]
    assert described["FailureReason"] == UPLOAD
    assert left("meridian-eu-models") == []


def denial(code: str, status: int) -> ClientError:
    """What S3 answers."""
    told = {"Error": {"Code": code, "Message": "No"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "GetObject")


WORDS = [
    (failures.download_failure, ConnectTimeoutError(endpoint_url="x"), DOWNLOAD),
    (
        failures.download_failure,
        EndpointConnectionError(endpoint_url="x"),
        NO_NAME.replace("s3://meridian-phi-training/train/", "s3://b/k"),
    ),
    (
        failures.download_failure,
        denial("NoSuchKey", 404),
        "ClientError: Data download failed:Unable to download object s3://b/k (NoSuchKey: No)",
    ),
    (
        failures.download_failure,
        denial("PermanentRedirect", 301),
        "ClientError: Data download failed:Unable to download object s3://b/k (PermanentRedirect: No)",
    ),
    (
        failures.download_failure,
        OSError(errno.ENOSPC, "No space left on device"),
        "ClientError: Data download failed:Insufficient disk space",
    ),
    (failures.download_failure, OSError(errno.EIO, "Input/output error"), failures.INTERNAL),
]


@pytest.mark.parametrize(("words", "error", "reason"), WORDS)
def test_words_of_a_download(words: Callable[[Exception, str], str], error: Exception, reason: str) -> None:
    assert words(error, "s3://b/k") == reason


UPLOAD_WORDS = [
    (ConnectTimeoutError(endpoint_url="x"), UPLOAD),
    (EndpointConnectionError(endpoint_url="x"), UPLOAD),
    (denial("AccessDenied", 403), "ClientError: Artifact upload failed:Error 7: AccessDenied (403): No"),
    (OSError(errno.ENOSPC, "full"), "ClientError: Artifact upload failed:Insufficient disk space"),
    (ValueError(), failures.INTERNAL),
]


@pytest.mark.parametrize(("error", "reason"), UPLOAD_WORDS)
def test_words_of_an_upload(error: Exception, reason: str) -> None:
    assert failures.upload_failure(error) == reason


def test_the_end_of_a_long_traceback_is_kept() -> None:
    said = failures.script_failure(
        1, ["python3", "train.py"], "Traceback\n" + "x\n" * 900 + 'ValueError: "odd"'
    )
    reason = failures.algorithm_failure(1, said)
    assert len(reason) < 1024
    assert reason.endswith('ValueError: \'odd\'"\nCommand "python3 train.py", exit code: 1')
