"""The lab's door for other processes: an HTTP server on the loopback interface, behind the same seam.

A training job is a process of its own. Its AWS calls arrive here, keep their own URL, signature and body, and are then
answered exactly as a call of the kernel is. Who may come in, and from which place, is told by a token.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from secrets import token_urlsafe
from threading import Thread
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from lab_env.cloud.clock import LabClock
from lab_env.cloud.refusals import Response
from lab_env.dataplane.failures import trace_of
from lab_env.dataplane.places import Place, mark
from lab_env.dataplane.remote import FAILURE, FAILURE_STATUS, TOKEN, URL

Process = Callable[[AWSPreparedRequest], Response | None]


class Loopback:
    """Serves AWS calls of other processes on this machine.

    Args:
        process: answers one request, as the seam does.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
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
            return 403, {"Content-Type": "text/plain"}, b"This token opens nothing: the job has ended."
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


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], loopback: Loopback) -> None:
        self.loopback = loopback
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        body = _read_body(self.rfile, self.headers)
        headers = HTTPHeaders()
        for name, value in self.headers.items():
            if name not in (TOKEN, URL, "Host", "Transfer-Encoding"):
                headers[name] = value
        token, url = self.headers.get(TOKEN, ""), self.headers.get(URL, "")
        status, answer_headers, answer = self.server.loopback.answer(token, self.command, url, headers, body)
        content = answer.encode() if isinstance(answer, str) else answer
        self.send_response_only(status)
        for name, value in answer_headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, str(value))
        if self.command == "HEAD":
            # The length of the object that is not sent.
            length = next((v for n, v in answer_headers.items() if n.lower() == "content-length"), "0")
            self.send_header("Content-Length", str(length))
            content = b""
        elif status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if content:
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815 - the names http.server calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's own signature
        """Say nothing: the ledger keeps every call."""


def _read_body(stream: BufferedIOBase, headers: Any) -> bytes:
    if headers.get("Transfer-Encoding", "").lower() != "chunked":
        return stream.read(int(headers.get("Content-Length") or 0))
    parts = []
    while size := int(stream.readline().split(b";")[0], 16):
        parts.append(stream.read(size))
        stream.readline()
    while stream.readline().strip():
        continue
    return b"".join(parts)
