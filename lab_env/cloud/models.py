"""AWS's service models, loaded once for everybody, and API calls made from them without a client.

Loading EC2's model costs about 100 ms; botocore loads it again for every session. While the lab runs, every session
shares one loader.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.exceptions import ClientError
from botocore.handlers import parse_get_bucket_location
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.loaders import Loader
    from botocore.model import OperationModel

    from lab_env.cloud.patches import Patches

# CBOR saves time on a wire; here it would only be harder to read.
_PROTOCOLS = ("ec2", "query", "json", "rest-xml", "rest-json")


@cache
def shared_loader() -> Loader:
    """The one loader of service models."""
    return create_loader()


def share_loader(patches: Patches) -> None:
    """Let every botocore session that opens from now on use the shared loader (unless it names a path of its own)."""
    original = botocore.session.create_loader

    def create(search_path_string: str | None = None) -> Loader:
        return original(search_path_string) if search_path_string else shared_loader()

    patches.set(botocore.session, "create_loader", create)


@cache
def service_model(service: str) -> ServiceModel:
    """The model of a service, by boto3's name for it."""
    return ServiceModel(shared_loader().load_service_model(service, "service-2"), service)


@cache
def _protocol(service: str) -> str:
    metadata = service_model(service).metadata
    offered = metadata.get("protocols") or [metadata["protocol"]]
    return next(name for name in _PROTOCOLS if name in offered)


@cache
def _serializer(protocol: str) -> Any:
    return create_serializer(protocol, include_validation=False)


@cache
def _parser(protocol: str) -> Any:
    return create_parser(protocol)


@cache
def _operation(service: str, operation: str) -> OperationModel:
    return service_model(service).operation_model(operation)


def request_of(
    service: str, operation: str, params: Mapping[str, Any], region: str, headers: Mapping[str, str]
) -> AWSPreparedRequest:
    """The HTTP request of an API call, unsigned.

    Args:
        service: boto3's name for the service (``ec2``).
        operation: the operation's name (``DescribeVpcs``).
        params: its parameters, as a boto3 client takes them.
        region: the Region whose host is asked.
        headers: headers to add.
    """
    parts = _serializer(_protocol(service)).serialize_to_request(dict(params), _operation(service, operation))
    metadata = service_model(service).metadata
    regional = f"{metadata['endpointPrefix']}.{region}.amazonaws.com"
    # S3 and STS still name their old global endpoints, which mean us-east-1.
    host = regional if service in {"s3", "sts"} else metadata.get("globalEndpoint", regional)
    path, query = parts["url_path"], urlencode(parts["query_string"])
    if "authPath" in _operation(service, operation).http:
        # A client's first S3 call takes the bucket out of the shared model's paths.
        path = f"/{params['Bucket']}{path}"
    body = parts["body"]
    content = urlencode(body).encode() if isinstance(body, dict) else body
    return AWSPreparedRequest(
        method=parts["method"],
        url=f"https://{host}{path}{_joint(path, query)}{query}",
        headers=HeadersDict({**parts["headers"], **headers}),
        body=content,
        stream_output=False,
    )


def _joint(path: str, query: str) -> str:
    if not query:
        return ""
    return "&" if "?" in path else "?"


def read_response(
    service: str, operation: str, response: tuple[int, Mapping[str, Any], Any]
) -> dict[str, Any]:
    """The parsed answer to an API call.

    Raises:
        ClientError: the answer is an error of AWS's.
    """
    status, headers, body = response
    content = (body.encode() if isinstance(body, str) else body) or b""
    # What streams is any bytes, which the parser would take for text.
    streams = status < 300 and _operation(service, operation).has_streaming_output
    answer = {
        "status_code": status,
        "headers": HeadersDict({name: str(value) for name, value in headers.items()}),
        "body": b"" if streams else content,
    }
    shape = _operation(service, operation).output_shape
    parsed = _parser(_protocol(service)).parse(answer, shape)
    if status >= 300:
        raise ClientError(parsed, operation)
    del parsed["ResponseMetadata"]
    if streams:
        # botocore would hand on the open connection here.
        parsed[shape.serialization["payload"]] = content
    if operation == "GetBucketLocation":
        # The model has no place for the text of the root element; a client's own handler reads it.
        parse_get_bucket_location(parsed, SimpleNamespace(raw=answer, content=answer["body"]))
    return dict(parsed)
