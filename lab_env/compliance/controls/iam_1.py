"""IAM-1: the endpoint policy allows only the firm's buckets."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.access import AccessRequest, Attempted
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Firm, Status
from lab_env.compliance.policies import only_these_buckets
from lab_env.compliance.supposed import ANYBODY, strangers_buckets
from lab_env.compliance.ways import (
    Way,
    buckets_of,
    everybody,
    inside,
    lets_through,
    models_of,
    on_bucket,
    on_object,
    roles_of,
    services_of,
)
from lab_env.compliance.wording import listed
from lab_env.policy import Layer
from lab_env.snapshot.state import Bucket, ServiceState

ID = "IAM-1"

_OBJECT_ACTIONS = ("s3:PutObject", "s3:GetObject")


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each S3 endpoint that serves the training subnets; without any, nothing to judge."""
    services, firm = services_of(state)
    served = _endpoints(state, services, firm)
    if not served:
        sentence = (
            "No VPC endpoint leads from the training subnets to S3, so no endpoint policy bears on them."
        )
        yield Finding(ID, Status.NOTHING_TO_JUDGE, "", sentence)
    for endpoint, way in served.items():
        leaks = list(_leaks(way, services, firm))
        stopped = list(_stopped(way, services, firm))
        if leaks:
            yield _fails(endpoint, leaks, firm)
        if stopped:
            yield _too_narrow(endpoint, stopped, firm)
        if not leaks and not stopped:
            yield _holds(endpoint, way, services, firm)


def _endpoints(state: AuditState, services: ServiceState, firm: Firm) -> dict[str, Way]:
    """The S3 endpoints that serve the training subnets, each with a way that leads through it."""
    found: dict[str, Way] = {}
    for bucket in buckets_of(services, firm.data_buckets):
        for way in inside(state):
            trace = way.trace(on_bucket(ANYBODY, "s3:ListBucket", bucket))
            if trace.reached and trace.endpoint:
                found.setdefault(trace.endpoint, way)
    return found


def _leaks(way: Way, services: ServiceState, firm: Firm) -> Iterator[tuple[str, str, Bucket, Attempted]]:
    """What the endpoint's policy lets through to buckets that are not the firm's, and who asked for it."""
    for bucket in buckets_of(services, strangers_buckets(firm)):
        for principal, name in everybody(firm).items():
            for request in _requests(principal, bucket):
                found = way.ask(services, request)
                if lets_through(found, Layer.ENDPOINT):
                    yield name, request.operation, bucket, found


def _requests(principal: str, bucket: Bucket) -> Iterator[AccessRequest]:
    yield from (on_object(principal, action, bucket) for action in _OBJECT_ACTIONS)
    yield on_bucket(principal, "s3:ListBucket", bucket)


def _stopped(way: Way, services: ServiceState, firm: Firm) -> Iterator[tuple[str, Bucket, Attempted]]:
    """What the endpoint's policy keeps a job from that it needs."""
    for role in roles_of(firm):
        for bucket in buckets_of(services, firm.data_buckets):
            for request in (
                on_bucket(role, "s3:ListBucket", bucket),
                on_object(role, "s3:GetObject", bucket),
            ):
                found = way.ask(services, request)
                if not lets_through(found, Layer.ENDPOINT):
                    yield request.operation, bucket, found
        for bucket in models_of(services, firm):
            found = way.ask(services, on_object(role, "s3:PutObject", bucket))
            if not lets_through(found, Layer.ENDPOINT):
                yield "s3:PutObject", bucket, found


def _fails(endpoint: str, leaks: list[tuple[str, str, Bucket, Attempted]], firm: Firm) -> Finding:
    names = ", ".join(dict.fromkeys(bucket.name for _, _, bucket, _ in leaks))
    who, action, bucket, _ = leaks[0]
    sentence = (
        f"The policy of {endpoint} lets requests through to buckets of another account ({names}): {action} on "
        f"{bucket.name} by {who}, say."
    )
    first = {item[2].name: item for item in reversed(leaks)}
    evidence = tuple(
        _evidence(endpoint, f"{what} on {where.name} by {name}", found)
        for name, what, where, found in reversed(first.values())
    )
    change = only_these_buckets(endpoint, firm.buckets)
    return Finding(ID, Status.DOES_NOT_HOLD, endpoint, sentence, change, evidence)


def _too_narrow(endpoint: str, stopped: list[tuple[str, Bucket, Attempted]], firm: Firm) -> Finding:
    action, bucket, found = stopped[0]
    sentence = f"The policy of {endpoint} keeps jobs from the firm's own {bucket.name}: {action} is refused."
    change = only_these_buckets(endpoint, firm.buckets)
    return Finding(
        ID,
        Status.DOES_NOT_HOLD,
        endpoint,
        sentence,
        change,
        (_evidence(endpoint, f"{action} on {bucket.name}", found),),
    )


def _holds(endpoint: str, way: Way, services: ServiceState, firm: Firm) -> Finding:
    sentence = f"The policy of {endpoint} lets requests through to {listed(firm.buckets)}, and to no other account's."
    stranger = next(buckets_of(services, strangers_buckets(firm)))
    evidence = tuple(
        _evidence(
            endpoint,
            f"s3:PutObject on {stranger.name} by {name}",
            way.ask(services, on_object(one, "s3:PutObject", stranger)),
        )
        for one, name in everybody(firm).items()
    )
    return Finding(ID, Status.HOLDS, endpoint, sentence, evidence=evidence)


def _evidence(endpoint: str, asked: str, found: Attempted) -> Evidence:
    return Evidence(endpoint, f"{asked}: {_said(found)}", found.trace, found.decision)


def _said(found: Attempted) -> str:
    """What the endpoint's policy says to a request, whatever the others say."""
    steps = found.decision.decisions if found.decision else ()
    said = steps[0].layers.get(Layer.ENDPOINT) if steps else None
    if said is None:
        return found.why
    if said.denies:
        return f"denied by {listed(one.label for one in said.denies)}"
    return (
        f"let through by {listed(one.label for one in said.allows)}"
        if said.grant
        else "let through by no statement"
    )


CONTROL = Control(
    id=ID,
    title="the endpoint policy allows only the firm's buckets",
    question="Does the VPC endpoint let requests through to the firm's buckets, and to nobody else's?",
    citations=(
        "HIPAA 164.308(a)(4)",
        "HIPAA 164.312(a)(1)",
        "GDPR Article 25",
        "GDPR Article 32(1)",
        "SOX 404 access",
    ),
    aws_config=(),
    security_hub=(),
    prowler=("vpc_endpoint_connections_trust_boundaries",),
    judge=judge,
)
