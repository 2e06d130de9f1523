"""Prediction 15.1: the template, what was deployed from it and drifted, and AWS's managed policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import boto3
import pytest

from lab_env import Lab
from lab_env.course import proofs_of_templates as module
from lab_env.course.predictions import prediction
from lab_env.course.proofs import prove
from lab_env.course.proving import Seen
from lab_env.scenario import chapter07
from lab_env.scenario import chapter15 as steps
from lab_env.snapshot.account import READS
from lab_env.views import forms

IDS, NAMES, AUDIT, CALLS, SECURITY, READ_ONLY = range(6)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A second cloud, with what was deployed from the template of the first; the prediction was made in the first."""
    first = Lab.start(chapter=15)
    chapter07.record(boto3.client)
    first.predict("15.1", "n y y n y n")
    template = first.export_cloudformation()
    opened = Lab.start(seed=15)
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in template.given.items()]
    wanted = {"StackName": steps.STACK, "TemplateBody": template.json(), "Parameters": given}
    boto3.client("cloudformation").create_stack(**wanted, Capabilities=["CAPABILITY_NAMED_IAM"])
    yield opened
    opened.stop()


def proof(lab: Lab, number: int):
    return prove(prediction("15.1").choices[number].proof, Seen(lab._state(), None))


def test_what_was_deployed_and_what_was_guessed_before_it_stood(lab, monkeypatch):
    told = lab.predicted("15.1")
    assert [one.truth for one in told.told] == [False, True, True, False, True, False]
    assert told.score == "6 of 6 right"
    assert "none of the 19 controls is lost" in str(told)


def test_before_anything_is_deployed_the_audit_cannot_be_compared(lab):
    state = lab._state()

    def describe(service, operation, *given):
        return {} if operation == "DescribeStacks" else state.describe(service, operation, *given)

    seen = Seen(replace(state, describe=describe), None)
    assert prove(prediction("15.1").choices[AUDIT].proof, seen).truth is None


def test_drift_is_told_and_so_is_its_repair(lab):
    steps.drift(boto3.client)
    found = proof(lab, AUDIT)
    assert (found.truth, found.evidence) == (False, "no longer: NET-2, NET-5, DATA-2, DATA-4, LOG-2")
    steps.repair(boto3.client)
    assert proof(lab, AUDIT).truth is True


def test_a_control_that_the_original_never_kept_is_not_lost(lab, monkeypatch):
    marks = {"NET-2": "✗", "NET-5": "✓", "DATA-2": "–", "DATA-4": "✓", "LOG-2": "✓"}
    monkeypatch.setattr(forms, "locked_form", lambda: SimpleNamespace(marks=marks))
    steps.drift(boto3.client)
    assert proof(lab, AUDIT).evidence == "no longer: NET-5, DATA-4, LOG-2"
    steps.repair(boto3.client)


def test_a_template_with_an_id_or_a_fixed_name(lab, monkeypatch):
    own = module._template(Seen(lab._state(), None))
    with_id = replace(own, resources={**own.resources, "Copied": {"Ref": lab.names.s3_endpoint}})
    monkeypatch.setattr(module, "_template", lambda _: with_id)
    found = proof(lab, IDS)
    assert (found.truth, found.evidence) == (True, f"in it: {lab.names.s3_endpoint}")
    fixed = {name: {**declared, "Default": "x"} for name, declared in own.parameters.items()}
    monkeypatch.setattr(module, "_template", lambda _: replace(own, parameters=fixed))
    found = proof(lab, NAMES)
    assert (found.truth, "meridian-phi-training" in found.evidence) == (False, True)


def test_a_list_with_get_object_in_it(lab, monkeypatch):
    monkeypatch.setattr(module, "READS", {**READS, "s3": READS["s3"] | {"GetObject"}})
    found = proof(lab, CALLS)
    assert (found.truth, found.evidence) == (True, "9 calls of s3 are on its list, GetObject among them")


def test_managed_policies_with_other_statements(lab):
    """As AWS may change them: one without KMS, one that reads no objects."""
    state = lab._state()
    allow = {"Effect": "Allow", "Action": ["s3:GetBucket*", "ec2:Describe*"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})

    def describe(service, operation, *given):
        answer = state.describe(service, operation, *given)
        if operation == "GetPolicyVersion":
            return {"PolicyVersion": {**answer["PolicyVersion"], "Document": document}}
        return answer

    seen = Seen(replace(state, describe=describe), None)
    truths = [prove(prediction("15.1").choices[number].proof, seen).truth for number in (SECURITY, READ_ONLY)]
    assert truths == [False, True]
