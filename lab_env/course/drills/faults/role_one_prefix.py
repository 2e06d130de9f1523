"""The role may read a part of the data only."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import changed, edit_training_role, restore_training_role
from lab_env.course.drills.fault import Fault, Hands

SID = "Read"


def _break(hands: Hands) -> None:
    arn = f"arn:aws:s3:::{scenario.TRAINING_BUCKET}"
    edit_training_role(hands, changed(SID, Resource=[f"{arn}/code/*", f"{arn}/train/2025-0*"]))


FAULT = Fault(
    id="role_one_prefix",
    catalogue=33,
    title="The execution role may read the extracts of January to September, and not the later ones.",
    level=2,
    concept="an ARN pattern covers the keys it spells, no others",
    touches=frozenset({"role: read"}),
    breaks=_break,
    repairs=lambda hands: restore_training_role(hands, SID),
    hints=(
        "Which object could not be read? Which ones were read before it?",
        "Compare the key in the message with the patterns in the role's policy.",
        "Let the statement Read cover train/* again.",
    ),
)
