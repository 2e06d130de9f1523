"""Values of which a part may be unknown: an exported state need not hold every answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from lab_env.errors import IncompleteSnapshot


class Partial:
    """A slotted dataclass whose unknown fields raise `IncompleteSnapshot` when they are asked for."""

    __slots__ = ()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            if name not in {item.name for item in fields(self)}:
                raise AttributeError(name)
            # The first field, what the value is known by, is always there.
            first = getattr(self, fields(self)[0].name)
            raise IncompleteSnapshot(
                f"this question needs its {name.replace('_', ' ')}, and the snapshot does not tell.",
                where=first,
                do="Export the answers of the calls that tell it, and ask again.",
            )


Value = TypeVar("Value", bound=Partial)


def read_fields(kind: type[Value], **readers: Callable[[], Any] | str) -> Value:
    """A value from a reader for each of its fields; the field of one that raises `IncompleteSnapshot` is unknown.

    Args:
        kind: the value's class.
        readers: by field, what reads it; text stands for itself.
    """
    value = object.__new__(kind)
    for item in fields(kind):  # type: ignore[arg-type]
        reader = readers[item.name]
        try:
            found = reader() if callable(reader) else reader
        except IncompleteSnapshot:
            continue
        object.__setattr__(value, item.name, found)
    return value
