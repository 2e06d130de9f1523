"""LOG-1: S3 server access logging is on, to a separate bucket."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.changes import call
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.ways import buckets_of, services_of
from lab_env.snapshot.state import Bucket, ServiceState

ID = "LOG-1"


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each of the firm's buckets with data or models."""
    services, firm = services_of(state)
    for bucket in buckets_of(services, firm.buckets):
        fault = _fault(bucket, services, firm.buckets)
        evidence = (Evidence(bucket.name, f"server access log: {bucket.log_bucket or 'nowhere'}"),)
        if fault:
            yield Finding(ID, Status.DOES_NOT_HOLD, bucket.name, f"{fault}.", _change(bucket), evidence)
        else:
            sentence = f"Access to {bucket.name} is logged to {bucket.log_bucket}/{bucket.log_prefix}."
            yield Finding(ID, Status.HOLDS, bucket.name, sentence, evidence=evidence)


def _fault(bucket: Bucket, services: ServiceState, watched: tuple[str, ...]) -> str:
    target = bucket.log_bucket
    if not target:
        return f"Access to {bucket.name} is logged nowhere"
    if target in watched:
        return f"Access to {bucket.name} is logged to {target}, beside the data itself"
    if target not in services.buckets:
        return f"Access to {bucket.name} is to be logged to {target}, which is not there"
    if services.buckets[target].account != bucket.account:
        return f"Access to {bucket.name} is logged to {target}, a bucket of another account"
    return ""


def _change(bucket: Bucket) -> str:
    enabled = {"TargetBucket": "BUCKET-FOR-LOGS", "TargetPrefix": f"s3/{bucket.name}/"}
    status = {"LoggingEnabled": enabled}
    return call("put_bucket_logging", service="s3", Bucket=bucket.name, BucketLoggingStatus=status)


CONTROL = Control(
    id=ID,
    title="S3 server access logging is on, to a separate bucket",
    question="Does S3 log every request to the firm's buckets, where whoever reads the data cannot change the log?",
    citations=("HIPAA 164.308(a)(1)(ii)(D)", "HIPAA 164.312(b)", "GDPR Article 32(1)", "SOX 404 operations"),
    aws_config=("S3_BUCKET_LOGGING_ENABLED",),
    security_hub=("S3.9",),
    prowler=("s3_bucket_server_access_logging_enabled",),
    judge=judge,
)
