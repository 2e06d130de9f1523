"""A month's bill for the way to S3: what stands, by the hour, and what passes, by the gigabyte.

Free and therefore no lines: internet gateways, virtual private gateways, gateway endpoints. Not in it: S3 itself, the
training instances, a provider's circuit to Direct Connect, addresses that are allocated and not in use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lab_env.costs.prices import Price, load_prices
from lab_env.network.flow import Trace
from lab_env.network.model import Network

HOURS = 730
"""Hours of a month, as AWS's own calculator counts them."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many units at a price."""

    price: Price
    quantity: int

    @property
    def usd(self) -> Decimal:
        """US dollars."""
        return self.price.usd * self.quantity


@dataclass(frozen=True, slots=True)
class Bill:
    """A month's lines; without any, the month is free."""

    lines: tuple[Line, ...]

    @property
    def usd(self) -> Decimal:
        """US dollars, to the cent."""
        return sum((line.usd for line in self.lines), Decimal(0)).quantize(Decimal("0.01"))


def month(network: Network, way: Trace, gigabytes: int) -> Bill:
    """What a month costs in a network, when ``gigabytes`` of training data come the way that a trace took.

    Args:
        network: what stands the whole month.
        way: from the training job to S3; when it does not arrive, no data passes.
        gigabytes: training data read in the month, in GB.
    """
    prices = load_prices()
    counted = [*_standing(network), *(_passing(network, way, gigabytes) if way.reached else ())]
    return Bill(tuple(Line(prices[price], quantity) for price, quantity in counted if quantity))


def _standing(network: Network) -> Iterator[tuple[str, int]]:
    gateways = [item for item in network.nat_gateways if item.state == "available"]
    shown = {item.public_address for item in gateways if item.public_address is not None}
    shown |= {public for item in network.interfaces for _, public in item.public if public.version == 4}
    yield "nat-gateway-hour", HOURS * len(gateways)
    yield "public-ipv4-hour", HOURS * len(shown)
    yield "direct-connect-port-hour", HOURS * len({item.connection for item in network.virtual_interfaces})


def _passing(network: Network, way: Trace, gigabytes: int) -> Iterator[tuple[str, int]]:
    met = {hop.resource for hop in way.forward}
    if met & {item.id for item in network.nat_gateways}:
        yield "nat-gateway-gb", gigabytes
    # What comes from S3 over a public virtual interface leaves AWS there; its way back in is free.
    if met & {item.id for item in network.virtual_interfaces if item.kind == "public"}:
        yield "direct-connect-out-gb", gigabytes
