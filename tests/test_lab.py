"""The lab as a whole: repeatable, closed to the outside, and the same for every chapter's start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from lab_env import Lab, scenario
from lab_env.errors import InvalidInput, LabNotStarted, NotFound

STORY = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
import boto3
from lab_env import Lab, scenario

lab = Lab.start(chapter=5)
ec2, s3 = boto3.client("ec2"), boto3.client("s3")
if "reads" in sys.argv:
    for _ in range(7):
        ec2.describe_vpcs(); ec2.describe_subnets(); s3.list_buckets()
        lab.trace(subnet=lab.names.subnet_a)
scenario.build_endpoint(boto3.client)
keys = [f"extra/{n}" for n in range(24)]
with ThreadPoolExecutor(8 if "threads" in sys.argv else 1) as pool:
    list(pool.map(lambda key: s3.put_object(Bucket=scenario.TRAINING_BUCKET, Key=key, Body=key.encode()), keys))
vpc = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
boto3.client("sagemaker").create_training_job(**lab.job)
lab._training.wait("meridian-readmission", 60)
print(json.dumps({
    "names": repr(lab.names),
    "vpc": vpc,
    "trace": str(lab.trace(job="meridian-readmission")),
    "log": lab.log("meridian-readmission"),
    "etags": [o["ETag"] for o in s3.list_objects_v2(Bucket=scenario.TRAINING_BUCKET)["Contents"]],
    "job": boto3.client("sagemaker").list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobArn"],
}))
"""


@cache
def tell(*how: str, **variables: str) -> dict[str, Any]:
    """Run the story in a process of its own and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", STORY, *how],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_same_story_twice_and_with_more_reads_and_with_threads() -> None:
    """Ids and text are the same on every run, whatever is read in between and however many threads write."""
    once = tell(PYTHONHASHSEED="1")
    assert once == tell("reads", PYTHONHASHSEED="2") == tell("threads")


DECOYS = (  # noqa: SIM905 - names read best as a text
    "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ENDPOINT_URL "
    "AWS_ENDPOINT_URL_S3 AWS_ENDPOINT_URL_EC2 HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy "
    "AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE AWS_CA_BUNDLE REQUESTS_CA_BUNDLE"
).split()


def test_decoy_credentials_profiles_and_proxies_are_never_used() -> None:
    """With a real server listening where every decoy points, the story is the same and the server hears nothing."""
    heard: list[str] = []

    class Decoy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_error(500)

        do_PUT = do_POST = do_HEAD = do_CONNECT = do_GET  # noqa: N815 - the names http.server calls

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Decoy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    told = tell(**dict.fromkeys(DECOYS, url))
    server.shutdown()
    server.server_close()
    assert heard == []
    assert told == tell(PYTHONHASHSEED="1")


def test_plain_boto3_is_the_operator(lab: Lab) -> None:
    arn = boto3.client("sts").get_caller_identity()["Arn"]
    assert arn == f"arn:aws:sts::{scenario.ACCOUNT}:assumed-role/MeridianAdmin/operator"
    assert {attempt.principal for attempt in lab.ledger} == {arn}


def test_the_ledger_keeps_each_attempt_once(solved: Lab) -> None:
    before = len(solved.ledger)
    s3 = boto3.client("s3")
    s3.list_objects_v2(Bucket=scenario.TRAINING_BUCKET)
    with pytest.raises(ClientError):
        s3.get_object(Bucket=scenario.TRAINING_BUCKET, Key="nothing")
    found = list(solved.ledger)[before:]
    assert [(a.service, a.operation, a.status) for a in found] == [
        ("s3", "ListObjectsV2", 200),
        ("s3", "GetObject", 404),
    ]


def test_restart_gives_the_state_at_the_beginning_with_the_same_ids(solved: Lab) -> None:
    before = solved.names.vpc
    again = solved.restart()
    try:
        assert again.names.vpc == before
        assert again.names.find("s3_endpoint") is None
        with pytest.raises(LabNotStarted):
            _ = solved.network
    finally:
        again.stop()


def test_a_name_that_does_not_stand_yet_says_what_to_run(lab: Lab) -> None:
    with pytest.raises(NotFound, match=r"lab\.names\.s3_endpoint: nothing is tagged Name=meridian-s3 yet"):
        _ = lab.names.s3_endpoint


def test_a_chapter_that_is_not_there_says_which_are() -> None:
    with pytest.raises(
        InvalidInput, match="There are " + ", ".join(f"{number:02d}" for number in scenario.CHAPTERS)
    ):
        Lab.start(chapter=99)


def test_a_session_takes_an_interface_and_gives_it_back(solved: Lab) -> None:
    ec2 = boto3.client("ec2")
    with solved.session_in(solved.names.subnet_a, role=scenario.TRAINING_ROLE) as session:
        assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1
        s3 = session.client("s3")
        arn = f"arn:aws:sts::{scenario.ACCOUNT}:assumed-role/{scenario.TRAINING_ROLE}/lab-session"
        s3.list_objects_v2(Bucket=scenario.TRAINING_BUCKET)
        assert list(solved.ledger)[-1].principal == arn
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    with pytest.raises(InvalidInput, match="is closed"):
        s3.list_objects_v2(Bucket=scenario.TRAINING_BUCKET)


def test_stolen_keys_work_from_the_internet_until_policies_stop_them(solved: Lab) -> None:
    outside = solved.session_on_internet(solved.keys(scenario.TRAINING_ROLE)).client("s3")
    assert outside.list_objects_v2(Bucket=scenario.TRAINING_BUCKET)["KeyCount"] == 13


def test_a_refused_call_never_reaches_moto(lab: Lab) -> None:
    with lab.session_in(lab.names.subnet_a, role=scenario.TRAINING_ROLE) as session:
        s3 = session.client("s3")
        with pytest.raises(ConnectTimeoutError):
            s3.put_object(Bucket=scenario.TRAINING_BUCKET, Key="leak", Body=b"x")
    keys = [o["Key"] for o in boto3.client("s3").list_objects_v2(Bucket=scenario.TRAINING_BUCKET)["Contents"]]
    assert "leak" not in keys
