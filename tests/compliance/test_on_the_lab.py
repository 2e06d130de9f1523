"""The same controls on clouds that boto3 calls built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.compliance import Status
from lab_env.scenario import chapter08
from tests.compliance import hardening
from tests.compliance.states import PATH


def row(report):
    return "".join(report.status(control.id).mark for control in report.controls)


def test_the_private_vpc(lab):
    """Chapter 01's end: private, and useless."""
    assert row(lab.audit(*PATH)) == "✓✗–✓"


def test_the_endpoint(solved):
    """Chapter 05's end: option D."""
    assert row(solved.audit(*PATH)) == "✓✓✓✓"


CALLS = (
    ("sagemaker", "list_training_jobs", {}),
    ("sts", "get_caller_identity", {}),
    ("sts", "assume_role", {"RoleArn": f"arn:aws:iam::{scenario.ACCOUNT}:role/Guest", "RoleSessionName": "own"}),
    ("kms", "list_aliases", {}),
    ("kms", "generate_data_key", {"KeyId": "alias/meridian-phi", "KeySpec": "AES_256"}),
    ("logs", "describe_log_groups", {}),
    ("ecr", "get_authorization_token", {}),
    ("dynamodb", "list_tables", {}),
)  # fmt: skip


@pytest.fixture
def doors() -> Iterator[Lab]:
    """Chapter 08's endpoints as AWS makes them."""
    lab = Lab.start(chapter=8)
    ec2, iam = boto3.client("ec2"), boto3.client("iam")
    chapter08.build_services(ec2)
    chapter08.build_dynamodb(ec2)
    for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]:
        if endpoint["VpcEndpointId"] != lab.names.s3_endpoint:
            ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], ResetPolicy=True)
    iam.create_role(RoleName="Guest", AssumeRolePolicyDocument=hardening.anybody_of_the_firm())
    yield lab
    lab.stop()


def outcomes(session: Any) -> Iterator[str]:
    for service, operation, params in CALLS:
        try:
            getattr(session.client(service), operation)(**params)
            yield f"{service} {operation} works"
        except Exception as error:  # noqa: BLE001
            yield f"{service} {operation}: {error}"


def test_the_proposed_policies_stop_nobody_else(doors):
    """Each door shut to strangers; an administrator, the jobs' role and the job itself get what they got before."""
    ec2 = boto3.client("ec2")
    where = {"subnet": doors.names.subnet_a, "security_groups": [chapter08.endpoint_group(ec2)]}
    hosts = [doors.session_in(**where, role=role) for role in ("MeridianAdmin", scenario.TRAINING_ROLE)]
    before = [list(outcomes(host)) for host in hosts]
    opened = doors.audit("IAM-5").findings
    assert [one.status for one in opened] == [Status.DOES_NOT_HOLD] * (len(chapter08.SERVICES) + 1)
    for finding in opened:
        eval(finding.change, {"ec2": ec2})
    assert {one.status for one in doors.audit("IAM-5").findings} == {Status.HOLDS}
    assert [list(outcomes(host)) for host in hosts] == before
    assert all(told.endswith("works") for told in before[0])
    assert hardening.run(doors, hardening.good_job(doors)) == "Completed"
