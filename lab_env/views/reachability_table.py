"""Every pair of interfaces, as a table: a row for each kind of interface, and whom those of that kind reach."""

from __future__ import annotations

from lab_env.errors import LabError
from lab_env.network.reachability import Reachability
from lab_env.views.table import Table

_NAMED = 3


def reachability_table(found: Reachability) -> Table:
    """The whole answer, with the count of pairs in its caption.

    Args:
        found: what was decided.
    """
    works, fails, unknown = found.count()
    port = found.protocol if found.protocol == "icmp" else f"{found.protocol} {found.port}"
    total = works + fails + unknown
    caption = f"{port}: {works:,} of {total:,} ordered pairs of interfaces connect"
    caption += f", {unknown:,} are not known" if unknown else ""
    columns = ["", "interfaces that no rule tells apart", "reach in their subnet", "reach beyond it"]
    rows = [
        [
            str(number + 1),
            _members(kind),
            *(_whom(found, number, near=near, known=True) for near in (True, False)),
        ]
        for number, kind in enumerate(found.kinds)
    ]
    if unknown:
        columns.append("not known")
        for number, row in enumerate(rows):
            parts = (_whom(found, number, near=near, known=False) for near in (True, False))
            row.append(", ".join(filter(None, parts)))
    reasons = {str(answer) for answer in found.answers.values() if isinstance(answer, LabError)}
    return Table(tuple(columns), tuple(map(tuple, rows)), caption, notes=tuple(sorted(reasons)))


def _members(kind: tuple[str, ...]) -> str:
    more = len(kind) - _NAMED
    return ", ".join(kind[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _whom(found: Reachability, source: int, *, near: bool, known: bool) -> str:
    """The numbers of the kinds that one kind reaches; or of those for which that is not known."""
    told = ((other, found.answers.get((source, other, near))) for other in range(len(found.kinds)))
    return ", ".join(
        str(other + 1)
        for other, answer in told
        if (answer is True if known else isinstance(answer, LabError))
    )
