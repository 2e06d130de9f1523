"""Chapter 06's documents, and its steps on a lab: what they let through, and what they leave when run again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from lab_env.errors import NotFound
from lab_env.policy import Kind, inspect
from lab_env.scenario import chapter06 as steps
from lab_env.scenario.attacker import ATTACKER_BUCKET

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DOCUMENTS = {
    "endpoint": (steps.endpoint_policy(), Kind.ENDPOINT),
    "bucket": (steps.bucket_policy("meridian-phi-training", "vpce-0123456789abcdef0"), Kind.RESOURCE),
    "role": (steps.training_policy(KEY), Kind.IDENTITY),
    "break-glass": (steps.break_glass_policy(), Kind.IDENTITY),
    "break-glass key": (steps.break_glass_key_policy(KEY), Kind.IDENTITY),
}
DATA = {"Bucket": scenario.TRAINING_BUCKET, "Key": "train/2025-01.csv"}


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab at the beginning of chapter 06."""
    opened = Lab.start(chapter=6)
    yield opened
    opened.stop()


@pytest.fixture
def locked(lab: Lab) -> Lab:
    """A lab at its end."""
    scenario.lock_down(boto3.client)
    return lab


def code(client: Any, operation: str, **asked: Any) -> str:
    """The error code with which a call ends; empty when it succeeds."""
    try:
        getattr(client, operation)(**asked)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


@pytest.mark.parametrize(("document", "kind"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_has_no_fault(document: dict[str, Any], kind: Kind) -> None:
    assert not inspect(document, kind=kind)[0]


def test_who_reads_the_data_from_where(locked: Lab) -> None:
    """Inside, the job and administrators; outside, the break-glass role alone. All but objects stays with the desk."""
    rows = {
        ("inside", scenario.TRAINING_ROLE): "",
        ("inside", scenario.OPERATOR_ROLE): "",
        ("outside", scenario.TRAINING_ROLE): "AccessDenied",
        ("outside", scenario.OPERATOR_ROLE): "AccessDenied",
        ("outside", scenario.BREAK_GLASS_ROLE): "",
    }
    seen = {}
    for place, role in rows:
        session = (
            locked.session_in(locked.names.subnet_a, role=role)
            if place == "inside"
            else locked.session_on_internet(role=role)
        )
        with session:
            seen[place, role] = code(session.client("s3"), "get_object", **DATA)
    assert seen == rows
    desk = boto3.client("s3")
    assert code(desk, "list_objects_v2", Bucket=DATA["Bucket"]) == ""
    assert code(desk, "get_bucket_policy", Bucket=DATA["Bucket"]) == ""


def test_the_break_glass_role_mends_a_bucket_and_writes_nothing(locked: Lab) -> None:
    there = locked.session_on_internet(role=scenario.BREAK_GLASS_ROLE).client("s3")
    assert code(there, "put_object", **DATA, Body=b"") == "AccessDenied"
    assert code(there, "delete_bucket_policy", Bucket=DATA["Bucket"]) == ""


def test_the_data_lies_under_the_key(locked: Lab) -> None:
    with locked.session_in(locked.names.subnet_a, role=scenario.OPERATOR_ROLE) as inside:
        found = inside.client("s3").head_object(**DATA)
    assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", locked.names.kms_key)


def test_the_steps_may_be_taken_again(locked: Lab) -> None:
    """What the exercises' catch-ups repeat changes nothing."""
    before = locked.network
    iam = boto3.client("iam")
    steps.make_break_glass_role(iam)
    assert steps.make_key(boto3.client("kms")) == locked.names.kms_key
    steps.limit_role(iam, locked.names.kms_key)
    steps.limit_endpoint(boto3.client("ec2"))
    steps.limit_buckets(boto3.client)
    steps.limit_egress(boto3.client("ec2"))
    assert locked.network == before
    assert iam.list_role_policies(RoleName=scenario.TRAINING_ROLE)["PolicyNames"] == [steps.TRAINING_POLICY]


def test_the_key_has_its_name_once_it_is_there(lab: Lab) -> None:
    with pytest.raises(NotFound, match=r"lab\.names\.kms_key: nothing is called alias/meridian-phi yet"):
        _ = lab.names.kms_key
    made = steps.make_key(boto3.client("kms"))
    assert lab.names.kms_key == lab.names.find("kms_key") == made


def test_the_sandbox_goes_as_it_came(lab: Lab) -> None:
    before = lab.network
    scenario.build_sandbox(boto3.client("ec2"))
    assert len(lab.network.endpoints) == 2
    scenario.remove_sandbox(boto3.client("ec2"))
    assert lab.network == before


def courier(lab: Lab, name: str, **switches: Any) -> list[str]:
    """The log of a job whose script copies its data to the attacker's bucket."""
    where = {"Bucket": scenario.TRAINING_BUCKET, "Key": "code/courier/sourcedir.tar.gz"}
    with lab.session_in(lab.names.subnet_a, role=scenario.OPERATOR_ROLE) as inside:
        inside.client("s3").put_object(**where, Body=scenario.courier_code())
    request = lab.job
    channel = request["InputDataConfig"][1]["DataSource"]["S3DataSource"]
    channel["S3Uri"] = f"s3://{scenario.TRAINING_BUCKET}/code/courier/"
    boto3.client("sagemaker").create_training_job(**{**request, **switches, "TrainingJobName": name})
    lab.wait(name)
    return lab.log(name)


def stolen(lab: Lab) -> int:
    return int(lab.attacker.client("s3").list_objects_v2(Bucket=ATTACKER_BUCKET)["KeyCount"])


def test_a_job_carries_the_data_off_before(lab: Lab) -> None:
    log = courier(lab, "before")
    assert log[0] == f"2025-01.csv: copied to {ATTACKER_BUCKET}"
    assert (len(log), stolen(lab)) == (12, 12)


def test_a_job_carries_nothing_off_after(locked: Lab) -> None:
    """S3 gives no reason: the bucket is another account's."""
    refused = "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"
    assert courier(locked, "after") == [f"2025-01.csv: AccessDenied: {refused}"]
    isolated = courier(locked, "isolated", EnableNetworkIsolation=True)
    assert isolated == ["2025-01.csv: NoCredentialsError: Unable to locate credentials"]
    assert stolen(locked) == 0
