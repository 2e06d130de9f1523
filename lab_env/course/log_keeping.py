"""Exercise 7.3: logs that nobody deletes, not even an administrator, while the log services go on writing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.strangers import ADMIN, Attempts
from lab_env.policy import PolicySet, Request, evaluate
from lab_env.scenario import LOG_BUCKET
from lab_env.scenario import chapter07 as steps

KEY = f"AWSLogs/{scenario.ACCOUNT}/CloudTrail/us-east-1/2026/01/05/file.json.gz"
DELETING = ("s3:DeleteObject", "s3:DeleteObjectVersion")
KEPT = ("s3:GetObject", "s3:ListObjectsV2", "s3:PutBucketPolicy", "s3:GetBucketPolicy")
SERVICES = ("cloudtrail.amazonaws.com", "logging.s3.amazonaws.com", "delivery.logs.amazonaws.com")
SID = "NobodyDeletesLogs"


def _nobody_deletes(state: State) -> tuple[Status, str, str]:
    ask = Attempts.on(state)
    bucket = ask.services.buckets.get(LOG_BUCKET)
    if bucket is None:
        return Status.NOT_ATTEMPTED, f"there is no bucket {LOG_BUCKET}.", "Run the chapter's cells above."
    open_ = [call for call in DELETING if _may_delete(ask, call)]
    if len(open_) == len(DELETING):
        return (
            Status.NOT_ATTEMPTED,
            f"{scenario.OPERATOR_ROLE} may delete what lies in {LOG_BUCKET}.",
            "A Deny in the bucket's policy, beside what stands there.",
        )
    lost = [call for call in KEPT if not ask.outside(ADMIN, call, LOG_BUCKET, _key(call)).succeeds]
    if lost:
        return (
            Status.NOT_YET,
            f"now {scenario.OPERATOR_ROLE} may not {lost[0]} there.",
            "Deny deleting, and nothing else.",
        )
    silent = [service for service in SERVICES if not _delivers(bucket, service)]
    if silent:
        return (
            Status.NOT_YET,
            f"now {silent[0]} cannot write its logs.",
            "put_bucket_policy replaces the policy: keep the statements that stood.",
        )
    if open_:
        hint = "An old version is deleted by an action of its own."
        return Status.NOT_YET, f"{scenario.OPERATOR_ROLE} may still {open_[0]}.", hint
    return Status.DONE, f"nobody deletes from {LOG_BUCKET}, and the log services go on writing.", ""


def _may_delete(ask: Attempts, call: str) -> bool:
    return ask.outside(ADMIN, call, LOG_BUCKET, KEY).succeeds


def _key(call: str) -> str:
    return KEY if call == "s3:GetObject" else ""


def _delivers(bucket: Any, service: str) -> bool:
    context = {
        "aws:SourceAccount": scenario.ACCOUNT,
        "aws:SecureTransport": "true",
        "s3:x-amz-acl": "bucket-owner-full-control",
    }
    asked = Request(service, "s3:PutObject", f"{bucket.arn}/{KEY}", bucket.account, context)
    return evaluate(asked, PolicySet(resource=bucket.policy)).allowed


def _keep_logs(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    del find
    s3 = client("s3")
    try:
        standing = json.loads(s3.get_bucket_policy(Bucket=LOG_BUCKET)["Policy"])
    except ClientError:
        steps.keep_logs(s3)
        standing = json.loads(s3.get_bucket_policy(Bucket=LOG_BUCKET)["Policy"])
    if not _whole(standing):
        standing = steps.log_bucket_policy(*SERVICES)
    kept = [item for item in standing["Statement"] if item.get("Sid") != SID]
    deny = {
        "Sid": SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
        "Resource": f"arn:aws:s3:::{LOG_BUCKET}/*",
    }
    document = {"Version": "2012-10-17", "Statement": [*kept, deny]}
    s3.put_bucket_policy(Bucket=LOG_BUCKET, Policy=json.dumps(document))


def _whole(document: Any) -> bool:
    """Whether a policy lets the log services in and denies nothing but plain HTTP: else it is written anew."""
    text = json.dumps(document)
    denied = [item for item in document["Statement"] if item["Effect"] == "Deny" and item.get("Sid") != SID]
    return all(service in text for service in SERVICES) and all("Condition" in item for item in denied)


LOGS_KEPT = Exercise(
    "7.3",
    "Logs that nobody deletes",
    2,
    _nobody_deletes,
    _keep_logs,
    hints=(
        "Who has Action * can delete a log, and with it the proof. What does no Allow outweigh?",
        "The bucket's policy holds what lets the log services in. Read it, and add one statement to it.",
        "Deny, Principal *, s3:DeleteObject and s3:DeleteObjectVersion on the bucket's objects; no condition.",
    ),
)
