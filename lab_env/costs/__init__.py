"""What a network costs: pure. A network, the way of the data and a month's use in; lines of a bill out."""

from lab_env.costs.month import HOURS, Bill, Line, Usage, month
from lab_env.costs.prices import Price, load_prices

__all__ = ["HOURS", "Bill", "Line", "Price", "Usage", "load_prices", "month"]
