"""A document with a fault fails with its line, its place and what would do."""

from __future__ import annotations

import json

import pytest

from lab_env.policy import STORED_BY_AWS, Code, Kind, MalformedPolicy, Policy
from lab_env.policy.conditions import condition
from lab_env.policy.statement import actions, resources

GOOD = {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ARN = "arn:aws:s3:::phi/*"


def document(*statements, **more):
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


def statement(**more):
    return {name: value for name, value in (GOOD | more).items() if value is not None}


CASES = [
    (document(statement(), Sttement=1), Code.UNKNOWN_ELEMENT, "Sttement", "Did you mean Statement?"),
    (document(statement(), Version="2012-10-18"), Code.VALUE, "Version", "2012-10-17"),
    ({"Version": "2012-10-17"}, Code.STRUCTURE, "", ""),
    (document(), Code.STRUCTURE, "Statement", ""),
    (document(statement(Effect="allow")), Code.VALUE, "Statement[0].Effect", "Did you mean Allow?"),
    (document(statement(Effect=None)), Code.STRUCTURE, "Statement[0]", "Allow or Deny"),
    (document(statement(Action=None)), Code.STRUCTURE, "Statement[0]", ""),
    (document(statement(NotAction="s3:*")), Code.STRUCTURE, "Statement[0]", "Keep one."),
    (document(statement(Action="GetObject")), Code.VALUE, "Statement[0].Action[0]", "service:Action"),
    (
        document(statement(Action="s3:GetObjekt")),
        Code.UNKNOWN_ACTION,
        "Statement[0].Action[0]",
        "s3:GetObject",
    ),
    (document(statement(Action="s4:GetObject")), Code.UNKNOWN_ACTION, "Statement[0].Action[0]", "s4"),
    (document(statement(Resource="phi/*")), Code.ARN, "Statement[0].Resource[0]", "arn:partition"),
    (document(statement(Resource=f"{ARN}${{aws:username")), Code.VARIABLE, "Statement[0].Resource[0]", ""),
    (document(statement(), statement()), Code.DUPLICATE, "Statement[1].Sid", "Rename"),
    (
        document(statement(Condition={"StringEqual": {"aws:SourceVpce": "x"}})),
        Code.OPERATOR,
        "Statement[0].Condition.StringEqual",
        "StringEquals",
    ),
    (
        document(statement(Condition={"NullIfExists": {"aws:SourceVpce": "true"}})),
        Code.OPERATOR,
        "Statement[0].Condition.NullIfExists",
        "no IfExists",
    ),
    (
        document(statement(Condition={"StringEquals": {"aws:SourceVpcEndpoint": "x"}})),
        Code.UNKNOWN_KEY,
        "Statement[0].Condition.StringEquals.aws:SourceVpcEndpoint",
        "Did you mean aws:SourceVpc",
    ),
    (
        document(statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/33"}})),
        Code.VALUE,
        "Statement[0].Condition.IpAddress.aws:SourceIp",
        "",
    ),
    (
        document(statement(Condition={"DateLessThan": {"aws:CurrentTime": "2026-02-30"}})),
        Code.VALUE,
        "Statement[0].Condition.DateLessThan.aws:CurrentTime",
        "",
    ),
]


@pytest.mark.parametrize(("written", "code", "where", "do"), CASES)
def test_a_fault_is_named_with_its_place_and_what_would_do(written, code, where, do):
    with pytest.raises(MalformedPolicy) as raised:
        Policy.parse(written)
    fault = raised.value.findings[0]
    assert (fault.code, fault.where) == (code, where)
    assert do in fault.do


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        (Kind.IDENTITY, {"Principal": "*"}, "has no Principal"),
        (Kind.IDENTITY, {"Resource": None}, "Resource is missing"),
        (Kind.RESOURCE, {}, "needs a Principal"),
        (Kind.RESOURCE, {"Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}}, "no AWS principal"),
        (Kind.RESOURCE, {"Principal": {"Aws": "*"}}, "no principal type"),
        (Kind.RESOURCE, {"NotPrincipal": {"AWS": "111122223333"}}, "NotPrincipal with Allow"),
        (Kind.TRUST, {"Principal": "*"}, "no Resource"),
    ],
)
def test_each_kind_has_rules_of_its_own(kind, more, told):
    with pytest.raises(MalformedPolicy, match=told):
        Policy.parse(document(statement(**more)), kind=kind)


def test_the_line_is_told():
    text = json.dumps(document(statement(), statement(Sid="B", Effect="Alow")), indent=1)
    with pytest.raises(MalformedPolicy, match="line 12"):
        Policy.parse(text)


def test_a_name_that_stands_twice():
    with pytest.raises(MalformedPolicy, match=r"line 3.*twice"):
        Policy.parse('{"Statement":\n {"Effect": "Allow",\n  "Effect": "Deny"}}')


def test_what_aws_stores_can_be_taken_all_the_same():
    policy = Policy.parse(document(statement(Action="s3:GetObjekt")), tolerate=STORED_BY_AWS)
    assert [fault.code for fault in policy.findings] == [Code.UNKNOWN_ACTION]


DOCUMENT = """{"Version": "2012-10-17", "Statement": [{
  "Effect": "Allow", "NotAction": "s3:Get*", "Resource": "arn:aws:s3:::a/${aws:username}/*",
  "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}, "Null": {"aws:SourceVpc": "true"}}}]}"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2012-10-17", "2008-10-17"),
        ("NotAction", "Action"),
        ("s3:Get*", "s3:Put*"),
        ("a/$", "b/$"),
        ("vpce-1", "vpce-2"),
        ("StringEquals", "StringLike"),
        ('"true"', '"false"'),
    ],
)
def test_policies_are_equal_by_what_they_say(old, new):
    """However many policies were read in between: equality is no matter of what is still remembered."""
    first = Policy.parse(DOCUMENT)
    actions.cache_clear()
    resources.cache_clear()
    condition.cache_clear()
    again = Policy.parse(DOCUMENT)
    assert again == first
    assert hash(again) == hash(first)
    assert Policy.parse(DOCUMENT.replace(old, new)) != first
