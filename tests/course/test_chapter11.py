"""The checks of chapter 11's exercises, on states built by boto3 from a host inside the VPC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course import Status
from lab_env.course.chapter11 import KEY, parts

NAMED = {"Bucket": scenario.TRAINING_BUCKET, "Key": KEY}


class Host:
    """A lab where chapter 11 begins, and S3 as a host in subnet B sees it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.session = lab.session_in(
            lab.names.subnet_b,
            role=scenario.OPERATOR_ROLE,
            security_groups=[lab.names.training_security_group],
        )
        self.s3 = self.session.client("s3")

    def begin(self, sent: int) -> str:
        """Begin an upload of the lane, send so many of its parts, and give its id."""
        upload = str(self.s3.create_multipart_upload(**NAMED)["UploadId"])
        for number, part in enumerate(parts()[:sent], 1):
            self.s3.upload_part(**NAMED, UploadId=upload, PartNumber=number, Body=part)
        return upload

    def complete(self, upload: str, *numbers: int) -> None:
        listed = self.s3.list_parts(**NAMED, UploadId=upload)["Parts"]
        told = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in listed]
        chosen = [part for part in told if not numbers or part["PartNumber"] in numbers]
        self.s3.complete_multipart_upload(**NAMED, UploadId=upload, MultipartUpload={"Parts": chosen})


@pytest.fixture
def host() -> Iterator[Host]:
    lab = Lab.start(chapter=11)
    yield Host(lab)
    lab.stop()


def nothing(host: Host) -> None:
    del host


def died(host: Host) -> None:
    host.begin(2)


def all_sent(host: Host) -> None:
    host.begin(3)


def finished(host: Host) -> None:
    host.complete(host.begin(3))


def finished_and_another_left(host: Host) -> None:
    finished(host)
    died(host)


def without_a_part(host: Host) -> None:
    host.complete(host.begin(3), 1, 3)


def in_one_piece(host: Host) -> None:
    host.s3.put_object(**NAMED, Body=b"".join(parts()))


def in_larger_parts(host: Host) -> None:
    """Begun anew, and cut otherwise: whole is whole."""
    packed = b"".join(parts())
    upload = host.begin(0)
    for number, part in enumerate((packed[: 8 << 20], packed[8 << 20 :]), 1):
        host.s3.upload_part(**NAMED, UploadId=upload, PartNumber=number, Body=part)
    host.complete(upload)


def wrong_order(host: Host) -> None:
    upload = host.begin(0)
    for number, part in zip((2, 1, 3), parts(), strict=True):
        host.s3.upload_part(**NAMED, UploadId=upload, PartNumber=number, Body=part)
    host.complete(upload)


def rules(*given: dict[str, Any]) -> Callable[[Host], None]:
    def put(host: Host) -> None:
        del host
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
DONE, NOT_YET, NOT_ATTEMPTED = Status.DONE, Status.NOT_YET, Status.NOT_ATTEMPTED
CASES: dict[str, tuple[str, Callable[[Host], None], Status, str]] = {
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


def check(host: Host, exercise: str) -> Any:
    return host.lab.check(exercise)


@pytest.mark.parametrize(("exercise", "do", "status", "words"), CASES.values(), ids=CASES)
def test_a_check(host: Host, exercise: str, do: Callable[[Host], None], status: Status, words: str) -> None:
    do(host)
    result = check(host, exercise)
    assert (result.status, words in result.saw) == (status, True), result
    assert bool(result.hint) is (status is not DONE)


@pytest.mark.parametrize(
    ("exercise", "do"),
    [
        ("11.1", nothing),
        ("11.1", died),
        ("11.1", all_sent),
        ("11.1", finished_and_another_left),
        ("11.1", in_one_piece),
        ("11.2", nothing),
        ("11.2", rules(ELSEWHERE)),
        ("11.2", rules(rule(), EXPIRES)),
    ],
)
def test_catching_up(host: Host, exercise: str, do: Callable[[Host], None]) -> None:
    """From wherever the learner is; a second time changes nothing, and no interface is left behind."""
    do(host)
    before = host.lab.network
    assert host.lab.catch_up(exercise).status is DONE
    calls = len(list(host.lab.ledger))
    assert host.lab.catch_up(exercise).status is DONE
    assert len(list(host.lab.ledger)) == calls
    assert host.lab.network == before
