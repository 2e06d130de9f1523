"""DATA-4: versioning protects training data from silent change."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.changes import call
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.ways import buckets_of, services_of
from lab_env.snapshot.state import Bucket

ID = "DATA-4"


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each bucket with training data."""
    services, firm = services_of(state)
    for bucket in buckets_of(services, firm.data_buckets):
        yield _finding(bucket)


def _finding(bucket: Bucket) -> Finding:
    evidence = (Evidence(bucket.name, f"versioning {bucket.versioning or 'never enabled'}"),)
    if bucket.versioning == "Enabled":
        sentence = f"{bucket.name} keeps every version of an object."
        return Finding(ID, Status.HOLDS, bucket.name, sentence, evidence=evidence)
    change = call(
        "put_bucket_versioning",
        service="s3",
        Bucket=bucket.name,
        VersioningConfiguration={"Status": "Enabled"},
    )
    how = "was suspended" if bucket.versioning else "was never enabled"
    sentence = f"What is written over or deleted in {bucket.name} is lost: versioning {how}."
    return Finding(ID, Status.DOES_NOT_HOLD, bucket.name, sentence, change, evidence)


CONTROL = Control(
    id=ID,
    title="versioning protects training data from silent change",
    question="Could training data be changed or deleted without a trace of what it was?",
    citations=("HIPAA 164.308(a)(7)(ii)(A)", "HIPAA 164.312(c)(1)", "GDPR Article 32(1)", "SOX 404 changes"),
    aws_config=("S3_BUCKET_VERSIONING_ENABLED",),
    security_hub=("S3.14",),
    prowler=("s3_bucket_object_versioning",),
    judge=judge,
)
