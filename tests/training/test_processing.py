"""Processing jobs end to end: inputs from S3, the learner's script, outputs to S3."""

from __future__ import annotations

import time
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env import Lab, scenario
from tests.training.made import content, left, put

BUCKET, OUT = scenario.TRAINING_BUCKET, scenario.MODEL_BUCKET
ROOT = "/opt/ml/processing"
ENDLESS = "import time; print('running', flush=True); time.sleep(600)"


def request(lab: Lab, name: str, **changes: Any) -> dict[str, Any]:
    """A processing job in subnet A: ``in/`` and the script come in, ``out/`` goes out."""

    def given(input_name: str, prefix: str) -> dict[str, Any]:
        source = {"S3Uri": f"s3://{BUCKET}/{prefix}", "LocalPath": f"{ROOT}/input/{input_name}"}
        return {
            "InputName": input_name,
            "S3Input": {**source, "S3DataType": "S3Prefix", "S3InputMode": "File"},
        }

    out = {"S3Uri": f"s3://{OUT}/out", "LocalPath": f"{ROOT}/output", "S3UploadMode": "EndOfJob"}
    return {
        "ProcessingJobName": name,
        "RoleArn": lab.job["RoleArn"],
        "AppSpecification": {
            "ImageUri": scenario.IMAGE,
            "ContainerEntrypoint": ["python3", f"{ROOT}/input/code/prepare.py"],
            "ContainerArguments": ["--columns", "age,sex"],
        },
        "Environment": {"SALT": "meridian"},
        "ProcessingInputs": [given("data", "in/"), given("code", "code/prepare.py")],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "tables", "S3Output": out}]},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "NetworkConfig": {"VpcConfig": lab.job["VpcConfig"]},
        **changes,
    }


def process(lab: Lab, name: str, script: str, **changes: Any) -> Any:
    """Create a processing job, wait for it, and give what DescribeProcessingJob says of it."""
    put("in/a.csv", "1,2\n")
    put("in/deep/b.csv", "3,4\n")
    put("code/prepare.py", script)
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_processing_job(**request(lab, name, **changes))
    lab._training.wait(name, 60)
    return sagemaker.describe_processing_job(ProcessingJobName=name)


PREPARE = f"""
import json, os, pathlib, sys
out = pathlib.Path("{ROOT}/output")
found = sorted(str(path) for path in pathlib.Path("{ROOT}/input/data").rglob("*.csv"))
print(found, sys.argv[1:], os.environ["SALT"], os.environ["PROCESSING_JOB_NAME"])
(out / "train").mkdir()
with open("{ROOT}/output/train/rows.csv", "w") as rows:
    for path in found:
        rows.write(open(path).read())
(out / "report.json").write_text(json.dumps(json.load(open("/opt/ml/config/resourceconfig.json"))["hosts"]))
pathlib.Path("/opt/ml/output/message").write_text("2 files, 2 rows")
"""


def test_inputs_come_from_s3_and_outputs_go_there(solved: Lab) -> None:
    described = process(solved, "prepare", PREPARE)
    assert described["ProcessingJobStatus"] == "Completed"
    assert described["ExitMessage"] == "2 files, 2 rows"
    assert described["Environment"] == {"SALT": "meridian"}
    assert described["ProcessingEndTime"] > described["ProcessingStartTime"] > described["CreationTime"]
    assert left() == ["out/report.json", "out/train/rows.csv"]
    assert content("out/train/rows.csv") == b"1,2\n3,4\n"
    assert content("out/report.json") == b'["algo-1"]'
    assert solved.log("prepare") == [
        f"['{ROOT}/input/data/a.csv', '{ROOT}/input/data/deep/b.csv'] ['--columns', 'age,sex'] meridian prepare"
    ]
    streams = boto3.client("logs").describe_log_streams(logGroupName="/aws/sagemaker/ProcessingJobs")
    assert streams["logStreams"][0]["logStreamName"].startswith("prepare/algo-1-")
    assert solved._training.job("prepare").stages == [
        "Starting",
        "Downloading",
        "Processing",
        "Uploading",
        "Completed",
    ]


def test_it_takes_the_way_of_its_own_subnet(solved: Lab) -> None:
    process(solved, "way", "import boto3; boto3.client('s3').list_objects_v2(Bucket='meridian-phi-training')")
    mine = [attempt for attempt in solved.ledger if attempt.place.startswith("processing job way, eni-")]
    assert {attempt.trace.exit.value for attempt in mine} == {"gateway-endpoint"}
    assert not boto3.client("ec2").describe_network_interfaces()["NetworkInterfaces"]


