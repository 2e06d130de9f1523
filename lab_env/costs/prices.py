"""AWS's list prices, from a dated file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from lab_env.errors import NotModelled

OLD = timedelta(days=180)
"""After so long a price should be read again."""


@dataclass(frozen=True, slots=True)
class Price:
    """One list price.

    Attributes:
        id: what the bill's lines call it.
        title: what is paid for.
        unit: ``hour``, ``GB``, ``GB-month``, ``key-month`` or ``request``.
        usd: US dollars for one unit, the first that is not free.
        page: the title of AWS's own page.
        url: that page's address.
        read: the month in which it was read, or that of the page it was read from (``2026-02``).
        free: units that cost nothing each month.
        tiers: for what gets cheaper, each further price with the number of paid units after which it begins.
    """

    id: str
    title: str
    unit: str
    usd: Decimal
    page: str
    url: str
    read: str
    free: int = 0
    tiers: tuple[tuple[int, Decimal], ...] = ()

    def of(self, quantity: int) -> Decimal:
        """US dollars for so many units in one month.

        Args:
            quantity: units, in ``unit``.
        """
        paid = max(0, quantity - self.free)
        return sum((usd * (min(paid, end) - start) for start, end, usd in self._steps(paid)), Decimal(0))

    def _steps(self, paid: int) -> Iterator[tuple[int, int, Decimal]]:
        steps = ((0, self.usd), *self.tiers)
        ends = (*(start for start, _ in self.tiers), paid)
        for (start, usd), end in zip(steps, ends, strict=True):
            if start < paid:
                yield start, end, usd


@cache
def load_prices(region: str = "us-east-1") -> Mapping[str, Price]:
    """The prices of a Region by id, as the file beside this module has them.

    Raises:
        NotModelled: the file has no prices for that Region.
    """
    text = files("lab_env.costs").joinpath("prices.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    if region != data["source"]["region"]:
        raise NotModelled(
            f"there are no prices for {region}.",
            where="prices.toml",
            do=f"It has {data['source']['region']}.",
        )
    return MappingProxyType({item["id"]: _price(item) for item in data["prices"]})


def outdated(prices: Iterable[Price], today: date) -> tuple[str, ...]:
    """Ids of the prices that were read more than 180 days ago, counted from the first of their month.

    Args:
        prices: those of `load_prices`.
        today: the day on which the question is asked.
    """
    read = {price.id: date.fromisoformat(f"{price.read}-01") for price in prices}
    return tuple(sorted(name for name, day in read.items() if today - day > OLD))


def _price(item: Mapping[str, Any]) -> Price:
    tiers = tuple((int(start), Decimal(usd)) for start, usd in item.get("tiers", ()))
    return Price(**{**item, "usd": Decimal(item["usd"]), "tiers": tiers})
