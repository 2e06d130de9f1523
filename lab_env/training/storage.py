"""The agent's way to S3: lists, downloads and uploads in streams, so that its memory stays small."""

from __future__ import annotations

import errno
import gzip
import json
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

BLOCK_BYTES = 1 << 20
# Objects above this size go up in parts: S3 shows the object when the last part is there, or never.
PART_BYTES = 16 << 20


class IllegalKey(Exception):
    """An object whose key cannot become a file's name; the message is SageMaker's."""


class BadManifest(IllegalKey):
    """A manifest that cannot be read; the message's words are the lab's own."""


@dataclass(frozen=True, slots=True)
class Item:
    """One object of an input: where it is, where it goes, and its size in bytes."""

    bucket: str
    key: str
    path: Path
    size: int

    @property
    def uri(self) -> str:
        """``s3://bucket/key``."""
        return f"s3://{self.bucket}/{self.key}"


class Storage:
    """S3 as the execution role sees it, from the job's place in the network.

    Args:
        credentials: ``access_key``, ``secret_key`` and ``token``.
        region: the job's Region.
        go_on: called between two blocks; raises when the job was stopped.
    """

    def __init__(self, credentials: Mapping[str, str], region: str, go_on: Callable[[], None]) -> None:
        session = boto3.Session(
            credentials["access_key"],
            credentials["secret_key"],
            credentials["token"],
            region_name=region,
        )
        self.s3 = session.client("s3", config=Config(retries={"total_max_attempts": 1}))
        self._go_on = go_on

    def listed(self, uri: str) -> Iterator[tuple[str, str, int]]:
        """Bucket, key and size of each object under a prefix, in S3's order; folders' own markers are left out."""
        bucket, prefix = split_uri(uri)
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                if not found["Key"].endswith("/"):
                    yield bucket, found["Key"], found["Size"]

    def read(self, uri: str) -> bytes:
        """A small object, whole."""
        bucket, key = split_uri(uri)
        return bytes(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def read_range(self, bucket: str, key: str, offset: int, size: int) -> bytes:
        """A part of an object, by a ranged read."""
        asked = f"bytes={offset}-{offset + size - 1}"
        return bytes(self.s3.get_object(Bucket=bucket, Key=key, Range=asked)["Body"].read())

    def fetch(self, item: Item) -> None:
        """Download an object to its place, block by block."""
        item.path.parent.mkdir(parents=True, exist_ok=True)
        body = self.s3.get_object(Bucket=item.bucket, Key=item.key)["Body"]
        with item.path.open("wb") as file:
            for block in body.iter_chunks(BLOCK_BYTES):
                self._go_on()
                file.write(block)

    def upload(self, path: Path, uri: str, key_id: str = "") -> None:
        """Upload a file; S3 holds all of it or nothing.

        Args:
            path: the file.
            uri: where it goes, as ``s3://bucket/key``.
            key_id: the KMS key to encrypt it with; empty for the bucket's own default.
        """
        bucket, key = split_uri(uri)
        extra = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}
        if path.stat().st_size <= PART_BYTES:
            with path.open("rb") as body:
                self.s3.put_object(Bucket=bucket, Key=key, Body=body, **extra)
            return
        # One thread, so that the calls come in the same order each time.
        parts = TransferConfig(
            multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False
        )
        self.s3.upload_file(str(path), bucket, key, ExtraArgs=extra, Config=parts)

    def upload_folder(self, folder: Path, uri: str, key_id: str = "") -> int:
        """Upload each file of a folder under a prefix, in order of their names; answers how many."""
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        for path in files:
            self._go_on()
            self.upload(path, join(uri, path.relative_to(folder).as_posix()), key_id)
        return len(files)


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key (or prefix) of an ``s3://`` URI."""
    parts = urlsplit(uri, allow_fragments=False)
    return parts.netloc, (parts.path + (f"?{parts.query}" if parts.query else "")).lstrip("/")


def join(uri: str, *names: str) -> str:
    """An ``s3://`` URI with names added to its path."""
    return "/".join((uri.rstrip("/"), *names))


def items(storage: Storage, source: Mapping[str, Any], folder: Path) -> list[Item]:
    """The objects that an S3 data source names, each with its place in a folder.

    As on SageMaker (*S3DataSource*): under ``S3Prefix`` a key keeps the part of its path that follows the prefix's last
    slash; under ``ManifestFile`` the part that follows the manifest's own prefix.

    Args:
        storage: where they are.
        source: ``S3Uri``, and ``S3DataType``.
        folder: where they go.

    Raises:
        IllegalKey: a key leads out of its folder, or has no name between two slashes.
    """
    if source.get("S3DataType", "S3Prefix") == "ManifestFile":
        return list(_of_manifest(storage, source["S3Uri"], folder))
    stem = split_uri(source["S3Uri"])[1].rpartition("/")[0]
    return [
        Item(bucket, key, _place(folder, key[len(stem) :].removeprefix("/"), f"s3://{bucket}/{key}"), size)
        for bucket, key, size in storage.listed(source["S3Uri"])
    ]


def _of_manifest(storage: Storage, uri: str, folder: Path) -> Iterator[Item]:
    prefix, names = read_manifest(storage.read(uri), uri)
    for name in names:
        bucket, key = split_uri(prefix + name)
        size = storage.s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
        yield Item(bucket, key, _place(folder, name, f"s3://{bucket}/{key}"), size)


def read_manifest(content: bytes, uri: str) -> tuple[str, list[str]]:
    """The prefix and the names that a manifest holds (*S3DataSource*: ``[{"prefix": "s3://…"}, "name", …]``).

    Args:
        content: the manifest's bytes.
        uri: where it lies.

    Raises:
        BadManifest: it is no such list.
    """
    try:
        head, *names = json.loads(content)
        prefix = head["prefix"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadManifest(f"{uri} is no manifest") from None
    if not isinstance(prefix, str) or not all(isinstance(name, str) for name in names):
        raise BadManifest(f"{uri} is no manifest")
    return prefix, names


def _place(folder: Path, name: str, uri: str) -> Path:
    # A name that begins with a slash would lead out of the folder as well as one with "../".
    for illegal in ("//", "../"):
        if illegal in f"/{name}/":
            raise IllegalKey(f"S3 key: {uri} has an illegal char sub-sequence '{illegal}' in it")
    return folder / name


def check_room(wanted: list[Item], volume_bytes: int) -> None:
    """Raises ``OSError`` (``ENOSPC``) when a volume is too small for what is to be downloaded to it."""
    if sum(item.size for item in wanted) > volume_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def pack(folder: Path, into: Path) -> None:
    """Write a folder as ``tar.gz``, the same bytes each time: names in order, no times, no owners."""
    with (
        into.open("wb") as file,
        gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w|") as archive,
    ):
        for path in sorted(folder.rglob("*")):
            facts = archive.gettarinfo(path, path.relative_to(folder).as_posix())
            facts.mtime, facts.uid, facts.gid, facts.uname, facts.gname = 0, 0, 0, "", ""
            if facts.isreg():
                with path.open("rb") as content:
                    archive.addfile(facts, content)
            else:
                archive.addfile(facts)