def test_without_a_way_to_s3_it_fails_before_its_script_runs(lab: Lab) -> None:
    described = process(lab, "private", PREPARE)
    assert described["ProcessingJobStatus"] == "Failed"
    assert described["FailureReason"].startswith(
        "ClientError: Data download failed:Please ensure that the subnet's"
    )
    assert lab.log("private") == []
    assert left() == []


def test_a_script_that_fails_uploads_nothing(solved: Lab) -> None:
    described = process(solved, "faulty", f"open('{ROOT}/output/half.csv', 'w').write('1'); 1 / 0")
    assert described["ProcessingJobStatus"] == "Failed"
    assert described["FailureReason"] == "AlgorithmError: , exit code: 1"
    assert solved.log("faulty")[-1] == "ZeroDivisionError: division by zero"
    assert left() == []


def test_network_isolation_leaves_the_transfer_to_the_agent(solved: Lab) -> None:
    network = {"VpcConfig": solved.job["VpcConfig"], "EnableNetworkIsolation": True}
    calls = "import boto3; boto3.client('s3', region_name='us-east-1').list_buckets()"
    assert process(solved, "isolated", calls, NetworkConfig=network)["ProcessingJobStatus"] == "Failed"
    assert "NoCredentialsError" in solved.log("isolated")[-1]
    script = f"open('{ROOT}/output/x', 'w').close()"
    assert process(solved, "silent", script, NetworkConfig=network)["ProcessingJobStatus"] == "Completed"
    assert left() == ["out/x"]


def test_it_is_stopped_by_its_time_limit_or_by_hand(solved: Lab) -> None:
    described = process(solved, "endless", ENDLESS, StoppingCondition={"MaxRuntimeInSeconds": 2})
    assert described["ProcessingJobStatus"] == "Stopped"
    assert left() == []
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_processing_job(**request(solved, "by-hand"))
    sagemaker.stop_processing_job(ProcessingJobName="by-hand")
    started = time.monotonic()
    sagemaker.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName="by-hand")
    assert time.monotonic() - started < 20
    assert sagemaker.describe_processing_job(ProcessingJobName="by-hand")["ProcessingJobStatus"] == "Stopped"
    with pytest.raises(ClientError, match="the processing job is in status Stopped"):
        sagemaker.stop_processing_job(ProcessingJobName="by-hand")


REFUSED = [
    ({"AppSpecification": {"ImageUri": "x"}}, "ContainerEntrypoint is needed"),
    ({"ProcessingJobName": "a_b"}, "failed to satisfy constraint"),
    ({"RoleArn": f"arn:aws:iam::{scenario.ACCOUNT}:role/Nobody"}, "Could not assume role"),
    ({"NetworkConfig": {"VpcConfig": {"Subnets": ["subnet-0"], "SecurityGroupIds": ["sg-0"]}}}, "subnet-0"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_refused(lab: Lab, change: dict[str, Any], message: str) -> None:
    put("in/a.csv", "1")
    put("code/prepare.py", "")
    with pytest.raises(ClientError) as raised:
        boto3.client("sagemaker").create_processing_job(**request(lab, "refused", **change))
    assert raised.value.response["Error"]["Code"] == "ValidationException"
    assert message in raised.value.response["Error"]["Message"]


INPUTS = [
    ({"S3InputMode": "Pipe"}, "S3InputMode Pipe of input data is not modelled: use File."),
    ({"S3CompressionType": "Gzip"}, "S3CompressionType Gzip of input data: it is used only in Pipe mode."),
    ({"S3Uri": f"s3://{BUCKET}/nothing/"}, "No S3 objects found under S3 URL"),
    ({"LocalPath": "/elsewhere"}, "LocalPath '/elsewhere' must be a folder under /opt/ml/processing/."),
    ({"LocalPath": f"{ROOT}/../x"}, "must be a folder under /opt/ml/processing/."),
    ({"LocalPath": f"{ROOT}/output"}, "Each input and output must have a LocalPath of its own."),
]


@pytest.mark.parametrize(("change", "message"), INPUTS)
def test_an_input_that_is_refused(lab: Lab, change: dict[str, str], message: str) -> None:
    put("in/a.csv", "1")
    put("code/prepare.py", "")
    asked = request(lab, "refused")
    asked["ProcessingInputs"][0]["S3Input"].update(change)
    with pytest.raises(ClientError) as raised:
        boto3.client("sagemaker").create_processing_job(**asked)
    assert message in raised.value.response["Error"]["Message"]


def test_a_name_is_taken_once_for_each_kind_of_job(solved: Lab) -> None:
    process(solved, "twice", "")
    with pytest.raises(
        boto3.client("sagemaker").exceptions.ResourceInUse, match="a processing job with this name"
    ):
        process(solved, "twice", "")
    boto3.client("sagemaker").create_training_job(**{**solved.job, "TrainingJobName": "twice"})
    assert solved._training.wait("twice", 60).kind.word == "training"
