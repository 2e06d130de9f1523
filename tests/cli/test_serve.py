"""``serve``: a process of its own, asked by boto3 in this one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lab_env import scenario

ONCE = Config(retries={"total_max_attempts": 1})


def start(*words):
    command = [sys.executable, "-m", "lab_env", "serve", *words]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


@contextmanager
def served(*words):
    """The process, which has said where it serves, and the first line it printed."""
    process = start("--port", "0", *words)
    try:
        yield process, process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def cloud():
    """Makes clients of the mock cloud of chapter 05, as its operator."""
    with served("--chapter", "5", "--json") as (_, line):
        told = json.loads(line)
        keys = told["environment"]

        def client(service, region=keys["AWS_DEFAULT_REGION"], **more):
            own = {
                "aws_access_key_id": keys["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": keys["AWS_SECRET_ACCESS_KEY"],
                "aws_session_token": keys["AWS_SESSION_TOKEN"],
            }
            return boto3.Session(**own | more).client(
                service, region_name=region, endpoint_url=told["endpoint"], config=ONCE
            )

        yield client


def test_the_printed_keys_are_the_operators(cloud):
    arn = cloud("sts").get_caller_identity()["Arn"]
    assert arn == "arn:aws:sts::123456789012:assumed-role/MeridianAdmin/operator"


def test_s3_by_path(cloud):
    s3 = cloud("s3")
    body = os.urandom(3_000_000)
    s3.put_object(Bucket=scenario.MODEL_BUCKET, Key="a key/with ünusual+chars", Body=body)
    answer = s3.get_object(Bucket=scenario.MODEL_BUCKET, Key="a key/with ünusual+chars")
    assert answer["Body"].read() == body
    assert s3.list_objects_v2(Bucket=scenario.TRAINING_BUCKET, Prefix="train/")["KeyCount"] == 12
    length = s3.head_object(Bucket=scenario.TRAINING_BUCKET, Key="train/2025-01.csv")["ContentLength"]
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": scenario.TRAINING_BUCKET, "Key": "train/2025-01.csv"}
    )
    with urllib.request.urlopen(url) as response:
        assert len(response.read()) == length
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=scenario.TRAINING_BUCKET, Key="absent")


def test_regions_are_apart(cloud):
    made = cloud("ec2", "eu-west-1").create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]

    def vpcs(region):
        return {vpc["VpcId"] for vpc in cloud("ec2", region).describe_vpcs()["Vpcs"]}

    assert made in vpcs("eu-west-1")
    assert made not in vpcs("us-east-1")


def test_what_the_lab_does_not_model_is_told_in_words(cloud):
    with pytest.raises(ClientError, match="Region ap-south-1: no public address of it is known") as refused:
        cloud("ec2", "ap-south-1").describe_vpcs()
    assert refused.value.response["Error"]["Code"] == "NotModelled"


def test_a_job_trains_once_its_subnet_reaches_s3(cloud):
    """The whole of chapter 05 from another process: the network decides here as it does in the notebook."""
    ec2, sagemaker = cloud("ec2"), cloud("sagemaker")

    def tagged(describe, answer, key, name):
        return describe(Filters=[{"Name": "tag:Name", "Values": [name]}])[answer][0][key]

    subnet = tagged(ec2.describe_subnets, "Subnets", "SubnetId", "meridian-private-a")
    group = tagged(ec2.describe_security_groups, "SecurityGroups", "GroupId", "meridian-training")

    def train(name):
        sagemaker.create_training_job(**scenario.training_job(name, [subnet], [group]))
        waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
        pace = {"Delay": 0.2, "MaxAttempts": 200}
        try:
            waiter.wait(TrainingJobName=name, WaiterConfig=pace)
        finally:
            described = sagemaker.describe_training_job(TrainingJobName=name)
        return described

    with pytest.raises(Exception, match="Failed"):
        train("before")
    reason = sagemaker.describe_training_job(TrainingJobName="before")["FailureReason"]
    assert "route to an S3 VPC endpoint" in reason
    scenario.build_endpoint(cloud)
    assert train("after")["TrainingJobStatus"] == "Completed"


def test_it_says_how_to_use_it():
    with served() as (process, first):
        url = first.removeprefix("The mock cloud answers at ").removesuffix("; Ctrl-C ends it.\n")
        assert url.startswith("http://127.0.0.1:")
        lines = [process.stdout.readline().strip() for _ in range(8)]
        assert [line.split("=")[0] for line in lines[2:6]] == [
            "export AWS_ACCESS_KEY_ID",
            "export AWS_SECRET_ACCESS_KEY",
            "export AWS_SESSION_TOKEN",
            "export AWS_DEFAULT_REGION",
        ]
        assert lines[6:] == [
            f"aws --endpoint-url {url} sts get-caller-identity",
            f"aws --endpoint-url {url} ec2 describe-vpcs",
        ]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(end):
    with served("--json") as (process, _):
        process.send_signal(end)
        out, err = process.communicate(timeout=30)
        # Windows has no such signals: there a process is ended, and cannot say anything.
        assert process.returncode == (0 if os.name == "posix" else 1)
        assert (out, err) == ("", "")


def test_a_port_that_is_taken_is_bad_input():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("--port", str(taken.getsockname()[1]))
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.startswith(f"private-path: port {taken_port(err)}: cannot serve there: ")
    assert err.count("\n") == 1


def taken_port(said):
    return said.split("port ")[1].split(":")[0]


@pytest.mark.parametrize("words", [("--port", "70000"), ("--chapter", "99"), ("--port", "x")])
def test_bad_input(words):
    process = start(*words)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
