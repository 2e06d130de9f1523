"""The training bucket's policy denies everything that comes past the endpoint, the bucket's own settings too."""

from __future__ import annotations

import json

from lab_env import scenario
from lab_env.course.drills.documents import changed, edit_bucket
from lab_env.course.drills.fault import Fault, Hands

SID, BUCKET = "ObjectsOnlyThroughTheEndpoint", scenario.TRAINING_BUCKET


def _break(hands: Hands) -> None:
    arn = f"arn:aws:s3:::{BUCKET}"
    unless = {"StringNotEquals": {"aws:SourceVpce": hands.id("s3_endpoint")}}
    edit_bucket(hands, BUCKET, changed(SID, Action="s3:*", Resource=[arn, f"{arn}/*"], Condition=unless))


def _repair(hands: Hands) -> None:
    document = scenario.bucket_policy(BUCKET, hands.id("s3_endpoint"))
    hands.as_root("s3").put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(document))


FAULT = Fault(
    id="bucket_denies_everything",
    catalogue=13,
    title="The training bucket denies s3:* to whoever does not come through the endpoint.",
    level=3,
    concept="a blanket Deny locks out administrators and services; the root user can put the policy right",
    touches=frozenset({"policy of training"}),
    breaks=_break,
    repairs=_repair,
    hints=(
        "Before a job has a network interface, SageMaker lists its input. From where?",
        "Try to read the bucket's policy from your desk. Who is not bound by a bucket's policy?",
        'lab.root().client("s3") may put the policy right: deny object actions only, with chapter 06\'s exemptions.',
    ),
)
