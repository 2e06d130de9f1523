"""A month's bill for the way to S3: what stands, by the hour, and what passes, by the gigabyte or the request.

Free and therefore no lines: internet gateways, virtual private gateways, gateway endpoints, and what S3 sends to a VPC
of its Region. Not in it: the training instances, a provider's circuit to Direct Connect, data between Availability
Zones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lab_env.costs.prices import Price, load_prices
from lab_env.network.flow import Trace
from lab_env.network.model import Network

HOURS = 730
"""Hours of a month, as AWS's own calculator counts them."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What happens in a month besides what the network shows.

    Attributes:
        gigabytes: training data that jobs read, in GB.
        hours: how long what stands has stood.
        stored: data kept in S3 Standard, in GB.
        reads: S3 GET requests.
        writes: S3 PUT, COPY, POST and LIST requests.
        keys: customer managed KMS keys.
        key_requests: KMS requests; with S3 Bucket Keys far fewer than S3's own.
        idle_addresses: Elastic IP addresses that are allocated and associated with nothing.
    """

    gigabytes: int = 0
    hours: int = HOURS
    stored: int = 0
    reads: int = 0
    writes: int = 0
    keys: int = 0
    key_requests: int = 0
    idle_addresses: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """So many units at a price, and why they are on the bill."""

    price: Price
    quantity: int
    reason: str = ""

    @property
    def usd(self) -> Decimal:
        """US dollars."""
        return self.price.of(self.quantity)


@dataclass(frozen=True, slots=True)
class Bill:
    """A month's lines; without any, the month is free."""

    lines: tuple[Line, ...]

    @property
    def usd(self) -> Decimal:
        """US dollars, to the cent."""
        return sum((line.usd for line in self.lines), Decimal(0)).quantize(Decimal("0.01"))


HOUR, GIGABYTE = "hour", "GB"


@dataclass(frozen=True, slots=True)
class Meter:
    """What runs while something stands, or while data pass it.

    Attributes:
        price: id of its price.
        per: ``hour`` or ``GB``.
        count: how many run at once.
        reason: what stands there, or why the data pass it.
    """

    price: str
    per: str
    count: int
    reason: str

    def reading(self, usage: Usage) -> int:
        """How many units it has counted after such a month."""
        return self.count * (usage.hours if self.per == HOUR else usage.gigabytes)


Counted = Iterator[tuple[str, int, str]]


def month(network: Network, way: Trace | None, usage: Usage | int) -> Bill:
    """What a month costs in a network, when training data come the way that a trace took.

    Args:
        network: what stands the whole month.
        way: from the training job to S3; when there is none, or it does not arrive, no data passes.
        usage: what happens in the month; a number means so many GB of training data and nothing else.

    Raises:
        NotModelled: there are no prices for the network's Region.
    """
    return billed(meters(network, way), usage, network.region)


def meters(network: Network, way: Trace | None) -> tuple[Meter, ...]:
    """What runs up a bill: by the hour what stands in a network, by the gigabyte what a way to S3 passes.

    Args:
        network: what stands.
        way: from the training job to S3; when there is none, or it does not arrive, no data passes.
    """
    found = [*_standing(network)]
    if way is not None and way.reached:
        found += _passing(network, way)
    return tuple(meter for meter in found if meter.count)


def billed(running: Iterable[Meter], usage: Usage | int, region: str = "us-east-1") -> Bill:
    """The bill after a month in which these meters ran.

    Args:
        running: as `meters` finds them.
        usage: what happened in the month; a number means so many GB of training data and nothing else.
        region: whose prices.

    Raises:
        NotModelled: there are no prices for that Region.
    """
    used = usage if isinstance(usage, Usage) else Usage(usage)
    prices = load_prices(region)
    counted = [*((one.price, one.reading(used), one.reason) for one in running), *_asked(used)]
    return Bill(tuple(Line(prices[price], quantity, why) for price, quantity, why in counted if quantity))


def _standing(network: Network) -> Iterator[Meter]:
    gateways = [item for item in network.nat_gateways if item.state == "available"]
    shown = {str(item.public_address) for item in gateways if item.public_address is not None}
    shown |= {str(lent) for item in network.interfaces for _, lent in item.public if lent.version == 4}
    zones = {
        item.id: max(len(item.subnets), 1)
        for item in network.endpoints
        if item.kind == "Interface" and item.state == "available"
    }
    ports = {item.connection for item in network.virtual_interfaces}
    yield Meter("nat-gateway-hour", HOUR, len(gateways), _listed(item.id for item in gateways))
    yield Meter("public-ipv4-hour", HOUR, len(shown), _listed(shown))
    yield Meter("interface-endpoint-hour", HOUR, sum(zones.values()), _placed(zones))
    yield Meter("direct-connect-port-hour", HOUR, len(ports), _listed(ports))


def _passing(network: Network, way: Trace) -> Iterator[Meter]:
    met = {hop.resource for hop in way.forward}
    for gateway in sorted(met & {item.id for item in network.nat_gateways}):
        yield Meter("nat-gateway-gb", GIGABYTE, 1, f"the way goes through {gateway}")
    private = {item.id for item in network.endpoints if item.kind == "Interface"}
    if way.endpoint in private:
        yield Meter("interface-endpoint-gb", GIGABYTE, 1, f"the way goes through {way.endpoint}")
    # What comes from S3 over a public virtual interface leaves AWS there; its way back in is free.
    for interface in sorted(met & {item.id for item in network.virtual_interfaces if item.kind == "public"}):
        yield Meter("direct-connect-out-gb", GIGABYTE, 1, f"what S3 sends leaves AWS by {interface}")


def _asked(usage: Usage) -> Counted:
    idle = usage.idle_addresses * usage.hours
    yield "public-ipv4-idle-hour", idle, f"{usage.idle_addresses} allocated, and associated with nothing"
    yield "s3-storage-gb-month", usage.stored, "what the buckets keep"
    yield "s3-read-request", usage.reads, "what jobs read"
    yield "s3-write-request", usage.writes, "what is written and listed"
    yield "kms-key-month", usage.keys, "the keys that stand"
    yield "kms-request", usage.key_requests, "data keys made and opened"


def _placed(zones: Mapping[str, int]) -> str:
    """Which endpoints stand in how many zones, those in as many together."""
    alike = {
        number: [name for name in zones if zones[name] == number] for number in sorted({*zones.values()})
    }
    return "; ".join(_in_zones(sorted(names), number) for number, names in alike.items())


def _in_zones(names: list[str], number: int) -> str:
    zones = f"{number} Availability Zone{'s' if number > 1 else ''}"
    return f"{', '.join(names)} in {zones}{' each' if len(names) > 1 else ''}"


def _listed(names: Iterator[str] | set[str]) -> str:
    return ", ".join(sorted(names))
