"""A Deny in the endpoint's policy hits the firm's own principals."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import deny, put_endpoint_policy, restore_endpoint_policy
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    document = scenario.endpoint_policy()
    ours = {"StringEquals": {"aws:PrincipalAccount": scenario.ACCOUNT}}
    document["Statement"].append(deny("s3:*", "*", Sid="OtherAccounts", Condition=ours))
    put_endpoint_policy(hands, document)


FAULT = Fault(
    id="endpoint_policy_denies_account",
    catalogue=9,
    title="A Deny in the endpoint's policy was meant for other accounts and matches the firm's own.",
    level=2,
    concept="an explicit Deny in the endpoint's policy outweighs every Allow",
    touches=frozenset({"endpoint policy"}),
    breaks=_break,
    repairs=restore_endpoint_policy,
    hints=(
        "The message says explicit deny, and in which kind of policy.",
        "Read the conditions of each Deny there with the job's own values.",
        "StringEquals aws:PrincipalAccount matches the firm. Take the statement out, or turn the operator round.",
    ),
)
