"""The role may not list the training bucket."""

from __future__ import annotations

from lab_env.course.drills.documents import edit_training_role, restore_training_role, without
from lab_env.course.drills.fault import Fault

SID = "List"

FAULT = Fault(
    id="role_without_list",
    catalogue=20,
    title="The execution role lacks s3:ListBucket on the training bucket.",
    level=2,
    concept="SageMaker lists the input as the execution role before it makes the job",
    touches=frozenset({"role: list"}),
    breaks=lambda hands: edit_training_role(hands, without(SID)),
    repairs=lambda hands: restore_training_role(hands, SID),
    hints=(
        "There are objects under that prefix. Who says that there are none?",
        'List the prefix as the execution role: lab.session_in(…, role="MeridianTrainingRole").',
        "Allow s3:ListBucket on arn:aws:s3:::meridian-phi-training (the bucket, without /*).",
    ),
)
