"""What whoever reads an account has to be allowed: the IAM actions behind the fixed list of calls.

*Service Authorization Reference*: a call's name is not always its action's (GetBucketEncryption needs
``s3:GetEncryptionConfiguration``), and ``sts:GetCallerIdentity`` needs none.
"""

from __future__ import annotations

from collections.abc import Mapping

from lab_env.access.tables import is_free, prefix_of, tables
from lab_env.snapshot.account import READS


def action_of(service: str, operation: str) -> str | None:
    """The action that a call of the list needs; ``None`` when it needs none."""
    prefix = prefix_of(service)
    if is_free(prefix, operation):
        return None
    name = tables()["s3"].get(operation, operation) if prefix == "s3" else operation
    return f"{prefix}:{name}"


def reading_actions(calls: Mapping[str, frozenset[str]] = READS) -> tuple[str, ...]:
    """The actions that a list of calls needs, sorted; by default those of reading an account.

    Args:
        calls: operations by boto3's name of their service.
    """
    found = (action_of(service, name) for service, names in calls.items() for name in names)
    return tuple(sorted({action for action in found if action is not None}))


def reading_policy() -> dict[str, object]:
    """An identity policy with these actions and no other, one statement a service."""
    by_service: dict[str, list[str]] = {}
    for action in reading_actions():
        by_service.setdefault(action.partition(":")[0], []).append(action)
    statements = [
        {"Sid": f"Read{service.title()}", "Effect": "Allow", "Action": actions, "Resource": "*"}
        for service, actions in by_service.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}
