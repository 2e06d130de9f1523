"""Direct Connect as values: virtual interfaces, gateways, associations (Direct Connect API, ``Describe*``)."""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.network.values.addresses import Address, Cidr


@dataclass(frozen=True, slots=True)
class VirtualInterface:
    """A virtual interface on a Direct Connect connection (``DescribeVirtualInterfaces``).

    Attributes:
        id: ``dxvif-…``.
        kind: ``private``, ``public`` or ``transit``.
        state: ``available`` when its BGP session is up.
        connection: the connection it runs over.
        virtual_gateway: the virtual private gateway that a private one ends at, if it ends there directly.
        gateway: the Direct Connect gateway that a private or transit one ends at, if it does.
        site: the `OnPremises` at its far end; empty when the network knows a single one.
        customer_address: the customer's address on a public one's link, which AWS sees unless the site has another.
    """

    id: str
    kind: str
    state: str = "available"
    connection: str = ""
    virtual_gateway: str = ""
    gateway: str = ""
    site: str = ""
    customer_address: Address | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class DirectConnectGateway:
    """A Direct Connect gateway (``DescribeDirectConnectGateways``)."""

    id: str
    asn: int | None = None
    state: str = "available"
    name: str = ""


@dataclass(frozen=True, slots=True)
class DirectConnectAssociation:
    """A Direct Connect gateway's association with a virtual private gateway or a transit gateway.

    ``DescribeDirectConnectGatewayAssociations``. ``allowed_prefixes`` filters which CIDRs of the VPC are announced to
    the data centre: those that lie within one of them; none given means all.
    """

    gateway: str
    virtual_gateway: str
    state: str = "associated"
    allowed_prefixes: tuple[Cidr, ...] = ()
    id: str = ""
