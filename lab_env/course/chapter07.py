"""The exercises of chapter 07: a trail that records the firm's objects, and what the endpoints refuse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.log_keeping import LOGS_KEPT
from lab_env.scenario import chapter07 as steps
from lab_env.snapshot.cloudtrail import read_trails
from lab_env.snapshot.event_selectors import object_event
from lab_env.snapshot.state import Trail

Answer = tuple[Status, str, str]
Client = Callable[[str], Any]
Find = Callable[[str], str | None]

# What has to be on record, of each bucket: the call, and whether it only reads.
CALLS = (("GetObject", True), ("PutObject", False), ("DeleteObject", False))
REFUSED = {
    "eventCategory": "NetworkActivity",
    "eventName": "PutObject",
    "eventSource": "s3.amazonaws.com",
    "eventType": "AwsVpceEvent",
    "readOnly": "false",
    "errorCode": "VpceAccessDenied",
}


def _objects_on_record(state: State) -> Answer:
    found = _trails(state)
    if not found:
        return (
            Status.NOT_ATTEMPTED,
            "there is no trail.",
            "create_trail, put_event_selectors, start_logging.",
        )
    if not any(trail.logging for trail in found):
        return Status.NOT_YET, "the trail is off.", "A new trail records nothing before start_logging."
    missing = _missing(found)
    if missing:
        return (
            Status.NOT_YET,
            f"no trail records {missing}.",
            "Both buckets, each ARN with its slash; read and write.",
        )
    sound = [trail for trail in found if trail.validated and trail.bucket not in scenario.LOCKED_BUCKETS]
    if _missing(sound):
        hint = "EnableLogFileValidation, and the log bucket, not a bucket with data."
        return Status.NOT_YET, "nobody could tell whether the trail's files were changed.", hint
    if not any(trail.multi_region for trail in sound):
        hint = "IsMultiRegionTrail: thieves use the Regions that you do not."
        return Status.NOT_YET, "the trail records one Region's events.", hint
    return Status.DONE, "each read, write and delete of the firm's objects is on record, validated.", ""


def _refusals_on_record(state: State) -> Answer:
    found = [trail for trail in _trails(state) if trail.logging]
    if not any(trail.records(REFUSED, scenario.REGION) for trail in found):
        hint = "An advanced selector: eventCategory NetworkActivity, eventSource, errorCode VpceAccessDenied."
        return Status.NOT_ATTEMPTED, "no trail records what an endpoint refuses.", hint
    missing = _missing(found)
    if missing:
        hint = "put_event_selectors overwrites what stood: name the data events again."
        return Status.NOT_YET, f"now no trail records {missing}.", hint
    managed = {"eventCategory": "Management", "eventName": "StopLogging", "readOnly": "false"}
    if not any(trail.records(managed, scenario.REGION) for trail in found):
        hint = "A selector with eventCategory Management."
        return Status.NOT_YET, "now no trail records management events: who stops the trail, say.", hint
    return Status.DONE, "what the endpoints refuse is on record, beside what was there.", ""


def _trails(state: State) -> list[Trail]:
    return list(read_trails(partial(state.describe, "cloudtrail")))


def _missing(trails: list[Trail]) -> str:
    for bucket in scenario.LOCKED_BUCKETS:
        for name, read in CALLS:
            event = object_event(f"arn:aws:s3:::{bucket}/train/2025-01.csv", name, read=read)
            if not any(trail.records(event, scenario.REGION) for trail in trails):
                return f"{name} on objects of {bucket}"
    return ""


def _record_calls(client: Client, find: Find) -> None:
    del find
    steps.keep_logs(client("s3"))
    steps.record_calls(client("cloudtrail"))


def _record_refusals(client: Client, find: Find) -> None:
    _record_calls(client, find)
    steps.record_refusals(client("cloudtrail"))


EXERCISES = (
    Exercise(
        "7.1",
        "A trail of every read and write of the firm's objects",
        3,
        _objects_on_record,
        _record_calls,
        hints=(
            "Three calls in their order: a trail is made, told what to record, and turned on.",
            "It has to see all Regions and prove its own files. An object of a bucket is a data event, read or write.",
            "DataResources of type AWS::S3::Object, each bucket's ARN with a slash behind it; ReadWriteType All.",
        ),
    ),
    Exercise(
        "7.2",
        "What the endpoints refuse, on record too",
        2,
        _refusals_on_record,
        _record_refusals,
        hints=(
            "Network activity is a category of its own, and only advanced selectors know it.",
            "Advanced selectors take the place of all others: management and data events have to be named again.",
            "For refusals: eventCategory NetworkActivity, eventSource s3.amazonaws.com, errorCode VpceAccessDenied.",
        ),
    ),
    LOGS_KEPT,
)
