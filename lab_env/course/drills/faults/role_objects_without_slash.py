"""The role's policy names the prefix without its objects."""

from __future__ import annotations

from lab_env import scenario
from lab_env.course.drills.documents import changed, edit_training_role, restore_training_role
from lab_env.course.drills.fault import Fault, Hands

SID = "Read"


def _break(hands: Hands) -> None:
    arn = f"arn:aws:s3:::{scenario.TRAINING_BUCKET}"
    edit_training_role(hands, changed(SID, Resource=[f"{arn}/code/*", f"{arn}/train/"]))


FAULT = Fault(
    id="role_objects_without_slash",
    catalogue=33,
    title="The execution role's policy names train/ where it should name train/*.",
    level=2,
    concept="without a wildcard an ARN is one key, and a key that ends in a slash is a folder's marker",
    touches=frozenset({"role: read"}),
    breaks=_break,
    repairs=lambda hands: restore_training_role(hands, SID),
    hints=(
        "A 403 on an object, and no word of a Deny: nobody allows.",
        "Compare the object's ARN with each Resource of the role's policy, letter by letter.",
        "train/ is one key. Write train/* in the statement Read.",
    ),
)
