"""The network rows of the course's matrix, on clouds that boto3 calls built; and whether the job trains there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from lab_env import Lab, options, scenario
from lab_env.options import OPTIONS, Option
from tests.compliance.states import PATH

FORMS = {form.key: form for form in OPTIONS}


def lock(client: Callable[[str], Any]) -> None:
    """The endpoint, and a security group that lets nothing out but HTTPS to S3's prefix list."""
    scenario.build_endpoint(client)
    ec2 = client("ec2")
    by_name = [{"Name": "tag:Name", "Values": ["meridian-training"]}]
    group = ec2.describe_security_groups(Filters=by_name)["SecurityGroups"][0]
    ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
    by_service = [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{scenario.REGION}.s3"]}]
    s3 = ec2.describe_managed_prefix_lists(Filters=by_service)["PrefixLists"][0]["PrefixListId"]
    only = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": s3}]}
    ec2.authorize_security_group_egress(GroupId=group["GroupId"], IpPermissions=[only])


# NET-1 to NET-4, and how the training job ends.
MATRIX = {
    "A": (FORMS["a"], "✗✗✗✗", "Failed"),
    "B in private subnet": (FORMS["b-private"], "✗✗–✓", "Failed"),
    "B in private subnet beside a gateway": (
        Option("b-beside", "B", "beside a gateway", options.nat_beside_a_gateway),
        "✗✗–✓",
        "Failed",
    ),
    "B in public subnet": (FORMS["b-public"], "✗✗✗✗", "Completed"),
    "C private VIF": (FORMS["c-private"], "✓✗–✓", "Failed"),
    "C hairpin": (FORMS["c-hairpin"], "✗✗✗✗", "Completed"),
    "D": (FORMS["d"], "✓✓✓✓", "Completed"),
    "D locked": (Option("d-locked", "D", "locked", lock), "✓✓✓✓", "Completed"),
}


@pytest.mark.parametrize(("form", "row", "end"), MATRIX.values(), ids=MATRIX)
def test_matrix(lab: Lab, form: Option, row: str, end: str) -> None:
    """Built, tried with a training job that really runs, and judged."""
    form.build(boto3.client)
    if form.announces:
        site = form.announces
        lab.on_premises(prefixes=map(str, site.prefixes), internet_exit=site.internet_exit)
    sagemaker = boto3.client("sagemaker")
    sagemaker.create_training_job(**lab.job)
    lab.wait(lab.job["TrainingJobName"])
    report = lab.audit(*PATH)
    assert "".join(report.status(control.id).mark for control in report.controls) == row
    found = sagemaker.describe_training_job(TrainingJobName=lab.job["TrainingJobName"])
    assert found["TrainingJobStatus"] == end
    assert lab.trace(job=lab.job["TrainingJobName"]).trace.reached is (end == "Completed")
