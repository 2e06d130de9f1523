"""Where a call comes from. A place is a source of packets with a name that a learner recognises.

Who makes the call is another matter, decided by the keys that signed it: stolen keys may be used outside, and an
attacker's keys inside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, ip_network
from types import TracebackType
from typing import Any, Self, cast

import boto3
from botocore.awsrequest import AWSPreparedRequest

from lab_env import scenario
from lab_env.cloud.clock import LabClock
from lab_env.errors import InvalidInput
from lab_env.network.flow import InternetSource, OnPremisesSource, Source
from lab_env.network.model import OnPremises

# Documentation ranges (RFC 5737): never anybody's real address.
OPERATOR_ADDRESS = IPv4Address("198.51.100.7")
STRANGER_ADDRESS = IPv4Address("203.0.113.99")


@dataclass(frozen=True, slots=True)
class Place:
    """A source of packets: a network interface, a host on the internet or on premises, or a VPC of AWS's own."""

    name: str
    source: Source


OPERATOR = Place("the operator's machine, on the internet", InternetSource(OPERATOR_ADDRESS))
INTERNET = Place("somewhere on the internet", InternetSource(STRANGER_ADDRESS))


def in_data_centre(site: OnPremises) -> Place:
    """A host of a data centre."""
    return Place(f"a host in {site.name}", OnPremisesSource(site.name, scenario.ON_PREMISES_HOST))


def announcing(site: OnPremises, prefixes: Iterable[str]) -> OnPremises:
    """The same data centre with other announcements.

    Raises:
        InvalidInput: a prefix is no CIDR block.
    """
    try:
        return replace(site, prefixes=tuple(map(ip_network, prefixes)))
    except ValueError as error:
        wanted = "Give CIDR blocks, such as 192.168.0.0/16."
        raise InvalidInput(f"{error}.", where=site.name, do=wanted) from None


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key, its secret, and the session token of temporary credentials. Its text shows neither of the two."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def place_of(request: AWSPreparedRequest) -> Place:
    """The place a request was marked with; the operator's machine when it bears no mark."""
    return cast(Place, getattr(request, "lab_place", OPERATOR))


def clock_of(request: AWSPreparedRequest) -> LabClock | None:
    """The clock of the place a request comes from, when it keeps its own (a training job does)."""
    return cast("LabClock | None", getattr(request, "lab_clock", None))


def mark(request: AWSPreparedRequest, place: Place, clock: LabClock | None = None) -> None:
    """Say where a request comes from. The mark is no header: it is neither signed nor sent."""
    request.lab_place = place
    request.lab_clock = clock


class PlacedSession(boto3.Session):
    """A real ``boto3.Session`` whose calls come from a `Place`. Use it as a context manager, or close it.

    Args:
        place: where its calls come from.
        keys: whose calls they are.
        region: default Region of its clients.
        on_close: called once when the session is closed (its network interface goes then).

    ``place`` and ``keys`` are what it was made with.
    """

    def __init__(self, place: Place, keys: Keys, region: str, on_close: Any = None) -> None:
        super().__init__(keys.access_key, keys.secret_key, keys.token, region_name=region)
        self.place, self.keys = place, keys
        self._on_close = on_close
        self._closed = False
        # botocore asks every handler, and moto's answers: the mark has to be there before.
        self.events.register_first("before-send", self._mark)

    def _mark(self, request: AWSPreparedRequest, **_: object) -> None:
        if self._closed:
            raise InvalidInput(f"the session in {self.place.name} is closed.", do="Open another one.")
        mark(request, self.place)

    def close(self) -> None:
        """Give back what the session holds; a second call does nothing."""
        self._closed = True
        if self._on_close is not None:
            on_close, self._on_close = self._on_close, None
            on_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Session in {self.place.name}>"
