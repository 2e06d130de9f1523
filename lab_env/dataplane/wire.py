"""HTTP as the lab's servers on the loopback interface speak it: bodies read, answers written."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any

from lab_env.cloud.refusals import Response

# The server that writes an answer decides these itself.
_OWN = frozenset({"content-length", "transfer-encoding", "connection"})


def read_body(stream: BufferedIOBase, headers: Any) -> bytes:
    """A request's body: as long as its headers say, or in chunks.

    Args:
        stream: the connection, after the headers.
        headers: the request's headers.
    """
    if headers.get("Transfer-Encoding", "").lower() != "chunked":
        return stream.read(_size(headers.get("Content-Length") or "0", 10))
    parts = []
    while size := _size(stream.readline().split(b";")[0], 16):
        parts.append(stream.read(size))
        stream.readline()
    while stream.readline().strip():
        continue
    return b"".join(parts)


def _size(text: str | bytes, base: int) -> int:
    try:
        return int(text, base)
    except ValueError:
        # A client that was killed ends in the middle.
        raise ConnectionAbortedError("the request has no end") from None


def reply(handler: BaseHTTPRequestHandler, response: Response) -> None:
    """Write an answer: status, headers and body."""
    status, headers, body = response
    content = body.encode() if isinstance(body, str) else body
    handler.send_response_only(status)
    for name, value in headers.items():
        if name.lower() not in _OWN:
            handler.send_header(name, str(value))
    if handler.command == "HEAD":
        # The length of the object that is not sent.
        length = next((v for n, v in headers.items() if n.lower() == "content-length"), "0")
        handler.send_header("Content-Length", str(length))
        content = b""
    elif status not in (204, 304):
        handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    if content:
        handler.wfile.write(content)


class LoopbackServer(ThreadingHTTPServer):
    """A server with a thread for each connection, none of which keeps the process from ending."""

    daemon_threads = True

    def serve_forever(self, poll_interval: float = 0.05) -> None:
        """Serve until told to end, and see that within so many seconds: a lab that ran a job ends as soon."""
        super().serve_forever(poll_interval)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong here; a client that hangs up, or trusts nobody, sees its own error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class AwsHandler(BaseHTTPRequestHandler):
    """Takes requests to AWS one after another; a subclass says how each is answered."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def respond(self, body: bytes) -> Response | None:
        """Answer the request that stands in this handler; None closes the connection without a word."""
        raise NotImplementedError

    def _serve(self) -> None:
        response = self.respond(read_body(self.rfile, self.headers))
        if response is None:
            self.close_connection = True
        else:
            reply(self, response)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _serve  # noqa: N815 - the names http.server calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's own signature
        """Say nothing: the ledger keeps every call."""
