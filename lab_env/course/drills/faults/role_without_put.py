"""The role may not write the model."""

from __future__ import annotations

from lab_env.course.drills.documents import changed, edit_training_role, restore_training_role
from lab_env.course.drills.fault import Fault

SID = "Write"

FAULT = Fault(
    id="role_without_put",
    catalogue=15,
    title="The execution role may abort an upload to the model bucket, and not make one.",
    level=2,
    concept="the upload needs s3:PutObject on the output's prefix",
    touches=frozenset({"role: write"}),
    breaks=lambda hands: edit_training_role(hands, changed(SID, Action="s3:AbortMultipartUpload")),
    repairs=lambda hands: restore_training_role(hands, SID),
    hints=(
        "It trained, and lost its model. Which call sends the model away?",
        "The message tells the action, and that no identity-based policy allows it.",
        "Give the statement Write of the role's policy s3:PutObject again.",
    ),
)
