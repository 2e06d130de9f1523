"""The firm's cloud as a template: deployed into an empty one, it gives the same audit and the same traces."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.scenario import chapter07
from lab_env.scenario.exported import ROLES, accepted
from lab_env.snapshot.template import Template
from tests.compliance import hardening

DESTINATIONS = ("s3", "internet", "exfil.example", "s3.eu-west-1.amazonaws.com", "10.20.2.9")


@dataclass(frozen=True)
class Seen:
    """What was seen of a cloud, with logical ids in place of its own."""

    template: Template
    audit: str
    traces: tuple[str, ...]


def look(lab: Lab) -> Seen:
    template = lab.export_cloudformation()
    traces = [
        unbroken(lab.trace(subnet=subnet, to=to, port=port))
        for subnet in (lab.names.subnet_a, lab.names.subnet_b)
        for to in DESTINATIONS
        for port in (443, 80)
    ]
    return Seen(template, template.named(unbroken(lab.audit())), tuple(map(template.named, traces)))


def unbroken(text: object) -> str:
    """In one line: where a line is broken depends on an id's digits."""
    return " ".join(re.sub(r"-\n\s*", "-", str(text)).split())


def deploy(template: Template) -> str:
    """Make the stack; its status."""
    client = boto3.client("cloudformation")
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in template.given.items()]
    client.create_stack(
        StackName="meridian",
        TemplateBody=template.json(),
        Parameters=given,
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return str(client.describe_stacks(StackName="meridian")["Stacks"][0]["StackStatus"])


@pytest.fixture(scope="module")
def original() -> Seen:
    """The end of chapter 07."""
    lab = Lab.start(chapter=7)
    chapter07.record(boto3.client)
    seen = look(lab)
    lab.stop()
    return seen


@pytest.fixture(scope="module")
def deployed(original) -> Iterator[Lab]:
    """An empty cloud whose ids are others, after the template was deployed there."""
    lab = Lab.start(seed=15)
    assert deploy(original.template) == "CREATE_COMPLETE"
    yield lab
    lab.stop()


@pytest.fixture(scope="module")
def copy(deployed) -> Seen:
    return look(deployed)


def test_the_same_audit(original, copy):
    """Word for word, but for the ids; and it is not empty."""
    assert copy.audit == original.audit
    assert original.audit.startswith("Audit of 20 controls: 17 hold, 3 have nothing to judge")


def test_the_same_traces(original, copy):
    """Hop by hop, from both subnets, to what is reached and to what is not."""
    assert copy.traces == original.traces
    assert {"✓" in trace for trace in original.traces} == {True, False}


def test_no_id_is_the_same(original, copy):
    """Else the comparisons above would compare less than they seem to."""
    named = ("subnet-", "rtb-", "vpc-", "vpce-", "sg-", "fl-", "acl-")
    before, after = (
        {one for one in seen.template.physical.values() if one.startswith(named)} for seen in (original, copy)
    )
    assert len(before) == len(after) == 9
    assert not before & after


def test_the_copy_s_template_is_the_template(original, copy):
    """What is written of what was deployed is what was deployed."""
    assert copy.template.document == original.template.document


def test_nothing_of_the_account_is_left_in_it(original):
    """No id, no account, no Region, no bucket name but in what is told to people."""
    text = json.dumps(original.template.document["Resources"])
    found = [one for one in original.template.physical.values() if one in text and not one.startswith("arn:")]
    # Names that are the account's own, and are kept.
    assert set(found) <= {"meridian-audit"}
    for word in (scenario.ACCOUNT, scenario.REGION, *scenario.LOCKED_BUCKETS, scenario.LOG_BUCKET):
        assert word not in text


def test_a_job_trains_there(deployed):
    """Data comes in from inside the VPC; the job of chapter 01, as it should be asked for, completes."""
    with deployed.session_in(
        deployed.names.subnet_a,
        role=scenario.OPERATOR_ROLE,
        security_groups=[deployed.names.training_security_group],
    ) as inside:
        s3 = inside.client("s3")
        for key, body in scenario.patient_extracts():
            s3.put_object(Bucket=scenario.TRAINING_BUCKET, Key=key, Body=body)
        s3.put_object(Bucket=scenario.TRAINING_BUCKET, Key=scenario.CODE_KEY, Body=scenario.training_code())
    assert hardening.run(deployed, hardening.good_job(deployed)) == "Completed"
    assert str(deployed.audit()).startswith("Audit of 20 controls: 19 hold, 1 has nothing to judge")


def test_other_names(original):
    """With bucket names of one's own everything holds together all the same."""
    own = {
        key: f"{value}-copy" if "Bucket" in key else value for key, value in original.template.given.items()
    }
    lab = Lab.start(seed=16)
    try:
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in own.items()]
        boto3.client("cloudformation").create_stack(
            StackName="copy",
            TemplateBody=original.template.json(),
            Parameters=given,
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        again = lab.export_cloudformation()
        names = {item["Name"] for item in boto3.client("s3").list_buckets()["Buckets"]}
    finally:
        lab.stop()
    assert names == {value for key, value in own.items() if "Bucket" in key}
    assert sorted(item["Type"] for item in again.resources.values()) == sorted(
        item["Type"] for item in original.template.resources.values()
    )


def test_each_accepted_finding_stands_in_the_template(original):
    """With its reason, where checkov looks for it."""
    said = {
        (name, one["id"]): one["comment"]
        for name, item in original.template.resources.items()
        for one in item.get("Metadata", {}).get("checkov", {}).get("skip", ())
    }
    assert said == {(name, check): why for name, own in accepted().items() for check, why in own.items()}
    assert all(len(why) > 40 for why in said.values())


def test_the_operator_is_no_part_of_it(original):
    roles = [item for item in original.template.resources.values() if item["Type"] == "AWS::IAM::Role"]
    assert tuple(item["Properties"]["RoleName"] for item in roles) == ROLES
