"""Finding what stands by its Name tag, as the steps need it."""

from __future__ import annotations

from typing import Any


def named(kind: str, name: str) -> list[dict[str, Any]]:
    """The ``TagSpecifications`` that give a resource its Name.

    Args:
        kind: EC2's resource type, e.g. ``subnet``.
        name: its Name tag.
    """
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def table_named(ec2: Any, name: str) -> Any:
    """The newest route table of that name, as ``describe_route_tables`` gives it."""
    return ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": [name]}])["RouteTables"][-1]
