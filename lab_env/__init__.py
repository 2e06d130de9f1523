"""Private Path's lab: a mocked AWS in which packets and policies decide.

A notebook needs `Lab` alone. Importing this package arms the guard: from then on, no Python code of this process may
open a connection that leaves the machine. It also lets Python's garbage collector come less often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_env.cloud import collector, guard

if TYPE_CHECKING:
    from lab_env.lab import Lab

__all__ = ["Lab"]

guard.arm()
collector.come_seldom()


def __getattr__(name: str) -> object:
    # Lab brings boto3 and moto with it; the job's process imports this package and needs neither.
    if name == "Lab":
        from lab_env.lab import Lab

        collector.leave_alone()
        return Lab
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
