"""Which API call an HTTP request is, read from the request alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lab_env.cloud.hosts import read_host
from lab_env.cloud.s3_operations import s3_operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.awsrequest import AWSPreparedRequest

_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)(?:/[^/]*/([^/]*))?")
_LEGACY = re.compile(r"AWS ([^:]+):")
_QUERY_CREDENTIAL = re.compile(r"[?&](?:X-Amz-Credential|AWSAccessKeyId)=([^&]+)")
_CBOR = re.compile(r"/service/[^/]+/operation/(\w+)")
_READS = re.compile(r"(Describe|Get|List|Head|Lookup|Query|Search|Select|Scan|Simulate|BatchGet|Filter|Test)")
# These answer with new credentials, which moto remembers.
_NOT_READS = frozenset({"GetFederationToken", "GetSessionToken"})


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One AWS API call.

    ``service`` and ``region`` are the host's (`lab_env.cloud.hosts.AwsHost`); ``operation`` is AWS's name for it, empty
    when the request does not say. ``access_key`` is the id of the keys that signed it, empty for an anonymous request;
    ``signing_region`` the Region they signed for. ``bucket`` and ``key`` are S3's, in either addressing style.
    """

    service: str
    operation: str
    region: str
    host: str
    access_key: str
    method: str
    path: str
    bucket: str = ""
    key: str = ""
    signing_region: str = ""
    query: str = ""

    @property
    def mutates(self) -> bool:
        """Whether it may change state: every operation but the reading ones, by AWS's naming."""
        if not self.operation:
            return self.method not in {"GET", "HEAD"}
        return self.operation in _NOT_READS or _READS.match(self.operation) is None

    @classmethod
    def of(cls, request: AWSPreparedRequest) -> ApiCall:
        """Read a request. Nothing of it is consumed."""
        host, path, query = _split(request.url)
        address = read_host(host)
        method, headers = request.method, request.headers
        access_key, signing_region = _signer(headers, query)
        bucket = key = ""
        if address.service == "s3":
            bucket, key = _bucket_and_key(address.bucket, path)
            operation = s3_operation(method, bucket, key, query, copies="x-amz-copy-source" in headers)
        else:
            operation = _operation(headers, path, query, request.body)
        return cls(
            service=address.service,
            operation=operation,
            region=address.region,
            host=host,
            access_key=access_key,
            method=method,
            path=path,
            bucket=bucket,
            key=key,
            signing_region=signing_region,
            query=query,
        )


def _split(url: str) -> tuple[str, str, str]:
    # urlsplit would do, at four times the cost.
    rest = url.partition("://")[2]
    rest, _, query = rest.partition("?")
    netloc, slash, path = rest.partition("/")
    return netloc.rpartition("@")[2].partition(":")[0], slash + path or "/", query


def _bucket_and_key(virtual: str, path: str) -> tuple[str, str]:
    if virtual:
        return virtual, unquote(path[1:])
    bucket, _, key = path[1:].partition("/")
    return bucket, unquote(key)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _signer(headers: Mapping[str, str | bytes], query: str) -> tuple[str, str]:
    if (authorization := headers.get("Authorization")) is not None:
        text = _text(authorization)
        if match := _CREDENTIAL.search(text):
            return match[1], match[2] or ""
        if match := _LEGACY.match(text):
            return match[1], ""
        return "", ""
    if match := _QUERY_CREDENTIAL.search(f"?{query}"):
        scope = unquote(match[1]).split("/")
        return scope[0], scope[2] if len(scope) > 2 else ""
    return "", ""


def _operation(headers: Mapping[str, str | bytes], path: str, query: str, body: object) -> str:
    if (target := headers.get("X-Amz-Target")) is not None:
        return _text(target).rpartition(".")[2]
    content = body.encode() if isinstance(body, str) else body
    if isinstance(content, bytes | bytearray) and (match := _ACTION.search(content)):
        return match[1].decode()
    if match := _ACTION.search(query.encode()):
        return match[1].decode()
    return cbor[1] if (cbor := _CBOR.fullmatch(path)) else ""
