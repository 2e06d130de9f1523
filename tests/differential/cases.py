"""The cases that both evaluators decide: random ones, of what both of them claim to know.

Left out: session policies (the naive evaluator in tests/policy has them), a VPC endpoint's or an RCP's Principal
(the other evaluator takes ``*`` alone), an RCP that allows (Organizations has none).
"""

from __future__ import annotations

from random import Random

from lab_env.policy.cases import read_case
from tests.policy.strategies import CONDITIONS, CONTEXT, OWN, Words, random_case

FIRST_SEED = 100_000
_MORE = (
    ("NumericLessThan", "aws:MultiFactorAuthAge", ("300", "3600.5")),
    ("NumericNotEquals", "aws:MultiFactorAuthAge", ("300",)),
    ("NumericGreaterThanEqualsIfExists", "aws:MultiFactorAuthAge", ("300",)),
    ("DateGreaterThan", "aws:CurrentTime", ("2026-01-01T00:00:00Z", "2027-01-01")),
    ("DateLessThanEquals", "aws:CurrentTime", ("2026-06-01T12:00:00Z",)),
    ("DateNotEquals", "aws:CurrentTime", ("2026-06-01T12:00:00Z",)),
    ("IpAddress", "aws:SourceIp", ("203.0.113.0/24", "2001:db8::/32")),
    ("NotIpAddress", "aws:SourceIp", ("203.0.113.0/24", "10.0.0.1")),
    ("IpAddressIfExists", "aws:SourceIp", ("198.51.100.7",)),
    ("ArnLike", "aws:PrincipalArn", (f"arn:aws:iam::{OWN}:role/*", "arn:aws:iam::*:user/a?a")),
    ("ArnNotLike", "aws:PrincipalArn", (f"arn:aws:iam::{OWN}:role/*",)),
    ("ArnEquals", "aws:SourceArn", (f"arn:aws:sns:*:{OWN}:t",)),
    ("ArnNotEqualsIfExists", "aws:SourceArn", (f"arn:aws:sns:*:{OWN}:t",)),
    ("StringLike", "aws:PrincipalTag/team", ("${aws:PrincipalTag/none, 'm?'}", "${*}")),
    ("StringNotEquals", "aws:PrincipalTag/team", ("${aws:PrincipalTag/none}",)),
    ("ForAllValues:StringLikeIfExists", "aws:TagKeys", ("a*",)),
    ("ForAnyValue:StringLikeIfExists", "aws:TagKeys", ("a*",)),
    ("Null", "aws:SourceIp", ("true", "false")),
)
WORDS = Words(
    conditions=(*CONDITIONS, *_MORE),
    context=CONTEXT
    | {
        "aws:MultiFactorAuthAge": ("300", "10", "7200"),
        "aws:CurrentTime": ("2026-06-01T12:00:00Z", "2025-01-01T00:00:00Z", "2028-01-01T00:00:00Z"),
        "aws:SourceIp": ("203.0.113.9", "198.51.100.7", "2001:db8::1", "10.0.0.1"),
        "aws:SourceArn": (f"arn:aws:sns:us-east-1:{OWN}:t", "arn:aws:sns:us-east-1:444455556666:t"),
    },
)
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def case(number):
    """The case of this number, in the form of ``decide``."""
    found = random_case(Random(FIRST_SEED + number), WORDS)
    found["session_policies"] = []
    for policy in [*found["endpoint_policies"], *(own for level in found["rcps"] for own in level)]:
        for statement in policy["Statement"]:
            statement.pop("NotPrincipal", None)
            statement["Principal"] = "*"
    service = found["request"]["action"].partition(":")[0]
    for policy in (own for level in found["rcps"] for own in level):
        for statement in policy["Statement"]:
            statement["Effect"] = "Deny"
            # The other evaluator takes an RCP's actions of named services only.
            if "NotAction" in statement or "*" in statement["Action"]:
                statement.pop("NotAction", None)
                statement["Action"] = [f"{service}:*"]
    return found


def simulation(found):
    """The same case in the form of ``runSimulation``."""
    request, principal = found["request"], found["request"]["principal"]
    anonymous, root = principal == "anonymous", principal.endswith(":root")
    # It looks nothing up: what follows from caller and resource is given, and a root user may do all.
    identity = [] if anonymous else [ALL] if root else found["identity_policies"]
    told = {
        "request": {
            "principal": {"type": "Anonymous"} if anonymous else principal,
            "action": request["action"],
            "resource": {"resource": request["resource"], "accountId": request["resource_account"]},
            "contextVariables": _context(found),
        },
        "identityPolicies": _named(identity),
        "serviceControlPolicies": [] if anonymous else _levels(found["scps"]),
        "resourceControlPolicies": _levels(found["rcps"]),
    }
    if found["resource_policy"]:
        told["resourcePolicy"] = found["resource_policy"]
    if found["permissions_boundaries"] and not (anonymous or root):
        told["permissionBoundaryPolicies"] = _named(found["permissions_boundaries"])
    if found["endpoint_policies"]:
        told["vpcEndpointPolicies"] = _named(found["endpoint_policies"])
    return told


def _context(found):
    keys = read_case(found).request.keys.items()
    return {name: list(values) if name == "aws:TagKeys" else values[0] for name, values in keys}


def _named(policies):
    return [{"name": f"p{number}", "policy": policy} for number, policy in enumerate(policies)]


def _levels(levels):
    return [{"orgIdentifier": f"ou-{n}", "policies": _named(policies)} for n, policies in enumerate(levels)]
