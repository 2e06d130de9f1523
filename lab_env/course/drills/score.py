"""What a drill's repair is worth: tries, calls and hints count, and nothing that a clock of this machine says."""

from __future__ import annotations

from dataclasses import dataclass

BEST, LEAST = 100, 10
A_TRY, A_HINT, A_CALL = 15, 10, 1
# What looking around and mending one fault may take: calls up to here cost nothing.
CALLS_A_FAULT = 30


@dataclass(frozen=True, slots=True)
class Effort:
    """What it took so far.

    Attributes:
        faults: how many faults the drill has.
        tries: how often the job was run to see whether it is repaired.
        hints: how many hints were asked for.
        calls: how many AWS calls were made, jobs' own not counted: the lab's clock moves by calls.
        given_up: whether the faults were shown before it was repaired.
    """

    faults: int
    tries: int = 0
    hints: int = 0
    calls: int = 0
    given_up: bool = False

    @property
    def points(self) -> int:
        """Of 100: less for each try after the first, each hint, and each call beyond what looking around takes."""
        if self.given_up:
            return 0
        over = max(0, self.calls - CALLS_A_FAULT * self.faults)
        lost = A_TRY * max(0, self.tries - 1) + A_HINT * self.hints + A_CALL * over
        return max(LEAST, BEST - lost)

    def __str__(self) -> str:
        if self.given_up:
            return f"0 of {BEST} points: the faults were shown."
        parts = (
            _count(self.tries, "try", "tries"),
            _count(self.hints, "hint", "hints"),
            _count(self.calls, "call", "calls"),
        )
        return f"{self.points} of {BEST} points: {', '.join(parts)}."


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
