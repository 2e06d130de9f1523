"""The key's policy no longer hands the decision on to the account's IAM policies."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import allow, policy, put_key_policy, restore_key_policy
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    administrators = {"AWS": f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.OPERATOR_ROLE}"}
    put_key_policy(hands, policy(allow("kms:*", "*", Sid="Administrators", Principal=administrators)))


FAULT = Fault(
    id="key_policy_without_account",
    catalogue=14,
    title="The key's policy names the administrators alone, so the role's own Allow does not count.",
    level=3,
    concept="IAM policies count on a key only if its key policy says so (the account's root as principal)",
    touches=frozenset({"key policy"}),
    breaks=_break,
    repairs=restore_key_policy,
    hints=(
        "The role's policy allows the key, and the key still refuses.",
        "Which kind of policy does the message find wanting? Read it: kms.get_key_policy.",
        "Allow arn:aws:iam::123456789012:root kms:* in the key policy: IAM policies count again.",
    ),
)
