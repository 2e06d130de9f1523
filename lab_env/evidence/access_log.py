"""S3 server access logs: one line for each request that reached a bucket, in S3's own format.

*Amazon S3 server access log format* (Amazon S3 User Guide). What never reached S3 is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from lab_env.cloud.call import ApiCall

# *Log fields*: REST.HTTP_method.resource_type; those that S3 names otherwise.
_OPERATIONS = {
    "CopyObject": "REST.COPY.OBJECT",
    "ListObjects": "REST.GET.BUCKET",
    "ListObjectsV2": "REST.GET.BUCKET",
    "HeadBucket": "REST.HEAD.BUCKET",
    "CreateBucket": "REST.PUT.BUCKET",
    "DeleteBucket": "REST.DELETE.BUCKET",
    "DeleteObjects": "REST.POST.MULTI_OBJECT_DELETE",
    "CreateMultipartUpload": "REST.POST.UPLOADS",
    "UploadPart": "REST.PUT.PART",
    "CompleteMultipartUpload": "REST.POST.UPLOAD",
    "AbortMultipartUpload": "REST.DELETE.UPLOAD",
    "GetBucketLocation": "REST.GET.LOCATION",
    "GetBucketPolicy": "REST.GET.BUCKETPOLICY",
    "PutBucketPolicy": "REST.PUT.BUCKETPOLICY",
    "DeleteBucketPolicy": "REST.DELETE.BUCKETPOLICY",
}


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """What a line of the log tells.

    Attributes:
        call: the request.
        owner: the account that owns the bucket.
        time: when (UTC).
        remote: the address that S3 saw.
        requester: ARN of the caller; ``anonymous`` for an unsigned request.
        request_id: S3's id of the request.
        status: HTTP status.
        error: S3's error code; empty when there was none.
        sent: bytes of the answer's body.
        agent: the ``User-Agent`` header.
        secure: whether it came by HTTPS.
    """

    call: ApiCall
    owner: str
    time: datetime
    remote: str
    requester: str
    request_id: str
    status: int
    error: str = ""
    sent: int = 0
    agent: str = ""
    secure: bool = True


def operation(call: ApiCall) -> str:
    """S3's name for it in the log: ``REST.GET.OBJECT``."""
    named = _OPERATIONS.get(call.operation)
    return named or f"REST.{call.method}.{'OBJECT' if call.key else 'BUCKET'}"


def line(request: LoggedRequest) -> str:
    """One line of the log."""
    call = request.call
    key = quote(call.key, safe="/") if call.key else "-"
    uri = f"{call.method} {call.path}{'?' if call.query else ''}{call.query} HTTP/1.1"
    requester = "-" if request.requester == "anonymous" else request.requester
    fields = (
        canonical_id(request.owner),
        call.bucket,
        f"[{request.time:%d/%b/%Y:%H:%M:%S +0000}]",
        request.remote,
        requester,
        request.request_id,
        operation(call),
        key,
        f'"{uri.replace(chr(34), "%22")}"',
        str(request.status),
        request.error or "-",
        str(request.sent or "-"),
        "-",
        "1",
        "1",
        '"-"',
        f'"{request.agent.replace(chr(34), "%22") or "-"}"',
        "-",
        "-",
        "-" if requester == "-" else "SigV4",
        "TLS_AES_128_GCM_SHA256" if request.secure else "-",
        "-" if requester == "-" else "AuthHeader",
        call.host,
        "TLSv1.3" if request.secure else "-",
        "-",
        "-",
    )
    return " ".join(fields)


def canonical_id(account: str) -> str:
    """The canonical user id that stands for an account; the lab's own, for AWS never says how it is made."""
    return sha256(f"canonical user {account}".encode()).hexdigest()


def log_key(prefix: str, time: datetime, digest: str) -> str:
    """The key of a log file: ``TargetPrefixYYYY-mm-DD-HH-MM-SS-UniqueString``.

    Args:
        prefix: the target prefix, as the bucket's logging configuration has it.
        time: when it was delivered (UTC).
        digest: sixteen characters that tell files apart.
    """
    return f"{prefix}{time:%Y-%m-%d-%H-%M-%S}-{digest.upper()}"
