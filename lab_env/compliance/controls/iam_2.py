"""IAM-2: objects are read and written only through the firm's endpoints, except by principals exempted by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from lab_env.access import Attempted
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Firm, Status
from lab_env.compliance.policies import only_through
from lab_env.compliance.supposed import ANYBODY
from lab_env.compliance.ways import (
    Way,
    buckets_of,
    everybody,
    from_named_addresses,
    inside,
    is_s3,
    on_object,
    outside,
    services_of,
)
from lab_env.compliance.wording import listed
from lab_env.snapshot.state import Bucket, ServiceState

ID = "IAM-2"

ACTIONS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject")


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each of the firm's buckets with data or models."""
    services, firm = services_of(state)
    endpoints = _endpoints(state)
    for bucket in buckets_of(services, firm.buckets):
        tried = list(_tries(state, services, firm, bucket, endpoints))
        served = [item for item in tried if item[3].succeeds]
        exempt = _exempt(state, services, firm, bucket)
        if served:
            yield _fails(bucket, served, endpoints)
        else:
            yield _holds(bucket, [found for *_, found in tried], exempt)


def _endpoints(state: AuditState) -> tuple[str, ...]:
    """The firm's S3 endpoints: those in the VPCs of the training subnets."""
    network = state.network
    vpcs = dict.fromkeys(network.subnet[site.subnet].vpc for site in state.sites)
    return tuple(item.id for vpc in vpcs for item in network.endpoints_of[vpc] if is_s3(item))


def _tries(
    state: AuditState, services: ServiceState, firm: Firm, bucket: Bucket, endpoints: tuple[str, ...]
) -> Iterator[tuple[str, str, Way, Attempted]]:
    """Every request that comes to the bucket past the firm's endpoints: who, what, which way, and what became of it."""
    ways = (*outside(state), *from_named_addresses(state, bucket), *inside(state))
    keys = _keys(bucket, firm)
    for way in ways:
        trace = way.trace(on_object(ANYBODY, ACTIONS[0], bucket))
        if not trace.reached or trace.endpoint in endpoints:
            continue
        for (principal, name), action, key in product(everybody(firm).items(), ACTIONS, keys):
            yield name, action, way, way.ask(services, on_object(principal, action, bucket, key))


def _keys(bucket: Bucket, firm: Firm) -> tuple[str, ...]:
    """Objects to be asked for: one under each prefix that jobs may read, and one elsewhere."""
    prefixes = (*firm.reads, *firm.may_read) if bucket.name in firm.data_buckets else ()
    return tuple(f"{prefix}audit-probe" for prefix in dict.fromkeys(("", *prefixes)))


def _exempt(state: AuditState, services: ServiceState, firm: Firm, bucket: Bucket) -> list[str]:
    """The firm's own principals that are served from the internet: where an unnamed one is not, these are named."""
    internet = outside(state)[0]
    own = [
        arn for arn, item in (state.services or services).identities.items() if item.account == firm.account
    ]
    return [
        arn.rpartition("/")[2]
        for arn in own
        if any(
            internet.ask(services, on_object(arn, action, bucket, key)).succeeds
            for action, key in product(ACTIONS, _keys(bucket, firm))
        )
    ]


def _fails(
    bucket: Bucket, served: list[tuple[str, str, Way, Attempted]], endpoints: tuple[str, ...]
) -> Finding:
    who, action, *_ = served[0]
    ways = listed(dict.fromkeys(item[2].name for item in served))
    sentence = f"{bucket.name} serves requests that come {ways}: {action} by {who}, say."
    first = {(item[0], item[2].name): item for item in reversed(served)}
    evidence = tuple(
        Evidence(bucket.name, f"{what} by {name} {how.name}: {found.why}", found.trace, found.decision)
        for name, what, how, found in reversed(first.values())
    )
    change = only_through(bucket, endpoints) if endpoints else ""
    return Finding(ID, Status.DOES_NOT_HOLD, bucket.name, sentence, change, evidence)


def _holds(bucket: Bucket, refused: list[Attempted], exempt: list[str]) -> Finding:
    but = f", exempted by name: {', '.join(exempt)}" if exempt else ""
    sentence = f"{bucket.name} serves no reads or writes of objects that come past the firm's endpoints{but}."
    seen = {found.why: found for found in reversed(refused)}
    evidence = tuple(
        Evidence(bucket.name, why, found.trace, found.decision) for why, found in reversed(seen.items())
    )
    return Finding(ID, Status.HOLDS, bucket.name, sentence, evidence=evidence)


CONTROL = Control(
    id=ID,
    title="objects are read and written only through the firm's endpoints, except by principals exempted by name",
    question="Would stolen keys read or write the data from anywhere but through the firm's own endpoints?",
    citations=(
        "HIPAA 164.308(a)(4)",
        "HIPAA 164.312(a)(1)",
        "HIPAA 164.312(e)(1)",
        "GDPR Article 25",
        "GDPR Article 32(1)",
        "SOX 404 access",
    ),
    aws_config=("S3_BUCKET_POLICY_GRANTEE_CHECK",),
    security_hub=("S3.6",),
    prowler=("s3_bucket_cross_account_access",),
    judge=judge,
)
