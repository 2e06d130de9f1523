"""Policies as faults change them: one statement at a time, so that several faults may change one document."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lab_env import scenario
from lab_env.course.drills.fault import Hands
from lab_env.scenario.chapter06 import TRAINING_POLICY

Document = dict[str, Any]
Change = Callable[[Document], Document]


def allow(action: str | list[str], resource: str | list[str], **more: Any) -> Document:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str | list[str], **more: Any) -> Document:
    """A statement that denies, whoever asks."""
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource, **more}


def policy(*statements: Document) -> Document:
    """A document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def with_statement(statement: Document) -> Change:
    """Add a statement."""
    return lambda document: {**document, "Statement": [*document["Statement"], statement]}


def without(sid: str) -> Change:
    """Take the statement of this ``Sid`` away."""
    return lambda document: {
        **document,
        "Statement": [item for item in document["Statement"] if item.get("Sid") != sid],
    }


def changed(sid: str, **fields: Any) -> Change:
    """Give the statement of this ``Sid`` other fields."""
    return lambda document: {
        **document,
        "Statement": [
            {**item, **fields} if item.get("Sid") == sid else item for item in document["Statement"]
        ],
    }


def restored(sid: str, original: Document) -> Change:
    """Put the statement of this ``Sid`` back as it was in ``original``, and where it stood there."""

    def change(document: Document) -> Document:
        now = {item.get("Sid"): item for item in document["Statement"]}
        then = {item["Sid"]: item for item in original["Statement"]}
        kept = [then[name] if name == sid else now[name] for name in then if name in now or name == sid]
        return {
            **document,
            "Statement": [*kept, *(item for item in document["Statement"] if item.get("Sid") not in then)],
        }

    return change


def edit_training_role(hands: Hands, change: Change) -> None:
    """Change the execution role's one policy."""
    iam, named = hands("iam"), {"RoleName": scenario.TRAINING_ROLE, "PolicyName": TRAINING_POLICY}
    document = iam.get_role_policy(**named)["PolicyDocument"]
    iam.put_role_policy(**named, PolicyDocument=json.dumps(change(document)))


def restore_training_role(hands: Hands, sid: str) -> None:
    """Give the execution role's policy one statement back, as chapter 06 wrote it."""
    original = scenario.training_policy(hands.id("kms_key"))
    edit_training_role(hands, restored(sid, original))


def edit_bucket(hands: Hands, bucket: str, change: Change) -> None:
    """Change a bucket's policy."""
    s3 = hands("s3")
    document = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(change(document)))


def put_endpoint_policy(hands: Hands, document: Document) -> None:
    """Give the S3 endpoint this policy."""
    hands("ec2").modify_vpc_endpoint(
        VpcEndpointId=hands.id("s3_endpoint"), PolicyDocument=json.dumps(document)
    )


def restore_endpoint_policy(hands: Hands) -> None:
    """Give the S3 endpoint the policy of chapter 06."""
    put_endpoint_policy(hands, scenario.endpoint_policy())


def put_key_policy(hands: Hands, document: Document) -> None:
    """Give the firm's key this policy."""
    hands("kms").put_key_policy(KeyId=hands.id("kms_key"), PolicyName="default", Policy=json.dumps(document))


def default_key_policy() -> Document:
    """The policy that KMS gives a key: the account's IAM policies decide (*Default key policy*)."""
    account = {"AWS": f"arn:aws:iam::{scenario.ACCOUNT}:root"}
    whole = {"Sid": "Enable IAM User Permissions", **allow("kms:*", "*", Principal=account)}
    return {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [whole]}


def restore_key_policy(hands: Hands) -> None:
    """Give the firm's key the default policy again."""
    put_key_policy(hands, default_key_policy())


def put_trust(hands: Hands, document: Document) -> None:
    """Say who may assume the execution role."""
    hands("iam").update_assume_role_policy(
        RoleName=scenario.TRAINING_ROLE, PolicyDocument=json.dumps(document)
    )


def restore_trust(hands: Hands) -> None:
    """Let SageMaker assume the execution role again, as chapter 01 wrote it."""
    put_trust(hands, scenario.SAGEMAKER_TRUST)
