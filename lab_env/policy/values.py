"""The values that conditions compare: numbers, dates, truth values, bytes, addresses, ARNs, text.

*IAM JSON policy elements: Condition operators*. Each ``read_…`` turns a policy's text into what a request's text is
compared with, and raises ``ValueError`` with what was expected where it cannot.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_ISO = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<part>\.\d+)?)?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_EPOCH = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_CIDR = re.compile(r"[0-9a-fA-F.:]+(?:/\d{1,3})?")
_START = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_DIGITS = 4


@lru_cache(maxsize=1024)
def read_number(text: str) -> Decimal:
    """An integer or decimal number."""
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError("a number is expected")
    return Decimal(text.strip())


@lru_cache(maxsize=1024)
def read_date(text: str) -> Decimal:
    """Seconds since 1970: from epoch time, or from a W3C form of ISO 8601 (UTC where no zone is given)."""
    match = _ISO.fullmatch(text)
    if match is not None:
        return _seconds(match)
    if _EPOCH.fullmatch(text) and len(text) != _YEAR_DIGITS:
        return Decimal(text)
    raise ValueError("a date is expected: 2026-01-31, 2026-01-31T12:00:00Z, or epoch seconds")


def _seconds(match: re.Match[str]) -> Decimal:
    date = [int(match[name] or 1) for name in ("year", "month", "day")]
    clock = [int(match[name] or 0) for name in ("hour", "minute", "second")]
    try:
        moment = datetime(*date, *clock, tzinfo=UTC)  # type: ignore[arg-type,misc]
        past = (moment - _START) - _offset(match["zone"])
    except (ValueError, OverflowError):
        raise ValueError("there is no such date or time") from None
    return Decimal(past // timedelta(seconds=1)) + Decimal(match["part"] or "0")


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours >= 24 or minutes >= 60:
        raise ValueError
    span = timedelta(hours=hours, minutes=minutes)
    return -span if zone[0] == "-" else span


def read_truth(text: str) -> bool:
    """``true`` or ``false``, in any case."""
    found = {"true": True, "false": False}.get(text.lower())
    if found is None:
        raise ValueError("true or false is expected")
    return found


def read_bytes(text: str) -> bytes:
    """Base64."""
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise ValueError("base64 is expected") from None


@lru_cache(maxsize=1024)
def read_network(text: str) -> Network:
    """An address range in CIDR form, or one address."""
    if not _CIDR.fullmatch(text):
        raise ValueError("an address or a CIDR block is expected")
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError("an address or a CIDR block is expected") from None


@lru_cache(maxsize=1024)
def read_address(text: str) -> IPv4Address | IPv6Address:
    """One address."""
    return ip_address(text)
