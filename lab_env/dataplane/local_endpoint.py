"""The mock cloud on a local port: for the AWS CLI, boto3 in other processes, and whatever takes an endpoint URL.

Requests pass the same seam as the kernel's own calls, from the operator's machine, as whoever's keys signed them.
"""

from __future__ import annotations

from threading import Thread

from botocore.awsrequest import AWSPreparedRequest

from lab_env.cloud.call import ApiCall
from lab_env.cloud.refusals import AwsError, Response, refusal
from lab_env.dataplane.addressee import addressee
from lab_env.dataplane.failures import trace_of
from lab_env.dataplane.loopback import Process, headers_for_aws
from lab_env.dataplane.wire import AwsHandler, LoopbackServer
from lab_env.errors import InvalidInput

LOOPBACK = "127.0.0.1"


class LocalEndpoint:
    """Serves the mock cloud to this machine, and to no other, until it is closed.

    Args:
        process: answers one request, as the seam does.
        port: TCP port of the loopback interface; 0 for any that is free.

    Raises:
        InvalidInput: the port cannot be had.
    """

    def __init__(self, process: Process, port: int = 0) -> None:
        self._process = process
        try:
            self._server = _Server((LOOPBACK, port), self)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise InvalidInput(
                f"cannot serve there: {why}.", where=f"port {port}", do="Choose another port, or 0 for any."
            ) from None
        self.port: int = self._server.server_address[1]
        # Not the caller's thread: an interrupt there would leave a connection that was half taken.
        self._thread = Thread(target=self._server.serve_forever, name="lab-endpoint", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What a client takes for its endpoint URL."""
        return f"http://{LOOPBACK}:{self.port}"

    def close(self) -> None:
        """Stop serving, and give the port back."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: AWSPreparedRequest) -> Response:
        """Answer one request; what the lab cannot answer comes as an error that a client shows with its message."""
        try:
            return self._process(request) or (404, {}, b"")
        except Exception as error:  # noqa: BLE001 - told to the client, whatever it is
            # A client of a lost packet would see no answer at all; and none of these is better at a second try.
            trace = trace_of(error)
            message = str(error) if trace is None else f"{error} {trace.reason}"
            refused = AwsError(type(error).__name__, message, 400 if trace else 501)
        return refusal(request, ApiCall.of(request), refused)


class _Server(LoopbackServer):
    # How many clients may knock at once; with the default of five the sixth waits a second.
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], endpoint: LocalEndpoint) -> None:
        self.endpoint = endpoint
        super().__init__(address, _Handler)


class _Handler(AwsHandler):
    server: _Server

    def respond(self, body: bytes) -> Response:
        host = addressee(self.command, self.path, self.headers, body)
        headers = headers_for_aws(self.headers)
        request = AWSPreparedRequest(self.command, f"https://{host}{self.path}", headers, body, False)
        return self.server.endpoint.answer(request)
