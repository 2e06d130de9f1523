"""Routes that go black when their target is gone, and that belong to who made them (*Configure route tables*).

moto's routes stay ``active`` for ever; it lets the route API write and delete an endpoint's routes, replaces a
``local`` route by one of the same range, and takes targets that do not exist.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError, RouteAlreadyExistsError
from moto.ec2.models.route_tables import Route, RouteTable
from moto.ec2.responses import EC2Response

from lab_env.cloud.ec2_refusals import before
from lab_env.cloud.patches import Patches

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "TransitGatewayId",
    "InstanceId",
    "CarrierGatewayId",
    "VpcEndpointId",
)


def fill(patches: Patches) -> None:
    """Let each route say whether its target still stands, and refuse what AWS's route API refuses."""
    patches.set(Route, "state", property(_state))
    patches.set(RouteTable, "propagating_vgws", property(_propagating))
    patches.set(EC2Response, "enable_vgw_route_propagation", _enable_propagation)
    patches.set(EC2Response, "disable_vgw_route_propagation", _disable_propagation)
    before(patches, "create_route", _check_create)
    before(patches, "replace_route", _check_replace)
    before(patches, "delete_route", _check_delete)
    before(patches, "associate_route_table", _check_associate)


def _state(self: Any) -> str:
    return "active" if self.local or _stands(self) else "blackhole"


def _stands(route: Any) -> bool:
    """Whether a route's target is there and works for the route's VPC."""
    backend, vpc = route.route_table.ec2_backend, route.route_table.vpc_id
    if route.gateway is not None:
        return _gateway_stands(backend, route.gateway, vpc)
    if route.nat_gateway is not None:
        return route.nat_gateway.state in {"pending", "available"}
    if route.egress_only_igw is not None:
        return route.egress_only_igw.id in backend.egress_only_internet_gateways
    if route.interface is not None:
        instance = route.interface.instance
        running = instance is None or instance._state.name == "running"
        return route.interface.id in backend.enis and running
    if route.vpc_pcx is not None:
        return bool(route.vpc_pcx._status.code == "active")
    return True


def _gateway_stands(backend: Any, gateway: Any, vpc: str) -> bool:
    if gateway.id.startswith("igw-"):
        return gateway.id in backend.internet_gateways and gateway.vpc is not None and gateway.vpc.id == vpc
    if gateway.id.startswith("vgw-"):
        attachment = gateway.attachments.get(vpc)
        return gateway.state != "deleted" and attachment is not None and attachment.state == "attached"
    return gateway.id in backend.vpc_end_points


def _table(request: Any) -> Any:
    return request.ec2_backend.get_route_table(request.params.get("RouteTableId"))


def _destination(request: Any) -> str:
    return next((request.params[name] for name in _DESTINATIONS if request.params.get(name)), "")


def _existing(request: Any) -> Any | None:
    """The route that a request's destination names, if its table has one."""
    wanted = _destination(request)
    # Only what the route API made: a static route may stand beside a propagated one.
    for route in _table(request)._routes.values():
        named = (
            route.destination_cidr_block,
            route.destination_ipv6_cidr_block,
            route.destination_prefix_list_id,
        )
        if wanted in named:
            return route
    return None


def _check_create(request: Any) -> None:
    if _existing(request) is not None:
        raise RouteAlreadyExistsError(_destination(request))
    _check_prefix_list(request)
    _check_target(request)


def _check_replace(request: Any) -> None:
    route = _existing(request)
    if route is not None and _is_endpoints(route):
        raise EC2ClientError(
            "InvalidParameterValue",
            f"cannot replace VPC endpoint route {_destination(request)} in route table {_table(request).id}",
        )
    if not request.params.get("LocalTarget"):
        _check_target(request)


def _check_delete(request: Any) -> None:
    route = _existing(request)
    if route is None:
        return
    kind = "local" if route.local else "VPC endpoint" if _is_endpoints(route) else ""
    if kind:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"cannot remove {kind} route {_destination(request)} in route table {_table(request).id}",
        )


