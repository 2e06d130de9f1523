"""Every attempt, once: who called what, from where, by which way, and how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from lab_env.access import AccessDecision, AccessRequest
from lab_env.cloud.call import ApiCall
from lab_env.network.flow import Trace
from lab_env.network.model import Network

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
        call: the call, as its request says it.
        request: the call as policies see it; ``None`` when it did not arrive, or nobody owns its key.
        decision: what the policies decided; ``None`` when there was nothing to decide.
        code: AWS's error code, when the answer is an error.
        request_id: of the answer, when the lab gave it one: denials have it.
        message: AWS's message, when the lab refused the call.
        agent: its ``User-Agent``.
        sent: bytes of its body.
        received: bytes of the answer's body.
        network: the network as it stood, when the call came from one of its interfaces.
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
    call: ApiCall | None = None
    request: AccessRequest | None = None
    decision: AccessDecision | None = None
    code: str = ""
    request_id: str = ""
    message: str = ""
    agent: str = ""
    sent: int = 0
    received: int = 0
    network: Network | None = field(default=None, repr=False)

    @property
    def access_key(self) -> str:
        """The id of the keys that signed it; empty for an anonymous call."""
        return self.call.access_key if self.call is not None else ""

    @property
    def source_address(self) -> str:
        """The address that the service sees; empty when the call did not arrive."""
        return "" if self.trace.source_seen is None else str(self.trace.source_seen)

    @property
    def endpoint(self) -> str:
        """The VPC endpoint that it came through; empty for none."""
        return self.trace.endpoint or ""


class Ledger:
    """The lab's memory of attempts, oldest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._attempts: deque[Attempt] = deque(maxlen=LONGEST)
        self._total = 0
        self._lock = Lock()

    @property
    def total(self) -> int:
        """How many there have been; attempts are numbered from 1."""
        return self._total

    def add(self, attempt: Attempt) -> None:
        """Remember one attempt."""
        with self._lock:
            self._attempts.append(attempt)
            self._total += 1

    def since(self, number: int) -> list[tuple[int, Attempt]]:
        """The attempts after that number, as far as they are remembered, each with its own number."""
        with self._lock:
            first = self._total - len(self._attempts) + 1
            return [found for found in enumerate(self._attempts, first) if found[0] > number]

    def answered(self, request_id: str) -> Attempt | None:
        """The attempt whose answer had this request id."""
        return next((one for one in reversed(list(self)) if one.request_id == request_id), None)

    def __iter__(self) -> Iterator[Attempt]:
        with self._lock:
            return iter(list(self._attempts))

    def __len__(self) -> int:
        return len(self._attempts)
