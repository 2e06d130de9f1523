"""The operator may not pass the role to SageMaker."""

from __future__ import annotations

import json

from lab_env import scenario
from lab_env.course.drills.documents import policy
from lab_env.course.drills.fault import Fault, Hands

ROLE, NAME = scenario.OPERATOR_ROLE, "guard-rail"


def _break(hands: Hands) -> None:
    role = f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.TRAINING_ROLE}"
    unless = {"StringNotEquals": {"iam:PassedToService": "glue.amazonaws.com"}}
    statement = {"Effect": "Deny", "Action": "iam:PassRole", "Resource": role, "Condition": unless}
    hands("iam").put_role_policy(RoleName=ROLE, PolicyName=NAME, PolicyDocument=json.dumps(policy(statement)))


def _repair(hands: Hands) -> None:
    hands("iam").delete_role_policy(RoleName=ROLE, PolicyName=NAME)


FAULT = Fault(
    id="pass_role_refused",
    catalogue=19,
    title="The operator may pass the execution role to AWS Glue only (iam:PassedToService).",
    level=2,
    concept="who starts a job needs iam:PassRole on its role, for the service it goes to",
    touches=frozenset({"operator"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "The message says who may not do what to which role. It is not the job.",
        "Look at the policies of your own role, MeridianAdmin.",
        "The guard-rail denies iam:PassRole unless it is for Glue: mend it for SageMaker, or delete it.",
    ),
)
