"""The lab's door for other processes: an HTTP server on the loopback interface, behind the same seam.

A training job is a process of its own. Its AWS calls arrive here, keep their own URL, signature and body, and are then
answered exactly as a call of the kernel is. Who may come in, and from which place, is told by a token.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from secrets import token_urlsafe
from threading import Thread
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from lab_env.cloud.clock import LabClock
from lab_env.cloud.refusals import Response
from lab_env.dataplane.door import FAILURE, FAILURE_STATUS, QUESTION, TOKEN, URL
from lab_env.dataplane.failures import trace_of
from lab_env.dataplane.places import Place, mark
from lab_env.dataplane.wire import AwsHandler, LoopbackServer

Process = Callable[[AWSPreparedRequest], Response | None]
Inform = Callable[[Place, LabClock | None, str, dict[str, Any]], dict[str, Any]]

_OWN = frozenset({TOKEN.lower(), URL.lower(), "host", "transfer-encoding"})
_STRANGER: Response = (403, {"Content-Type": "text/plain"}, b"This token opens nothing: the job has ended.")


class Loopback:
    """Serves AWS calls of other processes on this machine.

    Args:
        process: answers one request, as the seam does.

    ``informant`` answers what a job's sockets ask about its network (`lab_env.dataplane.outbound`).
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self.informant: Inform | None = None
        self._places: dict[str, tuple[Place, LabClock | None]] = {}
        self._server = _Server(("127.0.0.1", 0), self)
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, name="lab-loopback", daemon=True)
        self._thread.start()

    def admit(self, place: Place, clock: LabClock | None = None) -> str:
        """A token for calls that come from ``place``; they carry the time of ``clock``, when it has its own."""
        token = token_urlsafe(16)
        self._places[token] = (place, clock)
        return token

    def dismiss(self, token: str) -> None:
        """Let nobody in with this token any more."""
        self._places.pop(token, None)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, token: str, method: str, url: str, headers: HTTPHeaders, body: bytes) -> Response:
        """Answer one call, or say by status and header how its packets were lost."""
        admitted = self._places.get(token)
        if admitted is None:
            return _STRANGER
        request = AWSPreparedRequest(method, url, headers, body, False)
        mark(request, *admitted)
        try:
            response = self._process(request)
        except Exception as error:  # noqa: BLE001 - told to the process that asked, whatever it is
            if trace_of(error) is None:
                return 500, {"Content-Type": "text/plain"}, f"{type(error).__name__}: {error}".encode()
            lost = {"kind": type(error).__name__, "url": error.kwargs["endpoint_url"]}  # type: ignore[attr-defined]
            return FAILURE_STATUS, {FAILURE: json.dumps(lost)}, b""
        return response or (404, {}, b"")

    def inform(self, token: str, body: bytes) -> Response:
        """Answer one question about the network, JSON in and JSON out."""
        admitted = self._places.get(token)
        if admitted is None or self.informant is None:
            return _STRANGER
        answer = self.informant(*admitted, token, json.loads(body))
        return 200, {"Content-Type": "application/json"}, json.dumps(answer)


class _Server(LoopbackServer):
    def __init__(self, address: tuple[str, int], loopback: Loopback) -> None:
        self.loopback = loopback
        super().__init__(address, _Handler)


class _Handler(AwsHandler):
    server: _Server

    def respond(self, body: bytes) -> Response:
        token = self.headers.get(TOKEN, "")
        if QUESTION in self.headers:
            return self.server.loopback.inform(token, body)
        url = self.headers.get(URL, "")
        return self.server.loopback.answer(token, self.command, url, headers_for_aws(self.headers), body)


def headers_for_aws(headers: Any) -> HTTPHeaders:
    """A request's headers as its client sent them, without what only this connection needs."""
    kept = HTTPHeaders()
    for name, value in headers.items():
        if name.lower() not in _OWN:
            kept[name] = value
    return kept
