"""Uploads in parts ask S3 and KMS at each call: what a role may not do is refused there, and nowhere before.

*Multipart upload API and permissions*; API reference, CreateMultipartUpload and UploadPart (SSE-KMS).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from lab_env.scenario.chapter06 import KEY_ALIAS

ROLE = "Sender"
NAMED = {"Bucket": scenario.TRAINING_BUCKET, "Key": "genomics/reads"}
PART = b"x" * (5 << 20)
OBJECTS = f"arn:aws:s3:::{scenario.TRAINING_BUCKET}/genomics/*"
BUCKET = f"arn:aws:s3:::{scenario.TRAINING_BUCKET}"
PUT, DATA_KEY, DECRYPT = "s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"
ABORT, PARTS, UPLOADS = (
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
    "s3:ListBucketMultipartUploads",
)
ENOUGH = (PUT, DATA_KEY, DECRYPT)


@pytest.fixture(scope="module")
def locked() -> Iterator[Lab]:
    """The end of chapter 06, where new objects are encrypted with the firm's key."""
    lab = Lab.start(chapter=11)
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    boto3.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=document(trust))
    yield lab
    lab.stop()


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def may(*actions: str) -> None:
    """Let the role do so much, and no more."""
    key = boto3.client("kms").describe_key(KeyId=KEY_ALIAS)["KeyMetadata"]["Arn"]
    on = {action: key if action.startswith("kms:") else OBJECTS for action in actions} | (
        {UPLOADS: BUCKET} if UPLOADS in actions else {}
    )
    statements = [{"Effect": "Allow", "Action": action, "Resource": arn} for action, arn in on.items()]
    boto3.client("iam").put_role_policy(RoleName=ROLE, PolicyName="may", PolicyDocument=document(*statements))


def sender(lab: Lab) -> Any:
    groups = [lab.names.training_security_group]
    return lab.session_in(lab.names.subnet_b, role=ROLE, security_groups=groups)


def upload(s3: Any) -> str:
    """All the calls of an upload; the first that is refused, and the action that was missing."""
    try:
        call = "CreateMultipartUpload"
        begun = {**NAMED, "UploadId": s3.create_multipart_upload(**NAMED)["UploadId"]}
        call = "UploadPart"
        tag = s3.upload_part(**begun, PartNumber=1, Body=PART)["ETag"]
        call = "CompleteMultipartUpload"
        s3.complete_multipart_upload(**begun, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    except ClientError as error:
        told = error.response["Error"]
        missing = told["Message"].partition("perform: ")[2].partition(" ")[0]
        return f"{call}: {told['Code']}: {missing}"
    return "done"


@pytest.mark.parametrize(
    ("actions", "outcome"),
    [
        (ENOUGH, "done"),
        ((PUT, DECRYPT), "CreateMultipartUpload: AccessDenied: kms:GenerateDataKey"),
        ((PUT, DATA_KEY), "UploadPart: AccessDenied: kms:Decrypt"),
        ((DATA_KEY, DECRYPT), "CreateMultipartUpload: AccessDenied: s3:PutObject"),
    ],
    ids=["enough", "no data key", "no decrypt", "no put"],
)
def test_where_an_upload_in_parts_ends(locked, actions, outcome):
    may(*actions)
    with sender(locked) as session:
        assert upload(session.client("s3")) == outcome


def test_a_small_object_needs_no_decrypt(locked):
    """Which is why small test files do not show that it is missing."""
    may(PUT, DATA_KEY)
    with sender(locked) as session:
        assert session.client("s3").put_object(**NAMED, Body=b"small")["ServerSideEncryption"] == "aws:kms"


@pytest.mark.parametrize(
    ("call", "params", "action"),
    [
        ("abort_multipart_upload", NAMED, ABORT),
        ("list_parts", NAMED, PARTS),
        ("list_multipart_uploads", {"Bucket": scenario.TRAINING_BUCKET}, UPLOADS),
    ],
)
def test_what_goes_with_an_upload_is_a_permission_of_its_own(locked, call, params, action):
    may(*ENOUGH)
    with sender(locked) as session:
        s3 = session.client("s3")
        begun = s3.create_multipart_upload(**NAMED)["UploadId"]
        asked = {**params, "UploadId": begun} if "Key" in params else params
        with pytest.raises(ClientError, match=f"not authorized to perform: {action} "):
            getattr(s3, call)(**asked)
        may(*ENOUGH, action)
        assert getattr(s3, call)(**asked)["ResponseMetadata"]["HTTPStatusCode"] in (200, 204)


def test_from_outside_the_vpc_no_part_arrives(locked):
    may(*ENOUGH)
    with locked.session_on_internet(role=ROLE) as session:
        assert upload(session.client("s3")).startswith("CreateMultipartUpload: AccessDenied: s3:PutObject")
