"""What S3 refuses although every policy allows it."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from lab_env import Lab, scenario

BUCKET = scenario.TRAINING_BUCKET
OBJECTS = f"arn:aws:s3:::{BUCKET}/*"


def for_everyone(**condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECTS}
    named = {"Condition": condition} if condition else {}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **named}]})


def put_policy(document: str) -> None:
    boto3.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=document)


def unblock(**kept: bool) -> None:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    boto3.client("s3").put_public_access_block(
        Bucket=BUCKET, PublicAccessBlockConfiguration=dict.fromkeys(names, False) | kept
    )


def read_unsigned() -> Any:
    client = boto3.client("s3", config=Config(signature_version=UNSIGNED))
    return client.get_object(Bucket=BUCKET, Key=scenario.CODE_KEY)


@pytest.mark.parametrize(
    ("document", "public"),
    [
        (for_everyone(), True),
        (for_everyone(StringEquals={"aws:SourceVpce": "vpce-0123456789abcdef0"}), False),
        (for_everyone(StringLike={"aws:SourceVpce": "vpce-*"}), True),
        (for_everyone(StringNotEquals={"aws:SourceVpce": "vpce-0123456789abcdef0"}), True),
        (for_everyone(IpAddress={"aws:SourceIp": "203.0.113.0/24"}), False),
        (for_everyone(IpAddress={"aws:SourceIp": "0.0.0.0/0"}), True),
        (for_everyone(Bool={"aws:SecureTransport": "true"}), True),
        (for_everyone(Null={"aws:SourceVpce": "false"}), True),
    ],
)
def test_a_public_policy_is_not_taken(solved: Lab, document: str, public: bool) -> None:
    if public:
        with pytest.raises(
            ClientError, match="public policies are prevented by the BlockPublicPolicy"
        ) as raised:
            put_policy(document)
        assert raised.value.response["Error"]["Code"] == "AccessDenied"
        unblock()
    put_policy(document)
    assert [attempt.code for attempt in solved.ledger][-1] == ""


def test_a_public_bucket_serves_everyone_unless_it_is_restricted(solved: Lab) -> None:
    unblock()
    put_policy(for_everyone())
    assert read_unsigned()["ContentLength"] > 0
    unblock(RestrictPublicBuckets=True)
    with pytest.raises(ClientError, match="Access Denied"):
        read_unsigned()
    stranger = solved.attacker.client("s3")
    with pytest.raises(ClientError, match="Access Denied"):
        stranger.get_object(Bucket=BUCKET, Key=scenario.CODE_KEY)
    own = boto3.client("s3").get_object(Bucket=BUCKET, Key=scenario.CODE_KEY)
    assert own["ContentLength"] > 0


@pytest.mark.parametrize(
    ("more", "taken"),
    [({}, True), ({"ACL": "bucket-owner-full-control"}, True), ({"ACL": "public-read"}, False)],
)
def test_acls_are_off(solved: Lab, more: dict[str, str], taken: bool) -> None:
    s3 = boto3.client("s3")
    if taken:
        s3.put_object(Bucket=BUCKET, Key="x", Body=b"x", **more)
    else:
        with pytest.raises(ClientError, match="The bucket does not allow ACLs"):
            s3.put_object(Bucket=BUCKET, Key="x", Body=b"x", **more)
    assert solved.ledger.total


def test_a_disabled_key_opens_nothing(solved: Lab) -> None:
    s3, kms = boto3.client("s3"), boto3.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    sealed = {"Bucket": BUCKET, "Key": "sealed"}
    s3.put_object(**sealed, Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    kms.disable_key(KeyId=key.rpartition("/")[2])
    with pytest.raises(ClientError, match=f"{key} is disabled.") as raised:
        s3.get_object(**sealed)
    assert raised.value.response["Error"]["Code"] == "KMS.DisabledException"
    kms.enable_key(KeyId=key.rpartition("/")[2])
    assert s3.get_object(**sealed)["ContentLength"] == 1
    assert solved.ledger.total
