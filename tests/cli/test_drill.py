"""``drill``: a process of its own, whose cloud is mended by boto3 in this one, as the AWS CLI would."""

from __future__ import annotations

import json
import subprocess
import sys

import boto3
import pytest
from botocore.config import Config

ONCE = Config(retries={"total_max_attempts": 1})


class Session:
    """The process, and what is typed to it."""

    def __init__(self, *words):
        command = [sys.executable, "-m", "lab_env", "drill", *words]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.process = subprocess.Popen(command, **pipes, text=True, encoding="utf-8")

    def said(self):
        return json.loads(self.process.stdout.readline())

    def type(self, words):
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()
        return self.said()

    def end(self):
        """The exit code, once nothing more is typed."""
        _, complaints = self.process.communicate(timeout=30)
        assert complaints == ""
        return self.process.returncode


@pytest.fixture
def session():
    begun = Session("--seed", "6", "--level", "1", "--json")
    yield begun
    begun.process.kill()
    begun.process.communicate()


def client(told, service):
    keys = told["environment"]
    return boto3.Session(
        keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], keys["AWS_SESSION_TOKEN"]
    ).client(service, region_name=keys["AWS_DEFAULT_REGION"], endpoint_url=told["endpoint"], config=ONCE)


def test_a_drill_is_mended_from_outside(session):
    told = session.said()
    assert told["kind"] == "drill"
    assert "route to an S3 VPC endpoint" in told["text"]
    assert told["job"]["VpcConfig"]["Subnets"]
    assert session.type("check")["status"] == "not attempted"
    assert session.type("hint")["text"].startswith("Hint 1 of 3: ")
    assert "AWS_ACCESS_KEY_ID" in session.type("root")["environment"]
    assert session.type("what?")["text"].startswith("Type one of: check")
    ec2 = client(told, "ec2")
    by_name = [{"Name": "tag:Name", "Values": ["meridian-private"]}]
    table = ec2.describe_route_tables(Filters=by_name)["RouteTables"][0]["RouteTableId"]
    endpoint = ec2.describe_vpc_endpoints()["VpcEndpoints"][0]["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, AddRouteTableIds=[table])
    graded = session.type("check")
    assert (graded["kind"], graded["status"], graded["points"]) == ("check", "done", 90)
    assert session.end() == 0


def test_giving_up_in_words():
    session = Session("--seed", "6")
    out, complaints = session.process.communicate("give up\n", timeout=60)
    assert (session.process.returncode, complaints) == (1, "")
    assert "  export AWS_ACCESS_KEY_ID=" in out
    assert "'check' runs the job again" in out
    assert "ec2.modify_vpc_endpoint(" in out


@pytest.mark.parametrize("words", [("--seed", "x"), ("--seed", "1", "--level", "9"), ()])
def test_bad_input(words):
    session = Session(*words)
    out, complaints = session.process.communicate(timeout=60)
    assert (session.process.returncode, out, complaints.count("\n")) == (2, "", 1)
