"""The checks of chapter 11's exercises, on states built by boto3 from a host inside the VPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course.chapter11 import KEY, parts
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

NAMED = {"Bucket": scenario.TRAINING_BUCKET, "Key": KEY}
WHOLE = b"".join(parts())


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The chapter where it begins: the end of chapter 06."""
    opened = Lab.start(chapter=11)
    yield opened
    opened.stop()


def inside(lab: Lab) -> Any:
    """S3 as a host in subnet B sees it."""
    groups = [lab.names.training_security_group]
    return lab.session_in(lab.names.subnet_b, role=scenario.OPERATOR_ROLE, security_groups=groups).client(
        "s3"
    )


def begin(s3: Any, *pieces: bytes) -> dict[str, Any]:
    """Begin an upload of the lane, and send these of its parts."""
    upload = {**NAMED, "UploadId": s3.create_multipart_upload(**NAMED)["UploadId"]}
    for number, piece in enumerate(pieces, 1):
        s3.upload_part(**upload, PartNumber=number, Body=piece)
    return upload


def complete(s3: Any, upload: dict[str, Any], *numbers: int) -> None:
    """Make an object of all parts of an upload, or of those that are named."""
    told = [
        {"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in s3.list_parts(**upload)["Parts"]
    ]
    chosen = [part for part in told if not numbers or part["PartNumber"] in numbers]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": chosen})


def died(lab: Lab) -> None:
    begin(inside(lab), *parts()[:2])


def all_sent(lab: Lab) -> None:
    begin(inside(lab), *parts())


def finished(lab: Lab) -> None:
    s3 = inside(lab)
    complete(s3, begin(s3, *parts()))


def finished_and_another_left(lab: Lab) -> None:
    finished(lab)
    died(lab)


def without_a_part(lab: Lab) -> None:
    s3 = inside(lab)
    complete(s3, begin(s3, *parts()), 1, 3)


def in_one_piece(lab: Lab) -> None:
    inside(lab).put_object(**NAMED, Body=WHOLE)


def in_larger_parts(lab: Lab) -> None:
    """Begun anew, and cut otherwise: whole is whole."""
    s3 = inside(lab)
    complete(s3, begin(s3, WHOLE[: 8 << 20], WHOLE[8 << 20 :]))


def wrong_order(lab: Lab) -> None:
    s3, (first, second, third) = inside(lab), parts()
    complete(s3, begin(s3, second, first, third))


def rules(*given: dict[str, Any]) -> Did:
    def put(lab: Lab) -> None:
        del lab
        boto3.client("s3").put_bucket_lifecycle_configuration(
            Bucket=scenario.TRAINING_BUCKET, LifecycleConfiguration={"Rules": list(given)}
        )

    return put


def rule(days: int = 7, prefix: str = "genomics/", status: str = "Enabled", **more: Any) -> dict[str, Any]:
    return {
        "ID": "unfinished",
        "Status": status,
        "Filter": {"Prefix": prefix},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days},
    } | more


ELSEWHERE = rule(prefix="train/")
EXPIRES = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}


def moved(to: str = "GLACIER_IR", days: int = 30, prefix: str = "genomics/reads/") -> dict[str, Any]:
    """A rule that moves what lies under a prefix to another storage class."""
    steps = [{"Days": days, "StorageClass": to}]
    return {"ID": "move", "Status": "Enabled", "Filter": {"Prefix": prefix}, "Transitions": steps}


CASES = {
    "11.3 untouched": ("11.3", rules(rule()), NOT_ATTEMPTED, "moves anything"),
    "11.3 beside 11.2's": ("11.3", rules(rule(), moved()), DONE, "move to GLACIER_IR after 30 days"),
    "11.3 another class": ("11.3", rules(rule(), moved("STANDARD_IA")), DONE, "move to STANDARD_IA"),
    "11.3 in its place": ("11.3", rules(moved()), NOT_YET, "the rule of 11.2 is gone"),
    "11.3 to be restored first": ("11.3", rules(rule(), moved("GLACIER")), NOT_YET, "has to be restored"),
    "11.3 another prefix": ("11.3", rules(rule(), moved(prefix="train/")), NOT_YET, "no rule moves"),
    "11.3 too late": ("11.3", rules(rule(), moved(days=90)), NOT_YET, "after 90 days"),
    "11.3 the data goes too": ("11.3", rules(rule(), moved(), EXPIRES), NOT_YET, "also removes"),
    "11.1 before the cells": ("11.1", nothing, NOT_ATTEMPTED, "neither"),
    "11.1 untouched": ("11.1", died, NOT_ATTEMPTED, "2 of 3 parts"),
    "11.1 not completed": ("11.1", all_sent, NOT_YET, "no object yet"),
    "11.1 finished": ("11.1", finished, DONE, "made of 3 parts"),
    "11.1 begun anew": ("11.1", in_larger_parts, DONE, "made of 2 parts"),
    "11.1 another left": ("11.1", finished_and_another_left, NOT_YET, "1 upload of it as well"),
    "11.1 a part missing": ("11.1", without_a_part, NOT_YET, "the lane has 12,480,128"),
    "11.1 one piece": ("11.1", in_one_piece, NOT_YET, "counts no parts"),
    "11.1 another order": ("11.1", wrong_order, NOT_YET, "not its bytes"),
    "11.2 untouched": ("11.2", nothing, NOT_ATTEMPTED, "no lifecycle rule"),
    "11.2 seven days": ("11.2", rules(rule()), DONE, "after 7 days"),
    "11.2 one day, the whole bucket": ("11.2", rules(rule(1, "")), DONE, "after 1 day."),
    "11.2 the sooner of two": ("11.2", rules(rule(30), rule(3, "", ID="all")), DONE, "after 3 days"),
    "11.2 thirty days": ("11.2", rules(rule(30)), NOT_YET, "for 30 days"),
    "11.2 another prefix": ("11.2", rules(ELSEWHERE), NOT_YET, "under genomics/"),
    "11.2 disabled": ("11.2", rules(rule(status="Disabled")), NOT_YET, "under genomics/"),
    "11.2 the data goes too": ("11.2", rules(rule(), EXPIRES), NOT_YET, "rule old also removes"),
}


@each(CASES)
def test_a_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize(
    ("exercise", "do"),
    [
        ("11.1", died),
        ("11.1", all_sent),
        ("11.1", finished_and_another_left),
        ("11.1", in_one_piece),
        ("11.2", rules(ELSEWHERE)),
        ("11.2", rules(rule(), EXPIRES)),
        ("11.3", rules(rule())),
        ("11.3", rules(moved())),
    ],
)
def test_catching_up(lab, exercise, do):
    do(lab)
    assert_catches_up(lab, exercise)


@pytest.mark.parametrize("exercise", ["11.1", "11.2", "11.3"])
def test_before_the_chapter_s_cells(exercise):
    assert_sound_before_the_chapter(11, exercise)


def test_catching_up_stands_inside_and_leaves_nothing_behind(lab):
    """The locked bucket takes objects from nowhere else; the host that brought them goes."""
    before = lab.network
    lab.catch_up("11.1")
    sent = [call for call in lab.ledger if call.operation == "UploadPart"]
    assert {(call.status, call.trace.exit.value) for call in sent} == {(200, "gateway-endpoint")}
    assert lab.network == before
