"""Errors in AWS's own words and wire formats, for what the lab refuses in AWS's place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest

from lab_env.cloud.call import ApiCall
from lab_env.cloud.rest_operations import speaks_json
from lab_env.errors import LabError

Response = tuple[int, Mapping[str, Any], str | bytes]

_XML = {"Content-Type": "application/xml"}
_JSON = "application/x-amz-json-1.1"
_NO_ID = "00000000-0000-0000-0000-000000000000"


class AwsError(LabError):
    """An error that AWS itself would answer with; a client sees it as a ``ClientError``.

    Args:
        code: AWS's error code (``ValidationException``).
        message: AWS's message.
        status: the HTTP status.
        fields: what else the service puts beside the code and the message (S3's ``Region``, ``BucketName`` …).
        headers: response headers that belong to it.

    ``request_id`` is the answer's, where somebody will ask for it.
    """

    request_id = ""

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        *,
        fields: Mapping[str, str] = MappingProxyType({}),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.code, self.message, self.status = code, message, status
        self.fields, self.headers = fields, headers
        super().__init__(f"{code}: {message}")


def refusal(request: AWSPreparedRequest, call: ApiCall, error: AwsError) -> Response:
    """The HTTP answer that makes a client raise ``error``, in the protocol the request came in.

    Args:
        request: the request refused.
        call: the same, as `ApiCall.of` reads it.
        error: what AWS would say.
    """
    headers = dict(error.headers)
    if error.request_id:
        headers["x-amz-request-id" if call.service == "s3" else "x-amzn-RequestId"] = error.request_id
    if call.method == "HEAD":
        return error.status, headers, b""
    if "X-Amz-Target" in request.headers or speaks_json(call.service):
        body = json.dumps({"__type": error.code, "message": error.message, **error.fields})
        return error.status, headers | {"Content-Type": _JSON, "x-amzn-ErrorType": error.code}, body.encode()
    return error.status, headers | _XML, _xml(call.service, error).encode()


def _xml(service: str, error: AwsError) -> str:
    fields = {"Code": error.code, "Message": error.message, **error.fields}
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    request_id = f"<RequestId>{error.request_id or _NO_ID}</RequestId>"
    if service == "s3":
        body = f"<Error>{inner}{request_id}</Error>"
    elif service == "ec2":
        body = (
            f"<Response><Errors><Error>{inner}</Error></Errors>{request_id.replace('Id>', 'ID>')}</Response>"
        )
    else:
        body = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error>{request_id}</ErrorResponse>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'
