"""What hosts outside AWS received from training jobs: what would have been stolen.

No such host exists here. The lab answers in its stead on the loopback interface, and keeps what came.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import overload

LONGEST = 1_000
# Enough to see what it is; the size is counted in full.
KEPT_BYTES = 1 << 14
SHOWN_LINES, SHOWN_WIDTH = 3, 100


@dataclass(frozen=True, slots=True)
class Received:
    """One request that a host outside AWS received, or whatever else was sent over one connection.

    Attributes:
        time: the lab's clock.
        sender: where it came from, in words.
        host: the host's name, or its address when it was called by address.
        port: TCP port.
        scheme: ``https`` or ``http``; ``tls`` or ``tcp`` for what was no HTTP.
        method: HTTP method; empty without HTTP.
        path: path and query; empty without HTTP.
        size: bytes of the body.
        beginning: the first of them, up to `KEPT_BYTES`.
    """

    time: datetime
    sender: str
    host: str
    port: int
    scheme: str
    method: str
    path: str
    size: int
    beginning: bytes = b""

    @property
    def url(self) -> str:
        """Where it was sent to."""
        usual = {"https": 443, "http": 80}.get(self.scheme) == self.port
        return f"{self.scheme}://{self.host}{'' if usual else f':{self.port}'}{self.path}"

    def lines(self, count: int = SHOWN_LINES) -> list[str]:
        """The first lines of the body, as text."""
        text = self.beginning.decode("utf-8", "backslashreplace")
        return [
            line if len(line) <= SHOWN_WIDTH else f"{line[:SHOWN_WIDTH]}…"
            for line in text.splitlines()[:count]
        ]

    def __str__(self) -> str:
        head = f"{self.method} {self.url}".strip()
        shown = "".join(f"\n    {line}" for line in self.lines())
        more = "\n    …" if len(self.beginning.splitlines()) > SHOWN_LINES else ""
        return f"{head}  {self.size:,} bytes  from {self.sender}{shown}{more}"


class Sink:
    """All that hosts outside AWS received since the lab was opened, oldest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._received: deque[Received] = deque(maxlen=LONGEST)
        self._lock = Lock()

    def add(self, received: Received) -> None:
        """Keep one."""
        with self._lock:
            self._received.append(received)

    def _all(self) -> list[Received]:
        with self._lock:
            # By the lab's time: connections that are open at once end in any order.
            return sorted(self._received, key=lambda item: (item.time, item.sender))

    def __iter__(self) -> Iterator[Received]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._received)

    @overload
    def __getitem__(self, index: int) -> Received: ...
    @overload
    def __getitem__(self, index: slice) -> list[Received]: ...
    def __getitem__(self, index: int | slice) -> Received | list[Received]:
        return self._all()[index]

    def __repr__(self) -> str:
        received = self._all()
        if not received:
            return "No host outside AWS received anything."
        total = sum(item.size for item in received)
        head = (
            f"Hosts outside AWS received {len(received)} request{'s'[: len(received) > 1]}, {total:,} bytes:"
        )
        return "\n".join([head, *(f"{number}  {item}" for number, item in enumerate(received, 1))])
