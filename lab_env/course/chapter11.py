"""The exercises of chapter 11: an upload that died is finished, and the next one that dies is cleared away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from lab_env.course.exercise import Exercise, State, Status
from lab_env.scenario import TRAINING_BUCKET, genomics

KEY = "genomics/incoming/lane-5.reads"
PART_BYTES = 5 << 20
MOST_DAYS = 7
Verdict = tuple[Status, str, str]


@cache
def parts() -> tuple[bytes, ...]:
    """The fifth lane, cut as the upload that died had begun to send it."""
    packed = genomics.lane(5)
    return tuple(packed[begin : begin + PART_BYTES] for begin in range(0, len(packed), PART_BYTES))


def _finished(state: State) -> Verdict:
    left, stored = _open_uploads(state), _stored(state)
    if stored is None and not left:
        return Status.NOT_ATTEMPTED, f"there is neither {KEY} nor an upload of it.", "Run the cells above."
    if stored is None:
        sent = len(_sent(state, left[0]))
        if sent < len(parts()):
            return (
                Status.NOT_ATTEMPTED if sent == len(parts()) - 1 else Status.NOT_YET,
                f"the upload holds {sent} of {len(parts())} parts.",
                "Send what is missing to the same upload: list_multipart_uploads tells its UploadId.",
            )
        return (
            Status.NOT_YET,
            f"all {sent} parts are there, and no object yet.",
            "complete_multipart_upload makes one of them; list_parts tells their ETags.",
        )
    wrong = _wrong(stored)
    if wrong is not None:
        return wrong
    if left:
        return (
            Status.NOT_YET,
            f"{KEY} is there, and {_count(len(left), 'upload')} of it as well.",
            "What is left of it is billed: abort_multipart_upload.",
        )
    made_of = stored["ETag"].strip('"').rpartition("-")[2]
    return Status.DONE, f"{KEY} is whole, made of {made_of} parts, and no upload of it is left.", ""


def _wrong(stored: Mapping[str, Any]) -> Verdict | None:
    """What is amiss with the object, if anything."""
    body, wanted = stored["Body"], b"".join(parts())
    if len(body) != len(wanted):
        return (
            Status.NOT_YET,
            f"{KEY} has {len(body):,} bytes; the lane has {len(wanted):,}.",
            "Which part is missing, or stands twice?",
        )
    if body != wanted:
        return (
            Status.NOT_YET,
            f"{KEY} has the lane's size, and not its bytes.",
            "Each part goes under its own number, from 1.",
        )
    if "-" not in stored["ETag"]:
        return (
            Status.NOT_YET,
            f"{KEY} was sent in one piece: its ETag counts no parts.",
            "Begin again with create_multipart_upload, or lab.restart().",
        )
    return None


def _open_uploads(state: State) -> list[str]:
    listed = state.describe("s3", "ListMultipartUploads", {"Bucket": TRAINING_BUCKET}).get("Uploads", [])
    return [item["UploadId"] for item in listed if item["Key"] == KEY]


def _sent(state: State, upload: str) -> list[Any]:
    asked = {"Bucket": TRAINING_BUCKET, "Key": KEY, "UploadId": upload}
    found: list[Any] = state.describe("s3", "ListParts", asked).get("Parts", [])
    return found


def _stored(state: State) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = state.describe("s3", "GetObject", {"Bucket": TRAINING_BUCKET, "Key": KEY})
    except ClientError:
        return None
    return found


def _cleared_away(state: State) -> Verdict:
    rules = list(_rules(state))
    if not rules:
        return (
            Status.NOT_ATTEMPTED,
            f"{TRAINING_BUCKET} has no lifecycle rule.",
            "put_bucket_lifecycle_configuration, with AbortIncompleteMultipartUpload.",
        )
    expiring = next((rule for rule in rules if _expires_data(rule)), None)
    if expiring is not None:
        return (
            Status.NOT_YET,
            f"the rule {expiring.get('ID', 'without a name')} also removes finished objects.",
            "Only uploads that were never finished shall go.",
        )
    days = min((_days(rule) for rule in rules if _covers(rule)), default=None)
    if days is None:
        return (
            Status.NOT_YET,
            "no rule that is enabled clears away the uploads under genomics/.",
            "Look at Status, at Filter, and at AbortIncompleteMultipartUpload.",
        )
    if days > MOST_DAYS:
        return (
            Status.NOT_YET,
            f"an upload that died stays for {_count(days, 'day')}.",
            f"{MOST_DAYS} days at most were asked for.",
        )
    return Status.DONE, f"uploads under genomics/ that are not finished go after {_count(days, 'day')}.", ""


def _rules(state: State) -> Iterator[Mapping[str, Any]]:
    try:
        yield from state.describe("s3", "GetBucketLifecycleConfiguration", {"Bucket": TRAINING_BUCKET}).get(
            "Rules", []
        )
    except ClientError:
        # NoSuchLifecycleConfiguration: there is none.
        return


def _covers(rule: Mapping[str, Any]) -> bool:
    chosen = rule.get("Filter") or {}
    if chosen.keys() - {"Prefix"}:
        # Tags and sizes belong to objects; S3 takes no such filter for uploads.
        return False
    prefix = chosen.get("Prefix") or rule.get("Prefix") or ""
    return rule["Status"] == "Enabled" and "genomics/".startswith(prefix) and _days(rule) > 0


def _days(rule: Mapping[str, Any]) -> int:
    return int((rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation") or 0)


def _expires_data(rule: Mapping[str, Any]) -> bool:
    spared = {"ExpiredObjectDeleteMarker"}
    return rule["Status"] == "Enabled" and bool(set(rule.get("Expiration") or {}) - spared)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _finish(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    del find
    s3 = client("s3")
    named = {"Bucket": TRAINING_BUCKET, "Key": KEY}
    listed = s3.list_multipart_uploads(Bucket=TRAINING_BUCKET).get("Uploads", [])
    uploads = [item["UploadId"] for item in listed if item["Key"] == KEY]
    upload = uploads[0] if uploads else s3.create_multipart_upload(**named)["UploadId"]
    for other in uploads[1:]:
        s3.abort_multipart_upload(**named, UploadId=other)
    sent = [
        s3.upload_part(**named, UploadId=upload, PartNumber=number, Body=piece)["ETag"]
        for number, piece in enumerate(parts(), 1)
    ]
    told = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(sent, 1)]
    s3.complete_multipart_upload(**named, UploadId=upload, MultipartUpload={"Parts": told})


def _clear_away(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    del find
    rule = {
        "ID": "clear-away-unfinished-uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": "genomics/"},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": MOST_DAYS},
    }
    client("s3").put_bucket_lifecycle_configuration(
        Bucket=TRAINING_BUCKET, LifecycleConfiguration={"Rules": [rule]}
    )


def _moved(state: State) -> Verdict:
    rules = list(_rules(state))
    moving = [rule for rule in rules if rule["Status"] == "Enabled" and rule.get("Transitions")]
    if not moving:
        return (
            Status.NOT_ATTEMPTED,
            f"no rule of {TRAINING_BUCKET} moves anything.",
            "A rule with Transitions, for the prefix genomics/reads/.",
        )
    steps = [
        (step.get("Days"), step["StorageClass"])
        for rule in moving
        if _prefix(rule) == READS
        for step in rule["Transitions"]
    ]
    if not steps:
        return Status.NOT_YET, f"no rule moves what lies under {READS}.", "Look at the rule's Filter."
    if all(name in NEEDS_RESTORING for _, name in steps):
        return (
            Status.NOT_YET,
            f"{steps[0][1]} has to be restored before a job can read it, which takes hours.",
            "Glacier Instant Retrieval is read like Standard.",
        )
    if not any(days == AFTER_DAYS and name not in NEEDS_RESTORING for days, name in steps):
        return Status.NOT_YET, f"they move after {steps[0][0]} days.", f"{AFTER_DAYS} days were asked for."
    if any(_expires_data(rule) for rule in rules):
        return Status.NOT_YET, "a rule also removes finished objects.", "Moving was asked for, not deleting."
    if _cleared_away(state)[0] is not Status.DONE:
        return (
            Status.NOT_YET,
            "the rule of 11.2 is gone.",
            "A put replaces the whole configuration: give both rules.",
        )
    name = next(name for days, name in steps if days == AFTER_DAYS and name not in NEEDS_RESTORING)
    return Status.DONE, f"reads move to {name} after {AFTER_DAYS} days, and 11.2's rule stands beside it.", ""


def _prefix(rule: Mapping[str, Any]) -> str:
    return str((rule.get("Filter") or {}).get("Prefix") or rule.get("Prefix") or "")


def _move(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    # Whatever stands, both rules have to be there in the end, and a put replaces all.
    _clear_away(client, find)
    s3 = client("s3")
    standing = s3.get_bucket_lifecycle_configuration(Bucket=TRAINING_BUCKET)["Rules"]
    moving = {
        "ID": "move-old-reads",
        "Status": "Enabled",
        "Filter": {"Prefix": READS},
        "Transitions": [{"Days": AFTER_DAYS, "StorageClass": "GLACIER_IR"}],
    }
    s3.put_bucket_lifecycle_configuration(
        Bucket=TRAINING_BUCKET, LifecycleConfiguration={"Rules": [*standing, moving]}
    )


READS, AFTER_DAYS = "genomics/reads/", 30
# Classes whose objects no GetObject reads before RestoreObject has brought a copy back.
NEEDS_RESTORING = ("GLACIER", "DEEP_ARCHIVE")
EXERCISES = (
    Exercise(
        "11.1",
        "Finish an upload that died, without sending it all again",
        2,
        _finished,
        _finish,
        inside=True,
        hints=(
            "The id is lost to you and not to S3. Which call lists the uploads that are still open?",
            "Two parts are there. The third is what is left of the bytes, under its own number, in the same upload.",
            "list_multipart_uploads, upload_part with number 3, list_parts for the ETags, complete_multipart_upload.",
        ),
    ),
    Exercise(
        "11.2",
        "Let S3 clear away uploads that nobody finishes",
        1,
        _cleared_away,
        _clear_away,
        hints=(
            "What S3 does by itself, day by day, is a lifecycle configuration of the bucket.",
            "A rule has an id, a status, a filter, and what it does. Nothing finished may expire.",
            "AbortIncompleteMultipartUpload with DaysAfterInitiation 7, enabled, for the prefix genomics/.",
        ),
    ),
    Exercise(
        "11.3",
        "Reads that nobody trains on go where storage is cheap",
        1,
        _moved,
        _move,
        hints=(
            "One bucket has one lifecycle configuration, and a put replaces all of it. What stands there now?",
            "Read the rules first, and add one: a Transition says after how many days, and to which class.",
            "The new rule: prefix genomics/reads/, Days 30, StorageClass GLACIER_IR; put both rules back together.",
        ),
    ),
)
