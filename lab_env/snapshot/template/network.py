"""VPCs, subnets, route tables, security groups and endpoints as resources of a template.

*AWS::EC2::VPC*, *AWS::EC2::Subnet*, *AWS::EC2::RouteTable*, *AWS::EC2::SecurityGroup*, *AWS::EC2::VPCEndpoint* of the
CloudFormation Template Reference. What AWS makes with a VPC (its main table, network ACL and default group) is left to
AWS, and refused where somebody changed it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lab_env.network import Network
from lab_env.network.model import (
    NetworkAcl,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from lab_env.snapshot.endpoints import FULL_ACCESS
from lab_env.snapshot.template.draft import Draft, tags

_KIND = "AWS::EC2::"
_PREFIX_LIST = "S3PrefixListId"


def write_network(draft: Draft, network: Network) -> None:
    """Write every VPC that is not a default one, and what stands in it.

    Raises:
        NotModelled: it holds something that no template is written of.
    """
    vpcs = [vpc for vpc in network.vpcs if not vpc.is_default]
    ids = {vpc.id for vpc in vpcs}
    tables = [table for table in network.route_tables if table.vpc in ids and not table.main]
    groups = [group for group in network.security_groups if group.vpc in ids and group.name != "default"]
    endpoints = [item for item in network.endpoints if item.vpc in ids]
    _refuse(draft, network, ids)
    for item in network.prefix_lists:
        if item.name == f"com.amazonaws.{network.region}.s3" and _named(item.id, groups):
            _s3_prefix_list(draft, item.id)
    for vpc in vpcs:
        _vpc(draft, vpc, network.network_acls)
    zones = sorted({item.availability_zone for item in network.subnets if item.vpc in ids})
    for subnet in network.subnets:
        if subnet.vpc in ids:
            _subnet(draft, subnet, zones)
    for table in tables:
        _table(draft, table)
    for group in groups:
        draft.stands_for(group.id, f"{_group_name(draft, group)}.GroupId")
    for group in groups:
        _group(draft, group)
    for endpoint in endpoints:
        draft.stands_for(endpoint.id, draft.name(endpoint.id, endpoint.name, "Endpoint"))


def write_endpoints(draft: Draft, network: Network) -> None:
    """Write the endpoints of which `write_network` knows; their policies name buckets and keys."""
    for logical, physical in list(draft.physical.items()):
        for endpoint in network.endpoints:
            if endpoint.id == physical:
                _endpoint(draft, endpoint, logical)


def _refuse(draft: Draft, network: Network, vpcs: set[str]) -> None:
    def here(items: Any) -> list[str]:
        return [item.id for item in items if vpcs & {getattr(item, "vpc", ""), *getattr(item, "vpcs", ())}]

    draft.refuse(here(network.internet_gateways), "an internet gateway")
    draft.refuse(here(network.nat_gateways), "a NAT gateway")
    draft.refuse(here(network.vpn_gateways), "a virtual private gateway")
    draft.refuse(
        [item.id for item in network.peerings if vpcs & {item.requester, item.accepter}], "a VPC peering"
    )
    draft.refuse([item.id for item in network.network_acls if item.vpc in vpcs and not _as_made(item)], _ACL)
    draft.refuse([item.id for item in network.route_tables if item.vpc in vpcs and _altered(item)], _TABLE)
    groups = [item for item in network.security_groups if item.vpc in vpcs and item.name == "default"]
    draft.refuse([item.id for item in groups if len(item.egress) != 1 or _opened(item)], _DEFAULT)
    draft.refuse([item.id for item in network.vpcs if item.id in vpcs and _unusual(item)], _VPC)
    kinds = ("Gateway", "Interface")
    unknown = [item.id for item in network.endpoints if item.vpc in vpcs and item.kind not in kinds]
    draft.refuse(unknown, "an endpoint of this kind")


_ACL = "a network ACL other than the one that AWS makes with a VPC"
_TABLE = "a route that no endpoint made"
_DEFAULT = "a changed default security group"
_VPC = "a VPC with several CIDR blocks or a resolver of its own"


def _as_made(acl: NetworkAcl) -> bool:
    """Whether a network ACL is a VPC's default one, which allows everything."""
    plain = all(item.allow == (item.number < 32767) for item in acl.entries)
    return acl.is_default and plain and len(acl.entries) <= 4


def _altered(table: RouteTable) -> bool:
    """Whether a table holds more than the local route and those of gateway endpoints."""
    further = [one for one in table.routes if one.target != "local" and not one.target.startswith("vpce-")]
    return bool(further or table.edge_gateways or table.propagating_gateways)


def _opened(group: SecurityGroup) -> bool:
    return any(rule.peer != group.id for rule in group.ingress)


def _unusual(vpc: Vpc) -> bool:
    return len(vpc.cidrs) != 1 or vpc.dhcp_domain_name_servers != ("AmazonProvidedDNS",)


def _named(prefix_list: str, groups: Sequence[SecurityGroup]) -> bool:
    return any(rule.peer == prefix_list for group in groups for rule in (*group.ingress, *group.egress))


def _s3_prefix_list(draft: Draft, identifier: str) -> None:
    told = f"Id of the prefix list com.amazonaws.<region>.s3; this is the one of {draft.region}."
    draft.parameter(
        _PREFIX_LIST, identifier, Default=identifier, AllowedPattern="pl-[0-9a-f]+", Description=told
    )


