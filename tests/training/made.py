"""What tests of jobs make: code archives, jobs that are waited for, and what they leave behind."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Callable
from typing import Any

import boto3

from lab_env import Lab, scenario


def archive(script: str, name: str = "train.py") -> bytes:
    """A ``sourcedir.tar.gz`` with one script."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as code:
        facts = tarfile.TarInfo(name)
        facts.size = len(script.encode())
        code.addfile(facts, io.BytesIO(script.encode()))
    return packed.getvalue()


def put(key: str, body: bytes | str, bucket: str = scenario.TRAINING_BUCKET) -> None:
    """Store an object."""
    content = body.encode() if isinstance(body, str) else body
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=content)


def create(lab: Lab, name: str, script: str | None = None, **changes: Any) -> None:
    """Create a training job."""
    if script is not None:
        put(scenario.CODE_KEY, archive(script))
    boto3.client("sagemaker").create_training_job(**{**lab.job, "TrainingJobName": name, **changes})


def run(lab: Lab, name: str, script: str | None = None, **changes: Any) -> Any:
    """Create a job, wait for it, and give what DescribeTrainingJob says of it."""
    create(lab, name, script, **changes)
    lab._training.wait(name, 60)
    return boto3.client("sagemaker").describe_training_job(TrainingJobName=name)


def stages(described: Any) -> list[str]:
    """A training job's secondary statuses, in order."""
    return [transition["Status"] for transition in described["SecondaryStatusTransitions"]]


def left(bucket: str = scenario.MODEL_BUCKET, prefix: str = "") -> list[str]:
    """The keys of a bucket."""
    found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for item in found.get("Contents", [])]


def content(key: str, bucket: str = scenario.MODEL_BUCKET) -> bytes:
    """An object's bytes."""
    return bytes(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def files(archive_bytes: bytes) -> dict[str, bytes]:
    """The files of a ``tar.gz``."""
    with tarfile.open(fileobj=io.BytesIO(archive_bytes)) as packed:
        return {facts.name: packed.extractfile(facts).read() for facts in packed if facts.isfile()}


def until(holds: Callable[[], Any], otherwise: str, seconds: float = 30) -> None:
    """Wait until something holds; fail with ``otherwise`` when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
