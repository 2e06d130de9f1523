"""DATA-2: TLS is required."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lab_env.access import AccessRequest, Attempted
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status, TrainingSite
from lab_env.compliance.policies import only_by_tls
from lab_env.compliance.supposed import ANYBODY, open_group, with_open_groups
from lab_env.compliance.ways import (
    Way,
    buckets_of,
    everybody,
    inside,
    on_bucket,
    on_object,
    outside,
    services_of,
    told_apart,
)
from lab_env.network.lookups import derived
from lab_env.snapshot.state import Bucket, ServiceState

ID = "DATA-2"

_OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject")
_BUCKET_ACTIONS = ("s3:ListBucket", "s3:GetBucketPolicy")

Tried = tuple[str, str, Way, Attempted, Attempted]


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each of the firm's buckets with data or models."""
    services, firm = services_of(state)
    ways = [outside(state)[0], *_unfiltered(state)]
    people = everybody(firm) | {
        arn: arn.rpartition("/")[2]
        for arn, item in services.identities.items()
        if item.account == firm.account and "audit-probe" not in arn
    }
    for bucket in buckets_of(services, firm.buckets):
        apart = told_apart(ways, on_object(ANYBODY, "s3:GetObject", bucket))
        tried = list(_tries(bucket, people, apart, services))
        served = [item for item in tried if item[4].succeeds]
        if served:
            yield _fails(bucket, served)
        elif any(item[3].succeeds for item in tried):
            yield _holds(bucket, [item for item in tried if item[3].succeeds])
        else:
            sentence = f"{bucket.name} serves nobody who was tried, with or without TLS."
            yield Finding(ID, Status.NOTHING_TO_JUDGE, bucket.name, sentence)


def _unfiltered(state: AuditState) -> tuple[Way, ...]:
    """From each training subnet, by a host whose own security group stands in nothing's way: a bucket has to refuse."""
    network = derived(state.network, "open groups", lambda: with_open_groups(state.network))
    subnets = dict.fromkeys(site.subnet for site in state.sites)
    sites = (TrainingSite(name, (open_group(network.subnet[name].vpc),)) for name in subnets)
    return inside(replace(state, network=network, sites=tuple(sites)))


def _tries(
    bucket: Bucket, people: dict[str, str], ways: tuple[Way, ...], services: ServiceState
) -> Iterator[Tried]:
    """Each request, with TLS and without: who, what, which way, and what became of either."""
    for way in ways:
        for principal, name in people.items():
            for request in _requests(principal, bucket):
                plain = replace(request, secure=False)
                yield name, request.operation, way, way.ask(services, request), way.ask(services, plain)


def _requests(principal: str, bucket: Bucket) -> Iterator[AccessRequest]:
    yield from (on_object(principal, action, bucket) for action in _OBJECT_ACTIONS)
    yield from (on_bucket(principal, action, bucket) for action in _BUCKET_ACTIONS)


def _fails(bucket: Bucket, served: list[Tried]) -> Finding:
    who, action, way, _, _ = served[0]
    sentence = f"{bucket.name} serves requests without TLS: {action} by {who} {way.name}, say."
    first = {(item[1], item[2].name): item for item in reversed(served)}
    evidence = tuple(
        Evidence(
            bucket.name,
            f"{what} by {name} {how.name} by plain HTTP: {plain.why}",
            plain.trace,
            plain.decision,
        )
        for name, what, how, _, plain in reversed(first.values())
    )
    return Finding(ID, Status.DOES_NOT_HOLD, bucket.name, sentence, only_by_tls(bucket), evidence)


def _holds(bucket: Bucket, tried: list[Tried]) -> Finding:
    sentence = f"{bucket.name} refuses without TLS each of {len(tried)} requests that it serves with TLS."
    seen = {plain.why: plain for *_, plain in reversed(tried)}
    evidence = tuple(
        Evidence(bucket.name, why, plain.trace, plain.decision) for why, plain in reversed(seen.items())
    )
    return Finding(ID, Status.HOLDS, bucket.name, sentence, evidence=evidence)


CONTROL = Control(
    id=ID,
    title="TLS is required",
    question="Do the firm's buckets refuse every request that comes without TLS?",
    citations=(
        "HIPAA 164.312(e)(1)",
        "HIPAA 164.312(e)(2)(i)",
        "HIPAA 164.312(e)(2)(ii)",
        "GDPR Article 32(1)",
    ),
    aws_config=("S3_BUCKET_SSL_REQUESTS_ONLY",),
    security_hub=("S3.5",),
    prowler=("s3_bucket_secure_transport_policy",),
    judge=judge,
)
