"""The actions behind the fixed list of calls."""

from __future__ import annotations

import pytest

from lab_env.access.reading import action_of, reading_actions, reading_policy
from lab_env.policy import Kind, Policy
from lab_env.policy.catalogue import action
from lab_env.snapshot.account import READS


@pytest.mark.parametrize(
    ("service", "call", "found"),
    [
        ("s3", "GetBucketPolicy", "s3:GetBucketPolicy"),
        ("s3", "GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
        ("ec2", "DescribeVpcs", "ec2:DescribeVpcs"),
        ("sts", "GetCallerIdentity", None),
    ],
)
def test_an_action(service, call, found):
    assert action_of(service, call) == found


def test_every_action_is_one_of_aws_s():
    """By the dated list of all services; and each call but the free one has its action."""
    known = [action(name) for name in reading_actions()]
    assert None not in known
    assert len(known) == sum(map(len, READS.values())) - 1


def test_the_policy_names_these_and_no_pattern():
    """AWS would store it, too."""
    document = reading_policy()
    Policy.parse(document, kind=Kind.IDENTITY)
    named = [one for statement in document["Statement"] for one in statement["Action"]]
    assert tuple(sorted(named)) == reading_actions()
    assert not [one for one in named if "*" in one]
