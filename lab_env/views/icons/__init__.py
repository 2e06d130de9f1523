"""AWS's architecture icons at the size pictures show them, and which one stands for what.

The `diagrams` library names them (``diagrams.aws.*``) and carries the originals, 200 to 300 pixels wide; the files here
are those, scaled to 72 pixels and 32 colours, line drawings on a white tile so that they show on dark pages too.
README.md beside this file has their licence.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from importlib.resources import files

from diagrams import Node
from diagrams.aws.compute import EC2
from diagrams.aws.general import General, GenericOfficeBuilding, InternetAlt1
from diagrams.aws.ml import Sagemaker
from diagrams.aws.network import (
    DirectConnect,
    Endpoint,
    InternetGateway,
    NATGateway,
    Privatelink,
    RouteTable,
    VPCElasticNetworkInterface,
    VPCPeering,
    VpnGateway,
)
from diagrams.aws.storage import SimpleStorageServiceS3

CLASSES: dict[str, type[Node]] = {
    "training-job": Sagemaker,
    "sagemaker": Sagemaker,
    "instance": EC2,
    "interface": VPCElasticNetworkInterface,
    "route-table": RouteTable,
    "internet-gateway": InternetGateway,
    "nat-gateway": NATGateway,
    "gateway-endpoint": Endpoint,
    "interface-endpoint": Privatelink,
    "virtual-private-gateway": VpnGateway,
    "direct-connect": DirectConnect,
    "peering": VPCPeering,
    "s3": SimpleStorageServiceS3,
    "aws-service": General,
    "internet": InternetAlt1,
    "on-premises": GenericOfficeBuilding,
}
"""The class of the `diagrams` library that draws each kind of node; ``nothing`` has none."""


def icon_name(kind: str) -> str:
    """The icon's file name without its ending (``nat-gateway``); empty for a kind that has none."""
    found = CLASSES.get(kind)
    return found._icon.removesuffix(".png") if found else ""  # noqa: SLF001 - the library has no public name for it


@cache
def icon_uri(name: str) -> str:
    """The icon as a ``data:`` URI.

    Args:
        name: as `icon_name` gives it.
    """
    content = files(__name__).joinpath(f"{name}.png").read_bytes()
    return f"data:image/png;base64,{b64encode(content).decode('ascii')}"
