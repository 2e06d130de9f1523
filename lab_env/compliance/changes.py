"""The boto3 call that would mend what a trace or a table shows. Each is text for people, never run."""

from __future__ import annotations

from itertools import count
from typing import Any

from lab_env.compliance.model import TrainingSite
from lab_env.network.flow import Hop, Trace
from lab_env.network.lookups import route_table
from lab_env.network.model import Network, Route, RouteTable
from lab_env.network.routes import PROPAGATED, decide


def call(operation: str, *, service: str = "ec2", **parameters: Any) -> str:
    """A call as a learner would type it, by EC2's client unless another service's is named."""
    given = ", ".join(f"{name}={_literal(value)}" for name, value in parameters.items())
    return f"{service}.{operation}({given})"


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}'" if '"' in value else f'"{value}"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value)


def remove_route(table: RouteTable, route: Route) -> str:
    """Take a route out of a table; one that a virtual private gateway propagates goes with its propagation."""
    if route.origin == PROPAGATED:
        return call("disable_vgw_route_propagation", GatewayId=route.target, RouteTableId=table.id)
    if isinstance(route.destination, str):
        key = "DestinationPrefixListId"
    else:
        key = "DestinationCidrBlock" if route.destination.version == 4 else "DestinationIpv6CidrBlock"
    return call("delete_route", RouteTableId=table.id, **{key: str(route.destination)})


def lead_to_s3(network: Network, site: TrainingSite, trace: Trace) -> str:
    """Make S3 reached through an endpoint from a site, given a trace which shows that it is not."""
    vpc = network.subnet[site.subnet].vpc
    service = f"com.amazonaws.{network.vpc[vpc].region}.s3"
    if trace.destination is None:
        return call("modify_vpc_attribute", VpcId=vpc, EnableDnsSupport={"Value": True})
    table = route_table(network, site.subnet)
    chosen = decide(table, trace.destination, network).route
    if chosen is None or not _leads_to(network, chosen, service):
        return _route_to_endpoint(network, table, chosen, service)
    for blocker in trace.blockers[:1]:
        if blocker.kind == "security-group":
            return _open_group(network, site, blocker, service)
        if blocker.kind == "network-acl":
            return _open_acl(network, blocker, answer=blocker in trace.back)
    return ""


def _leads_to(network: Network, route: Route, service: str) -> bool:
    endpoint = network.endpoint.get(route.target) if route.target.startswith("vpce-") else None
    return route.target == "local" or (endpoint is not None and endpoint.service == service)


def _route_to_endpoint(network: Network, table: RouteTable, chosen: Route | None, service: str) -> str:
    here = (
        one for one in network.endpoints_of[table.vpc] if one.service == service and one.kind == "Gateway"
    )
    endpoint = next(here, None)
    if endpoint is None:
        return call(
            "create_vpc_endpoint",
            VpcId=table.vpc,
            ServiceName=service,
            VpcEndpointType="Gateway",
            RouteTableIds=[table.id],
        )
    if table.id not in endpoint.route_tables:
        return call("modify_vpc_endpoint", VpcEndpointId=endpoint.id, AddRouteTableIds=[table.id])
    # The endpoint's own route is there, and a more specific or static one takes the packet from it.
    return remove_route(table, chosen) if chosen is not None else ""


def _open_group(network: Network, site: TrainingSite, blocker: Hop, service: str) -> str:
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    blocked = blocker.resource.split()[0]
    if blocked not in site.groups:
        peers = [{"GroupId": group} for group in site.groups[:1]]
        permission = https | {"UserIdGroupPairs": peers}
        return call("authorize_security_group_ingress", GroupId=blocked, IpPermissions=[permission])
    region = service.split(".")[2]
    lists = (item.id for item in network.prefix_lists if item.name == service and item.region == region)
    permission = https | {"PrefixListIds": [{"PrefixListId": one} for one in lists]}
    return call("authorize_security_group_egress", GroupId=blocked, IpPermissions=[permission])


def _open_acl(network: Network, blocker: Hop, *, answer: bool) -> str:
    acl = next(item for item in network.network_acls if item.id == blocker.resource)
    taken = {entry.number for entry in acl.entries if entry.egress is not answer}
    return call(
        "create_network_acl_entry",
        NetworkAclId=acl.id,
        RuleNumber=next(number for number in count(1) if number not in taken),
        Protocol="6",
        RuleAction="allow",
        Egress=not answer,
        CidrBlock="0.0.0.0/0",
        PortRange={"From": 1024, "To": 65535} if answer else {"From": 443, "To": 443},
    )
