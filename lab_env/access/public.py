"""S3 Block Public Access: what a public bucket policy is, and what it is kept from.

*Blocking public access to your Amazon S3 storage*: "The meaning of 'public'".
"""

from __future__ import annotations

from dataclasses import replace

from lab_env.policy import STORED_BY_AWS, Kind, MalformedPolicy, Policy
from lab_env.policy.conditions import Condition
from lab_env.policy.statement import Statement
from lab_env.policy.values import read_network
from lab_env.snapshot.state import Bucket

# A fixed value of one of these keeps a statement for everyone from being public.
_FIXING = frozenset(
    {
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
# Ranges as broad as these are public (IPv4, IPv6).
_BROAD = {4: 8, 6: 32}


def is_public(policy: Policy) -> bool:
    """Whether a bucket policy is public: it lets in everyone, without fixing where from or on whose behalf."""
    return any(_public(statement) for statement in policy.statements)


def public_text(document: str) -> bool:
    """Whether the bucket policy in a text is public; one that is malformed is not, as it is never stored."""
    try:
        return is_public(Policy.parse(document, kind=Kind.RESOURCE, tolerate=STORED_BY_AWS))
    except MalformedPolicy:
        return False


def restricted(bucket: Bucket) -> Policy | None:
    """A bucket's policy as it works: with ``RestrictPublicBuckets`` a public one serves the owner's account alone."""
    policy = bucket.policy
    # Settings that are not known matter only to a public policy.
    if policy is None or not is_public(policy) or not bucket.public_access.restrict_public_buckets:
        return policy
    return replace(policy, statements=(*policy.statements, *_restriction(bucket).statements))


def _restriction(bucket: Bucket) -> Policy:
    others = {
        "Sid": "RestrictPublicBuckets",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, f"{bucket.arn}/*"],
        "Condition": {
            "StringNotEquals": {"aws:PrincipalAccount": bucket.account},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
    document = {"Version": "2012-10-17", "Statement": [others]}
    return Policy.parse(document, kind=Kind.RESOURCE, source="S3 Block Public Access")


def _public(statement: Statement) -> bool:
    element = statement.principals
    if not statement.allow or element is None:
        return False
    everyone = element.negated or element.named.everyone
    return everyone and not any(_fixes(condition) for condition in statement.conditions)


def _fixes(condition: Condition) -> bool:
    operator = condition.operator
    unsure = operator.read is None or operator.negated or operator.if_exists
    if unsure or condition.key.lower() not in _FIXING:
        return False
    if condition.key.lower() == "aws:sourceip":
        return all(_narrow(value) for value in condition.values)
    return not any(sign in value for value in condition.values for sign in ("*", "?", "${"))


def _narrow(value: str) -> bool:
    try:
        network = read_network(value)
    except ValueError:
        return False
    return network.prefixlen > _BROAD[network.version]
