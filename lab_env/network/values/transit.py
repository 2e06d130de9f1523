"""Transit gateways: their attachments and their route tables, which are not those of a VPC."""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.network.values.addresses import Cidr


@dataclass(frozen=True, slots=True)
class TransitGateway:
    """A transit gateway (``DescribeTransitGateways``), the router of one Region."""

    id: str
    region: str
    state: str = "available"
    owner: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class TransitGatewayAttachment:
    """What is joined to a transit gateway (``DescribeTransitGatewayAttachments``).

    ``kind`` is EC2's ``ResourceType``: ``vpc``, ``peering`` (``resource`` is then the other transit gateway), ``vpn``,
    ``direct-connect-gateway`` … . ``table`` is the transit gateway route table associated with it, or empty.
    ``subnets`` are a VPC attachment's, one a zone (``DescribeTransitGatewayVpcAttachments``); ``None`` where that was
    not asked. Both ends of a peering have an attachment of the same id, each at its own gateway.
    """

    id: str
    gateway: str
    kind: str
    resource: str
    state: str = "available"
    table: str = ""
    subnets: tuple[str, ...] | None = None
    owner: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class TransitGatewayRoute:
    """A route of a transit gateway (``SearchTransitGatewayRoutes``).

    ``attachment`` is empty for a ``blackhole``; ``kind`` is ``static`` or ``propagated``. ``destination`` is a CIDR,
    or the id of a prefix list.
    """

    destination: Cidr | str
    attachment: str
    state: str = "active"
    kind: str = "static"


@dataclass(frozen=True, slots=True)
class TransitGatewayRouteTable:
    """A transit gateway's route table.

    ``routes`` and ``propagations`` (the ids of attachments whose routes it learns) are ``None`` where they were not
    asked: what the table does is not known then.
    """

    id: str
    gateway: str
    routes: tuple[TransitGatewayRoute, ...] | None = ()
    propagations: tuple[str, ...] | None = ()
    state: str = "available"
    name: str = ""
