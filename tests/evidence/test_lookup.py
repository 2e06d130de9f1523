"""``lookup_events``: which events, in which order, by which attribute, and how many a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario

DATA = scenario.TRAINING_BUCKET


@pytest.fixture(scope="module")
def trail() -> Iterator[Any]:
    """CloudTrail after a few calls that are told apart by what they are."""
    lab = Lab.start(6)
    s3 = boto3.client("s3")
    s3.list_objects_v2(Bucket=DATA)
    s3.get_bucket_location(Bucket=DATA)
    boto3.client("sqs", region_name="eu-west-1").list_queues()
    boto3.client("sagemaker").list_training_jobs()
    with suppress(ClientError):
        boto3.client("sagemaker").describe_training_job(TrainingJobName="none-such")
    yield boto3.client("cloudtrail")
    lab.stop()


def asked(trail: Any, key: str, value: str) -> list[dict[str, Any]]:
    """All events that an attribute finds."""
    wanted = [{"AttributeKey": key, "AttributeValue": value}]
    pages = trail.get_paginator("lookup_events").paginate(LookupAttributes=wanted)
    return [event for page in pages for event in page["Events"]]


def test_the_newest_comes_first(trail):
    times = [event["EventTime"] for event in trail.lookup_events()["Events"]]
    assert times == sorted(times, reverse=True)
    assert len(times) > 2


@pytest.mark.parametrize(
    ("key", "value", "names"),
    [
        ("EventName", "GetBucketLocation", {"GetBucketLocation"}),
        ("EventName", "ListObjects", set()),
        ("EventSource", "sagemaker.amazonaws.com", {"ListTrainingJobs", "DescribeTrainingJob"}),
        ("Username", "nobody-of-this-name", set()),
        ("EventName", "ListQueues", set()),
    ],
)
def test_an_attribute(trail, key, value, names):
    assert {event["EventName"] for event in asked(trail, key, value)} == names


def test_data_events_are_not_among_them(trail):
    assert not {"GetObject", "PutObject", "ListObjects"} & {
        event["EventName"] for event in asked(trail, "EventSource", "s3.amazonaws.com")
    }


def test_each_region_has_its_own(trail):
    there = boto3.client("cloudtrail", region_name="eu-west-1")
    assert {event["EventName"] for event in asked(there, "EventName", "ListQueues")} == {"ListQueues"}


def test_it_tells_of_errors_and_of_the_record(trail):
    (event,) = asked(trail, "EventName", "DescribeTrainingJob")
    record = json.loads(event["CloudTrailEvent"])
    assert record["eventID"] == event["EventId"]
    assert record["errorCode"] == "ValidationException"
    assert asked(trail, "EventId", event["EventId"]) == [event]


def test_pages_meet_without_gap_or_overlap(trail):
    whole = [event["EventId"] for event in asked(trail, "ReadOnly", "false")]
    pages, token = [], {}
    wanted = [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]
    while len(pages) < 4:
        page = trail.lookup_events(LookupAttributes=wanted, MaxResults=3, **token)
        pages.append([event["EventId"] for event in page["Events"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert [event for page in pages for event in page] == whole[: sum(map(len, pages))]
    assert len(whole) == len(set(whole))


def test_the_time_bounds_it(trail):
    newest = trail.lookup_events(MaxResults=1)["Events"][0]["EventTime"]
    assert trail.lookup_events(StartTime=newest)["Events"]
    assert all(event["EventTime"] >= newest for event in trail.lookup_events(StartTime=newest)["Events"])
    oldest = asked(trail, "ReadOnly", "false")[-1]["EventTime"]
    assert all(event["EventTime"] <= oldest for event in trail.lookup_events(EndTime=oldest)["Events"])


TWO = [
    {"AttributeKey": "EventName", "AttributeValue": "A"},
    {"AttributeKey": "Username", "AttributeValue": "B"},
]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"NextToken": "no token"}, "InvalidNextTokenException"),
        ({"LookupAttributes": TWO}, "InvalidLookupAttributesException"),
    ],
)
def test_requests_that_it_does_not_take(trail, wanted, code):
    with pytest.raises(ClientError) as refused:
        trail.lookup_events(**wanted)
    assert refused.value.response["Error"]["Code"] == code
