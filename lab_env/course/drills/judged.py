"""Whether a cloud is repaired without having been opened: a state beside the one in which everything was right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from lab_env.compliance.controls import CONTROLS
from lab_env.compliance.model import Status
from lab_env.course.drills.look import Look
from lab_env.course.drills.openings import openings

# Those that tell soonest come first, for who wants to know only whether there is any.
_FIRST = ("NET-4", "IAM-1")
_ORDER = tuple(sorted((control.id for control in CONTROLS), key=lambda one: (one not in _FIRST, one)))


@dataclass(frozen=True)
class Sound:
    """The state before anything was broken, and what held in it.

    Attributes:
        look: the state.
    """

    look: Look
    _held: dict[str, bool] = field(default_factory=dict, repr=False)

    def held(self, control: str) -> bool:
        """Whether a control held."""
        if control not in self._held:
            self._held[control] = self.look.audit(control).status(control) is Status.HOLDS
        return self._held[control]

    def followed_by(self, now: Look) -> Sound:
        """What the next states are judged beside: the same, unless a repair made something anew, with another id.

        Args:
            now: a repaired state.
        """
        return self if now == self.look else Sound(now)

    @cached_property
    def openings(self) -> frozenset[str]:
        """What was reachable and allowed."""
        return openings(self.look)

    def lost(self, now: Look) -> Iterator[tuple[str, str]]:
        """Each control that held and no longer does: its id, and what the audit says.

        Args:
            now: the state to compare.
        """
        if now == self.look:
            # The audit is a pure function of what is equal.
            return
        for control in _ORDER:
            if not self.held(control):
                continue
            report = now.audit(control)
            if report.status(control) is not Status.HOLDS:
                against = (item for item in report.of(control) if item.status is not Status.HOLDS)
                yield control, next(item.sentence for item in against)

    def opened(self, now: Look) -> tuple[str, ...]:
        """What is reachable or allowed now and was not, in words.

        Args:
            now: the state to compare.
        """
        if now == self.look:
            return ()
        # What a new subnet may do is no opening of those that were there; the audit asks about it as well.
        there = tuple(one for one in self.look.subnets if one in now.network.subnet)
        return tuple(sorted(openings(replace(now, subnets=there)) - self.openings))
