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


def named_endpoint(ec2: Any, name: str) -> Any:
    """The newest VPC endpoint of that name, as ``describe_vpc_endpoints`` gives it."""
    return ec2.describe_vpc_endpoints(Filters=[{"Name": "tag:Name", "Values": [name]}])["VpcEndpoints"][-1]


def named_group(ec2: Any, name: str) -> Any:
    """The newest security group of that name, as ``describe_security_groups`` gives it."""
    by_name = [{"Name": "tag:Name", "Values": [name]}]
    return ec2.describe_security_groups(Filters=by_name)["SecurityGroups"][-1]


def s3_prefix_list(ec2: Any) -> str:
    """The id of the prefix list of S3's addresses in the client's Region."""
    by_name = [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{ec2.meta.region_name}.s3"]}]
    return str(ec2.describe_managed_prefix_lists(Filters=by_name)["PrefixLists"][0]["PrefixListId"])
