"""Asking an API, whoever answers: the mock cloud, a real account's client, or exported JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from lab_env.errors import IncompleteSnapshot

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


def ask(
    describe: Describe, operation: str, absent: Collection[str] = (), **parameters: Any
) -> Mapping[str, Any] | None:
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
        return describe(operation, parameters)
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


def pages(describe: Describe, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
    """The items of a list, page after page.

    Args:
        describe: makes the calls.
        operation: the operation's name (``ListRoles``).
        key: what holds the items in an answer (``Roles``).
        parameters: the operation's own.
    """
    more: dict[str, Any] = {}
    while True:
        answer = ask(describe, operation, **(parameters | more)) or {}
        yield from answer.get(key) or ()
        more = next(({ours: answer[name]} for name, ours in _TOKENS if answer.get(name)), {})
        if not more:
            return
