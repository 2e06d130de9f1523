"""Exercise 12.3: the key of the pseudonyms is read by one step's role, whatever other policies allow."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.strangers import ADMIN, JOB, Attempts, administered, role_arn
from lab_env.scenario import TRAINING_BUCKET, trials

ROLE = "MeridianTrialsPreparation"
SID = "PseudonymKeyForOneStep"
RAW = "trials/raw/dm.csv"
OPEN_DATA = "trials/prepared/train/visits.csv"


def _one_reader(state: State) -> tuple[Status, str, str]:
    ask = Attempts.on(state)
    if role_arn(ROLE) not in ask.services.identities:
        return Status.NOT_ATTEMPTED, f"there is no role {ROLE} yet.", "Run the chapter's cells above."
    if ask.inside(ADMIN, "s3:GetObject", TRAINING_BUCKET, trials.KEY_OBJECT).succeeds:
        return (
            Status.NOT_ATTEMPTED,
            f"from subnet A, {scenario.OPERATOR_ROLE} reads s3://{TRAINING_BUCKET}/{trials.KEY_OBJECT}.",
            "The bucket has to refuse it: an Allow elsewhere cannot be taken from everybody.",
        )
    if not administered(ask, TRAINING_BUCKET):
        return (
            Status.NOT_YET,
            "the administrators no longer have the bucket's policy in hand.",
            "Deny reading objects under one prefix. lab.root() can mend the policy.",
        )
    lost = next((said for who, key, said in NEEDED if not _reads(ask, who, key)), "")
    if lost:
        return Status.NOT_YET, f"now {lost}.", "One prefix, one action, and one role exempted by name."
    if ask.outside(JOB, "s3:GetObject", TRAINING_BUCKET, OPEN_DATA).succeeds:
        return (
            Status.NOT_YET,
            "the job's keys read from the internet again: chapter 06's statement is gone.",
            "put_bucket_policy replaces the policy: keep the statements that stood.",
        )
    return Status.DONE, f"the key of the pseudonyms is read by {ROLE}, and by nobody else.", ""


NEEDED = (
    (role_arn(ROLE), trials.KEY_OBJECT, f"{ROLE} cannot read the key either"),
    (role_arn(ROLE), RAW, f"{ROLE} cannot read the raw tables"),
    (JOB, OPEN_DATA, "the training job cannot read what was prepared for it"),
    (ADMIN, OPEN_DATA, f"{scenario.OPERATOR_ROLE} cannot read what was prepared"),
)


def _reads(ask: Attempts, who: str, key: str) -> bool:
    return ask.inside(who, "s3:GetObject", TRAINING_BUCKET, key).succeeds


def _guard_key(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    endpoint = str(find("s3_endpoint"))
    s3 = client("s3")
    standing = scenario.bucket_policy(TRAINING_BUCKET, endpoint)["Statement"]
    deny = {
        "Sid": SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject*",
        "Resource": f"arn:aws:s3:::{TRAINING_BUCKET}/trials/pseudonyms/*",
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role_arn(ROLE)}},
    }
    document = {"Version": "2012-10-17", "Statement": [*standing, deny]}
    s3.put_bucket_policy(Bucket=TRAINING_BUCKET, Policy=json.dumps(document))


KEY_FOR_ONE_STEP = Exercise(
    "12.3",
    "The key of the pseudonyms, for one step only",
    2,
    _one_reader,
    _guard_key,
    hints=(
        "An administrator may do anything by its own policy. Where is a Deny that binds administrators too?",
        "In the bucket's policy, for one prefix, unless one role asks. Keep the statements that chapter 06 put there.",
        (
            "Deny s3:GetObject* on trials/pseudonyms/*, Principal *, with ArnNotEquals on aws:PrincipalArn and the ARN "
            "of MeridianTrialsPreparation; added to what get_bucket_policy gives."
        ),
    ),
)
