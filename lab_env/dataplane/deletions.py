"""``DeleteObjects``: S3 decides on each key by itself, and its answer says of each what became of it.

*DeleteObjects* (Amazon S3 API Reference): 200, with a ``Deleted`` or an ``Error`` for every key.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest

from lab_env.cloud.refusals import AwsError, Response

Named = tuple[str, str]
"""A key and the id of a version, which is empty for none."""

_EMPTY = '<?xml version="1.0" encoding="UTF-8"?>\n<DeleteResult></DeleteResult>'
_END = "</DeleteResult>"


def named_in(request: AWSPreparedRequest) -> list[Named]:
    """The objects that a request asks to delete; none where it is malformed, which S3 itself says."""
    return [_named(item) for item in _objects(_tree(request))]


def without(request: AWSPreparedRequest, refused: Mapping[Named, AwsError]) -> AWSPreparedRequest | None:
    """The request for the objects that may be deleted; ``None`` when that is none."""
    tree = _tree(request)
    for item in _objects(tree):
        if _named(item) in refused:
            tree.remove(item)
    if not _objects(tree):
        return None
    for item in tree.iter():
        # ElementTree would write a prefix before each name, which S3 does not know.
        item.tag = item.tag.rpartition("}")[2]
    body = ET.tostring(tree)
    return AWSPreparedRequest(request.method, request.url, request.headers, body, request.stream_output)


def with_errors(response: Response | None, refused: Mapping[Named, AwsError]) -> Response:
    """The answer, with what was refused; ``None``: everything was."""
    status, headers, body = response or (200, {"Content-Type": "application/xml"}, _EMPTY)
    text = body.decode() if isinstance(body, bytes) else body
    if _END not in text:
        text = text.replace("<DeleteResult/>", "<DeleteResult></DeleteResult>")
    errors = "".join(_error(named, error) for named, error in refused.items())
    return status, headers, text.replace(_END, errors + _END).encode()


def _error(named: Named, error: AwsError) -> str:
    key, version = named
    told = {"Key": key, "VersionId": version, "Code": error.code, "Message": error.message}
    return (
        f"<Error>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in told.items() if text)}</Error>"
    )


def _tree(request: AWSPreparedRequest) -> ET.Element:
    body = request.body
    try:
        return ET.fromstring(body if isinstance(body, bytes | str) else b"<Delete/>")  # noqa: S314
    except ET.ParseError:
        return ET.Element("Delete")


def _objects(tree: ET.Element) -> list[ET.Element]:
    return [item for item in tree if item.tag.endswith("Object")]


def _named(item: ET.Element) -> Named:
    told = {part.tag.rpartition("}")[2]: part.text or "" for part in item}
    return told.get("Key", ""), told.get("VersionId", "")
