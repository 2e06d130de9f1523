"""The endpoint's policy holds nothing but a Deny: nothing is allowed."""

from __future__ import annotations

from lab_env.course.drills.documents import deny, policy, put_endpoint_policy, restore_endpoint_policy
from lab_env.course.drills.fault import Fault, Hands

THEIRS = "arn:aws:s3:::totally-legit-backups/*"


def _break(hands: Hands) -> None:
    put_endpoint_policy(hands, policy(deny("s3:*", THEIRS, Sid="NotTheirs")))


FAULT = Fault(
    id="endpoint_policy_only_denies",
    catalogue=10,
    title="The endpoint's policy has a Deny and no Allow, so nothing passes.",
    level=2,
    concept="a policy of your own replaces the default one that allows everything",
    touches=frozenset({"endpoint policy"}),
    breaks=_break,
    repairs=restore_endpoint_policy,
    hints=(
        "The message says that no endpoint policy allows. It does not say deny.",
        "Read the endpoint's policy. Which of its statements would let the job through?",
        'Add an Allow for the firm\'s two buckets and their objects, Principal "*".',
    ),
)
