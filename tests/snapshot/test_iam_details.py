"""All of IAM from the one answer that tells of it."""

from __future__ import annotations

import json

import boto3
import pytest

from lab_env.errors import IncompleteSnapshot
from lab_env.snapshot.service_files import read_services
from lab_env.snapshot.services import read_state
from tests.snapshot.clouds import ACCOUNT, by_client, policy, trust
from tests.snapshot.test_service_files import NETWORK, build, write

ROLE = f"arn:aws:iam::{ACCOUNT}:role/Trainer"
FILE = "iam/get-account-authorization-details.json"


def test_it_tells_what_the_single_calls_tell(cloud, tmp_path):
    """Roles, users with their groups, inline and managed policies, the boundary."""
    build()
    iam = boto3.client("iam")
    answer = iam.get_account_authorization_details()
    del answer["ResponseMetadata"]
    write(tmp_path, {FILE: json.loads(json.dumps(answer, default=str))})
    found = read_services(tmp_path, NETWORK).identities
    expected = read_state(by_client, ACCOUNT, NETWORK).identities
    assert found == expected
    assert len(found) == 2


VERSIONS = [
    {"VersionId": "v2", "IsDefaultVersion": True, "Document": json.loads(policy("s3:GetObject"))},
    {"VersionId": "v1", "IsDefaultVersion": False, "Document": json.loads(policy("s3:*"))},
]
DETAILS = {
    "RoleDetailList": [
        {
            "RoleName": "Trainer",
            "Arn": ROLE,
            "AssumeRolePolicyDocument": json.loads(trust()),
            "RolePolicyList": [],
            "AttachedManagedPolicies": [
                {"PolicyName": "own", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/own"},
                {"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            ],
        }
    ],
    "Policies": [
        {
            "Arn": f"arn:aws:iam::{ACCOUNT}:policy/own",
            "DefaultVersionId": "v2",
            "PolicyVersionList": VERSIONS,
        }
    ],
}
READ_ONLY = {
    "iam/aws/ReadOnlyAccess/get-policy.json": {"Policy": {"DefaultVersionId": "v9"}},
    "iam/aws/ReadOnlyAccess/get-policy-version.json": {
        "PolicyVersion": {"Document": json.loads(policy("s3:Get*"))}
    },
}


def test_what_it_leaves_out_may_lie_beside_it(tmp_path):
    """A policy's version in force counts; a policy that is not among the details has files of its own."""
    state = read_services(write(tmp_path, {FILE: DETAILS, **READ_ONLY}), NETWORK)
    role = state.identities[ROLE]
    assert [item.source for item in role.policies] == ["own", "ReadOnlyAccess"]
    assert [item.statements[0].actions.texts for item in role.policies] == [("s3:GetObject",), ("s3:Get*",)]
    assert role.boundary is None


def test_what_it_leaves_out_is_missed_when_asked_for(tmp_path):
    state = read_services(write(tmp_path, {FILE: DETAILS}), NETWORK)
    with pytest.raises(IncompleteSnapshot) as raised:
        _ = state.identities[ROLE].policies
    assert "iam/aws/ReadOnlyAccess/get-policy.json" in raised.value.do
    assert state.identities[ROLE].trust is not None


def test_it_tells_whose_the_buckets_are(tmp_path):
    """The ARNs in it name the account, where no folder does."""
    files = {FILE: DETAILS, "s3/b-1/get-bucket-location.json": {"LocationConstraint": None}}
    assert read_services(write(tmp_path, files), NETWORK).buckets["b-1"].account == ACCOUNT
