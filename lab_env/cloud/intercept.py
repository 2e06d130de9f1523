"""Operations that the lab answers in moto's place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol, normalize_request
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from lab_env.cloud.call import ApiCall
from lab_env.cloud.refusals import AwsError, Response, refusal

Handler = Callable[[dict[str, Any], ApiCall, str], dict[str, Any]]


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
        return refusal(request, call, error)
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
