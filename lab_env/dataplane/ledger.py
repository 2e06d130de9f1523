"""Every attempt, once: who called what, from where, by which way, and how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from lab_env.network.flow import Trace

# A workshop day makes some ten thousand calls; a runaway loop must not fill the memory.
LONGEST = 50_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call that somebody tried to make.

    Attributes:
        time: the lab's clock.
        place: where it came from, in words.
        principal: ARN of the caller.
        service: e.g. ``s3``.
        operation: e.g. ``GetObject``.
        target: the request's host.
        trace: the way it took, or where it died.
        status: the HTTP status of the answer; ``None`` when none came.
        error: botocore's error class when none came, else empty.
    """

    time: datetime
    place: str
    principal: str
    service: str
    operation: str
    target: str
    trace: Trace
    status: int | None
    error: str = ""


class Ledger:
    """The lab's memory of attempts, oldest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._attempts: deque[Attempt] = deque(maxlen=LONGEST)
        self._lock = Lock()

    def add(self, attempt: Attempt) -> None:
        """Remember one attempt."""
        with self._lock:
            self._attempts.append(attempt)

    def __iter__(self) -> Iterator[Attempt]:
        with self._lock:
            return iter(list(self._attempts))

    def __len__(self) -> int:
        return len(self._attempts)
