"""The network as a job's process sees it: a kernel to ask, or nothing at all.

This module is imported in every job's process: it needs the standard library alone.
"""

from __future__ import annotations

import errno
import json
import socket
from http.client import HTTPConnection
from typing import Any, Protocol

from lab_env.dataplane.door import QUESTION, TOKEN

LOOPBACK = "127.0.0.1"
# Linux's words, which are a training container's on every machine.
UNREACHABLE = (errno.ENETUNREACH, "Network is unreachable")
NO_NAME = (socket.EAI_NONAME, "Name or service not known")
NO_ADDRESS = (getattr(socket, "EAI_NODATA", socket.EAI_NONAME), "No address associated with hostname")
_NO_ANSWER = (socket.EAI_AGAIN, "Temporary failure in name resolution")
_TIMED_OUT = (errno.ETIMEDOUT, "Connection timed out")
_REFUSED = (errno.ECONNREFUSED, "Connection refused")


class Network(Protocol):
    """What sockets ask: a name's addresses, and the loopback port that stands for an address and port."""

    def resolve(self, name: str) -> list[str]:
        """Addresses of a name; raises ``socket.gaierror``."""

    def connect(self, address: str, port: int, own_port: int) -> int:
        """The loopback port to connect to instead; raises ``OSError``."""


class LabNetwork:
    """The job's network, asked from the lab's kernel.

    Args:
        port: the loopback server's TCP port.
        token: says from which place this process's packets come.
    """

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token

    def resolve(self, name: str) -> list[str]:
        """The addresses that the job's resolver answers."""
        addresses: list[str] = self._ask({"resolve": name})["addresses"]
        if not addresses:
            raise socket.gaierror(*NO_NAME)
        return addresses

    def connect(self, address: str, port: int, own_port: int) -> int:
        """Send the first packet, and see whether it is answered."""
        answer = self._ask({"connect": address, "port": port, "from": own_port})
        match answer.get("lost"):
            case "lost":
                raise TimeoutError(*_TIMED_OUT)
            case "refused":
                raise ConnectionRefusedError(*_REFUSED)
        return int(answer["port"])

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        # A connection for each question: a script may fork, and a shared one would mix the answers up.
        kernel = HTTPConnection(LOOPBACK, self._port)
        try:
            kernel.request("POST", "/", json.dumps(question), {TOKEN: self._token, QUESTION: "network"})
            response = kernel.getresponse()
            text = response.read()
        finally:
            kernel.close()
        if response.status != 200:
            raise OSError(text.decode(errors="replace"))
        answer: dict[str, Any] = json.loads(text)
        if "error" in answer:
            raise OSError(answer["error"])
        return answer


class NoNetwork:
    """The network of a container under ``EnableNetworkIsolation``: there is none."""

    def resolve(self, name: str) -> list[str]:  # noqa: ARG002 - the protocol's
        """Nobody answers."""
        raise socket.gaierror(*_NO_ANSWER)

    def connect(self, address: str, port: int, own_port: int) -> int:  # noqa: ARG002 - the protocol's
        """There is no way out."""
        raise OSError(*UNREACHABLE)
