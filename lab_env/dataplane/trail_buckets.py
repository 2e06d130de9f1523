"""What CloudTrail refuses although the caller may: a bucket whose policy would not let it deliver.

*Amazon S3 bucket policy for CloudTrail* (AWS CloudTrail User Guide); *CreateTrail*, *UpdateTrail* (AWS CloudTrail API
Reference).
"""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.access import AccessRequest
from lab_env.cloud.refusals import AwsError
from lab_env.policy import PolicySet, Request, evaluate
from lab_env.policy.principals import Caller
from lab_env.snapshot.state import Bucket, ServiceState

_SERVICE = "cloudtrail.amazonaws.com"
_ASKING = frozenset({"CreateTrail", "UpdateTrail"})


def refused_by_log_bucket(asked: AccessRequest, state: ServiceState) -> AwsError | None:
    """What a call that names a trail's bucket is refused with; ``None`` when CloudTrail may write there.

    Args:
        asked: the call, which its caller may make.
        state: the buckets and their policies.
    """
    name = str(asked.params.get("S3BucketName", ""))
    bucket = state.buckets.get(name) if asked.name in _ASKING else None
    # Of a bucket that is not there, CloudTrail says so in words of its own.
    if bucket is None:
        return None
    policies = PolicySet(resource=bucket.policy)
    if all(evaluate(request, policies).allowed for request in _needed(asked, bucket)):
        return None
    said = f"Incorrect S3 bucket policy is detected for bucket: {name}"
    return AwsError("InsufficientS3BucketPolicyException", said, 403)


def _needed(asked: AccessRequest, bucket: Bucket) -> Iterator[Request]:
    """The two calls that CloudTrail makes for a trail: is the bucket this owner's, and the folder of its files."""
    account = Caller.parse(asked.principal).account
    trail, prefix = str(asked.params.get("Name", "")), str(asked.params.get("S3KeyPrefix", ""))
    arn = trail if trail.startswith("arn:") else f"arn:aws:cloudtrail:{asked.region}:{account}:trail/{trail}"
    context = {"aws:SourceArn": arn, "aws:SourceAccount": account, "aws:SecureTransport": "true"}
    folder = f"{bucket.arn}/{prefix}{'/' if prefix else ''}AWSLogs/{account}/CloudTrail/"
    owned = context | {"s3:x-amz-acl": "bucket-owner-full-control"}
    yield Request(_SERVICE, "s3:GetBucketAcl", bucket.arn, bucket.account, context)
    yield Request(_SERVICE, "s3:PutObject", folder, bucket.account, owned)
