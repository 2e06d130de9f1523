"""Transit gateways: EC2's answers ↔ the values of ``lab_env.network.model``.

What a table's routes are is told table by table: ``SearchTransitGatewayRoutes`` and
``GetTransitGatewayRouteTablePropagations`` do not repeat the table's id in their answers. So an exported answer of
theirs is told by the ``tgw-rtb-…`` in its path, or is kept with its table's id as one item of
``TransitGatewayStaticRoutes`` or ``TransitGatewayPropagations``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from lab_env.network.model import (
    Network,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
)
from lab_env.snapshot.record import Record

ASKED = (
    ("DescribeTransitGatewayAttachments", "TransitGatewayAttachments"),
    ("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"),
    ("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables"),
)
"""The calls to make where there is a transit gateway, and the keys of their answers."""

KEYS = frozenset({"TransitGateways", "TransitGatewayPropagations", "TransitGatewayStaticRoutes"}) | {
    key for _, key in ASKED
}
"""The top-level keys that transit gateways are read from."""

PER_TABLE: Mapping[str, str] = MappingProxyType(
    {
        "Routes": "TransitGatewayStaticRoutes",
        "TransitGatewayRouteTablePropagations": "TransitGatewayPropagations",
    }
)
"""Keys of answers that say nothing of their table, and the key under which they are kept with its id."""

Records = Callable[[str], Iterator[Record]]
Pages = Callable[..., Iterator[Mapping[str, Any]]]
_GONE = frozenset({"deleted", "failed", "rejected"})


def with_transit(network: Network, records: Records, answered: Iterable[str]) -> Network:
    """A network with the transit gateways that the answers hold.

    Args:
        network: the network.
        records: gives the items of an answer by its top-level key.
        answered: the top-level keys that there are answers of.
    """
    subnets = {
        item.text("TransitGatewayAttachmentId"): item.texts("SubnetIds")
        for item in records("TransitGatewayVpcAttachments")
    }
    routes = {_table(item): tuple(_routes(item)) for item in records("TransitGatewayStaticRoutes")}
    learns = {_table(item): tuple(_propagations(item)) for item in records("TransitGatewayPropagations")}
    known = "TransitGatewayVpcAttachments" in answered
    return replace(
        network,
        transit_gateways=tuple(_gateway(item, network.region) for item in records("TransitGateways")),
        transit_gateway_attachments=tuple(
            _attachment(item, subnets, described=known) for item in records("TransitGatewayAttachments")
        ),
        transit_gateway_tables=tuple(
            TransitGatewayRouteTable(
                _table(item),
                item.text("TransitGatewayId"),
                routes.get(_table(item)),
                learns.get(_table(item)),
                item.text("State", "available"),
                item.tag("Name"),
            )
            for item in records("TransitGatewayRouteTables")
        ),
    )


def read_transit(pages: Pages, answers: dict[str, list[Mapping[str, Any]]]) -> None:
    """Ask for what belongs to the transit gateways among the answers, and add it to them; nothing where there is none.

    Args:
        pages: makes one call of the EC2 API and gives the items of all pages: operation, key, parameters.
        answers: the answers so far, by top-level key.
    """
    some = bool(answers["TransitGateways"])
    for operation, key in ASKED:
        answers[key] = list(pages(operation, key)) if some else []
    tables = [item["TransitGatewayRouteTableId"] for item in answers["TransitGatewayRouteTables"]]
    search = {"Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]}
    for key, kept, operation, more in (
        ("Routes", "TransitGatewayStaticRoutes", "SearchTransitGatewayRoutes", search),
        (
            "TransitGatewayRouteTablePropagations",
            "TransitGatewayPropagations",
            "GetTransitGatewayRouteTablePropagations",
            {},
        ),
    ):
        answers[kept] = [
            {
                "TransitGatewayRouteTableId": table,
                key: list(pages(operation, key, TransitGatewayRouteTableId=table, **more)),
            }
            for table in tables
        ]


def merged(parts: Iterable[Network]) -> tuple[TransitGatewayAttachment, ...]:
    """The attachments that several accounts and Regions describe, each end of each once.

    The owner of a shared transit gateway knows the table that an attachment is associated with, the owner of the VPC
    its subnets: what one of them does not know, the other adds.
    """
    found: dict[tuple[str, str], TransitGatewayAttachment] = {}
    for item in (item for part in parts for item in part.transit_gateway_attachments):
        known = found.get((item.gateway, item.id), item)
        found[item.gateway, item.id] = replace(
            known,
            table=known.table or item.table,
            subnets=item.subnets if known.subnets is None else known.subnets,
        )
    return tuple(found.values())


def answers_of(network: Network) -> dict[str, list[dict[str, Any]]]:
    """The answers that tell a network's transit gateways, by top-level key."""
    attachments, tables = network.transit_gateway_attachments, network.transit_gateway_tables
    return {
        "TransitGateways": [
            {"TransitGatewayId": one.id, "State": one.state, "OwnerId": one.owner, "Tags": _tags(one.name)}
            for one in network.transit_gateways
        ],
        "TransitGatewayAttachments": [_written(one) for one in attachments],
        "TransitGatewayVpcAttachments": [
            {
                "TransitGatewayAttachmentId": one.id,
                "TransitGatewayId": one.gateway,
                "VpcId": one.resource,
                "SubnetIds": list(one.subnets),
            }
            for one in attachments
            if one.kind == "vpc" and one.subnets is not None
        ],
        "TransitGatewayRouteTables": [
            {
                "TransitGatewayRouteTableId": one.id,
                "TransitGatewayId": one.gateway,
                "State": one.state,
                "Tags": _tags(one.name),
            }
            for one in tables
        ],
        "TransitGatewayStaticRoutes": [
            {"TransitGatewayRouteTableId": one.id, "Routes": [_route_written(route) for route in one.routes]}
            for one in tables
            if one.routes is not None
        ],
        "TransitGatewayPropagations": [
            {
                "TransitGatewayRouteTableId": one.id,
                "TransitGatewayRouteTablePropagations": [
                    {"TransitGatewayAttachmentId": name, "State": "enabled"} for name in one.propagations
                ],
            }
            for one in tables
            if one.propagations is not None
        ],
    }


