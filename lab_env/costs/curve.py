"""A month's cost over the gigabytes of the month, and where one way becomes cheaper than another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, pairwise

from lab_env.costs.month import HOURS, Bill, Usage, month
from lab_env.network.flow import Trace
from lab_env.network.model import Network


@dataclass(frozen=True, slots=True)
class Way:
    """A way to S3 that stands: its network, and the trace of a job's packet.

    Attributes:
        name: what the line is called.
        network: what stands the whole month.
        trace: from a training job to S3.
    """

    name: str
    network: Network
    trace: Trace

    def bill(self, gigabytes: int, hours: int = HOURS) -> Bill:
        """The month's bill when jobs read that many GB and what stands has stood that many hours."""
        return month(self.network, self.trace, replace(Usage(gigabytes), hours=hours))


@dataclass(frozen=True, slots=True)
class Crossing:
    """The first whole gigabyte a month from which one way is cheaper than another, which was not dearer before.

    Attributes:
        cheaper: the way that is cheaper from here on.
        dearer: the other one.
        gigabytes: the month's training data, in GB.
        usd: what the cheaper one costs there, in US dollars.
    """

    cheaper: str
    dearer: str
    gigabytes: int
    usd: Decimal


def curve(way: Way, amounts: Sequence[int], hours: int = HOURS) -> tuple[Decimal, ...]:
    """What the month costs in US dollars, for each amount of training data in GB."""
    return tuple(way.bill(amount, hours).usd for amount in amounts)


def crossings(ways: Sequence[Way], amounts: Sequence[int], hours: int = HOURS) -> tuple[Crossing, ...]:
    """Where lines cross, fewest gigabytes first.

    Args:
        ways: the ways to compare, each with each.
        amounts: GB a month, rising; two lines that cross twice between neighbours are not told apart.
        hours: how long what stands has stood.
    """
    found = (item for one, other in combinations(ways, 2) for item in _between(one, other, amounts, hours))
    return tuple(sorted(found, key=lambda item: (item.gigabytes, item.cheaper, item.dearer)))


def _between(one: Way, other: Way, amounts: Sequence[int], hours: int) -> Iterator[Crossing]:
    for low, high in pairwise(amounts):
        for cheaper, dearer in ((one, other), (other, one)):
            # Two lines that start at the same point only part there.
            if _less(dearer, cheaper, low, hours) and _less(cheaper, dearer, high, hours):
                at = _first(cheaper, dearer, low, high, hours)
                yield Crossing(cheaper.name, dearer.name, at, cheaper.bill(at, hours).usd)


def _first(cheaper: Way, dearer: Way, low: int, high: int, hours: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _less(cheaper, dearer, middle, hours) else (middle, high)
    return high


def _less(one: Way, other: Way, gigabytes: int, hours: int) -> bool:
    return one.bill(gigabytes, hours).usd < other.bill(gigabytes, hours).usd
