"""Whatever the exported files hold, reading them ends in a state or in an error that names the file."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from dataclasses import fields, is_dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab_env.errors import LabError
from lab_env.network import Network
from lab_env.snapshot.service_files import read_services
from tests.snapshot.clouds import ACCOUNT, policy, trust

NETWORK = Network(region="us-east-1")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Trainer"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/own"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k-1"
TRAIL = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"
DOCUMENT = json.loads(policy("s3:*"))
ATTACHED = {"AttachedPolicies": [{"PolicyName": "own", "PolicyArn": OWN}]}
LIMIT = {"PermissionsBoundaryArn": OWN}
FILES = {
    "s3/list-buckets.json": {"Buckets": [{"Name": "b-1"}]},
    "s3/b-1/get-bucket-location.json": {"LocationConstraint": "eu-west-1"},
    "s3/b-1/get-bucket-policy.json": {"Policy": policy("s3:*", "*", "Deny", Principal="*")},
    "s3/b-1/get-bucket-encryption.json": {
        "ServerSideEncryptionConfiguration": {
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
                    "BucketKeyEnabled": True,
                }
            ]
        }
    },
    "s3/b-1/get-public-access-block.json": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
    "s3/b-1/get-bucket-ownership-controls.json": {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    },
    "s3/b-1/get-bucket-versioning.json": {"Status": "Enabled"},
    "s3/b-1/get-bucket-logging.json": {"LoggingEnabled": {"TargetBucket": "b-2", "TargetPrefix": "x"}},
    "kms/list-keys.json": {"Keys": [{"KeyId": "k-1", "KeyArn": KEY}]},
    "kms/list-aliases.json": {"Aliases": [{"AliasName": "alias/a", "TargetKeyId": "k-1"}]},
    "kms/k-1/describe-key.json": {"KeyMetadata": {"KeyId": "k-1", "Arn": KEY, "KeyState": "Enabled"}},
    "kms/k-1/get-key-policy.json": {"Policy": policy("kms:*", Principal="*")},
    "kms/k-1/get-key-rotation-status.json": {"KeyRotationEnabled": True},
    "iam/list-roles.json": {"Roles": [{"RoleName": "Trainer", "Arn": ROLE, "Path": "/"}]},
    "iam/Trainer/get-role.json": {
        "Role": {"Arn": ROLE, "AssumeRolePolicyDocument": json.loads(trust()), "PermissionsBoundary": LIMIT}
    },
    "iam/Trainer/get-role-policy.json": {"PolicyName": "p", "PolicyDocument": DOCUMENT},
    "iam/Trainer/list-attached-role-policies.json": ATTACHED,
    "iam/own/get-policy.json": {"Policy": {"Arn": OWN, "DefaultVersionId": "v1"}},
    "iam/own/get-policy-version.json": {"PolicyVersion": {"Document": DOCUMENT, "VersionId": "v1"}},
    "cloudtrail/describe-trails.json": {"trailList": [{"TrailARN": TRAIL, "S3BucketName": "b-2"}]},
    "cloudtrail/audit/get-trail-status.json": {"IsLogging": True},
    "cloudtrail/audit/get-event-selectors.json": {
        "EventSelectors": [{"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}],
        "AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}],
    },
    "sagemaker/cnn/describe-training-job.json": {
        "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/cnn",
        "RoleArn": ROLE,
        "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        "ResourceConfig": {"InstanceCount": 1},
        "InputDataConfig": [{"DataSource": {"S3DataSource": {"S3Uri": "s3://b-1"}}}],
    },
    "organizations/describe-organization.json": {
        "Organization": {"Id": "o-1", "MasterAccountId": "999999999999"}
    },
    "organizations/list-accounts.json": {"Accounts": [{"Id": ACCOUNT}]},
    "organizations/list-roots.json": {
        "Roots": [{"Id": "r-1", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]
    },
    f"organizations/{ACCOUNT}/list-parents.json": {"Parents": [{"Id": "r-1", "Type": "ROOT"}]},
    f"organizations/{ACCOUNT}/list-policies-for-target-SERVICE_CONTROL_POLICY.json": {
        "Policies": [{"Id": "p-1"}]
    },
    "organizations/r-1/list-policies-for-target-SERVICE_CONTROL_POLICY.json": {"Policies": []},
    "organizations/p-1/describe-policy.json": {
        "Policy": {"PolicySummary": {"Name": "FullAWSAccess"}, "Content": policy("*")}
    },
    "flow-logs.json": {"FlowLogs": [{"FlowLogId": "fl-1", "ResourceId": "vpc-1", "TrafficType": "ALL"}]},
}
DETAILS = {
    "iam/get-account-authorization-details.json": {
        "RoleDetailList": [
            {
                "RoleName": "Trainer",
                "Arn": ROLE,
                "AssumeRolePolicyDocument": json.loads(trust()),
                "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": DOCUMENT}],
                "AttachedManagedPolicies": [{"PolicyName": "own", "PolicyArn": OWN}],
                "PermissionsBoundary": LIMIT,
            }
        ],
        "UserDetailList": [
            {"UserName": "ada", "Arn": f"arn:aws:iam::{ACCOUNT}:user/ada", "GroupList": ["staff"]}
        ],
        "GroupDetailList": [
            {"GroupName": "staff", "GroupPolicyList": [{"PolicyName": "g", "PolicyDocument": DOCUMENT}]}
        ],
        "Policies": [
            {
                "Arn": OWN,
                "DefaultVersionId": "v1",
                "PolicyVersionList": [{"IsDefaultVersion": True, "Document": DOCUMENT}],
            }
        ],
    }
}


def write(folder, files):
    for name, document in files.items():
        file = Path(folder, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document), encoding="utf-8")


def ask_everything(state):
    """Every field of every value in the state."""
    for part in fields(state):
        for value in getattr(state, part.name).values():
            for item in fields(value) if is_dataclass(value) else ():
                getattr(value, item.name)


def places(document, path=()):
    """Every place in a JSON value."""
    yield path
    items = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for key, value in items:
        yield from places(value, (*path, key))


def changed(document, path, value):
    """A JSON value with another at one place; ``...`` takes the place away."""
    if not path:
        return {} if value is ... else value
    copy = deepcopy(document)
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    if value is ...:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return copy


@pytest.mark.parametrize("files", [FILES, DETAILS], ids=["files", "details"])
def test_the_files_as_they_are_tell_everything(tmp_path, files):
    write(tmp_path, files)
    state = read_services(tmp_path, NETWORK)
    for value in state.identities.values():
        assert value.policies
    if files is FILES:
        ask_everything(state)


VALUES = st.sampled_from(
    [..., None, True, 7, -1, 1.5, "", "x", "arn:aws:iam::x", [], [None], [7], {}, {"x": 1}]
)
PLACES = [(name, path) for files in (FILES, DETAILS) for name in files for path in places(files[name])]


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PLACES), VALUES)
def test_one_wrong_value_anywhere(place, value):
    """One value of another kind, or none: a state, or an error of the lab's, never another exception."""
    name, path = place
    files = DETAILS if name in DETAILS else FILES
    with TemporaryDirectory() as folder:
        write(folder, files | {name: changed(files[name], path, value)})
        with suppress(LabError):
            ask_everything(read_services(folder, NETWORK))
