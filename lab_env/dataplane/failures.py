"""What a client sees when its packets do not arrive: botocore's own errors, final and at once.

On AWS a dropped packet costs the client its whole connect timeout (60 seconds an attempt), times its retries. The
outcome is the same; the lab does not make the learner wait for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore import handlers
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError

from lab_env.errors import LabError

if TYPE_CHECKING:
    # A job's process needs this module, and nothing of the network.
    from lab_env.network.flow import Trace

_FIRST_ERROR = 400
_CODE = re.compile(r'<Code>([^<]+)</Code>|"__type"\s*:\s*"([^"]+)"')


def connection_failure(url: str, trace: Trace) -> HTTPClientError:
    """The error of a client whose flow was dropped, with the trace that explains it.

    A name that does not resolve fails as ``EndpointConnectionError``, a packet that is lost as ``ConnectTimeoutError``
    (botocore's ``exceptions`` module).

    Args:
        url: the URL that was asked for.
        trace: a dropped trace.
    """
    unresolved = trace.dns is not None and not trace.dns.addresses
    error: HTTPClientError = (
        EndpointConnectionError(endpoint_url=url) if unresolved else ConnectTimeoutError(endpoint_url=url)
    )
    error.lab_trace = trace
    return error


def trace_of(error: BaseException | None) -> Trace | None:
    """The trace that explains an error, looking through the errors that caused it."""
    while error is not None:
        trace: Trace | None = getattr(error, "lab_trace", None)
        if trace is not None:
            return trace
        error = error.__cause__ or error.__context__
    return None


def request_ids(error: BaseException | None) -> Iterator[str]:
    """The ids of the answers behind an error, looking through the errors that caused it."""
    while error is not None:
        if isinstance(error, ClientError):
            found = error.response.get("ResponseMetadata", {}).get("RequestId")
            if found:
                yield str(found)
        error = error.__cause__ or error.__context__


def error_code(response: tuple[int, Mapping[str, Any], str | bytes]) -> str:
    """AWS's error code in an answer; empty when it is no error, or its body does not say."""
    status, _, body = response
    if int(status) < _FIRST_ERROR:
        return ""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    match = _CODE.search(text)
    return (match[1] or match[2]).rpartition("#")[2] if match else ""


def _no_retry(caught_exception: Exception | None = None, **_: Any) -> None:
    # The same packets would meet the same rules: trying again would only make the learner wait.
    if caught_exception is None:
        return
    if isinstance(caught_exception, LabError) or hasattr(caught_exception, "lab_trace"):
        raise caught_exception


def make_final() -> None:
    """Make the lab's connection failures final in every botocore session made from now on."""
    spec = ("needs-retry", _no_retry, handlers.REGISTER_FIRST)
    if spec not in handlers.BUILTIN_HANDLERS:
        handlers.BUILTIN_HANDLERS.append(spec)
