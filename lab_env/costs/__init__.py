"""What a network costs: pure. A network, the way of the data and a number of gigabytes in; lines of a bill out."""

from lab_env.costs.month import HOURS, Bill, Line, month
from lab_env.costs.prices import Price, load_prices

__all__ = ["HOURS", "Bill", "Line", "Price", "load_prices", "month"]
