"""The role may list another prefix than the job's."""

from __future__ import annotations

from lab_env.course.drills.documents import changed, edit_training_role, restore_training_role
from lab_env.course.drills.fault import Fault

SID = "List"
ELSEWHERE = {"StringLike": {"s3:prefix": ["training/*", "code/*"]}}

FAULT = Fault(
    id="role_lists_wrong_prefix",
    catalogue=20,
    title="The execution role may list training/ and code/, and the data is under train/.",
    level=3,
    concept="s3:prefix is the prefix that a list asks for, compared letter by letter",
    touches=frozenset({"role: list"}),
    breaks=lambda hands: edit_training_role(hands, changed(SID, Condition=ELSEWHERE)),
    repairs=lambda hands: restore_training_role(hands, SID),
    hints=(
        "There are objects under that prefix, and the role has s3:ListBucket. Always?",
        "Read the condition of the statement List beside the prefix in the message.",
        "s3:prefix has to match train/: mend the pattern, or take the condition away.",
    ),
)
