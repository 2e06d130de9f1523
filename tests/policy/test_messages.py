"""A denial in AWS's own words."""

from __future__ import annotations

import pytest

from lab_env.policy import access_denied, denial, evaluate
from lab_env.policy.cases import read_case
from tests.policy.table import PRINCIPALS, case

USER = f"User: {PRINCIPALS['session']} is not authorized to perform: s3:GetObject"
ON = 'on resource: "arn:aws:s3:::phi/scan.dcm"'
ALLOW = [["A", "Allow", "*", "*"]]
EVERYONE = [["B", "Allow", "s3:*", "arn:aws:s3:::phi/*", {"Principal": "*"}]]
DENY = [["D", "Deny", "s3:*", "arn:aws:s3:::phi/*", {"Principal": "*"}]]
NOWHERE = [["E", "Allow", "s3:*", "arn:aws:s3:::other/*", {"Principal": "*"}]]
ORGANIZATION = {"aws:PrincipalOrgID": "o-firm", "aws:ResourceOrgID": "o-firm"}


def decided(**line):
    found = read_case(case({"id": "", **line}))
    return evaluate(found.request, found.policies)


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ({}, "because no identity-based policy allows the s3:GetObject action"),
        (
            {"identity": ALLOW, "boundary": [["P", "Allow", "ec2:*", "*"]]},
            "because no permissions boundary allows the s3:GetObject action",
        ),
        (
            {"identity": ALLOW, "session": [["S", "Allow", "ec2:*", "*"]]},
            "because no session policy allows the s3:GetObject action",
        ),
        (
            {"identity": ALLOW, "scps": [[["C", "Allow", "ec2:*", "*"]]]},
            "because no service control policy allows the s3:GetObject action",
        ),
        (
            {"identity": ALLOW, "endpoint": NOWHERE},
            "because no VPC endpoint policy allows the s3:GetObject action",
        ),
        ({"identity": [["D", "Deny", "s3:*", "*"]]}, "with an explicit deny in an identity-based policy"),
        ({"identity": ALLOW, "resource_policy": DENY}, "with an explicit deny in a resource-based policy"),
        ({"identity": ALLOW, "endpoint": DENY}, "with an explicit deny in a VPC endpoint policy"),
        ({"identity": ALLOW, "rcps": [DENY]}, "with an explicit deny in a resource control policy"),
    ],
)
def test_the_callers_own_account_is_told_why(line, because):
    assert access_denied(decided(**line)) == f"{USER} {ON} {because}"


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ({"principal": "stranger", "identity": ALLOW}, True),
        ({"principal": "anonymous"}, True),
        ({"principal": "stranger", "identity": ALLOW, "context": ORGANIZATION}, False),
        (
            {
                "principal": "stranger",
                "identity": ALLOW,
                "resource_policy": EVERYONE,
                "endpoint": NOWHERE,
                "context": ORGANIZATION,
            },
            True,
        ),
    ],
)
def test_s3_tells_strangers_nothing(line, plain):
    assert (access_denied(decided(**line)) == "Access Denied") is plain


def test_a_key_policy_that_does_not_delegate():
    line = {
        "action": "kms:Decrypt",
        "resource": "key",
        "identity": ALLOW,
        "resource_policy": [["K", "Deny", "kms:Encrypt", "*", {"Principal": "*"}]],
    }
    said = access_denied(decided(**line))
    assert said.endswith("because no resource-based policy allows the kms:Decrypt action")
    assert " on resource: arn:aws:kms:us-east-1:111122223333:key/" in said


def test_codes_and_statuses():
    head = denial(decided(), head=True)
    assert (head.code, head.message, head.status) == ("403", "Forbidden", 403)
    assert (denial(decided()).code, denial(decided()).status) == ("AccessDenied", 403)
    assert denial(decided(action="ec2:RunInstances", resource="*")).code == "UnauthorizedOperation"
    assert denial(decided(action="kms:ListAliases", resource="*")).status == 400


def test_there_is_nothing_to_say_of_what_is_allowed():
    with pytest.raises(ValueError, match="allowed"):
        access_denied(decided(identity=ALLOW))
