"""The endpoint's policy names the buckets and not their objects."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import allow, policy, put_endpoint_policy, restore_endpoint_policy
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    buckets = [f"arn:aws:s3:::{bucket}" for bucket in scenario.LOCKED_BUCKETS]
    put_endpoint_policy(hands, policy(allow("s3:*", buckets, Sid="OnlyTheFirmsBuckets", Principal="*")))


FAULT = Fault(
    id="endpoint_policy_without_objects",
    catalogue=8,
    title="The endpoint's policy names the buckets' ARNs and not their objects'.",
    level=2,
    concept="a bucket and its objects are two kinds of resources",
    touches=frozenset({"endpoint policy"}),
    breaks=_break,
    repairs=restore_endpoint_policy,
    hints=(
        "A 403: the request arrived. Which policy does the message name?",
        "The job lists and cannot read. Which ARN does a list ask for, and which a read?",
        "Add arn:aws:s3:::bucket/* beside arn:aws:s3:::bucket for both buckets.",
    ),
)
