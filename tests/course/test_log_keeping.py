"""The check of exercise 7.3: logs that nobody deletes, while they go on being written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.scenario import chapter07 as steps
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    nothing,
)

BUCKET = scenario.LOG_BUCKET


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The chapter where it begins, with the bucket for logs."""
    opened = Lab.start(chapter=7)
    steps.keep_logs(boto3.client("s3"))
    yield opened
    opened.stop()


def denied(*, keep: bool = True, **changed: Any) -> Did:
    """A Deny in the bucket's policy, beside what stands there or in its place."""

    def do(lab: Lab) -> None:
        del lab
        s3 = boto3.client("s3")
        standing = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
        deny = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
            **changed,
        }
        document = {"Version": "2012-10-17", "Statement": [*(standing if keep else []), deny]}
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(document))

    return do


ROLE = {"AWS": f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.TRAINING_ROLE}"}
CASES = {
    "untouched": ("7.3", nothing, NOT_ATTEMPTED, "may delete what lies in"),
    "denied": ("7.3", denied(), DONE, "nobody deletes from"),
    "by a pattern": ("7.3", denied(Action="s3:DeleteObject*"), DONE, "nobody deletes from"),
    "versions forgotten": (
        "7.3",
        denied(Action="s3:DeleteObject"),
        NOT_YET,
        "may still s3:DeleteObjectVersion",
    ),
    "one role only": ("7.3", denied(Principal=ROLE), NOT_ATTEMPTED, "may delete what lies in"),
    "reading denied too": ("7.3", denied(Action="s3:*Object*"), NOT_YET, "may not s3:GetObject"),
    "what stood is gone": ("7.3", denied(keep=False), NOT_YET, "cloudtrail.amazonaws.com cannot write"),
}


@each(CASES)
def test_the_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize("do", [nothing, denied(keep=False), denied(Action="s3:*Object*")])
def test_catching_up(lab, do):
    do(lab)
    assert_catches_up(lab, "7.3")


def test_before_the_chapter_began():
    assert_sound_before_the_chapter(7, "7.3")


def test_what_the_check_says_is_what_the_call_gets(lab):
    """A log that is there stays, and the operator is told why."""
    s3 = boto3.client("s3")
    s3.put_object(Bucket=BUCKET, Key="AWSLogs/file", Body=b"x")
    lab.catch_up("7.3")
    with pytest.raises(s3.exceptions.ClientError, match="explicit deny in a resource-based policy"):
        s3.delete_object(Bucket=BUCKET, Key="AWSLogs/file")
