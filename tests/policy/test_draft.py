"""A draft of a request and its policies: the engine's decision, or every fault with its place."""

from __future__ import annotations

import json

import pytest

from lab_env.policy import Layer, MalformedPolicy, Policy, PolicySet, Request, evaluate
from lab_env.policy.cases import read_case
from lab_env.policy.draft import Draft, Sheet, written
from tests.policy import table

JOB = "arn:aws:sts::111122223333:assumed-role/Train/job"
SCAN = "arn:aws:s3:::phi/scan.dcm"
LINES = [line for _, line in table.lines()]
READ = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}


def draft(*texts, layer=Layer.IDENTITY, **more):
    sheets = tuple(Sheet(layer, text) for text in texts)
    return Draft(**{"principal": JOB, "action": "s3:GetObject", "resource": SCAN, "sheets": sheets} | more)


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_every_hand_written_case_comes_back_from_its_draft(line):
    case = read_case(table.case(line))
    before = evaluate(case.request, case.policies)
    answer = Draft.of(case.request, case.policies).answer()
    assert not answer.faults
    assert (answer.decision.verdict, answer.decision.decided_by) == (before.verdict, before.decided_by)
    assert answer.decision.why == before.why


def test_organizations_keep_their_levels():
    nothing = Policy.parse(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}
    )
    everything = Policy.parse(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    )
    request = Request(JOB, "s3:GetObject", SCAN)
    for scps, layer in ((((everything,), (nothing,)), Layer.SCP), (((everything, nothing),), Layer.IDENTITY)):
        found = Draft.of(request, PolicySet(scps=scps)).answer().decision
        assert found.decided_by is layer


@pytest.mark.parametrize(
    ("made", "place", "what", "line"),
    [
        (draft("{"), "0", "not JSON", 1),
        (draft('{\n"Version": "2012-10-17",\n"Statement": 1}'), "0", "a statement is a JSON object", 3),
        (draft("", "[]"), "1", "a policy is a JSON object", 1),
        (draft(context="{"), "context", "not JSON", 1),
        (draft(context="[]"), "context", "a JSON object of condition keys", 0),
        (draft(context='{"aws:SourceIp": {}}'), "context", "a context value is text", 0),
        (draft(principal="nobody"), "request", "not a principal", 0),
        (draft(action="GetObject"), "request", "service:Operation", 0),
    ],
)
def test_a_fault_has_its_place_and_keeps_the_decision_back(made, place, what, line):
    answer = made.answer()
    assert answer.decision is None
    (finding,) = answer.faults[place]
    assert what in finding.what
    assert finding.line == line


def test_all_faults_are_told_at_once():
    answer = draft("{", "{", principal="nobody", context="{").answer()
    assert list(answer.faults) == ["0", "1", "context"]


def test_what_aws_would_store_is_a_warning():
    text = json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}}
    )
    answer = draft(text).answer()
    assert answer.decision is not None
    assert "s3:GetObject" in answer.warnings["0"][0].do


def test_a_blank_sheet_is_no_policy():
    assert draft("  \n").answer().decision.layers[Layer.IDENTITY].allows == ()
    assert draft("", layer=Layer.ENDPOINT).answer().decision.layers.keys() == {Layer.IDENTITY}


def test_a_key_that_is_given_again_is_absent_no_longer():
    asked = Request(JOB, "s3:GetObject", SCAN, absent={"aws:SourceVpce": "the call came through nat-1"})
    text = written(
        READ
        | {"Statement": READ["Statement"] | {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}}
    )
    begun = Draft.of(asked, PolicySet(identity=(Policy.parse(text),)))
    assert "nat-1" in begun.answer().decision.why
    given = Draft(JOB, "s3:GetObject", SCAN, "", '{"aws:SourceVpce": "vpce-2"}', begun.sheets, begun.absent)
    assert "aws:SourceVpce is vpce-2" in given.answer().decision.why


def test_blanks_stand_in_the_order_of_the_layers():
    made = draft("", layer=Layer.RESOURCE).with_blanks(Layer.IDENTITY, Layer.ENDPOINT, Layer.RESOURCE)
    assert [sheet.layer for sheet in made.sheets] == [Layer.IDENTITY, Layer.ENDPOINT, Layer.RESOURCE]


@pytest.mark.parametrize(
    ("action", "principal", "fault"),
    [
        ("s3:GetObject", None, "a resource policy needs a Principal"),
        ("kms:Decrypt", None, "a key policy needs"),
    ],
)
def test_a_resource_policy_is_read_as_its_service_has_it(action, principal, fault):
    answer = draft(written(READ), layer=Layer.RESOURCE, action=action).answer()
    assert fault in answer.faults["0"][0].what


def test_a_key_is_left_out_in_any_case():
    made = draft(context='{"aws:UserAgent": "x", "aws:SourceIp": "203.0.113.9"}').without("aws:useragent")
    assert json.loads(made.context) == {"aws:SourceIp": "203.0.113.9"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1}, '{\n  "a": 1\n}'),
        ('{"a": 1}', '{\n  "a": 1\n}'),
        ('{\n"a":1}', '{\n"a":1}'),
        ("{", "{"),
        ("", ""),
    ],
)
def test_one_line_of_json_is_set_out_and_other_text_stays(value, text):
    assert written(value) == text


def test_a_policy_remembers_its_document():
    assert Policy.parse(READ).document is READ
    assert Policy.parse(json.dumps(READ)).document == json.dumps(READ)
    with pytest.raises(MalformedPolicy):
        Policy.parse("{")
