"""What the log services delivered, as a table: which log, where, how many records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from lab_env.views.table import Table


class _Delivered(Protocol):
    @property
    def log(self) -> str: ...

    @property
    def place(self) -> str: ...

    @property
    def records(self) -> int: ...

    @property
    def refused(self) -> str: ...


class Deliveries:
    """The files and log streams of one delivery.

    Args:
        items: what was delivered (`lab_env.evidence.delivery.Delivered`).
    """

    def __init__(self, items: tuple[_Delivered, ...]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[_Delivered]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    @property
    def table(self) -> Table:
        """As a table; what could not be written is marked."""
        rows = tuple((item.log, str(item.records), item.place, item.refused or "✓") for item in self._items)
        refused = frozenset(number for number, item in enumerate(self._items) if item.refused)
        columns = ("log", "records", "place", "written")
        return Table(columns, rows, f"Delivered: {len(rows)}", refused)

    def __str__(self) -> str:
        return str(self.table)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table.html()
