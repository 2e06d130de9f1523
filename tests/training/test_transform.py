"""Transform jobs end to end: a model, the learner's inference script, records from S3, answers to S3."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from lab_env.training.serving import answering, payloads
from tests.training.made import archive, content, left, put

BUCKET, OUT = scenario.TRAINING_BUCKET, scenario.MODEL_BUCKET
INFERENCE = """
import os

def model_fn(model_dir):
    return float(open(os.path.join(model_dir, "factor.txt")).read())

def input_fn(body, content_type):
    assert content_type == "text/csv"
    return [float(line) for line in body.splitlines()]

def predict_fn(data, model):
    print(len(data), "records")
    return [model * value for value in data]

def output_fn(prediction, accept):
    assert accept == "text/csv"
    return "\\n".join(map(str, prediction))
"""


def model_archive(script: str) -> bytes:
    """A ``model.tar.gz`` with a number for a model, and its inference script in ``code``."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as out:
        for name, text in {"factor.txt": "2", "code/inference.py": script}.items():
            facts = tarfile.TarInfo(name)
            facts.size = len(text)
            out.addfile(facts, io.BytesIO(text.encode()))
    return packed.getvalue()


def create(
    lab: Lab, name: str, *, script: str = INFERENCE, model: dict[str, Any] | None = None, **changes: Any
) -> None:
    """Create a model and a transform job of one name."""
    put("models/model.tar.gz", model_archive(script), OUT)
    sagemaker = boto3.client("sagemaker")
    primary = {"Image": scenario.IMAGE, "ModelDataUrl": f"s3://{OUT}/models/model.tar.gz"}
    sagemaker.create_model(
        **{
            "ModelName": name,
            "ExecutionRoleArn": lab.job["RoleArn"],
            "PrimaryContainer": primary,
            "VpcConfig": lab.job["VpcConfig"],
            **(model or {}),
        }
    )
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/score/"}
    given = {"DataSource": {"S3DataSource": source}, "ContentType": "text/csv", "SplitType": "Line"}
    asked = {"S3OutputPath": f"s3://{OUT}/scores", "Accept": "text/csv", "AssembleWith": "Line"}
    sagemaker.create_transform_job(
        **{
            "TransformJobName": name,
            "ModelName": name,
            "TransformInput": given | changes.pop("TransformInput", {}),
            "TransformOutput": asked,
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **changes,
        }
    )


def score(lab: Lab, name: str, **changes: Any) -> Any:
    """Create a model and a transform job, wait for it, and give what DescribeTransformJob says of it."""
    put("score/a.csv", "1\n2\n3\n")
    put("score/deep/b.csv", "4\n")
    create(lab, name, **changes)
    lab._training.wait(name, 60)
    return boto3.client("sagemaker").describe_transform_job(TransformJobName=name)


def answers() -> list[str]:
    """The keys of the answers in S3."""
    return left(prefix="scores/")


def test_each_object_gets_an_answer_of_its_own(solved: Lab) -> None:
    described = score(solved, "scores")
    assert described["TransformJobStatus"] == "Completed"
    assert described["TransformEndTime"] > described["TransformStartTime"] > described["CreationTime"]
    assert "FailureReason" not in described
    assert answers() == ["scores/a.csv.out", "scores/deep/b.csv.out"]
    assert content("scores/a.csv.out") == b"2.0\n4.0\n6.0\n"
    assert solved.log("scores") == ["3 records", "1 records"]
    mine = [attempt for attempt in solved.ledger if attempt.place.startswith("transform job scores, eni-")]
    assert {attempt.trace.exit.value for attempt in mine} == {"gateway-endpoint"}
    assert not boto3.client("ec2").describe_network_interfaces()["NetworkInterfaces"]
    streams = boto3.client("logs").describe_log_streams(logGroupName="/aws/sagemaker/TransformJobs")
    assert streams["logStreams"][0]["logStreamName"].startswith("scores/i-")


def test_one_record_at_a_time_from_a_compressed_object_with_code_of_its_own(solved: Lab) -> None:
    put("score/c.csv.gz", gzip.compress(b"5\n6\n"))
    put(
        "code/inference/sourcedir.tar.gz",
        archive(INFERENCE.replace("model * value", "model + value"), "score.py"),
    )
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/score/c.csv.gz"}
    put("models/model.tar.gz", model_archive(""), OUT)
    primary = {
        "Image": scenario.IMAGE,
        "ModelDataUrl": f"s3://{OUT}/models/model.tar.gz",
        "Environment": {
            "SAGEMAKER_PROGRAM": "score.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{BUCKET}/code/inference/sourcedir.tar.gz",
        },
    }
    described = score(
        solved,
        "single",
        model={"PrimaryContainer": primary},
        BatchStrategy="SingleRecord",
        TransformInput={"DataSource": {"S3DataSource": source}, "CompressionType": "Gzip"},
    )
    assert described["TransformJobStatus"] == "Completed"
    assert answers() == ["scores/c.csv.gz.out"]
    assert content("scores/c.csv.gz.out") == b"7.0\n8.0\n"
    assert solved.log("single") == ["1 records", "1 records"]


