"""The role's trust policy asks for another account's jobs."""

from __future__ import annotations

from lab_env.course.drills.documents import policy, put_trust, restore_trust
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-west-2:123456789012:*"}},
    }
    put_trust(hands, policy(statement))


FAULT = Fault(
    id="trust_wrong_source",
    catalogue=18,
    title="The execution role's trust policy asks for jobs of another Region (aws:SourceArn).",
    level=2,
    concept="aws:SourceArn names the job for which a service assumes a role",
    touches=frozenset({"trust"}),
    breaks=_break,
    repairs=restore_trust,
    hints=(
        "The trust policy names SageMaker. Under which condition?",
        "Compare aws:SourceArn in the trust policy with the ARN that this job would have.",
        "Write us-east-1 into the pattern, or take the condition away.",
    ),
)
