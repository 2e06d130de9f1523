"""Which S3 operation a method, a path and a query string make (the S3 API reference's request syntax)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUCKET_PLAIN = {"GET": "ListObjects", "PUT": "CreateBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}
_OBJECT_PLAIN = {"GET": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject", "HEAD": "HeadObject"}
_OBJECT_PLAIN["POST"] = "PutObject"
_BUCKET_PLAIN["POST"] = "PutObject"  # a browser's form upload

# sub-resource -> the operation's noun, for those whose three verbs are Get, Put and Delete.
_BUCKET_NOUNS = {
    "abac": "BucketAbac",
    "accelerate": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "analytics": "BucketAnalyticsConfiguration",
    "cors": "BucketCors",
    "encryption": "BucketEncryption",
    "intelligent-tiering": "BucketIntelligentTieringConfiguration",
    "inventory": "BucketInventoryConfiguration",
    "lifecycle": "BucketLifecycleConfiguration",
    "logging": "BucketLogging",
    "metadataConfiguration": "BucketMetadataConfiguration",
    "metadataTable": "BucketMetadataTableConfiguration",
    "metrics": "BucketMetricsConfiguration",
    "notification": "BucketNotificationConfiguration",
    "object-lock": "ObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "publicAccessBlock": "PublicAccessBlock",
    "replication": "BucketReplication",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
_OBJECT_NOUNS = {
    "acl": "ObjectAcl",
    "annotation": "ObjectAnnotation",
    "legal-hold": "ObjectLegalHold",
    "retention": "ObjectRetention",
    "tagging": "ObjectTagging",
}
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}


def _verbs(nouns: Mapping[str, str]) -> dict[tuple[str, str], str]:
    return {(method, sub): verb + noun for sub, noun in nouns.items() for method, verb in _VERBS.items()}


_BUCKET = MappingProxyType(
    _verbs(_BUCKET_NOUNS)
    | {
        ("DELETE", "lifecycle"): "DeleteBucketLifecycle",
        ("GET", "list-type"): "ListObjectsV2",
        ("GET", "location"): "GetBucketLocation",
        ("GET", "policyStatus"): "GetBucketPolicyStatus",
        ("GET", "session"): "CreateSession",
        ("GET", "uploads"): "ListMultipartUploads",
        ("GET", "versions"): "ListObjectVersions",
        ("POST", "delete"): "DeleteObjects",
        ("POST", "metadataConfiguration"): "CreateBucketMetadataConfiguration",
        ("POST", "metadataTable"): "CreateBucketMetadataTableConfiguration",
        ("PUT", "metadataAnnotationTable"): "UpdateBucketMetadataAnnotationTableConfiguration",
        ("PUT", "metadataInventoryTable"): "UpdateBucketMetadataInventoryTableConfiguration",
        ("PUT", "metadataJournalTable"): "UpdateBucketMetadataJournalTableConfiguration",
    }
)
_OBJECT = MappingProxyType(
    _verbs(_OBJECT_NOUNS)
    | {
        ("DELETE", "uploadId"): "AbortMultipartUpload",
        ("GET", "attributes"): "GetObjectAttributes",
        ("GET", "torrent"): "GetObjectTorrent",
        ("GET", "uploadId"): "ListParts",
        ("POST", "restore"): "RestoreObject",
        ("POST", "select"): "SelectObjectContent",
        ("POST", "uploadId"): "CompleteMultipartUpload",
        ("POST", "uploads"): "CreateMultipartUpload",
        ("PUT", "encryption"): "UpdateObjectEncryption",
        ("PUT", "renameObject"): "RenameObject",
        ("PUT", "uploadId"): "UploadPart",
    }
)
# With an id these configurations are one, without it a list of them; annotations go by a name.
_LISTED_UNLESS = {"analytics": "id", "intelligent-tiering": "id", "inventory": "id", "metrics": "id"}
_COPIES = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}


def s3_operation(method: str, bucket: str, key: str, query: str, *, copies: bool = False) -> str:
    """The name of an S3 operation.

    Args:
        method: the HTTP method.
        bucket: the bucket addressed, in either style; empty for the service itself.
        key: the object's key; empty for the bucket itself.
        query: the query string, without the question mark.
        copies: whether the request names a copy source.
    """
    if not bucket:
        return "ListBuckets"
    table, plain = (_OBJECT, _OBJECT_PLAIN) if key else (_BUCKET, _BUCKET_PLAIN)
    operation = plain.get(method, "")
    if query:
        names = {part.partition("=")[0] for part in query.split("&")}
        operation = _by_sub_resource(method, names, table) or operation
    return _COPIES.get(operation, operation) if copies else operation


def _by_sub_resource(method: str, names: set[str], table: Mapping[tuple[str, str], str]) -> str:
    for name in sorted(names):
        operation = table.get((method, name))
        if operation is None:
            continue
        if method == "GET" and name in _LISTED_UNLESS and _LISTED_UNLESS[name] not in names:
            return f"List{operation.removeprefix('Get')}s"
        if operation == "GetObjectAnnotation" and "annotationName" not in names:
            return "ListObjectAnnotations"
        return operation
    return ""
