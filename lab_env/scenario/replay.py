"""Which chapter starts from which, and what each leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env.scenario import chapter01, chapter04, chapter05, chapter06

# Which chapter's end another starts from; a chapter that is not here starts from nothing.
CHAPTERS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
PARENTS = {2: 1, 3: 1, 4: 1, 5: 1, 6: 5} | dict.fromkeys(range(7, 16), 6)

# What each chapter leaves behind, as calls.
STEPS: dict[int, Callable[[Callable[[str], Any]], None]] = {
    1: chapter01.build_private_vpc,
    4: chapter04.build_direct_connect,
    5: chapter05.build_endpoint,
    6: chapter06.lock_down,
}


def history(chapter: int) -> list[int]:
    """The chapters whose steps stand before this chapter begins, oldest first."""
    parent = PARENTS.get(chapter)
    return [] if parent is None else [*history(parent), parent]
