"""The check of exercise 12.3: one role reads the key of the pseudonyms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course.key_access import ROLE
from lab_env.course.strangers import role_arn
from lab_env.scenario import trials
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    assert_catches_up,
    assert_judged,
    each,
    judged,
    nothing,
)

BUCKET = scenario.TRAINING_BUCKET


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The chapter with the role of its first step."""
    opened = Lab.start(chapter=12)
    iam = boto3.client("iam")
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(scenario.SAGEMAKER_TRUST))
    key = opened.names.kms_key
    may = [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/trials/*"},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key},
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": [*may, *trials.platform(key)]})
    iam.put_role_policy(RoleName=ROLE, PolicyName="step", PolicyDocument=document)
    yield opened
    opened.stop()


def guarded(*, keep: bool = True, **changed: Any) -> Did:
    def do(lab: Lab) -> None:
        s3 = boto3.client("s3")
        standing = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
        deny = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/trials/pseudonyms/*",
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role_arn(ROLE)}},
            **changed,
        }
        document = {"Version": "2012-10-17", "Statement": [*(standing if keep else []), deny]}
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(document))

    return do


EVERYTHING = [f"arn:aws:s3:::{BUCKET}/*"]
CASES = {
    "untouched": ("12.3", nothing, NOT_ATTEMPTED, "MeridianAdmin reads s3://"),
    "guarded": ("12.3", guarded(), DONE, "is read by MeridianTrialsPreparation"),
    "nobody": ("12.3", guarded(Condition={}), NOT_YET, "cannot read the key either"),
    "all objects": ("12.3", guarded(Resource=EVERYTHING), NOT_YET, "cannot read what was prepared"),
    "what stood is gone": ("12.3", guarded(keep=False), NOT_YET, "chapter 06's statement is gone"),
}


@each(CASES)
def test_the_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize("do", [nothing, guarded(keep=False), guarded(Condition={})])
def test_catching_up(lab, do):
    do(lab)
    assert_catches_up(lab, "12.3")


def test_before_the_chapter_began():
    opened = Lab.start(chapter=12)
    try:
        assert judged(opened, "12.3").status is NOT_ATTEMPTED
    finally:
        opened.stop()
