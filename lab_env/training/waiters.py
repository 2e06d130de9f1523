"""SageMaker's standard waiters, without their minutes: the lab's jobs last seconds.

``TrainingJobCompletedOrStopped`` looks every 120 seconds, which would be most of a lesson.
"""

from __future__ import annotations

from typing import Any

from botocore.waiter import Waiter

from lab_env.cloud.patches import Patches

JOB_WAITERS = frozenset(f"{kind}JobCompletedOrStopped" for kind in ("Training", "Processing", "Transform"))
DELAY_SECONDS, MAX_ATTEMPTS = 0.1, 6000


def shorten(patches: Patches) -> None:
    """Let waiters for jobs look ten times a second, unless the caller says otherwise.

    Args:
        patches: undoes it when the lab stops.
    """
    original = Waiter.wait

    def wait(self: Waiter, **kwargs: Any) -> None:
        if self.name in JOB_WAITERS:
            kwargs.setdefault("WaiterConfig", {"Delay": DELAY_SECONDS, "MaxAttempts": MAX_ATTEMPTS})
        original(self, **kwargs)

    patches.set(Waiter, "wait", wait)
