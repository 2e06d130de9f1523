"""The policy of a gateway endpoint names the role as its Principal."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import put_endpoint_policy, restore_endpoint_policy
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    document = scenario.endpoint_policy()
    role = f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.TRAINING_ROLE}"
    document["Statement"][0]["Principal"] = {"AWS": role}
    put_endpoint_policy(hands, document)


FAULT = Fault(
    id="endpoint_policy_names_role",
    catalogue=10,
    title='The policy of the gateway endpoint names the role as Principal, where only "*" counts.',
    level=3,
    concept='in a gateway endpoint\'s policy, Principal is "*" and aws:PrincipalArn says who',
    touches=frozenset({"endpoint policy"}),
    breaks=_break,
    repairs=restore_endpoint_policy,
    hints=(
        "The policy seems to allow exactly this role. Read what a gateway endpoint takes for a Principal.",
        "Which element of the statement says who, and may it say that on a gateway endpoint?",
        'Principal "*"; if it has to be that role, a condition on aws:PrincipalArn says so.',
    ),
)
