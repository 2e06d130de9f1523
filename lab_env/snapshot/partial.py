"""Values of which a part may be unknown: an exported state need not hold every answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from lab_env.errors import IncompleteSnapshot


class Partial:
    """A slotted dataclass whose unknown fields raise `IncompleteSnapshot` when they are asked for."""

    __slots__ = ("_unknown",)

    if TYPE_CHECKING:
        _unknown: Mapping[str, IncompleteSnapshot]
    else:

        def __getattr__(self, name: str) -> object:
            # Reached only for slots that were never filled.
            if name == "_unknown" or name not in self._unknown:
                raise AttributeError(name)
            cause = self._unknown[name]
            raise IncompleteSnapshot(cause.what, where=cause.where, do=cause.do)


Value = TypeVar("Value", bound=Partial)


def read_fields(kind: type[Value], **readers: Callable[[], Any] | str) -> Value:
    """A value from a reader for each of its fields; the field of one that raises `IncompleteSnapshot` is unknown.

    Args:
        kind: the value's class.
        readers: by field, what reads it; text stands for itself.
    """
    value = object.__new__(kind)
    unknown = {}
    for item in fields(kind):  # type: ignore[arg-type]
        reader = readers[item.name]
        try:
            found = reader() if callable(reader) else reader
        except IncompleteSnapshot as error:
            unknown[item.name] = error
            continue
        object.__setattr__(value, item.name, found)
    if unknown:
        object.__setattr__(value, "_unknown", unknown)
    return value


class Unknown(Mapping[str, Any]):
    """What stands in place of all buckets, roles or keys when none was exported: every question about it raises.

    Args:
        service: the service whose answers the snapshot lacks.
    """

    def __init__(self, service: str) -> None:
        self._service = service

    def _raise(self, where: str = "") -> NoReturn:
        raise IncompleteSnapshot(
            f"this question needs answers of {self._service}, and the snapshot holds none.",
            where=where,
            do=f"Save them in a folder {self._service}, one folder in it for each resource.",
        )

    def __getitem__(self, key: str) -> NoReturn:
        self._raise(key)

    def __iter__(self) -> NoReturn:
        self._raise()

    def __len__(self) -> int:
        return self._raise()
