"""The model bucket refuses uploads that do not name the key in a form that no request uses."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import deny, edit_bucket, with_statement, without
from lab_env.course.drills.fault import Fault, Hands

SID, BUCKET = "OnlyWithTheKey", scenario.MODEL_BUCKET


def _break(hands: Hands) -> None:
    unless = {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": scenario.KEY_ALIAS}}
    statement = deny("s3:PutObject", f"arn:aws:s3:::{BUCKET}/*", Sid=SID, Condition=unless)
    edit_bucket(hands, BUCKET, with_statement(statement))


FAULT = Fault(
    id="upload_wants_another_key",
    catalogue=15,
    title="The model bucket denies uploads whose header is not the key's alias, and jobs send the key's ARN.",
    level=3,
    concept="a policy compares the header as text: it resolves no alias",
    touches=frozenset({"policy of models"}),
    breaks=_break,
    repairs=lambda hands: edit_bucket(hands, BUCKET, without(SID)),
    hints=(
        "Reading works, writing is denied by the bucket. What does an upload bring that a read does not?",
        "Read the model bucket's policy: which header does it compare, and with what?",
        "Compare with the key's ARN (lab.names.kms_key), or take the statement out.",
    ),
)
