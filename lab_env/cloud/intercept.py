"""Operations that the lab answers in moto's place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import ServiceException
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol, normalize_request
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from lab_env.errors import LabError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from lab_env.cloud.call import ApiCall

Response = tuple[int, Mapping[str, Any], str | bytes]
Handler = Callable[[dict[str, Any], "ApiCall", str], dict[str, Any]]


class AwsError(LabError):
    """An error that AWS itself would answer with; a client sees it as a ``ClientError``.

    Args:
        code: AWS's error code (``ValidationException``).
        message: AWS's message.
        status: the HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code, self.message, self.status = code, message, status
        super().__init__(f"{code}: {message}")


def answer(handler: Handler, request: AWSPreparedRequest, call: ApiCall) -> Response:
    """Let a handler answer a request, in the service's own protocol."""
    normal = normalize_request(request)
    model = get_service_model(call.service)
    operation = model.operation_model(call.operation)
    protocol = determine_request_protocol(model, normal.content_type)
    serializer = get_serializer_class(call.service, protocol)(operation)
    try:
        result: object = handler(_parameters(normal, operation, protocol), call, call.region)
    except AwsError as error:
        return _refusal(serializer, error)
    answered = serializer.serialize(result)
    return answered["status_code"], answered["headers"], answered["body"]


def _parameters(normal: Any, operation: Any, protocol: str) -> dict[str, Any]:
    if protocol == "json":
        return dict(json.loads(normal.data or b"{}"))
    parser = PROTOCOL_PARSERS[protocol](operation)
    parts = {
        "method": normal.method,
        "values": normal.values,
        "headers": normal.headers,
        "body": normal.data,
        "url_path": normal.path,
        "url_params": {},
    }
    return dict(parser.parse(parts))


def _refusal(serializer: Any, error: AwsError) -> Response:
    answered = serializer.serialize(ServiceException(error.code, error.message))
    return error.status, answered["headers"], answered["body"]
