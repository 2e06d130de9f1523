"""Buckets, keys and roles from exported files: as the CLI prints them, in part, and what a part cannot tell."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest

from lab_env.errors import IncompleteSnapshot, InvalidInput
from lab_env.network import Network
from lab_env.policy import Kind
from lab_env.snapshot.ec2 import read_ec2
from lab_env.snapshot.service_export import export_services, write_services
from lab_env.snapshot.service_files import read_services
from lab_env.snapshot.services import read_state
from lab_env.snapshot.state import BucketEncryption, PublicAccessBlock
from tests.snapshot.clouds import ACCOUNT, by_client, by_cloud, policy, trust

NETWORK = Network(region="us-east-1")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Trainer"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k-1"


def write(folder, files):
    """Files by relative path: text as it is, all else as JSON."""
    for name, content in files.items():
        file = Path(folder, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def build():
    """One of everything that is read, and settings that were taken away."""
    s3, iam, kms = boto3.client("s3"), boto3.client("iam"), boto3.client("kms")
    for name in ("meridian-phi", "meridian-bare"):
        s3.create_bucket(Bucket=name)
    s3.delete_public_access_block(Bucket="meridian-bare")
    s3.delete_bucket_ownership_controls(Bucket="meridian-bare")
    s3.put_bucket_policy(Bucket="meridian-phi", Policy=policy("s3:*", "*", "Deny", Principal="*"))
    s3.put_bucket_versioning(Bucket="meridian-phi", VersioningConfiguration={"Status": "Enabled"})
    boto3.client("s3", region_name="eu-west-1").create_bucket(
        Bucket="meridian-eu", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/meridian-phi", TargetKeyId=key)
    kms.enable_key_rotation(KeyId=key)
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    iam.create_role(
        Path="/ml/", RoleName="Trainer", AssumeRolePolicyDocument=trust(), PermissionsBoundary=limit
    )
    iam.attach_role_policy(RoleName="Trainer", PolicyArn=limit)
    for name in ("first", "second"):
        iam.put_role_policy(RoleName="Trainer", PolicyName=name, PolicyDocument=policy(f"s3:Get{name}"))
    iam.create_user(UserName="ada")
    iam.create_group(GroupName="staff")
    iam.put_group_policy(GroupName="staff", PolicyName="shared", PolicyDocument=policy("ec2:*"))
    iam.add_user_to_group(GroupName="staff", UserName="ada")
    build_records()


def build_records():
    """A flow log, a trail with data events, and a training job."""
    ec2, trail, sagemaker = boto3.client("ec2"), boto3.client("cloudtrail"), boto3.client("sagemaker")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    target = {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::meridian-bare"}
    ec2.create_flow_logs(ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL", **target)
    trail.create_trail(Name="audit", S3BucketName="meridian-bare")
    objects = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}
    trail.put_event_selectors(TrailName="audit", EventSelectors=[{"DataResources": [objects]}])
    sagemaker.create_training_job(
        TrainingJobName="cnn",
        AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
        RoleArn=ROLE,
        OutputDataConfig={"S3OutputPath": "s3://meridian-bare/cnn"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )


@pytest.mark.parametrize("way", ["cloud", "client"])
def test_written_out_and_read_again(cloud, tmp_path, way):
    """A state that is exported is the same state when it is read from the files."""
    build()
    network = read_ec2(by_cloud(cloud, "ec2"), "us-east-1")
    apis = by_client if way == "client" else lambda service, region: by_cloud(cloud, service, region)
    state = read_state(apis, ACCOUNT, network)
    write_services(export_services(apis, ACCOUNT, network), tmp_path)
    assert read_services(tmp_path, network) == state
    assert len(state.identities) == 2
    assert len(state.buckets) == 3
    assert len(state.keys) == 1
    assert len(state.flow_logs) == len(state.trails) == len(state.jobs) == 1


def test_the_layout(cloud):
    """One folder for each resource, one file for each call; what was never set is an empty file."""
    build()
    files = export_services(by_client, ACCOUNT, NETWORK)
    home = f"accounts/{ACCOUNT}"
    assert json.loads(files[f"{home}/iam/Trainer/get-role.json"])["Role"]["Arn"].endswith("role/ml/Trainer")
    document = json.loads(files[f"{home}/iam/Trainer/get-role-policy-first.json"])["PolicyDocument"]
    assert document["Statement"][0]["Action"] == "s3:Getfirst"
    assert files[f"{home}/s3/meridian-bare/get-bucket-policy.json"] == ""
    assert files[f"{home}/s3/meridian-bare/get-bucket-logging.json"] == ""
    assert json.loads(files[f"{home}/s3/meridian-eu/get-bucket-location.json"]) == {
        "LocationConstraint": "eu-west-1"
    }
    (rotation,) = (name for name in files if name.endswith("get-key-rotation-status.json"))
    assert rotation.startswith(f"{home}/us-east-1/kms/")


def test_what_the_cli_prints(tmp_path):
    """Answers saved by hand, without folders for account and Region; the account is told by the role."""
    deny = policy("s3:*", "*", "Deny", Principal="*")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
    files = {
        "s3/b-1/get-bucket-location.json": {"LocationConstraint": None},
        "s3/b-1/get-bucket-policy.json": {"Policy": deny},
        "s3/b-1/get-bucket-encryption.json": {"ServerSideEncryptionConfiguration": {"Rules": [rule]}},
        "s3/b-1/get-public-access-block.json": "",
        "s3/b-1/get-bucket-versioning.json": "",
        "s3/b-1/get-bucket-logging.json": {"LoggingEnabled": {"TargetBucket": "b-2", "TargetPrefix": ""}},
        "kms/k-1/describe-key.json": {"KeyMetadata": {"KeyId": "k-1", "Arn": KEY, "KeyState": "Enabled"}},
        "kms/k-1/get-key-policy.json": {"Policy": policy("kms:*", Principal="*"), "PolicyName": "default"},
        "kms/k-1/get-key-rotation-status.json": {"KeyRotationEnabled": True},
        "kms/list-aliases.json": {
            "Aliases": [
                {"AliasName": "alias/phi", "TargetKeyId": "k-1"},
                {"AliasName": "alias/other", "TargetKeyId": "k-2"},
            ]
        },
        "iam/Trainer/get-role.json": {"Role": {"Arn": ROLE, "AssumeRolePolicyDocument": json.loads(trust())}},
        "iam/Trainer/get-role-policy.json": {
            "RoleName": "Trainer",
            "PolicyName": "broad",
            "PolicyDocument": json.loads(policy("s3:*")),
        },
        "iam/Trainer/list-attached-role-policies.json": {"AttachedPolicies": []},
    }
    state = read_services(write(tmp_path, files), NETWORK)
    bucket, key, role = state.buckets["b-1"], state.keys[KEY], state.identities[ROLE]
    assert (bucket.account, bucket.region, bucket.versioning) == (ACCOUNT, "us-east-1", "")
    assert bucket.policy.kind is Kind.RESOURCE
    assert bucket.encryption == BucketEncryption("aws:kms", KEY)
    assert bucket.public_access == PublicAccessBlock()
    assert (bucket.log_bucket, bucket.log_prefix) == ("b-2", "")
    assert (key.rotates, key.enabled, key.aliases) == (True, True, ("alias/phi",))
    assert [item.source for item in role.policies] == ["broad"]
    assert role.boundary is None


PARTS = {
    "s3/b-1/get-bucket-versioning.json": {"Status": "Enabled"},
    "kms/k-1/get-key-rotation-status.json": {"KeyRotationEnabled": True},
    "iam/Trainer/get-role-policy.json": {"PolicyName": "p", "PolicyDocument": json.loads(policy("s3:*"))},
}
NO_ARN = "arn:aws:kms:::key/k-1"
NO_ROLE = "arn:aws:iam:::role/Trainer"


@pytest.mark.parametrize(
    ("question", "do"),
    [
        (lambda state: state.buckets["b-1"].policy, "aws s3api get-bucket-policy"),
        (lambda state: state.buckets["b-1"].encryption, "s3/b-1/get-bucket-encryption.json"),
        (lambda state: state.buckets["b-1"].public_access, "s3/b-1/get-public-access-block.json"),
        (lambda state: state.buckets["b-1"].ownership, "s3/b-1/get-bucket-ownership-controls.json"),
        (lambda state: state.buckets["b-1"].log_bucket, "s3/b-1/get-bucket-logging.json"),
        (lambda state: state.buckets["b-1"].region, "s3/b-1/get-bucket-location.json"),
        (lambda state: state.buckets["b-1"].account, "accounts/<account id>"),
        (lambda state: state.keys[NO_ARN].policy, "kms/k-1/get-key-policy.json"),
        (lambda state: state.keys[NO_ARN].enabled, "kms/k-1/describe-key.json"),
        (lambda state: state.keys[NO_ARN].aliases, "kms/k-1/list-aliases.json"),
        (lambda state: state.identities[NO_ROLE].policies, "iam/Trainer/list-attached-role-policies.json"),
        (lambda state: state.identities[NO_ROLE].trust, "iam/Trainer/get-role.json"),
        (lambda state: state.identities[NO_ROLE].boundary, "iam/Trainer/get-role.json"),
    ],
)
def test_a_missing_answer_is_missed_only_when_it_is_asked_for(tmp_path, question, do):
    """The error names the file that would tell; what is there can be asked all the same."""
    state = read_services(write(tmp_path, PARTS), NETWORK)
    with pytest.raises(IncompleteSnapshot) as raised:
        question(state)
    assert do in raised.value.do
    assert state.buckets["b-1"].versioning == "Enabled"
    assert state.keys[NO_ARN].rotates


@pytest.mark.parametrize(
    "question",
    [
        lambda state: state.buckets["b-1"],
        lambda state: state.keys.get(KEY),
        lambda state: ROLE in state.identities,
        lambda state: list(state.identities),
        lambda state: len(state.buckets),
        lambda state: len(state.flow_logs),
        lambda state: len(state.trails),
        lambda state: len(state.jobs),
    ],
)
def test_a_service_of_which_nothing_was_exported(tmp_path, question):
    """It may have everything: no answer about it is an answer."""
    state = read_services(tmp_path, NETWORK)
    with pytest.raises(IncompleteSnapshot, match="the snapshot holds none"):
        question(state)
    assert state.endpoints == {}


def test_accounts_and_regions_by_their_folders(tmp_path):
    """The nearest folders above the service's say whose its answers are."""
    files = {
        "accounts/111111111111/us-west-2/s3/b-1/get-bucket-versioning.json": "",
        "accounts/222222222222/s3/b-2/get-bucket-location.json": {"LocationConstraint": "eu-west-1"},
        "accounts/222222222222/eu-west-1/kms/k-1/get-key-rotation-status.json": {},
    }
    state = read_services(write(tmp_path, files), NETWORK)
    assert [(item.account, item.region) for item in state.buckets.values()] == [
        ("111111111111", "us-west-2"),
        ("222222222222", "eu-west-1"),
    ]
    assert list(state.keys) == ["arn:aws:kms:eu-west-1:222222222222:key/k-1"]


