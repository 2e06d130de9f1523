"""The role may not use the key to read."""

from __future__ import annotations

from lab_env.course.drills.documents import changed, edit_training_role, restore_training_role
from lab_env.course.drills.fault import Fault

SID = "UseTheKey"

FAULT = Fault(
    id="role_without_decrypt",
    catalogue=14,
    title="The execution role lacks kms:Decrypt.",
    level=2,
    concept="to read an SSE-KMS object takes kms:Decrypt on its key",
    touches=frozenset({"role: key"}),
    breaks=lambda hands: edit_training_role(hands, changed(SID, Action="kms:GenerateDataKey")),
    repairs=lambda hands: restore_training_role(hands, SID),
    hints=(
        "The message names an action that is not S3's.",
        "Two decisions are made for a read of an encrypted object. Which one denied?",
        "Give the statement UseTheKey of the role's policy kms:Decrypt again.",
    ),
)
