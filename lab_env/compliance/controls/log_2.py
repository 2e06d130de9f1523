"""LOG-2: CloudTrail records the bucket's S3 data events, log validation on."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.changes import call
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Firm, Status
from lab_env.compliance.ways import buckets_of, services_of
from lab_env.compliance.wording import listed
from lab_env.snapshot.event_selectors import object_event
from lab_env.snapshot.state import Bucket, Trail

ID = "LOG-2"

# One event of each kind, and whether it only reads.
_EVENTS = {"GetObject": True, "PutObject": False, "DeleteObject": False}


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each of the firm's buckets with data or models."""
    services, firm = services_of(state)
    trails = list(services.trails.values())
    for bucket in buckets_of(services, firm.buckets):
        yield _finding(bucket, trails, firm)


def _finding(bucket: Bucket, trails: list[Trail], firm: Firm) -> Finding:
    by_event = {name: [t for t in trails if _records(t, bucket, name)] for name in _EVENTS}
    missing = [name for name, found in by_event.items() if not found]
    if missing:
        sentence = f"No trail records {listed(missing)} on the objects of {bucket.name}."
        return Finding(ID, Status.DOES_NOT_HOLD, bucket.name, sentence, _select(firm, trails), _seen(trails))
    recording = list({trail.arn: trail for found in by_event.values() for trail in found}.values())
    sound = [trail for trail in recording if trail.validated and trail.bucket not in firm.buckets]
    if all(any(trail in sound for trail in found) for found in by_event.values()):
        sentence = f"{listed(_name(trail) for trail in sound)} records who reads and writes objects of {bucket.name}."
        return Finding(ID, Status.HOLDS, bucket.name, sentence, evidence=_seen(sound))
    first = next(trail for trail in recording if trail not in sound)
    what = f"{_name(first)} records the data events of {bucket.name}"
    if not first.validated:
        sentence = f"{what}, and nobody could tell if its files were changed."
        change = call("update_trail", service="cloudtrail", Name=_name(first), EnableLogFileValidation=True)
    else:
        sentence = f"{what} into {first.bucket}, beside the data itself."
        change = call("update_trail", service="cloudtrail", Name=_name(first), S3BucketName="BUCKET-FOR-LOGS")
    return Finding(ID, Status.DOES_NOT_HOLD, bucket.name, sentence, change, _seen(recording))


def _records(trail: Trail, bucket: Bucket, name: str) -> bool:
    event = object_event(f"{bucket.arn}/audit-probe", name, read=_EVENTS[name])
    return trail.records(event, bucket.region)


def _name(trail: Trail) -> str:
    return trail.arn.rpartition("/")[2]


def _select(firm: Firm, trails: list[Trail]) -> str:
    """Let the first trail that is on record the data events of the firm's buckets; without any, make one.

    Of all of them at once: *PutEventSelectors* overwrites what was there.
    """
    on = next((trail for trail in trails if trail.logging), None)
    if on is None:
        return call(
            "create_trail",
            service="cloudtrail",
            Name="audit",
            S3BucketName="BUCKET-FOR-LOGS",
            IsMultiRegionTrail=True,
            EnableLogFileValidation=True,
        )
    data = {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{name}/" for name in firm.buckets]}
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [data]}
    return call("put_event_selectors", service="cloudtrail", TrailName=_name(on), EventSelectors=[selector])


def _seen(trails: list[Trail]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            trail.arn,
            f"{'on' if trail.logging else 'off'}, to {trail.bucket}, log file validation "
            f"{'on' if trail.validated else 'off'}",
        )
        for trail in trails
    )


CONTROL = Control(
    id=ID,
    title="CloudTrail records the bucket's S3 data events, log validation on",
    question="Can the firm prove who read and wrote which object, from files that nobody changed unnoticed?",
    citations=(
        "HIPAA 164.308(a)(1)(ii)(D)",
        "HIPAA 164.312(b)",
        "GDPR Article 5(2)",
        "GDPR Article 30",
        "GDPR Article 32(1)",
        "SOX 404 changes",
        "SOX 404 operations",
    ),
    aws_config=("CLOUDTRAIL_S3_DATAEVENTS_ENABLED", "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED"),
    security_hub=("S3.22", "S3.23", "CloudTrail.4"),
    prowler=(
        "cloudtrail_s3_dataevents_read_enabled",
        "cloudtrail_s3_dataevents_write_enabled",
        "cloudtrail_log_file_validation_enabled",
    ),
    judge=judge,
)
