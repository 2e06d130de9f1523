"""How an object is encrypted, as moto holds it: what S3 would ask KMS for."""

from __future__ import annotations

from typing import Any

from moto.s3.models import s3_backends


def bucket_owner(bucket: str) -> str | None:
    """The account that owns a bucket; ``None`` when there is no such bucket."""
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None or bucket not in s3_backends[owner[1]][owner[0]].buckets:
        return None
    return str(owner[1])


def object_encryption(bucket: str, key: str, version: str = "") -> tuple[str, str, bool] | None:
    """An object's algorithm, the key it names and whether a bucket key is used; ``None`` when there is no such object.

    Args:
        bucket: the bucket's name.
        key: the object's key.
        version: id of a version; the newest without it.
    """
    owner = s3_backends.bucket_accounts.get(bucket)
    there = s3_backends[owner[1]][owner[0]].buckets.get(bucket) if owner is not None else None
    if there is None:
        return None
    versions: list[Any] = there.keys.getlist(key, [])
    wanted = versions[-1:] if not version else [one for one in versions if str(one.version_id) == version]
    if not wanted or not hasattr(wanted[0], "encryption"):
        return None
    found = wanted[0]
    sealed = found.encryption or ""
    bucket_key = str(found.bucket_key_enabled).lower() == "true"
    return sealed, (found.kms_key_id or "") if sealed.startswith("aws:kms") else "", bucket_key
