"""S3's answers → `Bucket`: what a bucket is set to.

*GetBucketPolicy*, *GetPublicAccessBlock* … of the Amazon S3 API reference. A setting that was never made has an error
code of its own there, which says what holds without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import NoReturn

from lab_env.errors import IncompleteSnapshot
from lab_env.policy import Kind, Policy
from lab_env.snapshot.asking import Describe, ask, pages
from lab_env.snapshot.partial import read_fields
from lab_env.snapshot.policies import stored_policy
from lab_env.snapshot.record import Record
from lab_env.snapshot.state import Bucket, BucketEncryption, PublicAccessBlock

# How GetBucketLocation answers for the two oldest Regions.
_OLD_NAMES = {"": "us-east-1", "EU": "eu-west-1"}


def read_bucket(describe: Describe, name: str, account: str) -> Bucket | None:
    """A bucket's settings; ``None`` when there is no such bucket.

    Args:
        describe: asks S3 in the bucket's Region (a boto3 client finds it by itself).
        name: the bucket's.
        account: its owner, which no call of S3's names; empty when it is not known.

    Raises:
        MalformedPolicy: S3 would never have stored its policy.
    """

    @cache
    def region() -> str | None:
        return bucket_region(describe, name)

    with suppress(IncompleteSnapshot):
        if region() is None:
            return None

    @cache
    def record(operation: str, *absent: str) -> Record | None:
        return ask(describe, operation, absent, Bucket=name)

    return read_fields(
        Bucket,
        name=name,
        account=lambda: account or _nobodys(name),
        region=region,
        policy=lambda: _policy(record("GetBucketPolicy", "NoSuchBucketPolicy"), name),
        public_access=lambda: _public_access(
            record("GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration")
        ),
        ownership=lambda: _ownership(record("GetBucketOwnershipControls", "OwnershipControlsNotFoundError")),
        encryption=lambda: _encryption(
            record("GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError")
        ),
        versioning=lambda: _text(record("GetBucketVersioning"), "Status"),
        log_bucket=lambda: _log(record("GetBucketLogging"), "TargetBucket"),
        log_prefix=lambda: _log(record("GetBucketLogging"), "TargetPrefix"),
    )


def _nobodys(name: str) -> NoReturn:
    raise IncompleteSnapshot(
        "nothing says whose bucket it is.",
        where=name,
        do="Put the exported files into a folder accounts/<account id>.",
    )


def bucket_region(describe: Describe, name: str) -> str | None:
    """The Region that a bucket is in, which S3 tells in every Region; ``None`` when there is no such bucket."""
    answer = ask(describe, "GetBucketLocation", ("NoSuchBucket",), Bucket=name)
    if answer is None:
        return None
    region = answer.text("LocationConstraint", "")
    return _OLD_NAMES.get(region, region)


def bucket_names(describe: Describe) -> Iterator[str]:
    """The names of an account's buckets."""
    for item in pages(describe, "ListBuckets", "Buckets"):
        yield item.text("Name")


def _policy(answer: Record | None, name: str) -> Policy | None:
    text = _text(answer, "Policy")
    return stored_policy(text, Kind.RESOURCE, name) if text else None


def _public_access(answer: Record | None) -> PublicAccessBlock:
    if answer is None:
        return PublicAccessBlock()
    found = answer.record("PublicAccessBlockConfiguration")
    return PublicAccessBlock(
        found.flag("BlockPublicAcls", default=False),
        found.flag("IgnorePublicAcls", default=False),
        found.flag("BlockPublicPolicy", default=False),
        found.flag("RestrictPublicBuckets", default=False),
    )


def _ownership(answer: Record | None) -> str:
    # Buckets from before the setting, and those it was taken from, keep the object writer's ownership.
    rule = None if answer is None else _first(answer.record("OwnershipControls"), "Rules")
    return "ObjectWriter" if rule is None else rule.text("ObjectOwnership")


def _encryption(answer: Record | None) -> BucketEncryption:
    # Every bucket has had SSE-S3 at least since January 2023.
    rule = None if answer is None else _first(answer.record("ServerSideEncryptionConfiguration"), "Rules")
    if rule is None:
        return BucketEncryption()
    default = rule.record("ApplyServerSideEncryptionByDefault")
    return BucketEncryption(
        default.text("SSEAlgorithm", "AES256"),
        default.text("KMSMasterKeyID", ""),
        rule.flag("BucketKeyEnabled", default=False),
    )


def _log(answer: Record | None, key: str) -> str:
    return "" if answer is None else answer.record("LoggingEnabled").text(key, "")


def _text(answer: Record | None, key: str) -> str:
    return "" if answer is None else answer.text(key, "")


def _first(answer: Record, key: str) -> Record | None:
    return next(answer.records(key), None)
