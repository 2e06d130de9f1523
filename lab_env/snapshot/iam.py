"""IAM's answers → `Identity`: a role or a user with the policies that bear on it.

*GetRole*, *ListRolePolicies*, *ListAttachedRolePolicies*, *GetPolicyVersion* and their like for users and groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from lab_env.errors import IncompleteSnapshot
from lab_env.policy import Kind, Policy
from lab_env.snapshot.asking import Describe, answer_of, ask, pages, texts
from lab_env.snapshot.partial import read_fields
from lab_env.snapshot.policies import stored_policy
from lab_env.snapshot.record import Record
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
    def item() -> Record | None:
        answer = ask(describe, f"Get{kind}", _NONE, **{f"{kind}Name": name})
        return None if answer is None else answer.record(kind)

    with suppress(IncompleteSnapshot):
        found = item()
        own = found.arn("Arn") if found is not None else ""
        # A name is unique in its account; a path in the ARN must be the right one.
        if own.split(":")[4:5] != [account] or (":assumed-role/" not in arn and own != arn):
            return None
        arn = own
    return read_fields(
        Identity,
        arn=arn,
        policies=lambda: tuple(_policies(describe, kind, name)),
        boundary=lambda: _boundary(describe, item()),
        trust=lambda: _trust(item(), name) if kind == "Role" else None,
    )


def identity_arns(describe: Describe) -> Iterator[str]:
    """The ARNs of an account's roles and users; roles of AWS's own services (``/aws-service-role/``) are left out."""
    for operation, key in (("ListRoles", "Roles"), ("ListUsers", "Users")):
        for item in pages(describe, operation, key):
            if not item.text("Path", "/").startswith("/aws-service-role/"):
                yield item.arn("Arn")


def _parts(arn: str) -> tuple[str, str, str]:
    """The account, ``Role`` or ``User``, and the name; all empty when the ARN is of neither."""
    parts = arn.split(":", 5)
    account, resource = (parts[4], parts[5]) if len(parts) > 5 else ("", "")
    sort, _, rest = resource.partition("/")
    if sort == "assumed-role":
        return account, "Role", rest.partition("/")[0]
    return (
        (account, sort.title(), rest.rpartition("/")[2])
        if sort in ("role", "user") and rest
        else ("", "", "")
    )


def _policies(describe: Describe, kind: str, name: str) -> Iterator[Policy]:
    """The inline and attached policies of a role, user or group; of a user, its groups' as well."""
    one = {f"{kind}Name": name}
    for inline in texts(describe, f"List{kind}Policies", "PolicyNames", **one):
        answer = ask(describe, f"Get{kind}Policy", _NONE, **one, PolicyName=inline)
        if answer is not None:
            yield stored_policy(answer.document("PolicyDocument"), Kind.IDENTITY, inline)
    for attached in pages(describe, f"ListAttached{kind}Policies", "AttachedPolicies", **one):
        yield _managed(describe, attached.arn("PolicyArn"), Kind.IDENTITY)
    if kind == "User":
        for group in pages(describe, "ListGroupsForUser", "Groups", **one):
            yield from _policies(describe, "Group", group.text("GroupName"))


def _trust(item: Record | None, name: str) -> Policy | None:
    document = item.document("AssumeRolePolicyDocument") if item is not None else None
    return stored_policy(document, Kind.TRUST, f"trust policy of {name}") if document is not None else None


def _boundary(describe: Describe, item: Record | None) -> Policy | None:
    if item is None or "PermissionsBoundary" not in item:
        return None
    return _managed(describe, item.record("PermissionsBoundary").arn("PermissionsBoundaryArn"), Kind.BOUNDARY)


def _managed(describe: Describe, arn: str, kind: Kind) -> Policy:
    """The version in force of a managed policy."""
    version = answer_of(describe, "GetPolicy", PolicyArn=arn).record("Policy").text("DefaultVersionId")
    answer = answer_of(describe, "GetPolicyVersion", PolicyArn=arn, VersionId=version)
    return stored_policy(answer.record("PolicyVersion").document("Document"), kind, arn.rpartition("/")[2])
