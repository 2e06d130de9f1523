"""Asking an API, whoever answers: the mock cloud, a real account's client, or exported JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from lab_env.errors import IncompleteSnapshot
from lab_env.snapshot.record import Record

Describe = Callable[[str, dict[str, Any]], Mapping[str, Any]]
"""One call of one service's API: its name and parameters in, its answer out; AWS's errors are ``ClientError``."""

# What an answer calls the way to its next page, and what the next request calls it.
_TOKENS = (
    ("NextToken", "NextToken"),
    ("Marker", "Marker"),
    ("NextMarker", "Marker"),
    ("ContinuationToken", "ContinuationToken"),
)
_REFUSED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


def ask(describe: Describe, operation: str, absent: Collection[str] = (), **parameters: Any) -> Record | None:
    """The answer to one call.

    Args:
        describe: makes the call.
        operation: the operation's name (``GetBucketPolicy``).
        absent: AWS's error codes that say that there is none such; they answer ``None``.
        parameters: the operation's own.

    Raises:
        IncompleteSnapshot: the caller may not ask this.
        ClientError: any other error of AWS's.
    """
    try:
        return Record(describe(operation, parameters), operation)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in absent:
            return None
        if code in _REFUSED:
            raise IncompleteSnapshot(
                f"AWS refused the call {operation}.",
                where=", ".join(map(str, parameters.values())),
                do="Ask with an identity that may read it.",
            ) from error
        raise


def answer_of(describe: Describe, operation: str, **parameters: Any) -> Record:
    """The answer to a call that always has one. Raises as `ask` does."""
    return ask(describe, operation, (), **parameters) or Record({}, operation)


def pages(describe: Describe, operation: str, key: str, **parameters: Any) -> Iterator[Record]:
    """The items of a list, page after page.

    Args:
        describe: makes the calls.
        operation: the operation's name (``ListRoles``).
        key: what holds the items in an answer (``Roles``).
        parameters: the operation's own.
    """
    for answer in _pages(describe, operation, parameters):
        yield from answer.records(key)


def texts(describe: Describe, operation: str, key: str, **parameters: Any) -> Iterator[str]:
    """As `pages`, for a list of texts."""
    for answer in _pages(describe, operation, parameters):
        yield from answer.texts(key)


def _pages(describe: Describe, operation: str, parameters: dict[str, Any]) -> Iterator[Record]:
    more: dict[str, Any] = {}
    while True:
        answer = answer_of(describe, operation, **(parameters | more))
        yield answer
        more = next(({ours: answer.text(name)} for name, ours in _TOKENS if answer.text(name, "")), {})
        if not more:
            return