def _table(item: Record) -> str:
    return item.text("TransitGatewayRouteTableId")


def _gateway(item: Record, region: str) -> TransitGateway:
    return TransitGateway(
        item.text("TransitGatewayId"),
        region,
        item.text("State", "available"),
        item.text("OwnerId", ""),
        item.tag("Name"),
    )


def _attachment(
    item: Record, subnets: Mapping[str, tuple[str, ...]], *, described: bool
) -> TransitGatewayAttachment:
    identifier, state = item.text("TransitGatewayAttachmentId"), item.text("State", "available")
    association = item.record("Association")
    associated = association.text("State", "associated") == "associated"
    # A peering that ended may have no resource any more.
    return TransitGatewayAttachment(
        id=identifier,
        gateway=item.text("TransitGatewayId"),
        kind=item.text("ResourceType"),
        resource=item.text("ResourceId", "") if state in _GONE else item.text("ResourceId"),
        state=state,
        table=association.text("TransitGatewayRouteTableId", "") if associated else "",
        subnets=subnets.get(identifier) if described else None,
        owner=item.text("ResourceOwnerId", ""),
        name=item.tag("Name"),
    )


def _routes(item: Record) -> Iterator[TransitGatewayRoute]:
    if item.flag("AdditionalRoutesAvailable", default=False):
        raise item.fault("AdditionalRoutesAvailable", "the answer was cut short: there are more routes")
    for one in item.records("Routes"):
        listed = "PrefixListId" in one and "DestinationCidrBlock" not in one
        ends = [end.text("TransitGatewayAttachmentId") for end in one.records("TransitGatewayAttachments")]
        yield TransitGatewayRoute(
            one.text("PrefixListId") if listed else one.cidr("DestinationCidrBlock"),
            min(ends, default=""),
            one.text("State", "active"),
            one.text("Type", "static"),
        )


def _propagations(item: Record) -> Iterator[str]:
    for one in item.records("TransitGatewayRouteTablePropagations"):
        if one.text("State", "enabled") == "enabled":
            yield one.text("TransitGatewayAttachmentId")


def _written(item: TransitGatewayAttachment) -> dict[str, Any]:
    association = {"Association": {"TransitGatewayRouteTableId": item.table, "State": "associated"}}
    return {
        "TransitGatewayAttachmentId": item.id,
        "TransitGatewayId": item.gateway,
        "ResourceType": item.kind,
        "ResourceId": item.resource,
        "ResourceOwnerId": item.owner,
        "State": item.state,
        **(association if item.table else {}),
        "Tags": _tags(item.name),
    }


def _route_written(item: TransitGatewayRoute) -> dict[str, Any]:
    key = "PrefixListId" if isinstance(item.destination, str) else "DestinationCidrBlock"
    ends = [{"TransitGatewayAttachmentId": item.attachment}] if item.attachment else []
    return {
        key: str(item.destination),
        "TransitGatewayAttachments": ends,
        "State": item.state,
        "Type": item.kind,
    }


def _tags(name: str) -> list[dict[str, Any]]:
    return [{"Key": "Name", "Value": name}] if name else []
