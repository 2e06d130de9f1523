"""The training bucket's policy names another endpoint."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import changed, edit_bucket, restored
from lab_env.course.drills.fault import Fault, Hands

SID, OTHER = "ObjectsOnlyThroughTheEndpoint", "vpce-0123456789abcdef0"


def _break(hands: Hands) -> None:
    document = scenario.bucket_policy(scenario.TRAINING_BUCKET, OTHER)
    edit_bucket(
        hands, scenario.TRAINING_BUCKET, changed(SID, Condition=document["Statement"][0]["Condition"])
    )


def _repair(hands: Hands) -> None:
    original = scenario.bucket_policy(scenario.TRAINING_BUCKET, hands.id("s3_endpoint"))
    edit_bucket(hands, scenario.TRAINING_BUCKET, restored(SID, original))


FAULT = Fault(
    id="bucket_names_another_endpoint",
    catalogue=11,
    title="The training bucket's policy lets in an endpoint that is not the firm's.",
    level=2,
    concept="the bucket's policy and the endpoint's id have to agree",
    touches=frozenset({"policy of training"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "The message says explicit deny in a resource-based policy: which resource, which statement?",
        "lab.explain of the same read shows the value that the condition saw, and the one it wants.",
        "Write lab.names.s3_endpoint into aws:SourceVpce of the training bucket's policy.",
    ),
)
