"""IAM-3: the execution role has least privilege on S3 and KMS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lab_env.access import AccessDecision, AccessRequest, Attempted, decide
from lab_env.compliance.changes import call
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Firm, Status
from lab_env.compliance.need import beyond, keys_of, needs
from lab_env.compliance.supposed import ANYBODY
from lab_env.compliance.ways import (
    Way,
    buckets_of,
    inside,
    models_of,
    on_bucket,
    outside,
    roles_of,
    services_of,
    told_apart,
)
from lab_env.network.flow import Trace
from lab_env.policy import Layer, Verdict
from lab_env.snapshot.state import ServiceState

ID = "IAM-3"

# What limits a principal by its own account's hand.
_OWN_LAYERS = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SCP)
_SHOWN = 12
# Of what is too much, what a reader should hear of first.
_FIRST = ("s3:PutBucketPolicy", "s3:DeleteObject", "s3:PutObject", "s3:GetObject", "kms:ScheduleKeyDeletion")

Extra = tuple[str, str, AccessDecision]


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for what each role may do too much, one for what it lacks; or one that it is right."""
    services, firm = services_of(state)
    ways = _ways(state, services, firm)
    for role in roles_of(firm):
        asked = list(beyond(services, firm))
        extra = sorted(_extra(role, asked, ways, services, firm), key=_telling)
        lacking = list(_lacking(role, ways[0][0], services, firm))
        if extra:
            yield _too_much(role, extra, len(asked), services, firm)
        if lacking:
            yield _too_little(role, lacking, services, firm)
        if not extra and not lacking:
            yield _holds(role, len(asked))


def _ways(state: AuditState, services: ServiceState, firm: Firm) -> list[tuple[Way, Trace]]:
    """The ways by which the role's requests can come to S3: from where jobs run, and from the internet."""
    bucket = next(buckets_of(services, firm.data_buckets))
    asked = on_bucket(ANYBODY, "s3:ListBucket", bucket)
    tried = [(way, way.trace(asked)) for way in told_apart((*inside(state), outside(state)[0]), asked)]
    return [(way, trace) for way, trace in tried if trace.reached]


def _extra(
    role: str,
    asked: list[tuple[str, str]],
    ways: list[tuple[Way, Trace]],
    services: ServiceState,
    firm: Firm,
) -> Iterator[Extra]:
    """What the role's own policies allow and no job needs."""
    for action, arn in asked:
        request = AccessRequest(role, action, resource=arn, region=firm.regions[0])
        decisions = (decide(trace, request, services) for _, trace in ways)
        allowed = next(filter(_own_policies_allow, decisions), None)
        if allowed is not None:
            yield action, arn, allowed


def _telling(extra: Extra) -> int:
    return _FIRST.index(extra[0]) if extra[0] in _FIRST else len(_FIRST)


def _own_policies_allow(decision: AccessDecision) -> bool:
    said = (decision.decisions[0].layers.get(layer) for layer in _OWN_LAYERS)
    return all(one is None or one.verdict is Verdict.ALLOWED for one in said)


def _lacking(role: str, way: Way, services: ServiceState, firm: Firm) -> Iterator[tuple[str, str, Attempted]]:
    """What a job has to do and the role's own policies do not allow, KMS within S3's calls included."""
    for request in _required(role, services, firm):
        found = way.ask(services, request)
        steps = found.decision.decisions if found.decision else ()
        for step in steps:
            own = (step.layers.get(layer) for layer in _OWN_LAYERS)
            if any(one is not None and one.verdict is not Verdict.ALLOWED for one in own):
                yield step.request.action, step.request.resource, found


def _required(role: str, services: ServiceState, firm: Firm) -> Iterator[AccessRequest]:
    for bucket in buckets_of(services, firm.data_buckets):
        yield on_bucket(role, "s3:ListBucket", bucket)
        for prefix in firm.reads:
            yield AccessRequest(
                role, "s3:GetObject", bucket.name, f"{prefix}audit-probe", region=bucket.region
            )
    for bucket in models_of(services, firm):
        yield AccessRequest(role, "s3:PutObject", bucket.name, "audit-probe", region=bucket.region)


def _name(role: str) -> str:
    return role.rpartition("/")[2]


def _too_much(role: str, extra: list[Extra], asked: int, services: ServiceState, firm: Firm) -> Finding:
    action, arn, _ = extra[0]
    kinds = len({one for one, _, _ in extra})
    sentence = (
        f"{_name(role)} may take {kinds} actions of S3 and KMS that no training job needs: {action} on {arn}, say "
        f"({len(extra)} of {asked} requests tried)."
    )
    first = {one: (arn, decision) for one, arn, decision in reversed(extra)}
    shown = list(reversed(first.items()))[:_SHOWN]
    evidence = tuple(
        Evidence(arn, f"{one}: {decision.why}", None, decision) for one, (arn, decision) in shown
    )
    return Finding(ID, Status.DOES_NOT_HOLD, role, sentence, _change(role, services, firm), evidence)


def _too_little(
    role: str, lacking: list[tuple[str, str, Attempted]], services: ServiceState, firm: Firm
) -> Finding:
    action, arn, _ = lacking[0]
    sentence = f"{_name(role)} lacks what a training job needs: {action} on {arn}."
    evidence = tuple(
        Evidence(arn, f"{one}: {found.why}", found.trace, found.decision) for one, arn, found in lacking
    )
    return Finding(ID, Status.DOES_NOT_HOLD, role, sentence, _change(role, services, firm), evidence)


def _holds(role: str, asked: int) -> Finding:
    sentence = f"{_name(role)} may do what a training job needs of S3 and KMS, and nothing else."
    seen = f"none of {asked} requests beyond the need is allowed by its own policies"
    return Finding(ID, Status.HOLDS, role, sentence, evidence=(Evidence(role, seen),))


def _change(role: str, services: ServiceState, firm: Firm) -> str:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(_statements(services, firm))})
    return (
        call(
            "put_role_policy",
            service="iam",
            RoleName=_name(role),
            PolicyName="training",
            PolicyDocument=document,
        )
        + ", in place of its other policies on S3 and KMS"
    )


def _statements(services: ServiceState, firm: Firm) -> Iterator[dict[str, Any]]:
    data, model = (
        [f"arn:aws:s3:::{name}" for name in names] for names in (firm.data_buckets, firm.model_buckets)
    )
    resources = {
        "data bucket": data,
        "data object": [f"{arn}/{prefix}*" for arn in data for prefix in firm.reads or ("",)],
        "model bucket": model,
        "model object": [f"{arn}/*" for arn in model],
        "key": list(keys_of(services, firm)),
    }
    for need in needs():
        if need.required and resources[need.kind]:
            yield {"Effect": "Allow", "Action": list(need.required), "Resource": resources[need.kind]}


CONTROL = Control(
    id=ID,
    title="the execution role has least privilege on S3 and KMS",
    question="May the role of the training jobs do what the jobs need of S3 and KMS, and nothing else?",
    citations=(
        "HIPAA 164.308(a)(4)",
        "HIPAA 164.312(a)(1)",
        "GDPR Article 25",
        "GDPR Article 32(1)",
        "SOX 404 access",
    ),
    aws_config=("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",),
    security_hub=("KMS.1", "KMS.2"),
    prowler=("iam_inline_policy_no_administrative_privileges",),
    judge=judge,
)
