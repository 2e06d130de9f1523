"""A chart of what a month costs over its gigabytes: a line for each way to S3, told apart without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from zlib import crc32

from lab_env.costs import Crossing, Way, crossings, curve
from lab_env.errors import InvalidInput

MOST = 10_000
"""Gigabytes a month at the right edge."""

_AMOUNTS = tuple(range(0, MOST + 1, 500))
_WIDTH, _HEIGHT = 820, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 222, 34, 52
_ROW = 18
_STEPS = (1, 2, 2.5, 5, 10)
# Dashes and a mark of its own for each line, in the order of the ways.
_DASHES = ("2 5", "", "9 4", "", "12 3 2 3", "6 3")
_MARKS = ("cross", "square", "diamond", "circle", "triangle", "plus")
_SIX = len(_DASHES)

_STYLE = """.pc text{font:12px Helvetica,Arial,'Liberation Sans',sans-serif;fill:#1b2733}
.pc .plate{fill:#fff;stroke:#b9c4cf}.pc .grid{stroke:#dfe5ea}.pc .axis{stroke:#4b5a68}
.pc .now{stroke:#1b2733;stroke-width:1.5;stroke-dasharray:3 3}.pc .b{font-weight:700}
.pc .l{fill:none;stroke-width:2.6}.pc .lead{stroke:#8595a5;fill:none}
.pc .meet{fill:#fff;stroke:#1b2733;stroke-width:1.6}
.pc .s0{stroke:#5d6b78}.pc .s1{stroke:#b34700}.pc .s2{stroke:#8d3f77}.pc .s3{stroke:#0072b2}.pc .s4{stroke:#00785a}
.pc .s5{stroke:#1b2733}.pc .m{fill:#fff;stroke-width:2}
@media(prefers-color-scheme:dark){.pc text{fill:#e6edf3}.pc .plate{fill:#171d25;stroke:#4a5866}.pc .grid{stroke:#2c3742}
.pc .axis{stroke:#a9b7c4}.pc .now{stroke:#e6edf3}.pc .meet{fill:#171d25;stroke:#e6edf3}.pc .m{fill:#171d25}
.pc .s0{stroke:#a9b7c4}.pc .s1{stroke:#f08a3c}.pc .s2{stroke:#dd8fc4}.pc .s3{stroke:#4fb3f0}.pc .s4{stroke:#2fc69c}
.pc .s5{stroke:#e6edf3}}""".replace("\n", "")


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn.

    Attributes:
        ways: a line each, at most six.
        gigabytes: the month that is looked at, in GB.
        hours: how long what stands has stood.
        zones: in how many Availability Zones it stands.
    """

    ways: tuple[Way, ...]
    gigabytes: int
    hours: int
    zones: int

    def __post_init__(self) -> None:
        if len(self.ways) > _SIX:
            raise InvalidInput(
                f"{len(self.ways)} lines are too many to tell apart.", do=f"Give at most {_SIX}."
            )

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """Where lines cross; of ways that do not reach S3, none is looked for."""
        return crossings([way for way in self.ways if way.reaches], _AMOUNTS[::10], self.hours)

    @property
    def title(self) -> str:
        """What it shows, in a line."""
        zones = f"{self.zones} Availability Zone{'s' if self.zones > 1 else ''}"
        return f"US dollars a month over GB read, {self.hours} hours, {zones}"

    @property
    def alt(self) -> str:
        """The same in sentences."""
        lines = (
            f"{label(way)}: {_usd(way, 0, self.hours)} without data, {_usd(way, MOST, self.hours)} at {MOST:,} GB."
            for way in self.ways
        )
        meet = (
            f"From {one.gigabytes:,} GB on {one.cheaper} is cheaper than {one.dearer}."
            for one in self.crossings
        )
        now = ", ".join(f"{way.name} {_usd(way, self.gigabytes, self.hours)}" for way in self.ways)
        told = " ".join((*lines, *(meet if self.crossings else ("No lines cross.",))))
        return f"Line chart: {self.title}. {told} At {self.gigabytes:,} GB: {now}."

    def svg(self) -> str:
        """The picture."""
        paper = _Paper(self)
        mark = f"pc{crc32(self.alt.encode()):08x}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="pc" role="img" width="{_WIDTH}" height="{_HEIGHT}" '
            f'viewBox="0 0 {_WIDTH} {_HEIGHT}" style="max-width:100%;height:auto" aria-labelledby="{mark}t {mark}d">'
            f'<title id="{mark}t">{escape(self.title)}</title><desc id="{mark}d">{escape(self.alt, quote=False)}</desc>'
            f"<style>{_STYLE}</style>{''.join(paper.parts())}</svg>\n"
        )


def label(way: Way) -> str:
    """What a line is called, and that it does not work where it does not."""
    return way.name if way.reaches else f"{way.name} (✗ no S3)"


def _usd(way: Way, gigabytes: int, hours: int) -> str:
    return f"{way.bill(gigabytes, hours).usd:,.2f}"


class _Paper:
    """Where things go."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._values = [[float(usd) for usd in curve(way, _AMOUNTS, chart.hours)] for way in chart.ways]
        self._step = _step(max((max(line) for line in self._values), default=0.0) or 1.0)
        self._high = self._step * -(-max((max(line) for line in self._values), default=0.0) // self._step)
        self._high = self._high or self._step

    def parts(self) -> Iterator[str]:
        yield f'<rect class="plate" x="1" y="1" width="{_WIDTH - 2}" height="{_HEIGHT - 2}" rx="8"/>'
        yield _text(_LEFT, 20, self._chart.title, "b")
        yield from self._axes()
        for number, values in enumerate(self._values):
            yield from self._line(number, values)
        yield from self._labels()
        yield from self._meetings()
        yield from self._now()

    def _x(self, gigabytes: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * gigabytes / MOST

    def _y(self, usd: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * usd / self._high

    def _axes(self) -> Iterator[str]:
        left, right = self._x(0), self._x(MOST)
        usd = 0.0
        while usd <= self._high:
            style = "grid" if usd else "axis"
            yield f'<path class="{style}" d="M{_n(left)} {_n(self._y(usd))}H{_n(right)}"/>'
            yield _text(left - 8, self._y(usd) + 4, f"{usd:,.0f}", anchor="end")
            usd += self._step
        for gigabytes in range(0, MOST + 1, MOST // 5):
            x = self._x(gigabytes)
            yield f'<path class="axis" d="M{_n(x)} {_n(self._y(0))}v5"/>'
            yield _text(x, self._y(0) + 19, f"{gigabytes:,}", anchor="middle")
        yield _text(
            (left + right) / 2, _HEIGHT - 12, "GB of training data read in the month", anchor="middle"
        )

    def _line(self, number: int, values: Sequence[float]) -> Iterator[str]:
        points = [(self._x(gb), self._y(usd)) for gb, usd in zip(_AMOUNTS, values, strict=True)]
        path = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
        yield f'<path class="l s{number}" d="M{path}"{dash}/>'
        # Each line's marks stand elsewhere, so that those of lines on top of one another are all seen.
        for x, y in points[2 + number % 4 :: 6]:
            yield _mark(number, x, y)

    def _labels(self) -> Iterator[str]:
        right = self._x(MOST)
        ends = sorted((self._y(values[-1]), number) for number, values in enumerate(self._values))
        for (y, number), at in zip(ends, _apart([y for y, _ in ends]), strict=True):
            yield f'<path class="lead" d="M{_n(right + 2)} {_n(y)}L{_n(right + 14)} {_n(at)}"/>'
            yield _mark(number, right + 22, at)
            yield _text(right + 32, at + 4, label(self._chart.ways[number]))

    def _meetings(self) -> Iterator[str]:
        for number, one in enumerate(self._chart.crossings, 1):
            x, y = self._x(one.gigabytes), self._y(float(one.usd))
            yield f'<circle class="meet" cx="{_n(x)}" cy="{_n(y)}" r="8"/>'
            yield _text(x, y + 4, str(number), "b", anchor="middle")

    def _now(self) -> Iterator[str]:
        x = self._x(self._chart.gigabytes)
        yield f'<path class="now" d="M{_n(x)} {_TOP}V{_n(self._y(0))}"/>'
        side, gap = ("end", -5) if self._chart.gigabytes > MOST / 2 else ("start", 5)
        yield _text(x + gap, _TOP + 8, f"{self._chart.gigabytes:,} GB", "b", anchor=side)


def _step(most: float) -> float:
    """A round distance of which four to eight make the axis."""
    size = 10.0 ** (len(str(int(most))) - 2)
    return next(size * step for step in _STEPS if size * step * 8 >= most)


def _apart(places: Sequence[float]) -> list[float]:
    """Rising places, moved as little as keeps each a row from the next, none below the axis."""
    down: list[float] = []
    for place in places:
        down.append(max(place, down[-1] + _ROW if down else place))
    lowest = float(_HEIGHT - _BOTTOM + 6)
    up: list[float] = []
    for place in reversed(down):
        up.append(min(place, up[-1] - _ROW if up else lowest))
    return up[::-1]


_SHAPES = {
    "cross": "M-4-4L4 4M4-4L-4 4",
    "square": "M-4-4H4V4H-4z",
    "diamond": "M0-6L6 0L0 6L-6 0z",
    "circle": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "triangle": "M0-6L6 5H-6z",
    "plus": "M-5 0H5M0-5V5",
}


def _mark(number: int, x: float, y: float) -> str:
    return f'<path class="m s{number}" transform="translate({_n(x)} {_n(y)})" d="{_SHAPES[_MARKS[number]]}"/>'


def _text(x: float, y: float, text: str, style: str = "", *, anchor: str = "") -> str:
    look = f' class="{style}"' if style else ""
    side = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{look} x="{_n(x)}" y="{_n(y)}"{side}>{escape(text, quote=False)}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
