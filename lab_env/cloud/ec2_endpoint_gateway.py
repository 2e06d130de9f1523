"""Gateway endpoints: one route for each associated table, and nothing else (*Gateway endpoints*)."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.route_tables import Route

from lab_env.cloud.ec2_endpoint_services import short_name
from lab_env.snapshot.internet import prefix_list_id


def create(endpoint: Any, request: Any) -> None:
    """Associate a new gateway endpoint with the route tables of a request."""
    _only_route_tables(request, "SubnetIds", "SecurityGroupIds")
    # A gateway endpoint has no private DNS: S3's own names lead through it.
    if request.params.get("PrivateDnsEnabled"):
        raise EC2ClientError(
            "InvalidParameter",
            "Private DNS can't be enabled because the endpoint is not an Interface endpoint.",
        )
    endpoint.dns_options = {"DnsRecordIpType": "service-defined"}
    endpoint.destination_prefix_list_id = prefix_list_id(
        short_name(endpoint.service_name), endpoint.ec2_backend.region_name
    )
    _associate(endpoint, request.params.get("RouteTableIds", []))


def modify(endpoint: Any, request: Any) -> None:
    """Associate and disassociate route tables."""
    _only_route_tables(
        request, "AddSubnetIds", "RemoveSubnetIds", "AddSecurityGroupIds", "RemoveSecurityGroupIds"
    )
    add = [one for one in request.params.get("AddRouteTableIds", []) if one not in endpoint.route_table_ids]
    remove = request.params.get("RemoveRouteTableIds", [])
    for identifier in remove:
        _table(endpoint, identifier)
    _associate(endpoint, add)
    _disassociate(endpoint, remove)


def delete(endpoint: Any) -> None:
    """Take the endpoint's routes away.

    Raises:
        EC2ClientError: an interface endpoint's private DNS for inbound Resolver endpoints still needs it.
    """
    for other in endpoint.ec2_backend.vpc_end_points.values():
        same = other.vpc_id == endpoint.vpc_id and other.service_name == endpoint.service_name
        if same and other.dns_options.get("PrivateDnsOnlyForInboundResolverEndpoint") and _alone(endpoint):
            raise EC2ClientError(
                "InvalidParameter",
                f"The gateway endpoint {endpoint.id} can't be deleted while the interface endpoint {other.id} has "
                "PrivateDnsOnlyForInboundResolverEndpoint set to true.",
            )
    _disassociate(endpoint, list(endpoint.route_table_ids))


def _only_route_tables(request: Any, *others: str) -> None:
    if "PrivateDnsOnlyForInboundResolverEndpoint" in (request.params.get("DnsOptions") or {}):
        raise EC2ClientError(
            "InvalidParameter",
            "DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.",
        )
    for name in others:
        if request.params.get(name):
            what = "Security group IDs" if "Group" in name else "Subnet IDs"
            raise EC2ClientError(
                "InvalidParameter", f"{what} are only supported for Interface type VPC Endpoint."
            )


def _alone(endpoint: Any) -> bool:
    """Whether this is the only gateway endpoint for its service in its VPC."""
    return not any(
        other is not endpoint
        and (other.vpc_id, other.service_name, other.vpc_endpoint_type)
        == (endpoint.vpc_id, endpoint.service_name, "Gateway")
        for other in endpoint.ec2_backend.vpc_end_points.values()
    )


def _associate(endpoint: Any, identifiers: list[str]) -> None:
    tables = [_table(endpoint, one) for one in dict.fromkeys(identifiers)]
    listed = endpoint.ec2_backend.managed_prefix_lists[endpoint.destination_prefix_list_id]
    for table in tables:
        if any(route.destination_prefix_list_id == listed.id for route in table.routes):
            raise EC2ClientError(
                "RouteAlreadyExists",
                f"route table {table.id} already has a route with destination-prefix-list-id {listed.id}",
            )
    for table in tables:
        route = Route(table, None, None, destination_prefix_list=listed, gateway=endpoint)
        table._routes[route.id] = route
        endpoint.route_table_ids.append(table.id)


def _disassociate(endpoint: Any, identifiers: list[str]) -> None:
    for identifier in identifiers:
        table = _table(endpoint, identifier)
        for route in table.routes:
            if route.gateway is endpoint:
                del table._routes[route.id]
    endpoint.route_table_ids = [one for one in endpoint.route_table_ids if one not in identifiers]


def _table(endpoint: Any, identifier: str) -> Any:
    table = endpoint.ec2_backend.get_route_table(identifier)
    if table.vpc_id != endpoint.vpc_id:
        raise EC2ClientError(
            "InvalidParameter", f"Route table {identifier} does not belong to VPC {endpoint.vpc_id}."
        )
    return table
