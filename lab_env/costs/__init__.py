"""What a network costs: pure. A network, the way of the data and a month's use in; lines of a bill out."""

from lab_env.costs.curve import Crossing, Way, crossings, curve
from lab_env.costs.month import HOURS, Bill, Line, Meter, Usage, billed, meters, month
from lab_env.costs.prices import Price, load_prices, outdated

__all__ = [
    "HOURS",
    "Bill",
    "Crossing",
    "Line",
    "Meter",
    "Price",
    "Usage",
    "Way",
    "billed",
    "crossings",
    "curve",
    "load_prices",
    "meters",
    "month",
    "outdated",
]