def test_without_a_way_to_s3_the_model_is_not_found(lab: Lab) -> None:
    described = score(lab, "private")
    assert described["TransformJobStatus"] == "Failed"
    assert described["FailureReason"] == (
        'ClientError: Failed to download model data from URL "s3://meridian-model-artifacts/models/model.tar.gz". '
        "Please ensure that an S3 VPC endpoint exists in route table or NAT gateway for the VPC mode and the URL is "
        "reachable from within the subnets provided."
    )
    assert answers() == []


def test_a_model_that_is_no_archive(solved: Lab) -> None:
    primary = {"Image": scenario.IMAGE, "ModelDataUrl": f"s3://{OUT}/models/odd.tar.gz"}
    put("models/odd.tar.gz", "not a tar", OUT)
    described = score(solved, "packed-wrong", model={"PrimaryContainer": primary})
    assert described["FailureReason"] == (
        'ClientError: Failed to extract model data archive from URL "s3://meridian-model-artifacts/models/odd.tar.gz". '
        "Please ensure that the object located at the URL is a valid tar.gz archive."
    )
    assert answers() == []


FAULTY = [
    (INFERENCE + "\n1 / 0", "ZeroDivisionError: division by zero"),
    (INFERENCE.replace("return [model", "raise ValueError('too odd') or [model"), "ValueError: too odd"),
    (
        "def model_fn(folder): ...",
        "NameError: the inference script defines no input_fn, no predict_fn, no output_fn",
    ),
]


@pytest.mark.parametrize(("script", "last"), FAULTY)
def test_a_script_that_fails_leaves_no_answer(solved: Lab, script: str, last: str) -> None:
    described = score(solved, "faulty", script=script)
    assert described["TransformJobStatus"] == "Failed"
    assert described["FailureReason"] == "AlgorithmError: See job logs for more information"
    assert solved.log("faulty")[-1] == last
    assert answers() == []


def test_a_model_under_network_isolation_isolates_its_jobs(solved: Lab) -> None:
    script = INFERENCE + "\nimport boto3; boto3.client('s3', region_name='us-east-1').list_buckets()"
    described = score(solved, "isolated", script=script, model={"EnableNetworkIsolation": True})
    assert described["TransformJobStatus"] == "Failed"
    assert "NoCredentialsError" in solved.log("isolated")[-1]


def test_it_is_stopped_by_hand(solved: Lab) -> None:
    put("score/a.csv", "1\n")
    create(solved, "endless", script=INFERENCE + "\nimport time; time.sleep(600)")
    sagemaker = boto3.client("sagemaker")
    sagemaker.stop_transform_job(TransformJobName="endless")
    sagemaker.get_waiter("transform_job_completed_or_stopped").wait(TransformJobName="endless")
    assert sagemaker.describe_transform_job(TransformJobName="endless")["TransformJobStatus"] == "Stopped"
    assert answers() == []


REFUSED = [
    (
        {"ModelName": "nobody"},
        'Could not find model "arn:aws:sagemaker:us-east-1:123456789012:model/nobody".',
    ),
    ({"TransformInput": {"SplitType": "RecordIO"}}, "SplitType RecordIO is not modelled"),
    ({"DataProcessing": {"InputFilter": "$[1:]"}}, "InputFilter of DataProcessing is not modelled"),
    ({"DataProcessing": {"JoinSource": "Input"}}, "JoinSource of DataProcessing is not modelled"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_refused(lab: Lab, change: dict[str, Any], message: str) -> None:
    put("score/a.csv", "1\n")
    with pytest.raises(ClientError) as raised:
        create(lab, "refused", **change)
    assert message in raised.value.response["Error"]["Message"]
    assert boto3.client("sagemaker").list_transform_jobs()["TransformJobSummaries"] == []


PLAN = {"lines": True, "single": False, "payload": 4}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, [b"1\n2\n", b"3\n"]),
        ({"single": True}, [b"1\n", b"2\n", b"3\n"]),
        ({"lines": False, "payload": 6}, [b"1\n2\n3\n"]),
    ],
)
def test_payloads(change: dict[str, Any], found: list[bytes]) -> None:
    assert list(payloads(b"1\n2\n3\n", PLAN | change)) == found


def test_a_record_that_is_too_large() -> None:
    with pytest.raises(ValueError, match="a record of 6 bytes is larger than MaxPayloadInMB"):
        list(payloads(b"1\n2\n3\n", PLAN | {"lines": False}))


def test_transform_fn_stands_for_the_three() -> None:
    script = {"model_fn": lambda folder: folder, "transform_fn": lambda *given: (str(given), "text/plain")}
    answer = answering(script, {"content_type": "application/x-npy", "accept": "", "model": "m"})
    assert answer(b"x") == b"('m', b'x', 'application/x-npy', 'application/json')"