def _vpc(draft: Draft, vpc: Vpc, acls: Sequence[NetworkAcl]) -> None:
    name = draft.name(vpc.id, vpc.name, "Vpc")
    draft.add(
        name,
        f"{_KIND}VPC",
        {
            "CidrBlock": str(vpc.cidrs[0]),
            "EnableDnsSupport": vpc.dns_support,
            "EnableDnsHostnames": vpc.dns_hostnames,
            "Tags": tags(vpc.name),
        },
    )
    draft.stands_for(vpc.id, name)
    # AWS makes it with the VPC; a trace names it.
    for acl in acls:
        if acl.vpc == vpc.id and acl.is_default:
            draft.physical[f"{name}.DefaultNetworkAcl"] = acl.id


def _subnet(draft: Draft, subnet: Subnet, zones: list[str]) -> None:
    name = draft.name(subnet.id, subnet.name, "Subnet")
    draft.add(
        name,
        f"{_KIND}Subnet",
        {
            "VpcId": subnet.vpc,
            "CidrBlock": str(subnet.cidrs[0]),
            # Zones by their number: another Region calls them otherwise.
            "AvailabilityZone": {
                "Fn::Select": [zones.index(subnet.availability_zone), {"Fn::GetAZs": {"Ref": "AWS::Region"}}]
            },
            "MapPublicIpOnLaunch": subnet.map_public_ip_on_launch,
            "Tags": tags(subnet.name),
        },
    )
    draft.stands_for(subnet.id, name)


def _table(draft: Draft, table: RouteTable) -> None:
    name = draft.name(table.id, table.name, "RouteTable")
    draft.add(name, f"{_KIND}RouteTable", {"VpcId": table.vpc, "Tags": tags(table.name)})
    draft.stands_for(table.id, name)
    for subnet in table.subnets:
        logical = next(own for own, physical in draft.physical.items() if physical == subnet)
        draft.add(
            f"{logical}RouteTableAssociation",
            f"{_KIND}SubnetRouteTableAssociation",
            {"SubnetId": subnet, "RouteTableId": table.id},
        )


def _group_name(draft: Draft, group: SecurityGroup) -> str:
    return draft.name(group.id, group.name, "SecurityGroup")


def _group(draft: Draft, group: SecurityGroup) -> None:
    name = next(own for own, physical in draft.physical.items() if physical == group.id)
    # A rule that names a group stands alone: the group has to be there before it.
    inside = [rule for rule in group.ingress if not _of_group(rule)]
    outside = [rule for rule in group.egress if not _of_group(rule)]
    draft.add(
        name,
        f"{_KIND}SecurityGroup",
        {
            "GroupName": group.name,
            "GroupDescription": group.name,
            "VpcId": group.vpc,
            "SecurityGroupIngress": [_rule(rule, "Source", group.name) for rule in inside] or None,
            # Without any rule CloudFormation lets everything out: an address nobody has keeps it shut.
            "SecurityGroupEgress": [_rule(rule, "Destination", group.name) for rule in outside] or [_NOBODY],
            "Tags": tags(group.name),
        },
    )
    for way, rules in (("Ingress", group.ingress), ("Egress", group.egress)):
        own = [rule for rule in rules if _of_group(rule)]
        for number, rule in enumerate(own, 1):
            side = "Source" if way == "Ingress" else "Destination"
            draft.add(
                f"{name}{way}{number if len(own) > 1 else ''}",
                f"{_KIND}SecurityGroup{way}",
                {"GroupId": group.id, **_rule(rule, side, group.name)},
            )


_NOBODY = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}


def _of_group(rule: SecurityGroupRule) -> bool:
    return isinstance(rule.peer, str) and rule.peer.startswith("sg-")


def _rule(rule: SecurityGroupRule, side: str, group: str) -> dict[str, Any]:
    """A rule's properties. ``side`` is ``Source`` or ``Destination``, of which its peer's property is named."""
    ports = {"FromPort": rule.from_port, "ToPort": rule.to_port}
    peer: dict[str, Any]
    if not isinstance(rule.peer, str):
        peer = {"CidrIp" if rule.peer.version == 4 else "CidrIpv6": str(rule.peer)}
    elif rule.peer.startswith("pl-"):
        peer = {f"{side}PrefixListId": rule.peer}
    else:
        peer = {f"{side}SecurityGroupId": rule.peer}
    told = "out of" if side == "Destination" else "into"
    return {
        "Description": f"{_words(rule)} {told} {group}",
        "IpProtocol": rule.protocol,
        **{key: port for key, port in ports.items() if port is not None},
        **peer,
    }


def _words(rule: SecurityGroupRule) -> str:
    if rule.protocol == "-1":
        return "everything"
    ports = "" if rule.from_port is None else f" {rule.from_port}"
    further = "" if rule.to_port in (None, rule.from_port) else f"-{rule.to_port}"
    return f"{rule.protocol}{ports}{further}"


def _endpoint(draft: Draft, endpoint: VpcEndpoint, name: str) -> None:
    interface = endpoint.kind == "Interface"
    draft.add(
        name,
        f"{_KIND}VPCEndpoint",
        {
            "VpcId": endpoint.vpc,
            "ServiceName": endpoint.service,
            "VpcEndpointType": endpoint.kind,
            "RouteTableIds": None if interface else list(endpoint.route_tables),
            "SubnetIds": list(endpoint.subnets) if interface else None,
            "SecurityGroupIds": list(endpoint.groups) if interface else None,
            "PrivateDnsEnabled": endpoint.private_dns if interface else None,
            "PolicyDocument": json.loads(endpoint.policy or FULL_ACCESS),
            "Tags": tags(endpoint.name),
        },
    )
