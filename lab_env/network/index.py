"""Look-ups in a network of which only a part was exported: what is not there may exist all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

from lab_env.errors import IncompleteSnapshot

Key = TypeVar("Key")
Value = TypeVar("Value")


class PartialIndex(Mapping[Key, Value]):
    """A mapping that answers what it knows and raises `IncompleteSnapshot` for all else, ``get`` and ``in`` included.

    Args:
        known: what the snapshot did hold.
        part: the top-level key of the describe answer that it lacks, such as ``NatGateways``.
    """

    def __init__(self, known: Mapping[Key, Value], part: str) -> None:
        self._known, self._part = known, part

    def __getitem__(self, key: Key) -> Value:
        try:
            return self._known[key]
        except KeyError:
            raise IncompleteSnapshot(
                f"this trace needs it, and the snapshot lacks {self._part}.",
                where=_text(key),
                do=f"Add the answer of describe-{_kebab(self._part)} to the snapshot.",
            ) from None

    def __iter__(self) -> Iterator[Key]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class WholeIndex(dict[Key, Value]):
    """What a snapshot holds of one kind, all of it. Another item that it names all the same was not exported.

    Args:
        known: the items.
        part: the top-level key of the describe answer that they came from.
    """

    def __init__(self, known: Mapping[Key, Value], part: str) -> None:
        super().__init__(known)
        self._part = part

    def __missing__(self, key: Key) -> Value:
        raise IncompleteSnapshot(
            f"the snapshot names it, and its {self._part} do not hold it.",
            where=_text(key),
            do="Export the account and Region that it belongs to, too.",
        )


def index(known: Mapping[Key, Value], missing: frozenset[str], *parts: str) -> Mapping[Key, Value]:
    """``known``, with a word for what is not in it; a `PartialIndex` when a part it came from is ``missing``."""
    absent = [part for part in parts if part in missing]
    return PartialIndex(known, absent[0]) if absent else WholeIndex(known, parts[0])


def _text(key: object) -> str:
    return " ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def _kebab(part: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", part).lower()
