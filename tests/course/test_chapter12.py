"""The checks of chapter 12's exercises, on prepared tables as they lie in S3 and on policies as IAM stores them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.scenario import trials
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

EVERY = ["age", "sex", "arm", "sysbp_ratio", "pulse_ratio", "alt_ratio", "creat_ratio", "events"]


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The chapter where it begins: the end of chapter 06."""
    opened = Lab.start(chapter=12)
    yield opened
    opened.stop()


def wrote(*options: str, only: str = "", change: tuple[str, str] = ("", "")) -> Did:
    """The preparation was run with these options; of its files, those that begin with ``only``, with a word changed."""

    def put(lab: Lab) -> None:
        groups = [lab.names.training_security_group]
        with lab.session_in(
            lab.names.subnet_a, role=scenario.OPERATOR_ROLE, security_groups=groups
        ) as inside:
            s3 = inside.client("s3")
            for path, body in trials.prepared(*options):
                if path.startswith(only):
                    told = body.replace(*(word.encode() for word in change), 1) if change[0] else body
                    s3.put_object(
                        Bucket=scenario.TRAINING_BUCKET, Key=f"{trials.COARSE_PREFIX}{path}", Body=told
                    )

    return put


def without(*names: str) -> tuple[str, str]:
    return "--columns", ",".join(name for name in EVERY if name not in names)


def ruled(**changes: Any) -> Did:
    """The operators' role has a Region rule; what is given takes the place of the solution's."""

    def put(lab: Lab) -> None:
        del lab
        (statement,) = trials.region_rule()["Statement"]
        told = {name: value for name, value in (statement | changes).items() if value}
        document = {"Version": "2012-10-17", "Statement": [told]}
        boto3.client("iam").put_role_policy(
            RoleName=scenario.OPERATOR_ROLE, PolicyName="mine", PolicyDocument=json.dumps(document)
        )

    return put


def abroad(lab: Lab) -> None:
    """What the colleague does, and then the rule."""
    wanted = {"Bucket": "meridian-ireland", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    boto3.client("s3", region_name="eu-west-1").create_bucket(**wanted)
    ruled()(lab)


JOBS = [f"sagemaker:Create{kind}Job" for kind in ("Training", "Processing", "Transform")]
NAMED = {"NotAction": None, "Action": [*JOBS, "s3:CreateBucket"]}
HERE, IRELAND = {"aws:RequestedRegion": "us-east-1"}, {"aws:RequestedRegion": "eu-west-1"}
CASES = {
    "12.1 untouched": ("12.1", nothing, NOT_ATTEMPTED, "no visits.csv"),
    "12.1 ten years": ("12.1", wrote("--age-band", "10"), DONE, "1395 visits, and by age, sex, arm"),
    "12.1 without age": ("12.1", wrote(*without("age")), DONE, "by sex, arm"),
    "12.1 without all three": ("12.1", wrote(*without("age", "sex", "arm")), DONE, "by nothing"),
    "12.1 two years": ("12.1", wrote("--age-band", "2"), NOT_YET, "smallest group has 1"),
    "12.1 as it was": ("12.1", wrote(), NOT_YET, "smallest group has 1"),
    "12.1 the test is missing": (
        "12.1",
        wrote("--age-band", "10", only="train"),
        NOT_YET,
        "test/visits.csv is missing",
    ),
    "12.1 a ratio is gone": (
        "12.1",
        wrote("--age-band", "10", *without("alt_ratio")),
        NOT_YET,
        "alt_ratio is gone",
    ),
    "12.1 a subject's number": (
        "12.1",
        wrote("--age-band", "10", change=("\n", "\nSYNTHETIC-301-")),
        NOT_YET,
        "holds USUBJIDs",
    ),
    "12.1 another key": (
        "12.1",
        wrote("--age-band", "10", change=("\n", "\nf00")),
        NOT_YET,
        "2 pseudonyms are not",
    ),
    "12.2 untouched": ("12.2", nothing, NOT_ATTEMPTED, "may sagemaker:CreateTrainingJob in eu-west-1"),
    "12.2 by what is spared": ("12.2", ruled(), DONE, "us-east-1, and nowhere else"),
    "12.2 with a bucket elsewhere": ("12.2", abroad, DONE, "us-east-1, and nowhere else"),
    "12.2 by name": ("12.2", ruled(**NAMED), DONE, "us-east-1, and nowhere else"),
    "12.2 no bucket": (
        "12.2",
        ruled(NotAction=None, Action=JOBS),
        NOT_YET,
        "still s3:CreateBucket in eu-west-1",
    ),
    "12.2 training alone": (
        "12.2",
        ruled(NotAction=None, Action=[JOBS[0], "s3:CreateBucket"]),
        NOT_YET,
        "still sagemaker:CreateProcessingJob",
    ),
    "12.2 one Region alone": (
        "12.2",
        ruled(**NAMED, Condition={"StringEquals": IRELAND}),
        NOT_YET,
        "in eu-central-1",
    ),
    "12.2 the wrong way round": (
        "12.2",
        ruled(Condition={"StringEquals": HERE}),
        NOT_YET,
        "may not sagemaker:CreateTrainingJob in us-east-1",
    ),
    "12.2 nothing anywhere": (
        "12.2",
        ruled(**NAMED, Condition=None),
        NOT_YET,
        "may not sagemaker:CreateTrainingJob",
    ),
    "12.2 IAM as well": (
        "12.2",
        ruled(NotAction=None, Action=["iam:*", *NAMED["Action"]], Condition={"StringNotEquals": IRELAND}),
        NOT_YET,
        "may not sagemaker:CreateTrainingJob in us-east-1",
    ),
}


@each(CASES)
def test_a_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize(
    ("exercise", "do"),
    [("12.1", wrote()), ("12.1", wrote(only="train")), ("12.2", ruled(NotAction=None, Action=JOBS))],
)
def test_catching_up(lab, exercise, do):
    do(lab)
    assert_catches_up(lab, exercise)


@pytest.mark.parametrize("exercise", ["12.1", "12.2"])
def test_before_the_chapter_s_cells(exercise):
    assert_sound_before_the_chapter(12, exercise)


def test_the_rule_s_answer_is_what_the_calls_get(lab):
    """The check asks; here the calls are made."""
    ruled()(lab)
    wanted = {
        "Bucket": "meridian-elsewhere",
        "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"},
    }
    with pytest.raises(Exception, match="with an explicit deny"):
        boto3.client("s3", region_name="eu-west-1").create_bucket(**wanted)
    boto3.client("s3").create_bucket(Bucket="meridian-here")
    assert boto3.client("iam").list_roles()["Roles"]
