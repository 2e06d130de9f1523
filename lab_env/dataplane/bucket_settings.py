"""What S3 and KMS refuse although every policy allows it: public policies, ACLs, and disabled keys.

*Blocking public access to your Amazon S3 storage*; *Controlling ownership of objects and disabling ACLs for your
bucket*; *Key states of AWS KMS keys*.
"""

from __future__ import annotations

from botocore.awsrequest import AWSPreparedRequest

from lab_env.access import AccessDecision, AccessRequest
from lab_env.access.public import public_text
from lab_env.cloud.refusals import AwsError
from lab_env.snapshot.state import Bucket, ServiceState

_SETS_ACL = frozenset({"PutBucketAcl", "PutObjectAcl"})
_GRANTS = "x-amz-grant-"
# These give nobody but the owner anything.
_OWNERS_ACLS = frozenset({"private", "bucket-owner-full-control"})


def refused_by_settings(
    request: AWSPreparedRequest, asked: AccessRequest, decision: AccessDecision, state: ServiceState
) -> AwsError | None:
    """What an S3 call that is allowed is refused with; ``None`` when nothing stands in its way.

    Args:
        request: the HTTP request.
        asked: the same, as policies see it.
        decision: it allows the call.
        state: the buckets and keys.
    """
    bucket = state.buckets.get(asked.bucket)
    if bucket is None:
        return None
    if asked.name == "PutBucketPolicy" and bucket.public_access.block_public_policy:
        if public_text(_text(request)):
            return _public_policy(asked, bucket)
    elif bucket.ownership == "BucketOwnerEnforced" and _sets_acl(asked):
        return AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)
    return _disabled(decision, state)


def _public_policy(asked: AccessRequest, bucket: Bucket) -> AwsError:
    what = f'User: {asked.principal} is not authorized to perform: s3:PutBucketPolicy on resource: "{bucket.arn}"'
    why = "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
    return AwsError("AccessDenied", f"{what} {why}", 403)


def _sets_acl(asked: AccessRequest) -> bool:
    canned = asked.headers.get("x-amz-acl", "private")
    own = canned in _OWNERS_ACLS and not any(name.startswith(_GRANTS) for name in asked.headers)
    return not own or (asked.name in _SETS_ACL and "x-amz-acl" not in asked.headers)


def _disabled(decision: AccessDecision, state: ServiceState) -> AwsError | None:
    """S3 passes on what KMS says of a key that is disabled or waits for its deletion."""
    for step in decision.decisions:
        key = state.keys.get(step.request.resource) if step.request.service == "kms" else None
        if key is not None and not key.enabled:
            return AwsError("KMS.DisabledException", f"{key.arn} is disabled.", 400)
    return None


def _text(request: AWSPreparedRequest) -> str:
    body = request.body
    return body.decode("utf-8", "replace") if isinstance(body, bytes | bytearray) else str(body or "")
