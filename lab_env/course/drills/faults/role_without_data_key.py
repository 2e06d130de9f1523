"""The role may not use the key to write."""

from __future__ import annotations

from lab_env.course.drills.documents import changed, edit_training_role, restore_training_role
from lab_env.course.drills.fault import Fault

SID = "UseTheKey"

FAULT = Fault(
    id="role_without_data_key",
    catalogue=15,
    title="The execution role lacks kms:GenerateDataKey.",
    level=2,
    concept="to write an SSE-KMS object takes kms:GenerateDataKey on its key",
    touches=frozenset({"role: key"}),
    breaks=lambda hands: edit_training_role(hands, changed(SID, Action="kms:Decrypt")),
    repairs=lambda hands: restore_training_role(hands, SID),
    hints=(
        "It trained. What does it do last, and what does that need that reading does not?",
        "The message names the action that nobody allows.",
        "Give the statement UseTheKey of the role's policy kms:GenerateDataKey again.",
    ),
)
