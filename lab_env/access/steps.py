"""What a call needs: each IAM action, on its resource, in the order in which AWS asks them.

*Service Authorization Reference*; *Required permissions for Amazon S3 API operations*; *Using server-side encryption
with AWS KMS keys (SSE-KMS)*; *Granting a user permissions to pass a role to an AWS service*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote

from lab_env.access.keys import find_key, key_of_default, s3_key_context
from lab_env.access.public import restricted
from lab_env.access.request import AccessRequest
from lab_env.access.tables import is_free, passed_role, prefix_of, resources, tables
from lab_env.errors import IncompleteSnapshot
from lab_env.policy import Policy
from lab_env.snapshot.state import Bucket, BucketEncryption, Key, ServiceState

_MAKES = frozenset({"CreateBucket"})


class BucketNotFound(IncompleteSnapshot):
    """A bucket that the call names is not in the state."""


@dataclass(frozen=True, slots=True)
class Step:
    """One question to the policies.

    Attributes:
        action: ``s3:GetObject``.
        resource: ARN, or ``*``.
        account: the account that owns the resource; empty: the ARN's, else the caller's own.
        policy: the resource's own policy.
        via: the service that asks on the caller's behalf; empty when the caller asks itself.
        sent: whether the caller's own request asks for it, so that an endpoint's policy has a say.
        context: condition keys of this question alone.
    """

    action: str
    resource: str = "*"
    account: str = ""
    policy: Policy | None = None
    via: str = ""
    sent: bool = True
    context: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def steps(request: AccessRequest, account: str, state: ServiceState) -> Iterator[Step]:
    """What a call needs.

    Args:
        request: the call.
        account: the caller's account; empty for an anonymous one.
        state: buckets, keys and roles.

    Raises:
        IncompleteSnapshot: a bucket or a key that it names is not in ``state``.
    """
    service = prefix_of(request.service)
    if request.resource:
        yield _single(request, service, account, state)
    elif service == "s3":
        yield from _of_s3(request, account, state)
    elif not is_free(service, request.name):
        yield from _of_others(request, service, account, state)


def _single(request: AccessRequest, service: str, account: str, state: ServiceState) -> Step:
    action, arn = f"{service}:{request.name}", request.resource
    if arn.startswith("arn:aws:s3:::"):
        bucket = _bucket(arn.removeprefix("arn:aws:s3:::").partition("/")[0], request, state)
        return Step(
            action, arn, bucket.account if bucket else account, restricted(bucket) if bucket else None
        )
    return _on_arn(action, arn, account, request.region, state)


def _on_arn(action: str, arn: str, account: str, region: str, state: ServiceState) -> Step:
    """A question on a resource of any service but S3, with that resource's own policy where it has one."""
    if action.startswith("kms:") and ":alias/" not in arn and arn != "*":
        return _on_key(action, arn, account, region, state)
    if action.startswith("sts:AssumeRole"):
        role = state.identities.get(arn)
        return Step(action, arn, policy=role.trust if role is not None else None)
    return Step(action, arn)


def _on_key(action: str, name: str, account: str, region: str, state: ServiceState) -> Step:
    key = find_key(state, name, account, region)
    return Step(action, key.arn, policy=key.policy)


def _of_others(request: AccessRequest, service: str, account: str, state: ServiceState) -> Iterator[Step]:
    action = f"{service}:{request.name}"
    told = {"account": account, "region": request.region, **request.params}
    names_key = service == "kms" and isinstance(told.get("KeyId"), str)
    if names_key:
        yield _on_key(action, str(told["KeyId"]), account, request.region, state)
    found = resources(service, request.name, told)
    for arn in () if names_key and found == ("*",) else found:
        yield _on_arn(action, arn, account, request.region, state)
    passed = passed_role(service, request.name, told)
    if passed is not None:
        role, to = passed
        yield Step("iam:PassRole", role, sent=False, context={"iam:PassedToService": to})


