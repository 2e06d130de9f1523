"""Longest-prefix look-up: which of many CIDRs hold an address, the longest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from lab_env.network.model import Address, Cidr

Value = TypeVar("Value")


class CidrMap(Generic[Value]):
    """Values by CIDR. A look-up costs one step for each prefix *length* in use, however many CIDRs there are."""

    def __init__(self, items: Iterable[tuple[Cidr, Value]]) -> None:
        levels: dict[int, dict[int, dict[int, list[tuple[Cidr, Value]]]]] = {4: {}, 6: {}}
        for cidr, value in items:
            shift = cidr.max_prefixlen - cidr.prefixlen
            nets = levels[cidr.version].setdefault(shift, {})
            nets.setdefault(int(cidr.network_address) >> shift, []).append((cidr, value))
        self._levels = {version: sorted(by_shift.items()) for version, by_shift in levels.items()}

    def matches(self, address: Address) -> list[tuple[Cidr, Value]]:
        """Every CIDR that holds ``address`` with its value, longest prefix first; equal ones as they were given."""
        number = int(address)
        found: list[tuple[Cidr, Value]] = []
        for shift, nets in self._levels[address.version]:
            hit = nets.get(number >> shift)
            if hit is not None:
                found += hit
        return found
