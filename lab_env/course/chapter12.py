"""The exercises of chapter 12: a preparation in which nobody stands alone, and jobs in the permitted Region only."""

from __future__ import annotations

import csv
import hmac
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from lab_env import scenario
from lab_env.access import AccessRequest, attempt
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.key_access import KEY_FOR_ONE_STEP
from lab_env.course.strangers import ADMIN, OUTSIDE, Attempts
from lab_env.scenario import REGION, TRAINING_BUCKET, trials

SMALLEST_GROUP = 5
KNOWN = ("age", "sex", "arm")
MEASURED = ("sysbp_ratio", "pulse_ratio", "alt_ratio", "creat_ratio", "events")
RULE = "region-rule"
ELSEWHERE = ("eu-west-1", "eu-central-1", "us-west-2")
Verdict = tuple[Status, str, str]


@cache
def subjects() -> Mapping[str, str]:
    """The pseudonym of each subject, by the key that the chapter uses."""
    rows = csv.DictReader(io.StringIO(trials.tables()["dm"]))
    key = trials.pseudonym_key()
    return {hmac.new(key, row["USUBJID"].encode(), "sha256").hexdigest()[:16]: row["USUBJID"] for row in rows}


@cache
def visits() -> int:
    """How many visits with a known outcome the tables hold."""
    whole = dict(trials.prepared())
    return sum(whole[f"{part}/visits.csv"].count(b"\n") - 1 for part in ("train", "test"))


def _nobody_alone(state: State) -> Verdict:
    bodies = dict(_objects(state, trials.COARSE_PREFIX))
    parts = {part: bodies.get(f"{trials.COARSE_PREFIX}{part}/visits.csv") for part in ("train", "test")}
    if not any(parts.values()):
        return (
            Status.NOT_ATTEMPTED,
            f"there is no visits.csv under {trials.COARSE_PREFIX}train/ yet.",
            "Create a processing job whose output goes there.",
        )
    missing = [part for part, body in parts.items() if not body]
    if missing:
        return (
            Status.NOT_YET,
            f"{trials.COARSE_PREFIX}{missing[0]}/visits.csv is missing.",
            "The job's output is the whole folder.",
        )
    named = next((key for key, body in bodies.items() if trials.STUDY.encode() in body), None)
    if named is not None:
        return Status.NOT_YET, f"{named} holds USUBJIDs.", "Let prepare.py write it: it puts pseudonyms."
    return _judged([row for body in parts.values() for row in _rows(body or b"")])


def _judged(rows: list[dict[str, str]]) -> Verdict:
    lost = [name for name in MEASURED if not rows or name not in rows[0]]
    if lost:
        return (
            Status.NOT_YET,
            f"the column {lost[0]} is gone.",
            "What was measured may stay: it tells nobody apart.",
        )
    strange = {row.get("subject", "") for row in rows} - subjects().keys()
    if strange:
        return (
            Status.NOT_YET,
            f"{len(strange)} pseudonyms are not those of the trial's key.",
            "The input `key` is trials/pseudonyms/: the same subject keeps the same pseudonym.",
        )
    if len(rows) != visits():
        return (
            Status.NOT_YET,
            f"there are {len(rows)} visits; the tables hold {visits()}.",
            "Make the columns coarser; drop no subject.",
        )
    known = [name for name in KNOWN if name in rows[0]]
    groups = Counter({row["subject"]: tuple(row[name] for name in known) for row in rows}.values())
    smallest = min(groups.values())
    if smallest < SMALLEST_GROUP:
        return (
            Status.NOT_YET,
            f"by {', '.join(known)} the smallest group has {smallest}; {SMALLEST_GROUP} were asked for.",
            "Wider bands with --age-band, or fewer columns with --columns.",
        )
    return (
        Status.DONE,
        f"{len(rows)} visits, and by {', '.join(known) or 'nothing'} no group is below {smallest}.",
        "",
    )


def _rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode())))


def _objects(state: State, prefix: str) -> Iterator[tuple[str, bytes]]:
    listed = state.describe("s3", "ListObjectsV2", {"Bucket": TRAINING_BUCKET, "Prefix": prefix})
    for item in listed.get("Contents", []):
        asked = {"Bucket": TRAINING_BUCKET, "Key": item["Key"]}
        yield item["Key"], state.describe("s3", "GetObject", asked)["Body"]


