"""The lab's own time: it starts at a fixed moment and moves one second a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class LabClock:
    """A clock that only calls move, so that two runs print the same times. Threads may share it."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._lock = Lock()

    def tick(self) -> datetime:
        """Move on by one second and answer the new time (UTC)."""
        with self._lock:
            self._now += _SECOND
            return self._now

    def advance(self, minutes: int) -> datetime:
        """Let minutes pass, and answer the new time (UTC)."""
        with self._lock:
            self._now += timedelta(minutes=minutes)
            return self._now

    def now(self) -> datetime:
        """The time (UTC), without moving it."""
        with self._lock:
            return self._now