def _is_endpoints(route: Any) -> bool:
    return route.gateway is not None and route.gateway.id.startswith("vpce-")


def _check_prefix_list(request: Any) -> None:
    identifier = request.params.get("DestinationPrefixListId")
    if not identifier:
        return
    listed = request.ec2_backend.get_managed_prefix_list_entries(identifier)
    if listed.owner_id == "AWS":
        # Only an endpoint leads there, and it writes its own route.
        raise EC2ClientError(
            "InvalidParameterValue", f"invalid value for parameter destination-prefix-list-id: {identifier}"
        )


def _check_target(request: Any) -> None:
    given = [name for name in _TARGETS if request.params.get(name)]
    if len(given) != 1:
        names = ", ".join(name[0].lower() + name[1:] for name in _TARGETS)
        raise EC2ClientError(
            "MissingParameter" if not given else "InvalidParameterCombination",
            f"The request must contain exactly one of {names}",
        )
    identifier, vpc = request.params[given[0]], _table(request).vpc_id
    if (home := _home(request.ec2_backend, given[0], identifier)) is not None and home != vpc:
        kind = {"GatewayId": "network gateway", "NatGatewayId": "nat gateway"}.get(given[0], "interface")
        raise EC2ClientError(
            "InvalidParameterValue",
            f"route table {_table(request).id} and {kind} {identifier} belong to different networks",
        )


def _home(backend: Any, kind: str, identifier: str) -> str | None:
    """The VPC a target belongs to (empty when detached), None for kinds that belong to none."""
    if kind == "NatGatewayId":
        if identifier not in backend.nat_gateways:
            raise EC2ClientError(
                "InvalidNatGatewayID.NotFound", f"The natGateway ID '{identifier}' does not exist"
            )
        return str(backend.nat_gateways[identifier].vpc_id)
    if kind == "NetworkInterfaceId":
        return str(backend.get_network_interface(identifier).vpc_id)
    if kind == "GatewayId" and identifier.startswith("igw-"):
        gateway = backend.get_internet_gateway(identifier)
        return gateway.vpc.id if gateway.vpc is not None else ""
    if kind == "GatewayId" and identifier.startswith("vgw-"):
        attached = backend.get_vpn_gateway(identifier).attachments.items()
        return next((vpc for vpc, one in attached if one.state == "attached"), "")
    if kind == "GatewayId":
        raise EC2ClientError("InvalidParameterValue", f"invalid value for parameter gateway-id: {identifier}")
    return None


def _check_associate(request: Any) -> None:
    table, subnet_id = _table(request), request.params.get("SubnetId")
    if not subnet_id:
        return
    if request.ec2_backend.get_subnet(subnet_id).vpc_id != table.vpc_id:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"route table {table.id} and subnet {subnet_id} belong to different networks",
        )
    for other in request.ec2_backend.route_tables.values():
        if other is not table and subnet_id in other._associations.values():
            raise EC2ClientError(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {table.id} conflicts with an existing association",
            )


def _propagating(self: Any) -> list[dict[str, str]]:
    return [{"GatewayId": identifier} for identifier in vars(self).get("lab_propagating", ())]


def _enable_propagation(self: Any) -> ActionResult:
    table, gateway = _table(self), self.ec2_backend.get_vpn_gateway(self.params["GatewayId"])
    attachment = gateway.attachments.get(table.vpc_id)
    if attachment is None or attachment.state != "attached":
        raise EC2ClientError(
            "Gateway.NotAttached",
            f"gateway {gateway.id} is not attached to the network of route table {table.id}",
        )
    kept = vars(table).setdefault("lab_propagating", [])
    if gateway.id not in kept:
        kept.append(gateway.id)
    return EmptyResult()


def _disable_propagation(self: Any) -> ActionResult:
    kept = vars(_table(self)).get("lab_propagating", [])
    if self.params["GatewayId"] in kept:
        kept.remove(self.params["GatewayId"])
    return EmptyResult()
