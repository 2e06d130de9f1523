"""The checks of chapter 15's exercises, on a deployment that drifted and on roles for an auditor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.access.reading import reading_actions, reading_policy
from lab_env.course import EXERCISES
from lab_env.scenario import chapter05, chapter06, chapter07
from lab_env.scenario import chapter15 as steps
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    nothing,
)


@pytest.fixture(scope="module")
def chapter() -> Iterator[Lab]:
    """Chapter 15 with chapter 07's logs on."""
    opened = Lab.start(chapter=15)
    chapter07.record(boto3.client)
    yield opened
    opened.stop()


@pytest.fixture
def lab(chapter: Lab) -> Iterator[Lab]:
    """The same, drifted, and without an auditor."""
    steps.drift(boto3.client)
    yield chapter
    iam = boto3.client("iam")
    if steps.AUDITOR_ROLE in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
        steps.make_auditor(iam, reading_policy())
        iam.delete_role_policy(RoleName=steps.AUDITOR_ROLE, PolicyName=steps.AUDITOR_POLICY)
        iam.delete_role(RoleName=steps.AUDITOR_ROLE)


def repaired(*left: str) -> Did:
    """Everything is put right but what is named."""

    def do(lab: Lab) -> None:
        del lab
        calls = {
            "egress": lambda: chapter06.limit_egress(boto3.client("ec2")),
            "table": lambda: chapter05.associate_second_table(boto3.client("ec2")),
            "versions": lambda: chapter06.keep_versions(boto3.client("s3")),
            "policy": lambda: chapter06.limit_buckets(boto3.client),
            "trail": lambda: chapter07.record(boto3.client),
        }
        for name, call in calls.items():
            if name not in left:
                call()

    return do


def auditor(*actions: str, effect: str = "Allow", attached: str = "") -> Did:
    """A role with one statement, and perhaps one of AWS's policies."""

    def do(lab: Lab) -> None:
        del lab
        iam = boto3.client("iam")
        statement: dict[str, Any] = {"Effect": effect, "Action": list(actions), "Resource": "*"}
        steps.make_auditor(iam, {"Version": "2012-10-17", "Statement": [statement]})
        if attached:
            arn = f"arn:aws:iam::aws:policy/{attached}"
            iam.attach_role_policy(RoleName=steps.AUDITOR_ROLE, PolicyArn=arn)

    return do


def narrow(lab: Lab) -> None:
    """The bucket's settings of the firm's bucket alone: the list names every bucket, this one is among them."""
    del lab
    policy = json.loads(json.dumps(reading_policy()))
    for statement in policy["Statement"]:
        if statement["Sid"] == "ReadKms":
            statement["Resource"] = f"arn:aws:kms:{scenario.REGION}:{scenario.ACCOUNT}:key/*"
    steps.make_auditor(boto3.client("iam"), policy)


NEEDED = reading_actions()
BY_CALL = [name.replace("s3:GetEncryptionConfiguration", "s3:GetBucketEncryption") for name in NEEDED]

CASES = {
    "15.1 drifted": ("15.1", nothing, NOT_ATTEMPTED, "NET-2, NET-5, DATA-2, DATA-4, LOG-2 do not hold"),
    "15.1 repaired": ("15.1", repaired(), DONE, "holds again, in both subnets"),
    "15.1 egress left": ("15.1", repaired("egress"), NOT_YET, "NET-5 does not hold"),
    "15.1 subnet B left": ("15.1", repaired("table"), NOT_YET, "NET-2 does not hold"),
    "15.1 versions left": ("15.1", repaired("versions"), NOT_YET, "DATA-4 does not hold"),
    "15.1 policy left": ("15.1", repaired("policy"), NOT_YET, "DATA-2 does not hold"),
    "15.1 trail left": ("15.1", repaired("trail"), NOT_YET, "LOG-2 does not hold"),
    "15.1 two left": ("15.1", repaired("trail", "egress"), NOT_YET, "NET-5, LOG-2 do not hold"),
    "15.2 no role": ("15.2", nothing, NOT_ATTEMPTED, "no role MeridianAuditor"),
    "15.2 as it should be": ("15.2", auditor(*NEEDED), DONE, "and no other"),
    "15.2 everything": ("15.2", auditor("*"), NOT_YET, "may also take s3:GetObject"),
    "15.2 patterns": (
        "15.2",
        auditor("*:Describe*", "*:Get*", "*:List*", "ec2:Search*", "s3:ListAllMyBuckets"),
        NOT_YET,
        "may also take s3:GetObject",
    ),
    "15.2 a write beside": ("15.2", auditor(*NEEDED, "iam:TagRole"), NOT_YET, "may also take iam:TagRole."),
    "15.2 a read beside": ("15.2", auditor(*NEEDED, "kms:ListGrants"), NOT_YET, "also take kms:ListGrants."),
    "15.2 named by the call": ("15.2", auditor(*BY_CALL), NOT_YET, "may not take s3:GetEncryption"),
    "15.2 one missing": ("15.2", auditor(*NEEDED[1:]), NOT_YET, f"may not take {NEEDED[0]}."),
    "15.2 a deny": ("15.2", auditor(*NEEDED, effect="Deny"), NOT_YET, f"(and {len(NEEDED) - 1} more)"),
    "15.2 lists on keys alone": ("15.2", narrow, NOT_YET, "may not take kms:ListAliases"),
    "15.2 SecurityAudit": (
        "15.2",
        auditor(NEEDED[0], attached="SecurityAudit"),
        NOT_YET,
        "further actions",
    ),
}


@each(CASES)
def test_a_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize(
    ("exercise", "do"),
    [("15.1", nothing), ("15.1", repaired("trail")), ("15.2", nothing), ("15.2", auditor("*"))],
)
def test_catching_up(lab, exercise, do):
    do(lab)
    assert_catches_up(lab, exercise)


def test_drift_changes_five_resources_and_catching_up_brings_them_back(chapter):
    """What differs from the template is what was changed; what was put right is what was deployed."""
    repaired()(chapter)
    deployed = chapter.export_cloudformation()
    steps.drift(boto3.client)
    drifted = chapter.export_cloudformation()
    changed = [name for name in deployed.resources if drifted.resources[name] != deployed.resources[name]]
    assert len(changed) == steps.CHANGES
    chapter.catch_up("15.1")
    assert chapter.export_cloudformation().document == deployed.document


@pytest.mark.parametrize("exercise", ["15.1", "15.2"])
def test_a_ladder_of_hints(exercise):
    assert len(EXERCISES[exercise].hints) == 3


def test_before_the_chapter_s_cells(chapter):
    """Last: it opens labs of its own."""
    chapter.stop()
    for exercise in ("15.1", "15.2"):
        assert_sound_before_the_chapter(15, exercise)