def test_a_policy_saved_by_itself(tmp_path):
    """``--query Policy --output text`` leaves the document alone."""
    text = policy("s3:*", "*", "Deny", Principal="*")
    state = read_services(write(tmp_path, {"s3/b-1/get-bucket-policy.json": text}), NETWORK)
    assert not state.buckets["b-1"].policy.statements[0].allow


@pytest.mark.parametrize(("content", "what"), [("{", "no JSON file"), ("[]", "expected an object")])
def test_files_that_cannot_be_used(tmp_path, content, what):
    write(tmp_path, {"s3/b-1/get-bucket-policy.json": content})
    with pytest.raises(InvalidInput, match=what) as raised:
        read_services(tmp_path, NETWORK)
    assert raised.value.where == "s3/b-1/get-bucket-policy.json"


def test_no_such_folder(tmp_path):
    with pytest.raises(InvalidInput, match="no such file or folder"):
        read_services(tmp_path / "nowhere", NETWORK)


def test_a_single_file_tells_of_no_service(tmp_path):
    """It holds what EC2 answered; flow logs are among that."""
    log = {"FlowLogId": "fl-1", "ResourceId": "vpc-1", "TrafficType": "ALL"}
    write(tmp_path, {"all.json": {"Vpcs": [], "FlowLogs": [log]}})
    state = read_services(tmp_path / "all.json", NETWORK)
    assert list(state.flow_logs) == ["fl-1"]
    with pytest.raises(IncompleteSnapshot):
        len(state.buckets)


