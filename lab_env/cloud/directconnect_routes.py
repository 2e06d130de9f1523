"""What the data centre announces over Direct Connect, and the routes that a propagating route table gets by it.

VPC user guide: *Route tables* (route propagation). On AWS the announcements are the routers' own talk (BGP): no call
makes them. Here the data centre is a value that the cloud is told (`announce`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.directconnect.models import directconnect_backends
from moto.ec2.models.route_tables import Route, RouteTable

from lab_env import scenario
from lab_env.cloud.directconnect_store import associations, virtual_interfaces
from lab_env.cloud.patches import Patches
from lab_env.network.model import OnPremises

_HOME = "us-east-1"


class LearnedRoute(Route):
    """A route to a virtual private gateway, which the gateway learnt and the table took over."""

    def __init__(self, table: Any, destination: str, gateway: Any) -> None:
        ipv6 = ":" in destination
        super().__init__(table, None if ipv6 else destination, destination if ipv6 else None, gateway=gateway)

    @property
    def origin(self) -> str:
        """How AWS says that a route was propagated."""
        return "EnableVgwRoutePropagation"


def fill(patches: Patches) -> None:
    """Let route tables show what their propagating gateways have learnt."""
    patches.set(RouteTable, "routes", property(_routes))


def announce(account: str, site: OnPremises) -> None:
    """Let a data centre stand at the far end of the account's virtual interfaces."""
    vars(directconnect_backends[account][_HOME])["lab_site"] = site


def site_of(account: str) -> OnPremises:
    """The data centre at the far end: the scenario's, until another was announced."""
    found: OnPremises = vars(directconnect_backends[account][_HOME]).get("lab_site", scenario.ON_PREMISES)
    return found


def _routes(self: Any) -> list[Route]:
    return [*self._routes.values(), *_learned(self)]


def _learned(table: Any) -> Iterator[LearnedRoute]:
    backend = table.ec2_backend
    for identifier in vars(table).get("lab_propagating", ()):
        gateway = backend.vpn_gateways[identifier]
        attachment = gateway.attachments.get(table.vpc_id)
        attached = attachment is not None and attachment.state == "attached"
        if attached and _hears(backend.account_id, identifier):
            prefixes = site_of(backend.account_id).prefixes
            yield from (LearnedRoute(table, str(prefix), gateway) for prefix in prefixes)


def _hears(account: str, gateway: str) -> bool:
    """Whether a virtual interface leads to a virtual private gateway; only a private one ever does."""
    joined = {
        item["directConnectGatewayId"]
        for item in associations(account).values()
        if item["virtualGatewayId"] == gateway
    }
    return any(
        item.get("virtualGatewayId") == gateway or item.get("directConnectGatewayId") in joined
        for backend in directconnect_backends[account].values()
        for item in virtual_interfaces(backend).values()
    )
