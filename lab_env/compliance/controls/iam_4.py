"""IAM-4: training data cannot be copied to another account's bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lab_env.access import Attempted
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Firm, Status
from lab_env.compliance.policies import only_these_buckets
from lab_env.compliance.supposed import ABROAD, strangers_buckets
from lab_env.compliance.ways import (
    Way,
    buckets_of,
    everybody,
    inside,
    on_bucket,
    on_object,
    outside,
    roles_of,
    services_of,
    told_apart,
)
from lab_env.snapshot.state import Bucket, ServiceState

ID = "IAM-4"

# Calls on the firm's own bucket by which S3 itself would hand the data over.
_SHARING = ("s3:PutBucketPolicy", "s3:PutReplicationConfiguration")

Tried = tuple[str, str, Bucket, Way, Attempted]


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each training subnet, and one for each role of the jobs, that could carry the data away."""
    services, firm = services_of(state)
    strangers = tuple(buckets_of(services, (*strangers_buckets(firm), ABROAD)))
    ways: dict[str, list[Way]] = {}
    for way in inside(state):
        ways.setdefault(way.site, []).append(way)
    for subnet, own in ways.items():
        yield _finding(subnet, list(_copies(everybody(firm), own, strangers, services)), firm)
    for role in roles_of(firm):
        who = {role: role.rpartition("/")[2]}
        apart = told_apart((*outside(state), *inside(state)), on_bucket(role, "s3:ListBucket", strangers[0]))
        tried = list(_copies(who, apart, strangers, services))
        tried += _shares(who, outside(state)[0], services, firm)
        yield _finding(role, tried, firm)


def _copies(
    who: dict[str, str], ways: Iterable[Way], buckets: tuple[Bucket, ...], services: ServiceState
) -> Iterator[Tried]:
    for way in ways:
        for bucket in buckets:
            for principal, name in who.items():
                found = way.ask(services, on_object(principal, "s3:PutObject", bucket))
                yield name, "s3:PutObject", bucket, way, found


def _shares(who: dict[str, str], way: Way, services: ServiceState, firm: Firm) -> Iterator[Tried]:
    for bucket in buckets_of(services, firm.data_buckets):
        for principal, name in who.items():
            for action in _SHARING:
                yield name, action, bucket, way, way.ask(services, on_bucket(principal, action, bucket))


def _finding(resource: str, tried: list[Tried], firm: Firm) -> Finding:
    done = [item for item in tried if item[4].succeeds]
    name = resource.rpartition("/")[2]
    what = f"The role {name}" if "/" in resource else f"What runs in {name}"
    if not done:
        sentence = (
            f"{what} cannot put training data into another account's bucket: {len(tried)} requests tried."
        )
        seen = {found.why: (bucket, found) for _, _, bucket, _, found in reversed(tried)}
        evidence = tuple(
            Evidence(bucket.name, why, found.trace, found.decision)
            for why, (bucket, found) in reversed(seen.items())
        )
        return Finding(ID, Status.HOLDS, resource, sentence, evidence=evidence)
    who, action, bucket, way, found = done[0]
    sentence = (
        f"{what} can carry training data into another account: {action} on {bucket.name} {way.name} by {who}, say "
        f"({len(done)} of {len(tried)} requests tried)."
    )
    first = {(item[0], item[1], item[3].name): item for item in reversed(done)}
    evidence = tuple(
        Evidence(where.name, f"{asked} by {name} {how.name}: {one.why}", one.trace, one.decision)
        for name, asked, where, how, one in reversed(first.values())
    )
    endpoint = found.trace.endpoint if way.site and "/" not in resource else None
    change = only_these_buckets(endpoint, firm.buckets) if endpoint else ""
    return Finding(ID, Status.DOES_NOT_HOLD, resource, sentence, change, evidence)


CONTROL = Control(
    id=ID,
    title="training data cannot be copied to another account's bucket",
    question=(
        "Could training data be put into another account's bucket, from a training subnet with any credentials, or "
        "with the job's credentials from anywhere?"
    ),
    citations=("HIPAA 164.312(a)(1)", "HIPAA 164.312(e)(1)", "GDPR Article 25", "GDPR Article 32(1)"),
    aws_config=(),
    security_hub=(),
    prowler=("s3_bucket_cross_account_access",),
    judge=judge,
)
