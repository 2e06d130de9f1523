"""S3 as it is today: new buckets closed by default, each bucket in its own Region, no verdict of moto's.

Follows *Default settings for new S3 buckets* (Block Public Access, ``BucketOwnerEnforced``, SSE-S3) and *Making
requests* (``PermanentRedirect``, ``AuthorizationHeaderMalformed``). moto opens new buckets, answers for a bucket in any
Region, reads a whole object to answer a range of it, and applies bucket policies without their conditions.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, FakeKey, PublicAccessBlock, S3Backend, s3_backends
from moto.s3.responses import S3Response

from lab_env.cloud.call import ApiCall
from lab_env.cloud.hosts import read_host
from lab_env.cloud.patches import Patches
from lab_env.cloud.refusals import AwsError

_ranged: ContextVar[bool] = ContextVar("_ranged", default=False)
_MAKES_OR_FINDS = frozenset({"CreateBucket", "GetBucketLocation"})


def fill(patches: Patches) -> None:
    """Close new buckets, seek in ranged reads, and take moto's own authorisation off."""
    _default_settings(patches)
    _seek_in_ranged_reads(patches)
    _name_the_region(patches)
    # PERMITTED, not NEUTRAL: for anonymous requests moto would go on to judge the object's ACL.
    patches.set(FakeBucket, "get_permission", lambda *_: PermissionResult.PERMITTED)


def check(call: ApiCall) -> None:
    """Refuse a request that went to another Region than its bucket's.

    A Region's own endpoint redirects; the legacy global name leads to the bucket's Region, where a signature for
    another Region is wrong.

    Raises:
        AwsError: ``PermanentRedirect`` or ``AuthorizationHeaderMalformed``, with the header that redirectors read.
    """
    region = bucket_region(call.bucket)
    if region is None or call.operation in _MAKES_OR_FINDS:
        return
    headers = {"x-amz-bucket-region": region}
    if read_host(call.host).named_region and call.region != region:
        raise AwsError(
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all "
            "future requests to this endpoint.",
            301,
            fields={"Endpoint": f"{call.bucket}.s3.{region}.amazonaws.com", "Bucket": call.bucket},
            headers=headers,
        )
    if call.signing_region not in {"", region}:
        raise AwsError(
            "AuthorizationHeaderMalformed",
            f"The authorization header is malformed; the region '{call.signing_region}' is wrong; expecting '{region}'",
            fields={"Region": region},
            headers=headers,
        )


def bucket_region(bucket: str) -> str | None:
    """The Region a bucket is in, whoever owns it; None when there is no such bucket."""
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None:
        return None
    partition, account = owner
    found = s3_backends[account][partition].buckets.get(bucket)
    return found.region_name if found is not None else None


def _name_the_region(patches: Patches) -> None:
    original = S3Response.bucket_response

    def bucket_response(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        status, headers, body = original(self, request, *args, **kwargs)
        region = bucket_region(self.bucket_name or "")
        if request.method == "GET" and region is not None:
            headers["x-amz-bucket-region"] = region
        return status, headers, body

    patches.set(S3Response, "bucket_response", bucket_response)


def _default_settings(patches: Patches) -> None:
    original = FakeBucket.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.public_access_block = PublicAccessBlock("true", "true", "true", "true")
        self.ownership_rule = "BucketOwnerEnforced"
        self.encryption = _sse_s3()

    def delete_bucket_encryption(self: Any, bucket_name: str) -> None:
        # Since 2023 a bucket cannot be without: deleting its setting brings SSE-S3 back.
        self.get_bucket(bucket_name).encryption = _sse_s3()

    patches.set(FakeBucket, "__init__", init)
    patches.set(S3Backend, "delete_bucket_encryption", delete_bucket_encryption)


def _sse_s3() -> dict[str, Any]:
    return {
        "Rule": {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": "false",
        }
    }


class _Stored:
    """An object's bytes where they lie; a slice reads only what it needs."""

    def __init__(self, key: Any) -> None:
        self._key = key

    def __len__(self) -> int:
        return int(self._key.contentsize)

    def __getitem__(self, part: slice) -> bytes:
        begin, end, _ = part.indices(len(self))
        with self._key.lock:
            self._key._value_buffer.seek(begin)
            return bytes(self._key._value_buffer.read(end - begin))


def _seek_in_ranged_reads(patches: Patches) -> None:
    whole = vars(FakeKey)["value"]
    original = S3Response.key_response

    def value(self: Any) -> Any:
        return _Stored(self) if _ranged.get() else whole.fget(self)

    def key_response(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method != "GET" or not request.headers.get("range"):
            return original(self, request, *args, **kwargs)
        token = _ranged.set(True)
        try:
            status, headers, body = original(self, request, *args, **kwargs)
        finally:
            _ranged.reset(token)
        return status, headers, body[:] if isinstance(body, _Stored) else body

    patches.set(FakeKey, "value", property(value, whole.fset))
    patches.set(S3Response, "key_response", key_response)
