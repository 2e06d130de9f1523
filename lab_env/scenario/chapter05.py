"""Chapter 05: the gateway endpoint for S3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env.scenario.firm import REGION
from lab_env.scenario.lookups import named, table_named


def build_endpoint(client: Callable[[str], Any]) -> None:
    """Chapter 05's end: a gateway endpoint for S3 on both private route tables."""
    ec2 = client("ec2")
    table = table_named(ec2, "meridian-private")
    ec2.create_vpc_endpoint(
        VpcId=table["VpcId"],
        ServiceName=f"com.amazonaws.{REGION}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table["RouteTableId"]],
        TagSpecifications=named("vpc-endpoint", "meridian-s3"),
    )
    associate_second_table(ec2)


def associate_second_table(ec2: Any) -> None:
    """Let the S3 endpoint serve subnet B's table too (exercise 5.1)."""
    _associate(ec2, "meridian-private-b")


def associate_first_table(ec2: Any) -> None:
    """Let the S3 endpoint serve subnet A's table (exercise 5.2)."""
    _associate(ec2, "meridian-private")


def _associate(ec2: Any, table: str) -> None:
    endpoint = ec2.describe_vpc_endpoints(Filters=[{"Name": "tag:Name", "Values": ["meridian-s3"]}])[
        "VpcEndpoints"
    ][-1]
    wanted = table_named(ec2, table)["RouteTableId"]
    if wanted not in endpoint["RouteTableIds"]:
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], AddRouteTableIds=[wanted])
