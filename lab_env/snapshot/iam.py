"""IAM's answers → `Identity`: a role or a user with the policies that bear on it.

*GetRole*, *ListRolePolicies*, *ListAttachedRolePolicies*, *GetPolicyVersion* and their like for users and groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from lab_env.errors import IncompleteSnapshot
from lab_env.policy import Kind, Policy
from lab_env.snapshot.asking import Describe, ask, pages
from lab_env.snapshot.partial import read_fields
from lab_env.snapshot.policies import stored_policy
from lab_env.snapshot.state import Identity

_NONE = ("NoSuchEntity",)


def read_identity(describe: Describe, arn: str) -> Identity | None:
    """The role or user of an ARN; ``None`` when there is none, or when the ARN is of neither.

    Args:
        describe: asks IAM of the account that the ARN names.
        arn: of a role, a user, or a role's session (which gives the role).

    Raises:
        MalformedPolicy: AWS would never have stored one of its policies.
    """
    account, kind, name = _parts(arn)
    if not kind:
        return None

    @cache
    def item() -> Mapping[str, Any] | None:
        answer = ask(describe, f"Get{kind}", _NONE, **{f"{kind}Name": name})
        return None if answer is None else dict(answer[kind])

    with suppress(IncompleteSnapshot):
        own = str((item() or {}).get("Arn", ""))
        # A name is unique in its account; a path in the ARN must be the right one.
        if own.split(":")[4:5] != [account] or (":assumed-role/" not in arn and own != arn):
            return None
        arn = own
    return read_fields(
        Identity,
        arn=arn,
        policies=lambda: tuple(_policies(describe, kind, name)),
        boundary=lambda: _boundary(describe, item() or {}),
        trust=lambda: _trust(item() or {}, name) if kind == "Role" else None,
    )


def identity_arns(describe: Describe) -> Iterator[str]:
    """The ARNs of an account's roles and users; roles of AWS's own services (``/aws-service-role/``) are left out."""
    for operation, key in (("ListRoles", "Roles"), ("ListUsers", "Users")):
        for item in pages(describe, operation, key):
            if not str(item.get("Path", "/")).startswith("/aws-service-role/"):
                yield str(item["Arn"])


def _parts(arn: str) -> tuple[str, str, str]:
    """The account, ``Role`` or ``User``, and the name; all empty when the ARN is of neither."""
    prefix, _, rest = arn.partition(":role/") if ":role/" in arn else arn.partition(":user/")
    if rest:
        return prefix.split(":")[4], "Role" if ":role/" in arn else "User", rest.rpartition("/")[2]
    prefix, _, session = arn.partition(":assumed-role/")
    if session:
        return prefix.split(":")[4], "Role", session.partition("/")[0]
    return "", "", ""


def _policies(describe: Describe, kind: str, name: str) -> Iterator[Policy]:
    """The inline and attached policies of a role, user or group; of a user, its groups' as well."""
    one = {f"{kind}Name": name}
    for inline in pages(describe, f"List{kind}Policies", "PolicyNames", **one):
        answer = ask(describe, f"Get{kind}Policy", _NONE, **one, PolicyName=inline)
        if answer is not None:
            yield stored_policy(answer["PolicyDocument"], Kind.IDENTITY, str(inline))
    for attached in pages(describe, f"ListAttached{kind}Policies", "AttachedPolicies", **one):
        yield managed_policy(describe, attached["PolicyArn"], Kind.IDENTITY)
    if kind == "User":
        for group in pages(describe, "ListGroupsForUser", "Groups", **one):
            yield from _policies(describe, "Group", str(group["GroupName"]))


def _trust(item: Mapping[str, Any], name: str) -> Policy:
    return stored_policy(item["AssumeRolePolicyDocument"], Kind.TRUST, f"trust policy of {name}")


def _boundary(describe: Describe, item: Mapping[str, Any]) -> Policy | None:
    found = item.get("PermissionsBoundary")
    if not found:
        return None
    return managed_policy(describe, found["PermissionsBoundaryArn"], Kind.BOUNDARY)


def managed_policy(describe: Describe, arn: str, kind: Kind) -> Policy:
    """The version in force of a managed policy.

    Args:
        describe: asks IAM.
        arn: the policy's.
        kind: what it serves as.
    """
    version = describe("GetPolicy", {"PolicyArn": arn})["Policy"]["DefaultVersionId"]
    answer = describe("GetPolicyVersion", {"PolicyArn": arn, "VersionId": version})
    return stored_policy(answer["PolicyVersion"]["Document"], kind, arn.rpartition("/")[2])
