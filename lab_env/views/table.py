"""A small table for people: aligned text for terminals and screen readers, accessible HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain
from textwrap import wrap

WIDTH = 118
"""Columns of text that a notebook shows without scrolling."""

_GAP = "  "

# Colours that hold on light and on dark pages alike: text takes the page's own, lines are half transparent grey.
_TABLE = "border-collapse:collapse;margin:0.3em 0;font-size:0.92em"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;padding:0 0 0.35em;color:inherit"
_CELL = (
    "text-align:left;vertical-align:top;padding:0.25em 0.8em 0.25em 0.4em;"
    "border-bottom:1px solid rgba(128,128,128,0.35)"
)
_UNBROKEN = ";white-space:nowrap"
_PLAIN = ";border-left:4px solid transparent;font-weight:400"
_MARKED = ";border-left:4px solid #d55e00;font-weight:700"


def text_blocks(rows: Sequence[Sequence[str]], *, width: int = WIDTH) -> list[list[str]]:
    """One list of lines a row, in which the cells of each column stand under one another.

    No line is longer than ``width``: the widest columns are narrowed first, and a cell that no longer fits goes on in
    the next line of its row, broken at a space.
    """
    columns = max(map(len, rows), default=0)
    padded = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = _fitted([max(len(row[i]) for row in padded) for i in range(columns)], width)
    return [list(_row_lines(row, widths)) for row in padded]


def _fitted(widths: list[int], limit: int) -> list[int]:
    room = limit - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room:
        widest = max(range(len(widths)), key=widths.__getitem__)
        widths = [size - (number == widest) for number, size in enumerate(widths)]
    return widths


def _row_lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    cells = [
        wrap(cell, size, break_on_hyphens=False) if cell else []
        for cell, size in zip(row, widths, strict=True)
    ]
    for number in range(max(1, *map(len, cells))):
        parts = (cell[number] if number < len(cell) else "" for cell in cells)
        yield _GAP.join(part.ljust(size) for part, size in zip(parts, widths, strict=True)).rstrip()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under named columns.

    Attributes:
        columns: the headings.
        rows: one tuple of cells a row, as many as there are columns. The first cell names the row.
        caption: what the table shows, in one line.
        marked: numbers of the rows that matter most (0 is the first). Emphasis only: their words say it too.
        notes: sentences under the table.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    marked: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        head, *body = text_blocks([self.columns, *self.rows])
        lines = [*chain.from_iterable(body)] or ["(none)"]
        rule = "─" * max(map(len, [*head, *lines]))
        notes = chain.from_iterable(wrap(note, WIDTH) for note in self.notes)
        return "\n".join([self.caption, *head, rule, *lines, *notes])

    __repr__ = __str__

    def html(self) -> str:
        """The table as HTML: caption, headings with their scope, inline styles that need no theme."""
        head = "".join(
            f'<th scope="col" style="{_CELL};font-weight:600">{escape(name)}</th>' for name in self.columns
        )
        body = "".join(self._html_row(number, row) for number, row in enumerate(self.rows))
        notes = "".join(f'<p style="margin:0.2em 0">{escape(note)}</p>' for note in self.notes)
        return (
            f'<table style="{_TABLE}"><caption style="{_CAPTION}">{escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"
        )

    def _html_row(self, number: int, row: Sequence[str]) -> str:
        first, *others = row
        edge = _MARKED if number in self.marked else _PLAIN
        cells = "".join(f'<td style="{_CELL}{_breaking(cell)}">{escape(cell)}</td>' for cell in others)
        return f'<tr><th scope="row" style="{_CELL}{_breaking(first)}{edge}">{escape(first)}</th>{cells}</tr>'

    _repr_html_ = html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        return {"text/plain": str(self), "text/html": self.html()}


def _breaking(cell: str) -> str:
    # An id breaks at its hyphen otherwise, and is then hard to read and to copy.
    return _UNBROKEN if len(cell) < len("eni-0123456789abcdef0 ") or " " not in cell else ""
