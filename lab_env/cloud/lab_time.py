"""The lab's clock in those parts of moto whose times a learner sees, or that compare times with it."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

from lab_env.cloud.clock import LabClock
from lab_env.cloud.patches import Patches


def keep_lab_time(patches: Patches, clock: LabClock, service: str) -> None:
    """Let a service of moto's tell the lab's time instead of this machine's.

    Args:
        patches: undoes it when the lab stops.
        clock: the lab's clock.
        service: moto's package for the service (``logs``, ``sts``).
    """

    def utcnow() -> datetime:
        # moto's own is without a time zone.
        return clock.now().replace(tzinfo=None)

    patches.set(import_module(f"moto.{service}.models"), "utcnow", utcnow)
