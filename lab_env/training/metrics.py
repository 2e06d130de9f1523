"""Metrics read from a job's log by regular expressions (*Define Metrics*, ``MetricDefinitions``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


def final_metrics(definitions: Iterable[Mapping[str, str]], lines: Iterable[str]) -> dict[str, float]:
    """The last value of each metric that the log shows, in the definitions' order.

    Args:
        definitions: ``MetricDefinitions``: a ``Name`` and a ``Regex`` whose first group is the value.
        lines: the log.
    """
    found: dict[str, float] = {}
    patterns = {definition["Name"]: re.compile(definition["Regex"]) for definition in definitions}
    log = list(lines)
    for name, pattern in patterns.items():
        for match in filter(None, map(pattern.search, log)):
            value = _number(match)
            if value is not None:
                found[name] = value
    return found


def _number(match: re.Match[str]) -> float | None:
    try:
        return float(match[1])
    except (IndexError, TypeError, ValueError):
        return None
