"""What an account has in Direct Connect beside moto's connections, and how the service refuses.

Virtual interfaces belong to the Region of their connection, Direct Connect gateways to the whole account. Each is kept
as the API shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.directconnect.models import DirectConnectBackend, directconnect_backends
from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random

Item = dict[str, Any]

# Of a Direct Connect gateway every Region tells the same, so one Region's backend keeps them all.
_HOME = "us-east-1"
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


class ClientError(JsonRESTError):
    """``DirectConnectClientException``, the one error that the service gives for a faulty request."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("DirectConnectClientException", message)


def new_id(kind: str) -> str:
    """An id in the form of Direct Connect's: ``dxcon-f…``, ``dxvif-f…``."""
    return f"{kind}-f{''.join(mock_random.choices(_LETTERS, k=7))}"


def new_uuid() -> str:
    """An id in the form of a Direct Connect gateway's."""
    return str(mock_random.uuid4())


def parameters(request: Any) -> Item:
    """The parameters of a request to moto."""
    return dict(json.loads(request.body or b"{}"))


def virtual_interfaces(backend: DirectConnectBackend) -> dict[str, Item]:
    """The virtual interfaces of one Region, by id."""
    return _kept(backend, "lab_virtual_interfaces")


def gateways(account: str) -> dict[str, Item]:
    """An account's Direct Connect gateways, by id."""
    return _kept(directconnect_backends[account][_HOME], "lab_gateways")


def associations(account: str) -> dict[str, Item]:
    """An account's associations of Direct Connect gateways with virtual private gateways, by id."""
    return _kept(directconnect_backends[account][_HOME], "lab_associations")


def attached_to(account: str, gateway: str) -> Iterator[Item]:
    """The virtual interfaces, of every Region, that end at a Direct Connect gateway."""
    for backend in directconnect_backends[account].values():
        ends = virtual_interfaces(backend).values()
        yield from (item for item in ends if item.get("directConnectGatewayId") == gateway)


def known_gateway(account: str, identifier: str) -> Item:
    """A Direct Connect gateway by its id."""
    if identifier not in gateways(account):
        raise ClientError(f"Direct Connect Gateway {identifier} does not exist.")
    return gateways(account)[identifier]


def known_vpn_gateway(account: str, identifier: str, region: str = "") -> Any:
    """A virtual private gateway, as moto keeps it, by its id: of one Region or of any."""
    for name, backend in ec2_backends[account].items():
        found = backend.vpn_gateways.get(identifier)
        if found is not None and found.state != "deleted" and region in {"", name}:
            return found
    raise ClientError(f"Virtual Gateway {identifier} does not exist.")


def check_cidrs(items: list[Item]) -> None:
    """Refuse prefixes that are no CIDR blocks."""
    for item in items:
        try:
            ip_network(item["cidr"])
        except ValueError:
            raise ClientError(f"Invalid CIDR: {item['cidr']}") from None


def tags_of(backend: DirectConnectBackend, identifier: str) -> list[dict[str, str]]:
    """The tags of a resource, as the API shows them."""
    found: list[dict[str, str]] = backend.list_tags_for_resource(identifier)
    return found


def _kept(backend: DirectConnectBackend, name: str) -> dict[str, Item]:
    kept: dict[str, Item] = vars(backend).setdefault(name, {})
    return kept
