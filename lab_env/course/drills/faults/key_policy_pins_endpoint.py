"""The key's policy asks for an endpoint's id, which S3's own call does not carry."""

from __future__ import annotations

from lab_env.course.drills.documents import default_key_policy, deny, put_key_policy, restore_key_policy
from lab_env.course.drills.fault import Fault, Hands


def _break(hands: Hands) -> None:
    document = default_key_policy()
    unless = {"StringNotEquals": {"aws:SourceVpce": hands.id("s3_endpoint")}}
    use = ["kms:Decrypt", "kms:GenerateDataKey"]
    document["Statement"].append(deny(use, "*", Sid="OnlyThroughTheEndpoint", Condition=unless))
    put_key_policy(hands, document)


FAULT = Fault(
    id="key_policy_pins_endpoint",
    catalogue=16,
    title="The key's policy denies what does not come through the endpoint, and S3's call to KMS does not.",
    level=3,
    concept="S3 calls KMS on its side: that call carries no aws:SourceVpce",
    touches=frozenset({"key policy"}),
    breaks=_break,
    repairs=restore_key_policy,
    hints=(
        "The job came through the endpoint. Who asked the key?",
        "Read the key's policy: what does its Deny compare, and what does S3's own call carry?",
        "Take the Deny out. To bind the key to S3, kms:ViaService is the key to ask for.",
    ),
)
