"""A fault: one thing that somebody changed, so that the training job no longer runs; and the calls that undo it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab_env.compliance.changes import call
from lab_env.errors import NotFound

Client = Callable[[str], Any]

_READING = ("describe_", "get_", "list_", "head_")


@dataclass(slots=True)
class Hands:
    """What a fault's calls are made with.

    Attributes:
        client: gives a boto3 client of the operator's by service name.
        root: gives one of the root user's.
        find: the id of one of the scenario's resources (`lab_env.names.Names.find`).
        made: the calls that changed something, as Python.
        touched: the services that were asked.
    """

    client: Client
    root: Client
    find: Callable[[str], str | None]
    made: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def __call__(self, service: str) -> Any:
        """A client of the operator's, whose calls are written down."""
        return self._noting(service, self.client(service), "")

    def as_root(self, service: str) -> Any:
        """A client of the root user's, whose calls are written down."""
        return self._noting(service, self.root(service), f'lab.root().client("{service}")')

    def id(self, name: str) -> str:
        """The id of what has this name.

        Raises:
            NotFound: it does not stand.
        """
        found = self.find(name)
        if found is None:
            raise NotFound(f"nothing has the name {name!r} now.", do="Begin the drill anew.")
        return found

    def _noting(self, service: str, client: Any, speaker: str) -> Any:
        self.touched.add(service)
        return _Noting(client, service, speaker or service, self.made)


class _Noting:
    """A boto3 client that writes down each call that changes something."""

    def __init__(self, client: Any, service: str, speaker: str, made: list[str]) -> None:
        self._client, self._service, self._speaker, self._made = client, service, speaker, made

    def __getattr__(self, name: str) -> Any:
        own = getattr(self._client, name)
        if not callable(own) or name.startswith(_READING):
            return own

        def made(**given: Any) -> Any:
            answer = own(**given)
            self._made.append(call(name, service=self._speaker, **given))
            return answer

        return made


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        id: the name of its file.
        catalogue: its number in the list of symptoms and causes that the drills were made from; some share one.
        title: what is wrong, in one sentence.
        level: how hard it is to find: 1 a route or a filter, 2 one policy, 3 two sides that have to agree.
        concept: what one has to know.
        touches: the parts of the cloud that it changes; faults that share one do not compose.
        breaks: makes the calls that break a cloud in which the job runs.
        repairs: makes the calls that undo exactly that.
        hints: where to look, from a nudge to nearly the answer.
        subnets: names of the subnets that the job may run in.
        tidies: takes away what the repair rightly leaves and was not there before, so that the next proof may begin.
    """

    id: str
    catalogue: int
    title: str
    level: int
    concept: str
    touches: frozenset[str]
    breaks: Callable[[Hands], None]
    repairs: Callable[[Hands], None]
    hints: tuple[str, str, str]
    subnets: tuple[str, ...] = ("subnet_a",)
    tidies: Callable[[Hands], None] | None = None

    def composes(self, other: Fault) -> bool:
        """Whether both may break one cloud: they change different parts of it."""
        return not self.touches & other.touches
