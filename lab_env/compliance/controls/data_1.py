"""DATA-1: default encryption with a customer-managed KMS key that rotates."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.changes import call
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.need import key_named
from lab_env.compliance.ways import buckets_of, services_of
from lab_env.errors import IncompleteSnapshot
from lab_env.snapshot.state import Bucket, Key, ServiceState

ID = "DATA-1"

_KMS = ("aws:kms", "aws:kms:dsse")


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each of the firm's buckets with data or models."""
    services, firm = services_of(state)
    for bucket in buckets_of(services, firm.buckets):
        fault, change = _fault(bucket, services)
        if fault:
            yield Finding(
                ID, Status.DOES_NOT_HOLD, bucket.name, f"{bucket.name} {fault}.", change, _seen(bucket)
            )
        else:
            sentence = (
                f"{bucket.name} encrypts with {bucket.encryption.key}, the firm's own key, which rotates."
            )
            yield Finding(ID, Status.HOLDS, bucket.name, sentence, evidence=_seen(bucket))


def _fault(bucket: Bucket, services: ServiceState) -> tuple[str, str]:
    """What is wrong with a bucket's encryption, as the end of a sentence, and the change that mends it."""
    if bucket.encryption.algorithm not in _KMS:
        return f"encrypts by default with {bucket.encryption.algorithm}, by no KMS key", _encrypt(
            bucket, services
        )
    if not bucket.encryption.key:
        return "encrypts by default with the key aws/s3, which AWS manages", _encrypt(bucket, services)
    key = services.keys.get(key_named(services, bucket.encryption.key))
    if key is None:
        raise IncompleteSnapshot(
            "nothing is known of the key that encrypts this bucket.",
            where=f"{bucket.name}: {bucket.encryption.key}",
            do="Add KMS's answers for it to the snapshot.",
        )
    if not key.customer_managed:
        return f"encrypts by default with {key.arn}, which AWS manages", _encrypt(bucket, services)
    if not key.enabled:
        return f"encrypts with {key.arn}, which is disabled", call("enable_key", service="kms", KeyId=key.id)
    if not key.rotates:
        change = call("enable_key_rotation", service="kms", KeyId=key.id)
        return f"encrypts with {key.arn}, which does not rotate", change
    return "", ""


def _encrypt(bucket: Bucket, services: ServiceState) -> str:
    key = next(filter(_good, services.keys.values()), None)
    if key is None:
        return call("create_key", service="kms", Description="patients' data")
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key.arn}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    configuration = {"Rules": [rule]}
    return call(
        "put_bucket_encryption",
        service="s3",
        Bucket=bucket.name,
        ServerSideEncryptionConfiguration=configuration,
    )


def _good(key: Key) -> bool:
    return key.customer_managed and key.enabled and key.rotates


def _seen(bucket: Bucket) -> tuple[Evidence, ...]:
    told = f"default encryption {bucket.encryption.algorithm} {bucket.encryption.key}".rstrip()
    return (Evidence(bucket.name, told),)


CONTROL = Control(
    id=ID,
    title="default encryption with a customer-managed KMS key that rotates",
    question="Is what is written to the firm's buckets encrypted with a key that the firm controls and that rotates?",
    citations=("HIPAA 164.312(a)(2)(iv)", "GDPR Article 32(1)"),
    aws_config=("S3_DEFAULT_ENCRYPTION_KMS", "CMK_BACKING_KEY_ROTATION_ENABLED"),
    security_hub=("S3.17", "KMS.4"),
    prowler=("s3_bucket_kms_encryption", "kms_cmk_rotation_enabled"),
    judge=judge,
)
