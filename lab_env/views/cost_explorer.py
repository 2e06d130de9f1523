"""The cost explorer: what a month costs by each way to S3, over its gigabytes, its hours and its zones.

Where nobody looks (a terminal, a test, a page on the web) it is static: the chart, where lines cross, and the bills.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from lab_env.costs import HOURS, Line, Way
from lab_env.errors import InvalidInput
from lab_env.views.cost_chart import MOST, Chart, label
from lab_env.views.progress import front_end
from lab_env.views.table import Table
from lab_env.views.ways import ZONES, built_ways

_COLUMNS = ("way to S3", "what", "quantity", "USD", "why")
_WIDE = "max-width:100%;height:auto"


class CostExplorer:
    """What the same data costs by each way. Displayed in a notebook that somebody looks at, it has sliders; else text.

    Args:
        ways: the ways to S3 by number of zones, as `built_ways` gives them.
        gigabytes: training data read in the month, in GB.
        hours: how long what stands has stood.
        zones: in how many Availability Zones it stands.
        shown: whether to show the sliders; by default where there is a front end.

    Raises:
        InvalidInput: a number beyond what the sliders reach.
    """

    def __init__(
        self,
        ways: Mapping[int, tuple[Way, ...]],
        *,
        gigabytes: int = 1000,
        hours: int = HOURS,
        zones: int = 2,
        shown: bool | None = None,
    ) -> None:
        _check("gigabytes", gigabytes, range(MOST + 1))
        _check("hours", hours, range(HOURS + 1))
        _check("zones", zones, range(ZONES[0], ZONES[-1] + 1))
        self.ways, self.gigabytes, self.hours, self.zones = ways, gigabytes, hours, zones
        self._shown = front_end() if shown is None else shown

    @property
    def chart(self) -> Chart:
        """The lines, and where they cross."""
        return Chart(self.ways[self.zones], self.gigabytes, self.hours, self.zones)

    def at(self, gigabytes: int, hours: int, zones: int) -> CostExplorer:
        """The same for another month."""
        return CostExplorer(self.ways, gigabytes=gigabytes, hours=hours, zones=zones, shown=self._shown)

    def meetings(self) -> Table:
        """Where lines cross, numbered as in the chart."""
        found = self.chart.crossings
        rows = tuple(
            (str(number), f"{one.gigabytes:,}", one.cheaper, one.dearer, f"{one.usd:,.2f}")
            for number, one in enumerate(found, 1)
        )
        columns = ("", "from GB", "this is cheaper", "than this", "USD there")
        notes = () if rows else (f"No lines cross up to {MOST:,} GB.",)
        return Table(columns, rows, "Where lines cross", notes=notes)

    def bills(self) -> Table:
        """The bill of each way for the month that is looked at, line by line."""
        rows = [row for way in self.ways[self.zones] for row in self._bill(way)]
        sums = frozenset(number for number, row in enumerate(rows) if row[0])
        return Table(_COLUMNS, tuple(rows), f"The month with {self.gigabytes:,} GB", sums)

    def _bill(self, way: Way) -> Iterator[tuple[str, ...]]:
        bill = way.bill(self.gigabytes, self.hours)
        why = "" if bill.lines else "nothing here costs anything by itself"
        yield label(way), "", "", f"{bill.usd:,.2f}", why
        for line in bill.lines:
            yield "", line.price.title, _quantity(line), f"{line.usd:,.2f}", line.reason

    @property
    def sentence(self) -> str:
        """What the month costs by each way, in one sentence."""
        costs = (
            f"{label(way)} {way.bill(self.gigabytes, self.hours).usd:,.2f}" for way in self.ways[self.zones]
        )
        return f"US dollars for {self.gigabytes:,} GB: {'; '.join(costs)}."

    def image(self) -> str:
        """The chart as an HTML image with its words."""
        chart = self.chart
        source = f"data:image/svg+xml,{quote(chart.svg())}"
        return f'<img src="{source}" alt="{escape(chart.alt)}" style="{_WIDE}">'

    def html(self) -> str:
        """The chart, where lines cross, and the bills."""
        return f"{self.image()}{self.meetings().html()}{self.bills().html()}"

    def __str__(self) -> str:
        return f"{self.chart.title}\n{self.meetings()}\n{self.bills()}"

    __repr__ = __str__

    def form(self) -> Any:
        """The sliders over it, an ipywidgets box."""
        from lab_env.views.cost_form import Form

        return Form(self).box

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude  # all forms are always given: a front end takes the one it can show
        found: dict[str, Any] = {"text/plain": str(self), "text/html": self.html()}
        if self._shown:
            found |= self.form()._repr_mimebundle_()
        return found


def explore(gigabytes: int, hours: int, zones: int) -> CostExplorer:
    """Build the ways, unless that was done before, and open the explorer on them.

    Args:
        gigabytes: training data read in the month, in GB.
        hours: how long what stands has stood.
        zones: in how many Availability Zones it stands.
    """
    return CostExplorer(built_ways(), gigabytes=gigabytes, hours=hours, zones=zones)


def _quantity(line: Line) -> str:
    many = "" if line.price.unit == "GB" or line.quantity == 1 else "s"
    return f"{line.quantity:,} {line.price.unit}{many}"


def _check(name: str, value: int, allowed: range) -> None:
    if value not in allowed:
        wanted = f"Give {allowed.start:,} to {allowed.stop - 1:,}."
        raise InvalidInput(f"{name}={value!r} is not on the explorer's scale.", do=wanted)
