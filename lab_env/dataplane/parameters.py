"""What policies need to know of a request: the headers, the query and the parameters that decide."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from botocore.awsrequest import AWSPreparedRequest

from lab_env.cloud.call import ApiCall

_NOTHING: Mapping[str, str] = MappingProxyType({})
# What S3's headers say of the transport, of the signature and of checksums decides nothing.
_DULL = (
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-trailer",
    "x-amz-decoded-content-length",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-checksum-crc",
)
_OTHERS = frozenset({"user-agent", "referer", "if-match", "if-none-match"})


def headers_of(request: AWSPreparedRequest) -> dict[str, str]:
    """The headers that may decide, by their names in lower case."""
    found = {}
    headers = request.headers
    for name in headers:
        if lower := _deciding(name):
            value = headers[name]
            found[lower] = value.decode("latin-1") if isinstance(value, bytes) else value
    return found


@lru_cache(maxsize=256)
def _deciding(name: str) -> str:
    """A header's name in lower case; empty when it decides nothing."""
    lower = name.lower()
    decides = lower in _OTHERS or (lower.startswith("x-amz-") and not lower.startswith(_DULL))
    return lower if decides else ""


def agent_of(request: AWSPreparedRequest) -> str:
    """The ``User-Agent`` header; empty without one."""
    value = request.headers.get("User-Agent", "")
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def size_of(body: object, headers: Mapping[str, Any]) -> int:
    """Bytes of a body; of one that is a stream, what its headers say."""
    if isinstance(body, bytes | bytearray | str):
        return len(body)
    said = headers.get("Content-Length", headers.get("content-length", 0)) if body is not None else 0
    text = said.decode("latin-1") if isinstance(said, bytes) else str(said)
    return int(text) if text.isdecimal() else 0


def query_of(call: ApiCall) -> Mapping[str, str]:
    """The parameters of the query string."""
    return dict(parse_qsl(call.query, keep_blank_values=True)) if call.query else _NOTHING


def parameters_of(request: AWSPreparedRequest) -> Mapping[str, Any]:
    """The parameters in the body of a JSON or query request; none where it holds neither."""
    body = request.body
    text = body.decode("utf-8", "replace") if isinstance(body, bytes | bytearray) else body
    if not isinstance(text, str):
        return {}
    if "X-Amz-Target" in request.headers:
        return _object(text)
    return dict(parse_qsl(text, keep_blank_values=True)) if "Action=" in text else {}


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        # The service itself says that it is malformed.
        return {}
    return value if isinstance(value, dict) else {}
