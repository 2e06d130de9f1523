"""Random requests with their policies, from few enough words that they meet often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OWN, OTHER = "111122223333", "444455556666"
CALLERS = (
    f"arn:aws:iam::{OWN}:user/ana",
    f"arn:aws:sts::{OWN}:assumed-role/Train/job",
    f"arn:aws:iam::{OWN}:root",
    f"arn:aws:sts::{OTHER}:assumed-role/Other/s",
    "anonymous",
)
NAMED = (OWN, OTHER, *CALLERS[:2], f"arn:aws:iam::{OWN}:role/Train", f"arn:aws:iam::{OTHER}:role/Other")
S3_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
S3_RESOURCES = ("arn:aws:s3:::phi/ana/x", "arn:aws:s3:::phi/b", "arn:aws:s3:::audit/x")
S3_PATTERNS = (
    "*",
    "arn:aws:s3:::phi/*",
    "arn:aws:s3:::*/?",
    "arn:aws:*:::phi/*",
    "arn:aws:s3:::phi/${aws:username}/*",
)
KEY = f"arn:aws:kms:us-east-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KMS_PATTERNS = ("*", KEY, f"arn:aws:kms:*:{OWN}:key/*", f"arn:aws:kms:us-*:{OTHER}:key/*")
CONDITIONS = (
    ("StringEquals", "aws:SourceVpce", ("vpce-0a", "vpce-0b")),
    ("StringNotEquals", "aws:SourceVpce", ("vpce-0a", "vpce-0b")),
    ("StringEqualsIfExists", "AWS:sourcevpce", ("vpce-0a",)),
    ("StringNotEqualsIfExists", "aws:SourceVpce", ("vpce-0a",)),
    ("StringLike", "aws:PrincipalTag/team", ("m*", "?ps", "${aws:username}")),
    ("StringNotLike", "aws:PrincipalTag/team", ("m*", "?ps", "${aws:username}")),
    ("StringEqualsIgnoreCase", "aws:PrincipalTag/team", ("ML", "Ops")),
    ("StringNotEqualsIgnoreCase", "aws:PrincipalTag/team", ("ML", "Ops")),
    ("StringEquals", "aws:PrincipalAccount", (OWN, OTHER)),
    ("StringNotEquals", "aws:ResourceAccount", (OWN, OTHER)),
    ("Bool", "aws:SecureTransport", ("true", "false")),
    ("BoolIfExists", "aws:SecureTransport", ("true", "false")),
    ("Null", "aws:SourceVpce", ("true",)),
    ("Null", "aws:TagKeys", ("false",)),
    ("ForAllValues:StringEquals", "aws:TagKeys", ("a", "b")),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ("a", "b")),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ("a", "b")),
    ("ForAllValues:StringNotLike", "aws:TagKeys", ("a*",)),
)
CONTEXT = {
    "aws:SourceVpce": ("vpce-0a", "vpce-0b", "vpce-0c"),
    "aws:PrincipalTag/team": ("ml", "ops", "ana"),
    "aws:SecureTransport": ("true", "false"),
    "aws:TagKeys": (["a"], ["a", "b"], ["c", "a"], []),
}


@dataclass(frozen=True)
class Words:
    """What conditions and contexts are made of: (operator, key, values), and values by key."""

    conditions: tuple = CONDITIONS
    context: Mapping = field(default_factory=lambda: CONTEXT)


WORDS = Words()


def random_case(rng, words=WORDS):
    """A case as ``decide`` reads it, every list of it there."""
    kms = rng.random() < 0.25
    request = {
        "principal": rng.choice(CALLERS),
        "action": rng.choice(("kms:Decrypt", "kms:GenerateDataKey") if kms else S3_ACTIONS),
        "resource": KEY if kms else rng.choice(S3_RESOURCES),
        "resource_account": OWN,
        "context": {name: rng.choice(values) for name, values in words.context.items() if rng.random() < 0.6},
    }

    def some(chance, layer):
        return [random_policy(rng, layer, words, kms=kms)] if rng.random() < chance else []

    return {
        "request": request,
        "identity_policies": some(0.9, "identity"),
        "permissions_boundaries": some(0.25, "boundary"),
        "session_policies": some(0.25, "session"),
        "scps": [[policy] for policy in some(0.2, "scp") + some(0.1, "scp")],
        "rcps": [[policy] for policy in some(0.1, "rcp")],
        "resource_policy": next(iter(some(0.75, "resource")), None),
        "endpoint_policies": some(0.3, "endpoint"),
    }


def random_policy(rng, layer, words=WORDS, *, kms):
    """One to three statements."""
    statements = [random_statement(rng, layer, words, kms=kms) for _ in range(rng.randint(1, 3))]
    return {"Version": "2012-10-17", "Statement": statements}


def random_statement(rng, layer, words=WORDS, *, kms=False):
    """A statement of that layer: Deny is the exception, conditions and Not… elements are frequent."""
    actions = ("kms:*", "KMS:decrypt", "kms:Generate*", "*") if kms else ("*", "s3:*", "s3:get*", *S3_ACTIONS)
    effect = "Deny" if rng.random() < (0.5 if layer == "rcp" else 0.15) else "Allow"
    found = {
        "Effect": effect,
        "NotAction" if rng.random() < 0.15 else "Action": rng.sample(actions, rng.randint(1, 2)),
        "NotResource" if rng.random() < 0.1 else "Resource": rng.sample(
            KMS_PATTERNS if kms else S3_PATTERNS, 2
        ),
    }
    if layer in ("resource", "endpoint", "rcp"):
        names = {"AWS": rng.sample(NAMED, rng.randint(1, 4))}
        if effect == "Deny" and rng.random() < 0.3:
            found["NotPrincipal"] = names
        else:
            found["Principal"] = "*" if layer == "rcp" or rng.random() < 0.5 else names
    if rng.random() < 0.5:
        conditions = {}
        for name, key, values in rng.sample(words.conditions, rng.randint(1, 2)):
            taken = rng.sample(values, rng.randint(1, len(values)))
            conditions.setdefault(name, {})[key] = taken
        found["Condition"] = conditions
    return found
