"""The key's policy is pinned to objects' ARNs, and the buckets use a bucket key."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import default_key_policy, deny, put_key_policy, restore_key_policy
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    document = default_key_policy()
    objects = [f"arn:aws:s3:::{bucket}/*" for bucket in scenario.LOCKED_BUCKETS]
    unless = {"StringNotLike": {"kms:EncryptionContext:aws:s3:arn": objects}}
    document["Statement"].append(deny("kms:Decrypt", "*", Sid="OnlyTheFirmsObjects", Condition=unless))
    put_key_policy(hands, document)


FAULT = Fault(
    id="key_policy_pins_object",
    catalogue=17,
    title="The key's policy wants an object's ARN as encryption context, and a bucket key gives the bucket's.",
    level=3,
    concept="with a bucket key the encryption context is the bucket's ARN",
    touches=frozenset({"key policy"}),
    breaks=_break,
    repairs=restore_key_policy,
    hints=(
        "The key's policy has a Deny. What does its condition look at?",
        "BucketKeyEnabled is true for these buckets: which ARN does S3 send as encryption context then?",
        "Name the buckets' ARNs (without /*) in the condition as well, or take the Deny out.",
    ),
)
