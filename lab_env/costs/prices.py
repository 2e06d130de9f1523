"""AWS's list prices, from a dated file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Price:
    """One list price.

    Attributes:
        id: what the bill's lines call it.
        title: what is paid for.
        unit: ``hour`` or ``GB``.
        usd: US dollars for one unit.
        page: the title of AWS's own page.
        url: that page's address.
    """

    id: str
    title: str
    unit: str
    usd: Decimal
    page: str
    url: str


@cache
def load_prices() -> Mapping[str, Price]:
    """The prices by id, as the file beside this module has them."""
    text = files("lab_env.costs").joinpath("prices.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)["prices"]
    return MappingProxyType({item["id"]: Price(**{**item, "usd": Decimal(item["usd"])}) for item in listed})