def _of_s3(request: AccessRequest, account: str, state: ServiceState) -> Iterator[Step]:
    table = tables()
    if not request.bucket:
        yield Step(f"s3:{table['s3'].get(request.name, request.name)}")
        return
    bucket = _bucket(request.bucket, request, state)
    if bucket is None:
        yield Step(f"s3:{request.name}", f"arn:aws:s3:::{request.bucket}", account)
        return
    kinds = table["s3_bytes"]
    if request.name in kinds["copies"]:
        yield from _source(request, state)
    action = table["s3"].get(request.name, request.name)
    for wanted in _with_headers(action, request):
        yield _on_bucket(wanted, request, bucket)
    checks = request.name in kinds["checksums"] and "x-amz-checksum-mode" in request.headers
    if checks or request.name in kinds["reads"]:
        yield from _sealed(
            ("Decrypt",), request, request.encryption or bucket.encryption, bucket, bucket.account, state
        )
    elif request.name in (*kinds["writes"], *kinds["parts"]):
        needed = "Decrypt" if request.name in kinds["parts"] else "GenerateDataKey"
        yield from _sealed((needed,), request, _to_be_sealed(request, bucket), bucket, account, state)


def _with_headers(action: str, request: AccessRequest) -> Iterator[str]:
    """The action, by its name for a version where one is named, and what the headers ask for besides."""
    table = tables()
    versions = table["s3_versions"]
    yield versions[action] if "versionId" in request.query and action in versions else action
    if action == "GetObjectAttributes":
        yield "GetObjectVersion" if "versionId" in request.query else "GetObject"
    asked = table["s3_headers"].get(action, {})
    yield from dict.fromkeys(further for header, further in asked.items() if header in request.headers)


def _on_bucket(action: str, request: AccessRequest, bucket: Bucket) -> Step:
    arn = f"{bucket.arn}/{request.key}" if request.key else bucket.arn
    return Step(f"s3:{action}", arn, bucket.account, restricted(bucket))


def _source(request: AccessRequest, state: ServiceState) -> Iterator[Step]:
    """Reading what is copied."""
    path, _, version = request.headers.get("x-amz-copy-source", "").partition("?versionId=")
    name, _, key = unquote(path).lstrip("/").partition("/")
    bucket = _bucket(name, request, state)
    if bucket is None:
        return
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    yield Step(action, f"{bucket.arn}/{key}", bucket.account, restricted(bucket))
    yield from _sealed(
        ("Decrypt",), request, request.source or bucket.encryption, bucket, bucket.account, state, key
    )


def _bucket(name: str, request: AccessRequest, state: ServiceState) -> Bucket | None:
    """The bucket; ``None`` for one that is being made."""
    found = state.buckets.get(name)
    if found is None and request.name not in _MAKES:
        raise BucketNotFound(f"the bucket {name} is not known.", do="Its policy and its owner decide.")
    return found


def _to_be_sealed(request: AccessRequest, bucket: Bucket) -> BucketEncryption:
    """How an object will be encrypted: as its headers say, else by the bucket's default."""
    if request.encryption is not None:
        return request.encryption
    headers = request.headers
    asked = headers.get("x-amz-server-side-encryption", "")
    if not asked and "x-amz-server-side-encryption-customer-algorithm" not in headers:
        return bucket.encryption
    return BucketEncryption(asked, headers.get("x-amz-server-side-encryption-aws-kms-key-id", ""))


def _sealed(
    operations: tuple[str, ...],
    request: AccessRequest,
    encryption: BucketEncryption,
    bucket: Bucket,
    account: str,
    state: ServiceState,
    name: str = "",
) -> Iterator[Step]:
    """What S3 asks of KMS on the caller's behalf; nothing for an object that no KMS key protects.

    A key that is not named by its ARN is one of ``account``: of who writes, or of the owner of what is read.
    """
    if not encryption.algorithm.startswith("aws:kms"):
        return
    key: Key = key_of_default(state, encryption.key, account or bucket.account, bucket.region)
    arn = bucket.arn if encryption.bucket_key else f"{bucket.arn}/{name or request.key}"
    context = s3_key_context(arn, bucket.region)
    for operation in operations:
        yield Step(
            f"kms:{operation}", key.arn, "", key.policy, "s3.amazonaws.com", sent=False, context=context
        )
