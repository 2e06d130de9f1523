"""A month's cost over the gigabytes of the month, and where one way becomes cheaper than another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from lab_env.costs.month import HOURS, Bill, Meter, Usage, billed, meters
from lab_env.network.flow import Trace
from lab_env.network.model import Network


@dataclass(frozen=True, slots=True)
class Way:
    """A way to S3, and what runs up its bill.

    Attributes:
        name: what the line is called.
        meters: what stands, and what the data pass.
        reaches: whether a training job reaches S3 by it; what does not work may still cost.
    """

    name: str
    meters: tuple[Meter, ...]
    reaches: bool = True

    @classmethod
    def of(cls, name: str, network: Network, trace: Trace) -> Way:
        """The way that a training job's packet takes to S3 in a network."""
        return cls(name, meters(network, trace), trace.reached)

    def bill(self, gigabytes: int, hours: int = HOURS) -> Bill:
        """The month's bill when jobs read that many GB and what stands has stood that many hours."""
        return billed(self.meters, Usage(gigabytes, hours))


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
        amounts: GB a month, rising; lines that cross twice between two neighbours are not seen to.
        hours: how long what stands has stood.
    """
    found = (item for one, other in combinations(ways, 2) for item in _between(one, other, amounts, hours))
    return tuple(sorted(found, key=lambda item: (item.gigabytes, item.cheaper, item.dearer)))


def _between(one: Way, other: Way, amounts: Sequence[int], hours: int) -> Iterator[Crossing]:
    ahead, since = None, 0
    for amount in amounts:
        cheaper = _cheaper(one, other, amount, hours)
        if cheaper is None:
            continue
        if ahead is not None and cheaper is not ahead:
            at = _first(cheaper, ahead, since, amount, hours)
            yield Crossing(cheaper.name, ahead.name, at, cheaper.bill(at, hours).usd)
        ahead, since = cheaper, amount


def _cheaper(one: Way, other: Way, gigabytes: int, hours: int) -> Way | None:
    if _less(one, other, gigabytes, hours):
        return one
    return other if _less(other, one, gigabytes, hours) else None


def _first(cheaper: Way, dearer: Way, low: int, high: int, hours: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _less(cheaper, dearer, middle, hours) else (middle, high)
    return high


def _less(one: Way, other: Way, gigabytes: int, hours: int) -> bool:
    return one.bill(gigabytes, hours).usd < other.bill(gigabytes, hours).usd
