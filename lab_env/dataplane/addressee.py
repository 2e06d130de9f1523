"""Which AWS host a request is meant for that came to a local endpoint, whose own host name says nothing.

An AWS client signs for a service and a Region, and the signature's scope tells both (*Signature Version 4*).
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from lab_env.cloud.hosts import DEFAULT_REGION

# By moto's name for a service, where that is not the first part of its host's.
_NAMES = {
    "dynamodb": "dynamodb",
    "dynamodb_v20111205": "dynamodb",
    "dynamodbstreams": "streams.dynamodb",
    "ecr": "api.ecr",
    "s3control": "s3-control",
    "sesv2": "email",
}
# Served from one Region under a name that holds none.
_GLOBAL = frozenset({"budgets", "cloudfront", "iam", "route53"})
_SCOPE = re.compile(r"Credential=[^/,\s]+/[^/]*/([^/,]*)/([^/,]*)/")


def addressee(method: str, target: str, headers: Any, body: bytes) -> str:
    """The AWS host name that a request would have been sent to.

    Args:
        method: its HTTP method.
        target: its path and query.
        headers: its headers.
        body: its body.

    Returns:
        Such as ``s3.eu-west-1.amazonaws.com``; a request that names no service is taken for S3's, as an anonymous
        download is.
    """
    parts = urlsplit(target)
    authorization = headers.get("Authorization") or _presigned(parts.query)
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(parts.path),
        "QUERY_STRING": parts.query,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": headers.get("Host", ""),
        "wsgi.input": BytesIO(body),
    }
    if "X-Amz-Target" in headers:
        environ["HTTP_X_AMZ_TARGET"] = headers["X-Amz-Target"]
    scope = _SCOPE.search(authorization)
    if scope is None:
        found = _DISPATCHER.infer_service_region_host(environ, environ["PATH_INFO"])
        return _full(found or f"s3.{DEFAULT_REGION}.amazonaws.com", DEFAULT_REGION)
    region, service = scope.groups()
    try:
        found = _DISPATCHER.infer_service_region_host(
            environ | {"HTTP_AUTHORIZATION": authorization}, environ["PATH_INFO"]
        )
    except LookupError:
        # moto expects more of this service's requests than this one has.
        found = ""
    return _full(found or f"{service}.{region}.amazonaws.com", region)


def _presigned(query: str) -> str:
    """A presigned URL's credential, in the form of a header."""
    credential = parse_qs(query).get("X-Amz-Credential", [""])[0]
    return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host" if credential else ""


def _full(host: str, region: str) -> str:
    service = host.split(".", 1)[0]
    if service in _GLOBAL:
        return f"{service}.amazonaws.com"
    return f"{_NAMES[service]}.{region}.amazonaws.com" if service in _NAMES else host


_DISPATCHER = DomainDispatcherApplication(lambda _: None)
