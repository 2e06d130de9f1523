"""What a network costs: pure. A network, the way of the data and a month's use in; lines of a bill out."""

from lab_env.costs.curve import Crossing, Way, crossings, curve
from lab_env.costs.month import HOURS, Bill, Line, Usage, month
from lab_env.costs.prices import Price, load_prices

__all__ = [
    "HOURS",
    "Bill",
    "Crossing",
    "Line",
    "Price",
    "Usage",
    "Way",
    "crossings",
    "curve",
    "load_prices",
    "month",
]