def _only_here(state: State) -> Verdict:
    ask = Attempts.on(state)
    allowed = {call: _allowed(ask, *call) for call in _calls()}
    there = [call for call in allowed if call[1] in ELSEWHERE]
    if all(allowed.values()):
        return (
            Status.NOT_ATTEMPTED,
            f"{scenario.OPERATOR_ROLE} may {there[0][0]} in {there[0][1]}.",
            "A Deny with StringNotEquals on aws:RequestedRegion, in a policy of the role's.",
        )
    lost = next((call for call in allowed if call not in there and not allowed[call]), None)
    if lost is not None:
        return (
            Status.NOT_YET,
            f"now {scenario.OPERATOR_ROLE} may not {lost[0]} in {lost[1]}.",
            "Deny where the Region is NOT the permitted one. If the role can no longer mend itself: lab.root().",
        )
    open_still = next((call for call in there if allowed[call]), None)
    if open_still is not None:
        return (
            Status.NOT_YET,
            f"{scenario.OPERATOR_ROLE} may still {open_still[0]} in {open_still[1]}.",
            "Jobs of each kind, and buckets; in every Region but one.",
        )
    return Status.DONE, f"jobs and buckets can be made in {REGION}, and nowhere else.", ""


def _calls() -> Iterator[tuple[str, str]]:
    kinds = ("training-job", "processing-job", "transform-job")
    made = {f"sagemaker:Create{kind.title().replace('-', '')}": kind for kind in kinds}
    for region in (*ELSEWHERE, REGION):
        yield from ((operation, region) for operation in (*made, "s3:CreateBucket"))
    yield "iam:GetRole", REGION
    yield "s3:ListBucket", REGION


def _allowed(ask: Attempts, operation: str, region: str) -> bool:
    service, _, name = operation.partition(":")
    resource = {
        "sagemaker": f"arn:aws:sagemaker:{region}:{scenario.ACCOUNT}:{_kind(name)}/exercise",
        "s3": f"arn:aws:s3:::{TRAINING_BUCKET}" if name == "ListBucket" else "arn:aws:s3:::meridian-exercise",
        "iam": f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.TRAINING_ROLE}",
    }[service]
    asked = AccessRequest(ADMIN, operation, resource=resource, region=region)
    return attempt(ask.state.network, ask.services, OUTSIDE, asked).succeeds


def _kind(name: str) -> str:
    return name.removeprefix("Create").removesuffix("Job").lower() + "-job"


def _prepare_coarsely(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    """Writes what the job would have written: the check is of the data."""
    del find
    for path, body in trials.prepared("--age-band", "10"):
        client("s3").put_object(Bucket=TRAINING_BUCKET, Key=f"{trials.COARSE_PREFIX}{path}", Body=body)


def _rule_out_regions(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    del find
    client("iam").put_role_policy(
        RoleName=scenario.OPERATOR_ROLE, PolicyName=RULE, PolicyDocument=json.dumps(trials.region_rule())
    )


EXERCISES = (
    Exercise(
        "12.1",
        "A preparation in which nobody stands alone",
        2,
        _nobody_alone,
        _prepare_coarsely,
        inside=True,
        hints=(
            "What singles a subject out is a combination. Which of its columns can be made coarser?",
            "An exact age is one of some fifty values. The script has an argument for bands of years.",
            "The same request with a new job name, its output at trials/prepared/coarse, and --age-band 10.",
        ),
    ),
    Exercise(
        "12.2",
        "Jobs and buckets in the permitted Region only",
        2,
        _only_here,
        _rule_out_regions,
        hints=(
            "No Allow outweighs a Deny. Say in which case it applies, not in which it does not.",
            "aws:RequestedRegion is the Region that is asked. Global services such as IAM answer from us-east-1.",
            "Deny with StringNotEquals on aws:RequestedRegion us-east-1; NotAction leaves out the global services.",
        ),
    ),
    KEY_FOR_ONE_STEP,
)
