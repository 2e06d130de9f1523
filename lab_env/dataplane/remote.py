"""The other side of the lab's door: what stands in a job's process, so that its boto3 calls go through the lab.

This module is imported in a job's process once that imports botocore: it needs botocore, and nothing of moto.
"""

from __future__ import annotations

import json
from typing import Any

import urllib3
from botocore import exceptions, handlers
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from lab_env.dataplane.door import FAILURE, FAILURE_STATUS, TOKEN, URL
from lab_env.dataplane.failures import make_final


class Forwarder:
    """Sends each signed request of this process to the lab's loopback server, as it stands.

    Args:
        port: the loopback server's TCP port.
        token: says from which place this process's calls come.
    """

    def __init__(self, port: int, token: str) -> None:
        self._pool = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=16)
        self._token = token

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Answer one request (botocore's ``before-send`` event), or raise what the client of a lost packet sees."""
        headers = {name: _text(value) for name, value in request.headers.items()}
        answer = self._pool.urlopen(
            request.method,
            "/",
            body=request.body,
            headers={**headers, TOKEN: self._token, URL: request.url},
            retries=False,
            preload_content=False,
            decode_content=False,
            chunked=headers.get("Transfer-Encoding") == "chunked",
        )
        if answer.status == FAILURE_STATUS:
            answer.drain_conn()
            answer.release_conn()
            raise _failure(answer.headers[FAILURE])
        return AWSResponse(request.url, answer.status, answer.headers, answer)


def install(port: int, token: str) -> None:
    """Make every botocore session of this process talk to the lab from now on."""
    handlers.BUILTIN_HANDLERS.append(("before-send", Forwarder(port, token)))
    make_final()


def isolate() -> None:
    """Let every AWS call of this process fail at once, as in a container without a network."""
    handlers.BUILTIN_HANDLERS.append(("before-send", _no_network))
    make_final()


def _no_network(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    raise _failure(json.dumps({"kind": "EndpointConnectionError", "url": request.url}))


def _failure(text: str) -> Exception:
    lost = json.loads(text)
    error: Exception = getattr(exceptions, lost["kind"])(endpoint_url=lost["url"])
    # Known as the lab's own failure, so final; the trace stays in the kernel.
    error.lab_trace = None  # type: ignore[attr-defined]
    return error


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
