"""The exercises of chapter 15: a deployment that drifted, and a policy for whoever audits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lab_env.access.reading import reading_actions, reading_policy
from lab_env.compliance import Status as Verdict
from lab_env.course.auditing import AUDITOR, audit_both_subnets, may
from lab_env.course.exercise import Exercise, State, Status
from lab_env.policy.catalogue import matching
from lab_env.scenario import chapter15 as steps
from lab_env.snapshot.iam import read_identity
from lab_env.snapshot.state import Identity

Answer = tuple[Status, str, str]
Client = Callable[[str], Any]
Find = Callable[[str], str | None]

# What an auditor is tempted to be given: told first. Reading patients' data is not reading how it is kept.
_WORST = (
    "s3:GetObject",
    "s3:PutObject",
    "s3:PutBucketPolicy",
    "kms:Decrypt",
    "iam:PutRolePolicy",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "logs:GetLogEvents",
    "dynamodb:GetItem",
    "lambda:GetFunction",
)


def _as_deployed(state: State) -> Answer:
    report = (
        audit_both_subnets(state) if state.describe("cloudtrail", "DescribeTrails")["trailList"] else None
    )
    if report is None:
        told = "nothing is deployed: there is no trail, or a part of the firm's network is missing."
        return Status.NOT_ATTEMPTED, told, "Run the chapter's cells above."
    wrong = [control for control in report.controls if report.status(control.id) is Verdict.DOES_NOT_HOLD]
    wrong = [control for control in wrong if not control.id.startswith("JOB")]
    if not wrong:
        told = "every control that held when it was deployed holds again, in both subnets."
        return Status.DONE, told, ""
    names = ", ".join(control.id for control in wrong)
    if len(wrong) >= steps.CHANGES:
        return (
            Status.NOT_ATTEMPTED,
            f"{names} do not hold.",
            "Compare today's export with the template, resource by resource.",
        )
    saw = next(item for item in report.of(wrong[0].id) if item.status is Verdict.DOES_NOT_HOLD)
    return Status.NOT_YET, f"{names} {_do(wrong)} not hold: {saw.sentence}", "What does the template say?"


def _do(items: list[Any]) -> str:
    return "does" if len(items) == 1 else "do"


def _auditors_policy(state: State) -> Answer:
    auditor = read_identity(partial(state.describe, "iam"), AUDITOR)
    if auditor is None or not auditor.policies:
        return (
            Status.NOT_ATTEMPTED,
            f"there is no role {steps.AUDITOR_ROLE}, or it has no policy.",
            "create_role and put_role_policy.",
        )
    needed = reading_actions()
    missing = [action for action in needed if not may(auditor, action)]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        hint = "An S3 call's action may have another name than the call. List calls name no resource."
        return Status.NOT_YET, f"{steps.AUDITOR_ROLE} may not take {missing[0]}{more}.", hint
    further = list(_beyond(auditor, frozenset(needed)))
    if further:
        more = f", and {len(further) - 1} further actions" if len(further) > 1 else ""
        hint = "Name the actions one by one: a pattern takes in what comes with it, and what AWS adds later."
        return Status.NOT_YET, f"{steps.AUDITOR_ROLE} may also take {further[0]}{more}.", hint
    return (
        Status.DONE,
        f"{steps.AUDITOR_ROLE} may take the {len(needed)} actions, and no other was found.",
        "",
    )


def _beyond(auditor: Identity, needed: frozenset[str]) -> Iterator[str]:
    """Actions that are allowed and not needed: the worst first, then every other one of the services read."""
    services = dict.fromkeys(action.partition(":")[0] for action in needed)
    known = [found.name for service in services for found in matching(f"{service}:*")]
    for action in dict.fromkeys((*_WORST, *known)):
        if action not in needed and may(auditor, action):
            yield action


def _repair(client: Client, find: Find) -> None:
    del find
    steps.repair(client)


def _make_auditor(client: Client, find: Find) -> None:
    del find
    steps.make_auditor(client("iam"), reading_policy())


EXERCISES = (
    Exercise(
        "15.1",
        "A deployment that drifted, put right by hand",
        3,
        _as_deployed,
        _repair,
        hints=(
            "Five controls fail, each because of one change. Which resource does each finding name?",
            "Export again and compare resource by resource: what differs from the template is what somebody changed.",
            (
                "Revoke the egress rule to 0.0.0.0/0; AddRouteTableIds for subnet B's table; versioning Enabled; the "
                "TlsOnly statement back into the training bucket's policy; start_logging."
            ),
        ),
    ),
    Exercise(
        "15.2",
        "The auditor's policy: the fixed list of calls, and nothing else",
        3,
        _auditors_policy,
        _make_auditor,
        hints=(
            "Begin with READS: a service and a call make an action, service:Call.",
            "Three calls of S3 have actions of another name: GetBucketEncryption, GetPublicAccessBlock, ListBuckets.",
            "GetEncryptionConfiguration, GetBucketPublicAccessBlock, ListAllMyBuckets; no pattern; nothing for sts.",
        ),
    ),
)
