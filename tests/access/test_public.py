"""What AWS calls a public bucket policy, and whom a restricted one still serves."""

from __future__ import annotations

from typing import Any

import pytest

from lab_env.access import AccessRequest, decide
from lab_env.access.public import is_public, public_text
from lab_env.policy import Kind
from lab_env.snapshot.state import PublicAccessBlock
from tests.access.world import ALL, FIRM, JOB, THIEF, WAYS, allow, bucket, deny, policy, state

OBJECTS = "arn:aws:s3:::phi/*"


def everyone(**condition: Any) -> dict[str, Any]:
    named = {"Condition": condition} if condition else {}
    return allow("s3:GetObject", OBJECTS, Principal="*", **named)


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        (everyone(), True),
        (allow("s3:GetObject", OBJECTS, Principal={"AWS": "*"}), True),
        (allow("s3:GetObject", OBJECTS, Principal={"AWS": FIRM}), False),
        (deny("s3:*", OBJECTS, Principal="*"), False),
        (everyone(StringEquals={"aws:SourceVpc": "vpc-1"}), False),
        (everyone(StringLike={"aws:SourceVpc": "vpc-*"}), True),
        (everyone(StringNotEquals={"aws:SourceVpc": "vpc-1"}), True),
        (everyone(StringEqualsIfExists={"aws:SourceVpc": "vpc-1"}), True),
        (everyone(StringEquals={"aws:SourceVpc": "${aws:username}"}), True),
        (everyone(Null={"aws:SourceVpc": "false"}), True),
        (everyone(Bool={"aws:SecureTransport": "true"}), True),
        (everyone(IpAddress={"aws:SourceIp": "203.0.113.0/24"}), False),
        (everyone(IpAddress={"aws:SourceIp": "11.0.0.0/8"}), True),
        (everyone(IpAddress={"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}), True),
        (everyone(StringEquals={"aws:PrincipalOrgID": "o-1"}, Bool={"aws:SecureTransport": "true"}), False),
    ],
)
def test_the_meaning_of_public(statement: dict[str, Any], public: bool) -> None:
    assert is_public(policy(statement, kind=Kind.RESOURCE)) is public


def test_a_malformed_policy_is_nothing_to_judge() -> None:
    assert not public_text("{")


@pytest.mark.parametrize(
    ("who", "restricted", "allowed"),
    [(JOB, True, True), (THIEF, True, False), ("anonymous", True, False), (THIEF, False, True)],
)
def test_whom_a_public_policy_serves(who: str, restricted: bool, allowed: bool) -> None:
    block = PublicAccessBlock(restrict_public_buckets=restricted)
    world = state(ALL, buckets=(bucket("phi", everyone(), public_access=block),))
    found = decide(WAYS["internet"], AccessRequest(who, "s3:GetObject", "phi", "scan.dcm"), world)
    assert found.allowed is allowed
