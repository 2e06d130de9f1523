"""The rest of the world: AWS's public addresses and a few hosts, from the dated file ``aws_ranges.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from ipaddress import IPv4Network, ip_address
from types import MappingProxyType
from typing import Any

from lab_env.errors import NotModelled
from lab_env.network.model import AwsRange, Internet

AMAZON = "amazon"


@cache
def load_internet() -> Internet:
    """AWS's public ranges and the lab's hosts as one value.

    Source: *AWS IP address ranges* (a subset; ``aws_ranges.toml`` says which and of what date).
    """
    ranges = tuple(
        AwsRange(service, region, IPv4Network(cidr))
        for region, services in sorted(_data()["ranges"].items())
        for service, cidrs in services.items()
        for cidr in cidrs
    )
    hosts = {name: ip_address(address) for name, address in sorted(_data()["hosts"].items())}
    return Internet(ranges, MappingProxyType(hosts))


@cache
def aws_ranges(service: str, region: str) -> tuple[IPv4Network, ...]:
    """The public IPv4 ranges of a service in a Region.

    Args:
        service: ``s3``, ``dynamodb``, ``ec2``, or ``amazon`` for what no other list names.
        region: such as ``us-east-1``.

    Returns:
        The ranges; none for a service that has no list of its own (it uses ``amazon``'s).

    Raises:
        NotModelled: the file holds no address of that Region.
    """
    return tuple(IPv4Network(cidr) for cidr in _region("ranges", region).get(service, ()))


def prefix_list_id(service: str, region: str) -> str:
    """The id that AWS's own prefix list of a service (``s3``, ``dynamodb``) has in a Region.

    Raises:
        NotModelled: the file holds no prefix list of that service there.
    """
    ids = _region("prefix_lists", region)
    if service not in ids:
        raise NotModelled(f"AWS has no prefix list of {service} in {region} that the lab knows.")
    return str(ids[service])


def regions() -> tuple[str, ...]:
    """The Regions whose public addresses the lab knows, in order of their names."""
    return tuple(sorted(_data()["ranges"]))


def published() -> date:
    """The date of AWS's list that the ranges were taken from."""
    return date.fromisoformat(str(_data()["source"]["published"]))


def _region(section: str, region: str) -> Mapping[str, Any]:
    known: Mapping[str, Mapping[str, Any]] = _data()[section]
    if region not in known:
        raise NotModelled(
            f"Region {region}: the lab knows no public address of it.",
            do=f"The Regions it knows are {', '.join(regions())}.",
        )
    return known[region]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("aws_ranges.toml").read_text(encoding="utf-8"))
