"""The rarer faults of a document, and the values that are taken as they are."""

from __future__ import annotations

import json

import pytest

from lab_env.errors import InvalidInput
from lab_env.policy import Code, Finding, Kind, MalformedPolicy, Policy, PolicySet, Request, evaluate
from lab_env.policy.cases import answer, read_case
from lab_env.policy.json_text import span

JOB = "arn:aws:sts::111122223333:assumed-role/Train/job"
SCAN = "arn:aws:s3:::phi/scan.dcm"
GOOD = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def document(version="2012-10-17", **more):
    return {
        "Version": version,
        "Statement": [{name: value for name, value in (GOOD | more).items() if value != ""}],
    }


def condition(**lines):
    return document(Condition=lines)


@pytest.mark.parametrize(
    ("written", "kind", "code", "where", "what"),
    [
        (document() | {"Id": 1}, None, Code.STRUCTURE, "Id", "an Id is text"),
        (document(Sid=1), None, Code.STRUCTURE, "Statement[0].Sid", "a Sid is text"),
        (document(Action=[]), None, Code.STRUCTURE, "Statement[0].Action", "the list is empty"),
        (document(Action=["s3:*", 1]), None, Code.STRUCTURE, "Statement[0].Action[1]", "not a number"),
        (document(Action=None), None, Code.STRUCTURE, "Statement[0].Action[0]", "not null"),
        (document(Condition=[]), None, Code.STRUCTURE, "Statement[0].Condition", "a Condition is a JSON object"),
        (condition(StringEquals=1), None, Code.STRUCTURE, "Statement[0].Condition.StringEquals", "needs a JSON object"),
        (
            condition(StringEquals={"aws:SourceVpce": "a", "AWS:SourceVpce": "b"}),
            None,
            Code.DUPLICATE,
            "Statement[0].Condition.StringEquals.AWS:SourceVpce",
            "the case of condition keys does not count",
        ),
        (
            condition(StringEquals={"aws:SourceVpce": ["a", {}]}),
            None,
            Code.STRUCTURE,
            "Statement[0].Condition.StringEquals.aws:SourceVpce[1]",
            "not an object",
        ),
        (
            condition(StringEquals={"aws:SourceVpce": "${aws:"}),
            None,
            Code.VARIABLE,
            "Statement[0].Condition.StringEquals.aws:SourceVpce",
            "is not closed",
        ),
        (
            condition(NumericEquals={"s3:max-keys": "ten"}),
            None,
            Code.VALUE,
            "Statement[0].Condition.NumericEquals.s3:max-keys",
            "a number is expected, not 'ten'",
        ),
        (
            condition(Bool={"aws:SecureTransport": "yes"}),
            None,
            Code.VALUE,
            "Statement[0].Condition.Bool.aws:SecureTransport",
            "true or false is expected",
        ),
        (
            condition(BinaryEquals={"s3:prefix": "?"}),
            None,
            Code.VALUE,
            "Statement[0].Condition.BinaryEquals.s3:prefix",
            "base64 is expected",
        ),
        (
            condition(DateLessThan={"aws:CurrentTime": "soon"}),
            None,
            Code.VALUE,
            "Statement[0].Condition.DateLessThan.aws:CurrentTime",
            "a date is expected",
        ),
        (
            condition(DateLessThan={"aws:CurrentTime": "2026-01-01T00:00:00+25:00"}),
            None,
            Code.VALUE,
            "Statement[0].Condition.DateLessThan.aws:CurrentTime",
            "there is no such date or time",
        ),
        (
            document(Resource="arn:aws:s3:::phi/${a b c}"),
            None,
            Code.VARIABLE,
            "Statement[0].Resource[0]",
            "is no variable",
        ),
        (
            document(Resource="arn:aws:s3:${aws:username}::phi"),
            None,
            Code.VARIABLE,
            "Statement[0].Resource[0]",
            "only after the fifth colon",
        ),
        (document(Principal=[]), Kind.RESOURCE, Code.PRINCIPAL, "Statement[0].Principal", "a list is no principal"),
        (document(Principal={}), Kind.RESOURCE, Code.PRINCIPAL, "Statement[0].Principal", "an object is no principal"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(written, kind, code, where, what):
    with pytest.raises(MalformedPolicy) as raised:
        Policy.parse(written, kind=kind)
    fault = raised.value.findings[0]
    assert (fault.code, fault.where) == (code, where)
    assert what in fault.what


@pytest.mark.parametrize(
    ("operator", "key", "value", "seen", "holds"),
    [
        ("Bool", "aws:SecureTransport", True, True, True),
        ("NumericLessThan", "s3:max-keys", 10, 9, True),
        ("NumericLessThan", "s3:max-keys", 10.5, 11, False),
        ("NumericLessThan", "s3:max-keys", 10, "many", False),
        ("Null", "aws:SourceVpce", False, "vpce-1", True),
        ("Bool", "aws:SecureTransport", "${s3:authType}", "true", False),
        ("ArnLike", "aws:SourceArn", "*", "arn:aws:sns:us-east-1:1:t", True),
        ("ArnLike", "aws:SourceArn", "arn:aws", "arn:aws:sns:us-east-1:1:t", False),
        ("StringLike", "sts.example.com:sub", "a*", "ab", True),
    ],
)
def test_values_are_compared_as_their_operator_reads_them(operator, key, value, seen, holds):
    policy = Policy.parse(condition(**{operator: {key: value}}))
    asked = Request(JOB, "s3:GetObject", SCAN, context={key: seen})
    assert evaluate(asked, PolicySet((policy,))).allowed is holds


@pytest.mark.parametrize(
    ("operator", "key", "advice"),
    [
        (
            "ForAnyValue:StringEquals",
            "aws:SourceVpce",
            "has one value: a set operator on it is too permissive",
        ),
        ("StringEquals", "aws:TagKeys", "may have several values"),
        ("ForAllValues:StringEquals", "aws:TagKeys", "also holds where the key is absent"),
        ("StringEquals", "s3:prefix", "s3:prefix is never there in s3:GetObject"),
    ],
)
def test_what_is_seldom_meant_is_said_and_taken(operator, key, advice):
    (finding,) = Policy.parse(condition(**{operator: {key: "a"}})).findings
    assert finding.code is Code.ADVICE
    assert advice in finding.what


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (Finding(Code.VALUE, "A", "b.", "c.", 3), "line 3, A: b. c."),
        (Finding(Code.VALUE, "A", "b."), "A: b."),
        (Finding(Code.SYNTAX, "", "b.", line=2), "line 2: b."),
        (Finding(Code.SYNTAX, "", "b."), "b."),
    ],
)
def test_a_finding_reads_as_a_sentence(finding, told):
    assert str(finding) == told


@pytest.mark.parametrize(
    ("path", "start", "end"),
    [
        (("Statement", 0), (1, 16), (1, 16)),
        (("Statement", 1), (2, 2), (3, 3)),
        ((), (1, 2), (3, 6)),
    ],
)
def test_a_part_of_a_text_has_a_beginning_and_an_end(path, start, end):
    assert span('{"Statement":[1,\n{"a":\n2} ]}', path) == (start, end)


@pytest.mark.parametrize(
    "principal",
    ["arn:aws:iam::111122223333:user", "arn:aws:sts::111122223333:assumed-role/Train", "nobody", ""],
)
def test_who_is_nobody(principal):
    with pytest.raises(InvalidInput):
        Request(principal, "s3:GetObject", SCAN)


@pytest.mark.parametrize(
    ("principal", "account"),
    [("111122223333", "111122223333"), ("accounts.google.com", ""), ("s3.amazonaws.com", "")],
)
def test_callers_without_policies_of_their_own(principal, account):
    assert Request(principal, "s3:GetObject", SCAN).caller.account == account


@pytest.mark.parametrize("value", [{}, {"a": 1}, object()])
def test_a_context_value_is_plain(value):
    with pytest.raises(InvalidInput):
        Request(JOB, "s3:GetObject", SCAN, context={"aws:SourceVpce": value})


def test_a_context_key_can_be_taken_away_and_a_path_be_told():
    path = "arn:aws:iam::111122223333:role/ml/Train"
    asked = Request(
        JOB, "s3:GetObject", SCAN, context={"aws:ResourceAccount": None, "AWS:PrincipalArn": path}
    )
    assert asked.keys.get("aws:resourceaccount") is None
    assert asked.caller.principal_arn == path


CASE = {"request": {"principal": JOB, "action": "s3:GetObject", "resource": SCAN}}


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ([], "a case is a JSON object"),
        ({}, "request is a JSON object"),
        (CASE | {"scp": []}, "no field 'scp'"),
        ({"request": {"principal": JOB}}, "'action' is missing"),
        (CASE | {"scps": {}}, "a list of policies is expected"),
        (CASE | {"identity_policies": [1]}, "a policy is a JSON object"),
        (CASE | {"endpoint_type": "door"}, "gateway or interface"),
    ],
)
def test_a_case_that_cannot_be_read_says_where(case, said):
    with pytest.raises(InvalidInput, match=said):
        read_case(case)


def test_a_case_may_be_text_and_levels_may_stand_alone():
    case = CASE | {
        "identity_policies": [json.dumps(document())],
        "scps": [document(), [document(Action="s3:*")]],
    }
    assert answer(read_case(case))["decision"] == "Allowed"


def test_what_aws_would_store_is_told_with_the_answer():
    case = CASE | {"identity_policies": [document(Action="s3:GetObjekt")]}
    assert "matches no action" in answer(read_case(case))["warnings"][0]
