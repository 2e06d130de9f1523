"""An account without default VPCs.

The lab's account had them removed in every Region, a common baseline for accounts that hold sensitive data: nothing
can be placed on a network that nobody designed. (It also spares each Region's first call the making of one.)
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend

from lab_env.cloud.patches import Patches


def fill(patches: Patches) -> None:
    """Let a Region begin without a default VPC; ``CreateDefaultVpc`` still makes one."""
    original = EC2Backend.create_default_vpc

    def create_default_vpc(self: Any) -> Any:
        # moto asks while the backend is being made, before the attribute that holds the answer exists.
        return original(self) if hasattr(self, "default_vpc") else None

    patches.set(EC2Backend, "create_default_vpc", create_default_vpc)
