"""Attachments that follow their transit gateway's own options (*CreateTransitGateway*, *Transit gateway route tables*).

moto associates every attachment with the default route table and lets none propagate to it, whatever the options
``DefaultRouteTableAssociation`` and ``DefaultRouteTablePropagation`` say (both are ``enable`` unless told otherwise).
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend

from lab_env.cloud.patches import Patches


def fill(patches: Patches) -> None:
    """Associate and propagate as the options say."""
    original = EC2Backend.create_transit_gateway_vpc_attachment

    def create(self: Any, transit_gateway_id: str, *args: Any, **kwargs: Any) -> Any:
        made = original(self, transit_gateway_id, *args, **kwargs)
        gateway = self.transit_gateways[transit_gateway_id]
        if gateway.options["DefaultRouteTableAssociation"] == "disable":
            self.unset_route_table_association(gateway.default_route_table.id, made.id)
            made.transit_gateway_route_table = None
        if gateway.options["DefaultRouteTablePropagation"] == "enable":
            self.enable_transit_gateway_route_table_propagation(made.id, gateway.default_route_table.id)
        return made

    patches.set(EC2Backend, "create_transit_gateway_vpc_attachment", create)
