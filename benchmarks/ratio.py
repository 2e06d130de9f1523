"""What a benchmark answers: our cost over a named floor's, both of one run, so that the machine's speed cancels out."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure; less is better.

    Attributes:
        name: what is measured; the history knows it by this.
        ours: our cost.
        floor: the floor's cost, measured between our own laps.
        unit: of both (``ms``, ``s``, ``MB``).
        floor_name: what the floor is.
        goal: the most that the ratio should be, where there is such a goal.
    """

    name: str
    ours: float
    floor: float
    unit: str
    floor_name: str
    goal: float | None = None

    @property
    def value(self) -> float:
        """How many times the floor."""
        return self.ours / self.floor

    def __str__(self) -> str:
        goal = f" (goal {self.goal})" if self.goal else ""
        costs = f"{self.ours:.3g} {self.unit}, {self.floor_name} {self.floor:.3g} {self.unit}"
        return f"{self.name:<28} {self.value:8.3f}{goal:<12} {costs}"


def interleaved(
    work: Mapping[str, Callable[[], object]], laps: int, clock: Callable[[], float] = perf_counter
) -> dict[str, float]:
    """The least seconds of each, run in turn: what else the machine does only adds, and meets all of them alike.

    Args:
        work: what is run, by name.
        laps: how often.
        clock: ``time.process_time`` for what is all this process's own: another's bursts are not in it.
    """
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(laps):
        for name, run in work.items():
            # What one lap left behind is not the next one's cost.
            gc.collect()
            began = clock()
            run()
            seconds[name].append(clock() - began)
    return {name: min(found) for name, found in seconds.items()}


def children_time() -> float:
    """Seconds of processor that the processes started from here took so far; for `interleaved` (not on Windows)."""
    told = os.times()
    return told.children_user + told.children_system


def program(text: str) -> Callable[[], str]:
    """A Python program in a process of its own; gives what it printed."""
    return lambda: (
        subprocess.run([sys.executable, "-c", text], check=True, stdout=subprocess.PIPE, text=True).stdout
    )