def test_trails_and_jobs_as_the_cli_prints_them(tmp_path):
    """What was not exported of a trail is missed when it is asked for."""
    arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"
    job = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/cnn"
    files = {
        "cloudtrail/describe-trails.json": {"trailList": [{"TrailARN": arn, "S3BucketName": "logs"}]},
        "cloudtrail/audit/get-trail-status.json": {"IsLogging": True},
        "sagemaker/cnn/describe-training-job.json": {"TrainingJobArn": job, "RoleArn": ROLE},
        "flow-logs.json": {"FlowLogs": []},
    }
    state = read_services(write(tmp_path, files), NETWORK)
    assert state.trails[arn].logging
    assert state.jobs[job].role == ROLE
    assert state.flow_logs == {}
    with pytest.raises(IncompleteSnapshot, match="get-event-selectors"):
        _ = state.trails[arn].selectors


def test_flow_logs_as_powershell_saves_them(tmp_path):
    """Its ``>`` writes UTF-16."""
    log = {"FlowLogs": [{"FlowLogId": "fl-1", "ResourceId": "vpc-1", "TrafficType": "ALL"}]}
    (tmp_path / "logs.json").write_text(json.dumps(log), encoding="utf-16")
    assert list(read_services(tmp_path, NETWORK).flow_logs) == ["fl-1"]


def test_a_wrong_value_is_told_by_file_place_and_key(tmp_path):
    write(tmp_path, {"s3/b-1/get-bucket-versioning.json": {"Status": 7}})
    with pytest.raises(InvalidInput) as raised:
        read_services(tmp_path, NETWORK)
    assert raised.value.where == "s3/b-1/get-bucket-versioning.json: GetBucketVersioning.Status"
    assert raised.value.what == "expected a string, found 7."
