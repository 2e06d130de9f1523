"""The far end of a job's connections: a server on the loopback interface, in the stead of AWS and of outside hosts.

A connection is known by the port it comes from, which its job told before it connected. AWS's names pass the request
on to the seam; any other host takes what it is sent, answers ``200 OK``, and the sink keeps it.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from threading import Condition, Thread
from typing import Any, cast

from botocore.compat import HTTPHeaders

from lab_env.cloud.hosts import read_host
from lab_env.cloud.refusals import Response
from lab_env.dataplane.certificates import Authority
from lab_env.dataplane.door import FAILURE_STATUS
from lab_env.dataplane.loopback import headers_for_aws
from lab_env.dataplane.sink import KEPT_BYTES, Received, Sink
from lab_env.dataplane.wire import AwsHandler, LoopbackServer

Answer = Callable[[str, str, str, HTTPHeaders, bytes], Response]

_TLS_HANDSHAKE = b"\x16"
_METHOD = re.compile(rb"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) ")
# A killed process may leave a connection that was announced and never made.
SETTLE_SECONDS = 1.0
_MISDIRECTED: Response = (421, {"Content-Type": "text/plain"}, b"This service has no such name.\n")
_THANKS: Response = (200, {"Content-Type": "text/plain"}, b"OK\n")


@dataclass(frozen=True, slots=True)
class Call:
    """A connection that a job is about to make, and that its network lets through.

    Attributes:
        token: the job's.
        sender: where it comes from, in words.
        time: when it was made, by the job's clock.
        host: the name it is for, or the address when it was called by address.
        address: the address.
        port: the TCP port.
        aws: whether a service of AWS answers there.
    """

    token: str
    sender: str
    time: datetime
    host: str
    address: str
    port: int
    aws: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What the far end can prove to be: nobody else's name."""
        return (self.address,) if self.host == self.address else (self.host, self.address)


class Front:
    """Answers the connections of jobs that go anywhere but to the kernel itself.

    Args:
        authority: makes the far ends' certificates.
        sink: keeps what outside hosts receive.
        answer: answers a request to AWS, given the job's token, method, URL, headers and body.
    """

    def __init__(self, authority: Authority, sink: Sink, answer: Answer) -> None:
        self.sink, self.answer = sink, answer
        self._authority = authority
        self._calls: dict[int, Call] = {}
        self._open: Counter[str] = Counter()
        self._changed = Condition()
        self._aws = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._aws.sni_callback = self._choose
        self._server = _Server(("127.0.0.1", 0), self)
        self.port: int = self._server.server_address[1]
        Thread(target=self._server.serve_forever, name="lab-front", daemon=True).start()

    def expect(self, own_port: int, call: Call) -> None:
        """Let in the connection that will come from this port of the loopback interface."""
        with self._changed:
            self._calls[own_port] = call
            self._open[call.token] += 1

    def take(self, own_port: int) -> Call | None:
        """The call that comes from a port, once."""
        return self._calls.pop(own_port, None)

    def ended(self, call: Call) -> None:
        """A connection is over, and what it brought is kept."""
        with self._changed:
            self._open[call.token] -= 1
            self._changed.notify_all()

    def settle(self, token: str) -> None:
        """Wait until all that a job has sent is kept. Its process has ended, so its connections have too."""
        with self._changed:
            self._changed.wait_for(lambda: not self._open[token], SETTLE_SECONDS)
            del self._open[token]

    def secure(self, connection: socket.socket, call: Call) -> ssl.SSLSocket:
        """Speak TLS, under the name that the client asked for where AWS has it, else under the host's own."""
        context = self._aws if call.aws else self._authority.context(call.names)
        return context.wrap_socket(connection, server_side=True)

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        if name is None or not read_host(name).service:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = self._authority.context((name,))
        return None


class _Server(LoopbackServer):
    def __init__(self, address: tuple[str, int], front: Front) -> None:
        self.front = front
        super().__init__(address, _Handler)


class _Handler(AwsHandler):
    server: _Server
    scheme = "http"

    def __init__(self, request: Any, client_address: Any, server: _Server) -> None:
        self.call = server.front.take(client_address[1])
        try:
            super().__init__(request, client_address, server)
        finally:
            if self.call is not None:
                server.front.ended(self.call)

    def setup(self) -> None:
        if self.call is not None and self.request.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
            self.request = self.server.front.secure(self.request, self.call)
            self.scheme = "https"
        super().setup()

    def handle(self) -> None:
        if self.call is None:
            return
        if _METHOD.match(cast(BufferedReader, self.rfile).peek(1)):
            super().handle()
        elif not self.call.aws:
            self._keep_stream(self.call)

    def finish(self) -> None:
        super().finish()
        # The server knows only the socket that TLS was put over, which is none any more.
        self.connection.close()

    def respond(self, body: bytes) -> Response | None:
        call = cast(Call, self.call)
        if call.aws:
            return self._pass_on(call, body)
        self._keep(call, self.scheme, len(body), body)
        return _THANKS

    def _pass_on(self, call: Call, body: bytes) -> Response | None:
        asked = self.headers.get("Host", call.host)
        if not _same_service(asked, call.host):
            return _MISDIRECTED
        url = f"{self.scheme}://{asked}{self.path}"
        response = self.server.front.answer(
            call.token, self.command, url, headers_for_aws(self.headers), body
        )
        # The name it asks for is not to be reached from there any more, though this address was.
        return None if response[0] == FAILURE_STATUS else response

    def _keep_stream(self, call: Call) -> None:
        size, beginning = 0, b""
        while block := self.rfile.read1():
            size += len(block)
            beginning += block[: KEPT_BYTES - len(beginning)]
        self._keep(call, "tls" if self.scheme == "https" else "tcp", size, beginning)

    def _keep(self, call: Call, scheme: str, size: int, body: bytes) -> None:
        method, path = (self.command, self.path) if scheme.startswith("http") else ("", "")
        if not (size or method):
            return
        received = (call.time, call.sender, call.host, call.port, scheme, method, path, size)
        self.server.front.sink.add(Received(*received, body[:KEPT_BYTES]))


def _same_service(asked: str, called: str) -> bool:
    """Whether a service answers for another of its names: a bucket's, say. An address has no name to compare with."""
    one, other = read_host(asked.partition(":")[0]), read_host(called)
    return not other.service or (one.service, one.region) == (other.service, other.region)
