"""AWS's own managed policies, which moto holds and leaves out of its accounts.

*AWS managed policies*: every account has them. They are taken up one by one, when they are first asked for by their
ARN: there are about 1,600, and reading them all takes longer than starting a lab.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend

from lab_env.cloud.patches import Patches

_PREFIX = "arn:aws:iam::aws:policy/"
_BY_ARN = ("attach_group_policy", "attach_role_policy", "attach_user_policy", "get_policy")


def fill(patches: Patches) -> None:
    """Let an account find AWS's policies by their ARNs, and list them."""
    for name in _BY_ARN:
        patches.set(IAMBackend, name, _taking_up(getattr(IAMBackend, name)))
    original = IAMBackend.list_policies

    def list_policies(
        self: IAMBackend, marker: Any, max_items: Any, only_attached: Any, path_prefix: Any, scope: Any
    ) -> Any:
        if scope != "Local" and not only_attached:
            for arn in _documents():
                _take_up(self, arn)
        return original(self, marker, max_items, only_attached, path_prefix, scope)

    patches.set(IAMBackend, "list_policies", list_policies)


def _taking_up(original: Any) -> Any:
    def method(self: IAMBackend, policy_arn: str, *args: Any) -> Any:
        _take_up(self, policy_arn)
        return original(self, policy_arn, *args)

    return method


def _take_up(backend: IAMBackend, arn: str) -> None:
    if not arn.startswith(_PREFIX) or arn in backend.managed_policies or arn not in _documents():
        return
    name = arn.rpartition("/")[2]
    policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, _documents()[arn])
    # The same in every account, and whichever call came first.
    policy.id = f"ANPA{hashlib.sha256(name.encode()).hexdigest()[:17].upper()}"
    backend.managed_policies[arn] = policy
    backend.aws_managed_policies.append(policy)


@cache
def _documents() -> dict[str, Any]:
    found = json.loads(aws_managed_policies_data)
    return {f"arn:aws:iam::aws:policy{item['Path']}{name}": item for name, item in found.items()}
