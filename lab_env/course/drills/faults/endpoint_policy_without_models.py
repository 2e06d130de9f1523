"""The endpoint's policy lets through to the training bucket only."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import allow, policy, put_endpoint_policy, restore_endpoint_policy
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    arn = f"arn:aws:s3:::{scenario.TRAINING_BUCKET}"
    put_endpoint_policy(
        hands, policy(allow("s3:*", [arn, f"{arn}/*"], Sid="OnlyTheFirmsBuckets", Principal="*"))
    )


FAULT = Fault(
    id="endpoint_policy_without_models",
    catalogue=8,
    title="The endpoint's policy lets through to the training bucket, and not to the bucket for models.",
    level=2,
    concept="the endpoint's policy has to name every bucket that a job uses, the one it writes to as well",
    touches=frozenset({"endpoint policy"}),
    breaks=_break,
    repairs=restore_endpoint_policy,
    hints=(
        "At which stage did the job fail? What does it do there that it did not do before?",
        "The data came in by the endpoint, and the model goes out by it.",
        "Add the model bucket's two ARNs to the endpoint's policy.",
    ),
)
