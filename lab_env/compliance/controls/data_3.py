"""DATA-3: Block Public Access and BucketOwnerEnforced."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.compliance.changes import call
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status
from lab_env.compliance.ways import buckets_of, services_of
from lab_env.snapshot.state import Bucket, PublicAccessBlock

ID = "DATA-3"

_SETTINGS = {
    "BlockPublicAcls": "block_public_acls",
    "IgnorePublicAcls": "ignore_public_acls",
    "BlockPublicPolicy": "block_public_policy",
    "RestrictPublicBuckets": "restrict_public_buckets",
}


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each fault of each of the firm's buckets with data or models; one for a bucket that is right."""
    services, firm = services_of(state)
    for bucket in buckets_of(services, firm.buckets):
        faults = list(_faults(bucket))
        yield from faults
        if not faults:
            sentence = f"{bucket.name} blocks public access, and no ACL counts there (BucketOwnerEnforced)."
            yield Finding(ID, Status.HOLDS, bucket.name, sentence, evidence=_seen(bucket))


def _faults(bucket: Bucket) -> Iterator[Finding]:
    if not bucket.public_access.complete:
        off = ", ".join(name for name, field in _SETTINGS.items() if not getattr(bucket.public_access, field))
        change = call(
            "put_public_access_block",
            service="s3",
            Bucket=bucket.name,
            PublicAccessBlockConfiguration=dict.fromkeys(_SETTINGS, True),
        )
        sentence = f"{bucket.name} does not block all public access: {off} off."
        yield Finding(ID, Status.DOES_NOT_HOLD, bucket.name, sentence, change, _seen(bucket))
    if bucket.ownership != "BucketOwnerEnforced":
        change = call(
            "put_bucket_ownership_controls",
            service="s3",
            Bucket=bucket.name,
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        )
        sentence = f"In {bucket.name} ACLs count: its object ownership is {bucket.ownership}."
        yield Finding(ID, Status.DOES_NOT_HOLD, bucket.name, sentence, change, _seen(bucket))


def _seen(bucket: Bucket) -> tuple[Evidence, ...]:
    block: PublicAccessBlock = bucket.public_access
    on = [name for name, field in _SETTINGS.items() if getattr(block, field)]
    told = f"Block Public Access: {', '.join(on) or 'nothing'}; object ownership: {bucket.ownership}"
    return (Evidence(bucket.name, told),)


CONTROL = Control(
    id=ID,
    title="Block Public Access and BucketOwnerEnforced",
    question="Is it impossible to make the firm's buckets public, by a policy or by an ACL?",
    citations=("HIPAA 164.312(a)(1)", "GDPR Article 25", "GDPR Article 32(1)", "SOX 404 access"),
    aws_config=("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",),
    security_hub=("S3.8",),
    prowler=("s3_bucket_level_public_access_block", "s3_bucket_acl_prohibited"),
    judge=judge,
)
