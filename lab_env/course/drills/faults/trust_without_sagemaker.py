"""The role lets another service in, and not SageMaker."""

from __future__ import annotations

from lab_env.course.drills.documents import policy, put_trust, restore_trust
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    service = {"Service": "ec2.amazonaws.com"}
    put_trust(hands, policy({"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}))


FAULT = Fault(
    id="trust_without_sagemaker",
    catalogue=18,
    title="The execution role's trust policy names EC2 and not SageMaker.",
    level=1,
    concept="a service assumes a role only if the role's trust policy names it",
    touches=frozenset({"trust"}),
    breaks=_break,
    repairs=restore_trust,
    hints=(
        "No job was made. Who could not do what?",
        "iam.get_role shows who may assume the role.",
        'Let Principal {"Service": "sagemaker.amazonaws.com"} do sts:AssumeRole.',
    ),
)
