"""The checks of chapter 07's exercises, on trails made by boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course import Status
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
    judged,
    nothing,
)

TRAINING, MODEL = steps.WATCHED_BUCKETS


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The chapter where it begins, with the bucket for logs."""
    opened = Lab.start(chapter=7)
    steps.keep_logs(boto3.client("s3"))
    yield opened
    opened.stop()


def trail(
    *,
    buckets: tuple[str, ...] = (TRAINING, MODEL),
    reads: str = "All",
    on: bool = True,
    **more: Any,
) -> Did:
    """Make a trail; ``more`` changes what ``create_trail`` is given."""

    def make(lab: Lab) -> None:
        del lab
        client = boto3.client("cloudtrail")
        wanted = {"S3BucketName": scenario.LOG_BUCKET, "IsMultiRegionTrail": True}
        client.create_trail(**{"Name": "learner", **wanted, "EnableLogFileValidation": True, **more})
        data = {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{bucket}/" for bucket in buckets]}
        selector = {"ReadWriteType": reads, "IncludeManagementEvents": True, "DataResources": [data]}
        client.put_event_selectors(TrailName="learner", EventSelectors=[selector])
        if on:
            client.start_logging(Name="learner")

    return make


def beside_the_data(lab: Lab) -> None:
    """A trail into a bucket with data, whose policy was changed for it: CloudTrail would not take it else."""
    arn = f"arn:aws:s3:::{MODEL}"
    opened = json.dumps(steps.log_bucket_policy()).replace(f"arn:aws:s3:::{scenario.LOG_BUCKET}", arn)
    boto3.client("s3").put_bucket_policy(Bucket=MODEL, Policy=opened)
    trail(S3BucketName=MODEL)(lab)


def management_alone(lab: Lab) -> None:
    del lab
    client = boto3.client("cloudtrail")
    client.create_trail(Name="learner", S3BucketName=scenario.LOG_BUCKET)
    client.start_logging(Name="learner")


def choose(*numbers: int) -> Did:
    """The trail of 7.1 with some of the three advanced selectors."""

    def make(lab: Lab) -> None:
        trail()(lab)
        chosen = [steps.selectors()[number] for number in numbers]
        boto3.client("cloudtrail").put_event_selectors(TrailName="learner", AdvancedEventSelectors=chosen)

    return make


CASES = {
    "7.1 untouched": ("7.1", nothing, NOT_ATTEMPTED, "no trail"),
    "7.1 as it should be": ("7.1", trail(), DONE, "on record"),
    "7.1 off": ("7.1", trail(on=False), NOT_YET, "the trail is off"),
    "7.1 management alone": ("7.1", management_alone, NOT_YET, "GetObject on objects of"),
    "7.1 one bucket": ("7.1", trail(buckets=(TRAINING,)), NOT_YET, f"objects of {MODEL}"),
    "7.1 reads alone": ("7.1", trail(reads="ReadOnly"), NOT_YET, "PutObject on objects of"),
    "7.1 writes alone": ("7.1", trail(reads="WriteOnly"), NOT_YET, "GetObject on objects of"),
    "7.1 not validated": ("7.1", trail(EnableLogFileValidation=False), NOT_YET, "were changed"),
    "7.1 beside the data": ("7.1", beside_the_data, NOT_YET, "were changed"),
    "7.1 one Region": ("7.1", trail(IsMultiRegionTrail=False), NOT_YET, "one Region"),
    "7.1 by advanced selectors": ("7.1", choose(0, 1), DONE, "on record"),
    "7.2 untouched": ("7.2", trail(), NOT_ATTEMPTED, "what an endpoint refuses"),
    "7.2 as it should be": ("7.2", choose(0, 1, 2), DONE, "beside what was there"),
    "7.2 overwrites the data events": ("7.2", choose(0, 2), NOT_YET, "now no trail records GetObject"),
    "7.2 overwrites management": ("7.2", choose(1, 2), NOT_YET, "management events"),
}


@each(CASES)
def test_a_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize(("exercise", "do"), [("7.1", nothing), ("7.1", trail(on=False)), ("7.2", trail())])
def test_catching_up(lab, exercise, do):
    do(lab)
    assert_catches_up(lab, exercise)


@pytest.mark.parametrize("exercise", ["7.1", "7.2"])
def test_before_the_chapter_s_cells(exercise):
    assert_sound_before_the_chapter(7, exercise)


def test_the_chapter_s_end_holds_what_the_audit_asks_of_logs(lab):
    steps.record(boto3.client)
    report = lab.audit("LOG", "NET-6")
    assert {report.status(control.id).value for control in report.controls} == {"holds"}
    assert judged(lab, "7.1").status is Status.DONE
