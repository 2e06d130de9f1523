"""A month's bill as a table: what stands and what passes, how much of it, at what price, and why."""

from __future__ import annotations

from decimal import Decimal

from lab_env.costs import Bill, Line
from lab_env.views.table import Table

_COLUMNS = ("what", "quantity", "each", "USD", "why", "price read")


def bill_table(bill: Bill, caption: str) -> Table:
    """The table of a bill, its sum in the last row.

    Args:
        bill: the bill.
        caption: what it is the bill of.
    """
    rows = tuple(map(_row, bill.lines))
    total = ("a month", "", "", _usd(bill.usd), "" if rows else "nothing here costs anything by itself", "")
    pages = sorted({f"{line.price.page}: {line.price.url}" for line in bill.lines})
    notes = (f"List prices; check them before you budget. {'; '.join(pages)}",) if pages else ()
    return Table(_COLUMNS, (*rows, total), caption, frozenset({len(rows)}), notes)


def _row(line: Line) -> tuple[str, ...]:
    price = line.price
    free = f", {price.free:,} free" if price.free else ""
    each = f"{price.usd.normalize():f} per {price.unit}{free}{', then less' if price.tiers else ''}"
    quantity = f"{line.quantity:,} {price.unit}{'' if price.unit == 'GB' or line.quantity == 1 else 's'}"
    return (price.title, quantity, each, _usd(line.usd), line.reason, price.read)


def _usd(amount: Decimal) -> str:
    return f"{amount:,.2f}"
