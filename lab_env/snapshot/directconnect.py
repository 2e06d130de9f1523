"""Direct Connect's describe answers ↔ the values of ``lab_env.network.direct_connect``.

What stands at the far end of a virtual interface is the customer's, and no answer tells of it: add an `OnPremises`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_interface
from typing import Any

from lab_env.network.direct_connect import DirectConnectAssociation, DirectConnectGateway, VirtualInterface
from lab_env.network.model import Address, Network
from lab_env.snapshot.record import Record

KEYS = ("virtualInterfaces", "directConnectGateways", "directConnectGatewayAssociations")
"""The top-level keys of ``DescribeVirtualInterfaces`` and its like."""

Records = Callable[[str], Iterator[Record]]


def with_direct_connect(network: Network, records: Records) -> Network:
    """A network with the Direct Connect resources that the answers hold.

    Args:
        network: the network.
        records: gives the items of an answer by its top-level key.
    """
    return replace(
        network,
        virtual_interfaces=tuple(map(virtual_interface, records(KEYS[0]))),
        direct_connect_gateways=tuple(map(direct_connect_gateway, records(KEYS[1]))),
        direct_connect_associations=tuple(map(association, records(KEYS[2]))),
    )


def read_direct_connect(
    describe: Callable[[str, dict[str, Any]], Mapping[str, Any]], network: Network
) -> Network:
    """A network that was read from EC2, with what Direct Connect's API answers.

    Args:
        describe: makes one call of the Direct Connect API; ``ec2.describe_with`` turns a boto3 client into one.
        network: the network.
    """

    def pages(operation: str, key: str, **parameters: str) -> Iterator[Mapping[str, Any]]:
        token: str | None = None
        while True:
            answer = describe(operation, parameters | ({"nextToken": token} if token else {}))
            yield from answer.get(key, ())
            token = answer.get("nextToken")
            if not token:
                return

    gateways = list(pages("DescribeDirectConnectGateways", KEYS[1]))
    answers: dict[str, list[Mapping[str, Any]]] = {
        KEYS[0]: list(pages("DescribeVirtualInterfaces", KEYS[0])),
        KEYS[1]: gateways,
        # Asked gateway by gateway: without one the call is an error.
        KEYS[2]: [
            item
            for gateway in gateways
            for item in pages(
                "DescribeDirectConnectGatewayAssociations",
                KEYS[2],
                directConnectGatewayId=gateway["directConnectGatewayId"],
            )
        ],
    }

    def records(key: str) -> Iterator[Record]:
        return (Record(item, f"{key}[{number}]") for number, item in enumerate(answers[key]))

    return replace(with_direct_connect(network, records), missing=network.missing - set(KEYS))


def answers(network: Network) -> dict[str, list[dict[str, Any]]]:
    """The describe answers that `with_direct_connect` reads again."""
    return {
        KEYS[0]: [_virtual_interface(item) for item in network.virtual_interfaces],
        KEYS[1]: [_direct_connect_gateway(item) for item in network.direct_connect_gateways],
        KEYS[2]: [_association(item) for item in network.direct_connect_associations],
    }


def virtual_interface(item: Record) -> VirtualInterface:
    """An item of ``DescribeVirtualInterfaces``."""
    return VirtualInterface(
        id=item.text("virtualInterfaceId"),
        kind=item.text("virtualInterfaceType"),
        state=item.text("virtualInterfaceState", "available"),
        connection=item.text("connectionId", ""),
        virtual_gateway=item.text("virtualGatewayId", ""),
        gateway=item.text("directConnectGatewayId", ""),
        customer_address=_host(item, "customerAddress"),
        name=item.text("virtualInterfaceName", ""),
    )


def direct_connect_gateway(item: Record) -> DirectConnectGateway:
    """An item of ``DescribeDirectConnectGateways``."""
    return DirectConnectGateway(
        id=item.text("directConnectGatewayId"),
        asn=item.number("amazonSideAsn"),
        state=item.text("directConnectGatewayState", "available"),
        name=item.text("directConnectGatewayName", ""),
    )


def association(item: Record) -> DirectConnectAssociation:
    """An item of ``DescribeDirectConnectGatewayAssociations``."""
    return DirectConnectAssociation(
        gateway=item.text("directConnectGatewayId"),
        virtual_gateway=item.record("associatedGateway").text("id", item.text("virtualGatewayId", "")),
        state=item.text("associationState", "associated"),
        allowed_prefixes=tuple(
            one.cidr("cidr") for one in item.records("allowedPrefixesToDirectConnectGateway")
        ),
        id=item.text("associationId", ""),
    )


def _host(item: Record, key: str) -> Address | None:
    """An address that is written with the length of its link's prefix (``198.51.100.1/30``)."""
    text = item.text(key, "")
    try:
        return ip_interface(text).ip if text else None
    except ValueError:
        raise item.fault(key, f"{text!r} is no IP address") from None


def _virtual_interface(item: VirtualInterface) -> dict[str, Any]:
    return {
        "virtualInterfaceId": item.id,
        "virtualInterfaceType": item.kind,
        "virtualInterfaceState": item.state,
        "connectionId": item.connection,
        "virtualGatewayId": item.virtual_gateway,
        "directConnectGatewayId": item.gateway,
        "customerAddress": str(item.customer_address) if item.customer_address else None,
        "virtualInterfaceName": item.name,
    }


def _direct_connect_gateway(item: DirectConnectGateway) -> dict[str, Any]:
    return {
        "directConnectGatewayId": item.id,
        "amazonSideAsn": item.asn,
        "directConnectGatewayState": item.state,
        "directConnectGatewayName": item.name,
    }


def _association(item: DirectConnectAssociation) -> dict[str, Any]:
    return {
        "associationId": item.id,
        "directConnectGatewayId": item.gateway,
        "associatedGateway": {"id": item.virtual_gateway},
        "associationState": item.state,
        "allowedPrefixesToDirectConnectGateway": [{"cidr": str(one)} for one in item.allowed_prefixes],
    }
