"""A decision as JSON: every layer, every statement, what it saw."""

from __future__ import annotations

import json

import pytest

from lab_env.policy import Policy, PolicySet, Request, evaluate
from lab_env.policy.cases import answer, read_case
from lab_env.policy.explanation import to_json
from tests.policy import table

JOB = "arn:aws:sts::111122223333:assumed-role/Train/job"
SCAN = "arn:aws:s3:::phi/scan.dcm"
ENDPOINT_ONLY = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
LINES = list(table.lines())


def policy(*statements, source=""):
    named = [dict(zip(("Sid", "Effect", "Action", "Resource"), one[:4], strict=False)) for one in statements]
    more = [one[4] if len(one) > 4 else {} for one in statements]
    document = {"Version": "2012-10-17", "Statement": [a | b for a, b in zip(named, more, strict=True)]}
    return Policy.parse(document, source=source)


def decision(**context):
    absent = {"aws:SourceVpce": "the call came through nat-1"}
    return evaluate(
        Request(JOB, "s3:GetObject", SCAN, context=context.get("context", {}), absent=absent),
        PolicySet(
            identity=(policy(("Read", "Allow", "s3:Get*", "*"), ("Write", "Allow", "s3:PutObject", "*")),),
            resource=policy(
                ("Only", "Deny", "s3:*", "*", {"Principal": "*", "Condition": ENDPOINT_ONLY}), source="phi"
            ),
        ),
    )


def test_every_layer_and_statement_is_told():
    told = to_json(decision())
    assert [layer["layer"] for layer in told["layers"]] == ["identity", "resource"]
    identity, bucket = told["layers"]
    assert [(one["statement"], one["applies"]) for one in identity["statements"]] == [
        ("Read", True),
        ("Write", False),
    ]
    assert identity["statements"][1]["misses"] == [
        {
            "element": "Action",
            "wanted": "s3:PutObject",
            "seen": "s3:GetObject",
            "why": "Action is s3:PutObject, which is not s3:GetObject",
        }
    ]
    assert bucket["name"] == "bucket policy"
    assert bucket["statements"][0]["policy"] == "phi"
    assert bucket["statements"][0]["conditions"] == ["aws:SourceVpce is absent: the call came through nat-1"]
    assert (told["decision"], told["decided_by"], told["statements"]) == (
        "ExplicitlyDenied",
        "resource",
        ["Only"],
    )


@pytest.mark.parametrize(
    ("context", "seen"),
    [({}, None), ({"aws:SourceVpce": "vpce-2"}, "vpce-2"), ({"aws:SourceVpce": ""}, "empty")],
)
def test_a_miss_tells_the_value_it_saw_and_null_where_there_was_none(context, seen):
    asked = {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}
    found = evaluate(
        Request(JOB, "s3:GetObject", SCAN, context=context),
        PolicySet(identity=(policy(("Read", "Allow", "s3:*", "*", asked)),)),
    )
    (miss,) = to_json(found)["layers"][0]["statements"][0]["misses"]
    assert miss["seen"] == seen


def test_the_context_is_told_with_what_follows_from_caller_and_resource():
    context = to_json(decision(context={"aws:TagKeys": ["a", "b"]}))["request"]["context"]
    assert context["aws:PrincipalArn"] == "arn:aws:iam::111122223333:role/Train"
    assert context["aws:TagKeys"] == ["a", "b"]


@pytest.mark.parametrize(("name", "line"), LINES, ids=[line["id"] for _, line in LINES])
def test_every_hand_written_case_is_told_in_agreement_with_its_decision(name, line):
    case = read_case(table.case(line))
    told = to_json(evaluate(case.request, case.policies))
    assert json.loads(json.dumps(told)) == told
    short = answer(case)
    assert {key: told[key] for key in ("decision", "decided_by", "statements", "why")} == {
        key: short[key] for key in ("decision", "decided_by", "statements", "why")
    }
    for layer in told["layers"]:
        for one in layer["statements"]:
            assert one["applies"] is (not one["misses"])
