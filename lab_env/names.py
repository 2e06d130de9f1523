"""The ids of the scenario's resources, looked up by their Name tags (a key by its alias) as the cloud stands now.

``lab.names.vpc`` is the id of what is tagged ``meridian-vpc``, whoever built it and however often: a lesson never
depends on a variable that an exercise sets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lab_env import scenario
from lab_env.errors import NotFound

Describe = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]

# attribute → Name tag, describe operation, key of its answer, key of the id, how to make one
_TAGGED = {
    "vpc": ("meridian-vpc", "DescribeVpcs", "Vpcs", "VpcId", "create_vpc"),
    "subnet_a": ("meridian-private-a", "DescribeSubnets", "Subnets", "SubnetId", "create_subnet"),
    "subnet_b": ("meridian-private-b", "DescribeSubnets", "Subnets", "SubnetId", "create_subnet"),
    "private_route_table": (
        "meridian-private",
        "DescribeRouteTables",
        "RouteTables",
        "RouteTableId",
        "create_route_table",
    ),
    "training_security_group": (
        "meridian-training",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupId",
        "create_security_group",
    ),
    "s3_endpoint": (
        "meridian-s3",
        "DescribeVpcEndpoints",
        "VpcEndpoints",
        "VpcEndpointId",
        "create_vpc_endpoint",
    ),
    "vpn_gateway": (
        "meridian-vgw",
        "DescribeVpnGateways",
        "VpnGateways",
        "VpnGatewayId",
        "create_vpn_gateway",
    ),
}
# The firm's KMS key, by its alias.
KEY = "kms_key"
_FIXED = {
    "account": scenario.ACCOUNT,
    "region": scenario.REGION,
    "training_bucket": scenario.TRAINING_BUCKET,
    "model_bucket": scenario.MODEL_BUCKET,
    "log_bucket": scenario.LOG_BUCKET,
    "break_glass_role": scenario.BREAK_GLASS_ROLE,
    "training_role": scenario.TRAINING_ROLE,
    "training_role_arn": f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.TRAINING_ROLE}",
}


class Names:
    """Ids by name: ``vpc``, ``subnet_a``, ``private_route_table``, ``training_security_group`` and so on.

    Args:
        describe: asks EC2, given an operation and its parameters.
        describe_keys: asks KMS likewise; without it no key is found.
    """

    def __init__(self, describe: Describe, describe_keys: Describe | None = None) -> None:
        self._describe, self._describe_keys = describe, describe_keys

    def find(self, name: str) -> str | None:
        """The id of one of the scenario's resources (the ARN of a key); ``None`` when it does not stand (yet)."""
        if name == KEY:
            return self._key()
        tag, operation, answer, key, _ = _TAGGED[name]
        wanted = {"Filters": [{"Name": "tag:Name", "Values": [tag]}]}
        found = self._describe(operation, wanted).get(answer, [])
        alive = [item for item in found if item.get("State", "") not in ("deleted", "deleting")]
        # The newest stands for its name: a cell that was run twice has made two.
        return str(alive[-1][key]) if alive else None

    def _key(self) -> str | None:
        ask = self._describe_keys
        aliases = ask("ListAliases", {})["Aliases"] if ask is not None else []
        targets = [item["TargetKeyId"] for item in aliases if item["AliasName"] == scenario.KEY_ALIAS]
        if ask is None or not targets:
            return None
        return str(ask("DescribeKey", {"KeyId": targets[0]})["KeyMetadata"]["Arn"])

    def __getattr__(self, name: str) -> str:
        if name in _FIXED:
            return _FIXED[name]
        if name != KEY and name not in _TAGGED:
            raise AttributeError(f"lab.names has no {name!r}; it has {', '.join(dir(self))}")
        found = self.find(name)
        if found is None:
            what, call = (
                (f"called {scenario.KEY_ALIAS}", "create_alias")
                if name == KEY
                else (f"tagged Name={_TAGGED[name][0]}", _TAGGED[name][-1])
            )
            raise NotFound(
                f"nothing is {what} yet.",
                where=f"lab.names.{name}",
                do=f"Run the cell that calls {call}, or lab.catch_up().",
            )
        return found

    def __dir__(self) -> list[str]:
        return sorted([*_FIXED, *_TAGGED, KEY])

    def __repr__(self) -> str:
        known = {**_FIXED, **{name: self.find(name) or "(not there yet)" for name in (*_TAGGED, KEY)}}
        width = max(map(len, known))
        return "\n".join(f"{name:<{width}}  {known[name]}" for name in sorted(known))
