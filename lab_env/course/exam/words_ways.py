"""The lines that build a way out of a VPC: gateways, endpoints, peerings, Direct Connect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address, ip_network

from lab_env.course.exam.words_with import free_address, put, subnet_named
from lab_env.errors import NotFound
from lab_env.network.direct_connect import DirectConnectAssociation, DirectConnectGateway, VirtualInterface
from lab_env.network.model import (
    InternetGateway,
    NatGateway,
    Network,
    NetworkInterface,
    OnPremises,
    Route,
    VpcEndpoint,
    VpcPeering,
    VpnGateway,
)
from lab_env.snapshot.internet import prefix_list_id

_FIRST_NAT = ip_address("54.144.0.9")
# A data centre's own public address (RFC 5737).
_SITE_ADDRESS = ip_address("198.51.100.40")


def _igw(network: Network, words: list[str]) -> Network:
    """``igw NAME VPC``: an internet gateway, attached."""
    name, vpc = words
    return put(network, "internet_gateways", InternetGateway(name, (vpc,)))


def _nat(network: Network, words: list[str]) -> Network:
    """``nat NAME SUBNET [private]``: a NAT gateway; a public one in a VPC without internet gateway has failed."""
    name, subnet, *flags = words
    vpc = subnet_named(network, subnet).vpc
    private = "private" in flags
    routed = any(vpc in item.vpcs for item in network.internet_gateways)
    made = NatGateway(
        name,
        vpc,
        subnet,
        "available" if private or routed else "failed",
        "private" if private else "public",
        free_address(network, subnet),
        None if private else ip_address(int(_FIRST_NAT) + len(network.nat_gateways)),
        failure="" if private or routed else "Gateway.NotAttached",
    )
    return put(network, "nat_gateways", made)


def _gateway_endpoint(network: Network, words: list[str]) -> Network:
    """``gateway-endpoint NAME SERVICE [TABLE…]``: and one route in each table, which AWS adds."""
    name, service, *tables = words
    held = {table.id: table for table in network.route_tables}
    for table in tables:
        if table not in held:
            raise NotFound("no such route table.", where=table)
    there = network.endpoint.get(name)
    vpc = held[tables[0]].vpc if tables else next(iter(network.vpcs)).id
    every = (*(there.route_tables if there else ()), *tables)
    made = VpcEndpoint(name, vpc, f"com.amazonaws.{network.region}.{service}", "Gateway", route_tables=every)
    network = put(network, "endpoints", made)
    listed = prefix_list_id(service, network.region)
    for table in tables:
        routes = (*held[table].routes, Route(listed, name))
        network = put(network, "route_tables", replace(held[table], routes=routes))
    return network


def _interface_endpoint(network: Network, words: list[str]) -> Network:
    """``interface-endpoint NAME SERVICE SUBNET… GROUP… [private-dns] [inbound-dns]``: one interface a subnet."""
    name, service, *more = words
    subnets = tuple(word for word in more if word.startswith("subnet-"))
    groups = tuple(word for word in more if word.startswith("sg-"))
    vpc = subnet_named(network, subnets[0]).vpc
    host = f"{service}.{network.region}.vpce.amazonaws.com"
    zones = [subnet_named(network, subnet).availability_zone for subnet in subnets]
    stem = f"*.{name}-1"
    names = (f"{stem}.{host}", *(f"{stem}-{zone}.{host}" for zone in dict.fromkeys(zones)))
    made = VpcEndpoint(
        name, vpc, f"com.amazonaws.{network.region}.{service}", "Interface", subnets=subnets,
        interfaces=tuple(f"eni-{name.removeprefix('vpce-')}-{zone[-1]}" for zone in zones), groups=groups,
        private_dns="private-dns" in more or "inbound-dns" in more,
        private_dns_inbound_only="inbound-dns" in more, dns_names=names,
    )  # fmt: skip
    network = put(network, "endpoints", made)
    for subnet, own in zip(subnets, made.interfaces, strict=True):
        address = free_address(network, subnet)
        interface = NetworkInterface(
            own, vpc, subnet, (address,), groups, kind="vpc_endpoint", attached_to=name
        )
        network = put(network, "interfaces", interface)
    return network


def _peering(network: Network, words: list[str]) -> Network:
    """``peering NAME VPC VPC``: active."""
    name, requester, accepter = words
    return put(network, "peerings", VpcPeering(name, requester, accepter, "active"))


def _vgw(network: Network, words: list[str]) -> Network:
    """``vgw NAME VPC``: a virtual private gateway, attached."""
    name, vpc = words
    return put(network, "vpn_gateways", VpnGateway(name, (vpc,)))


def _dxgw(network: Network, words: list[str]) -> Network:
    """``dxgw NAME VGW [PREFIX…]``: a Direct Connect gateway, associated; the prefixes are those that it allows."""
    name, gateway, *prefixes = words
    association = DirectConnectAssociation(
        name, gateway, allowed_prefixes=tuple(map(ip_network, prefixes)), id=f"dxassoc-{name}"
    )
    network = put(network, "direct_connect_gateways", DirectConnectGateway(name))
    return put(network, "direct_connect_associations", association)


def _vif(network: Network, words: list[str]) -> Network:
    """``vif NAME private GATEWAY`` or ``vif NAME public``: a virtual interface that is up, to the only data centre."""
    name, kind, *end = words
    site = network.on_premises[0].name
    made = VirtualInterface(name, kind, connection="dxcon-1", site=site)
    if kind == "public":
        made = replace(made, customer_address=_SITE_ADDRESS)
    elif end[0].startswith("vgw-"):
        made = replace(made, virtual_gateway=end[0])
    else:
        made = replace(made, gateway=end[0])
    return put(network, "virtual_interfaces", made)


def _site(network: Network, words: list[str]) -> Network:
    """``site NAME PREFIX… [internet]``: a data centre and what it announces."""
    name, *more = words
    prefixes = tuple(ip_network(word) for word in more if word != "internet")
    made = OnPremises(
        name, prefixes, "internet" in more, public_address=_SITE_ADDRESS
    )  # fmt: skip
    return put(network, "on_premises", made)


WAYS: dict[str, Callable[[Network, list[str]], Network]] = {
    "igw": _igw,
    "nat": _nat,
    "gateway-endpoint": _gateway_endpoint,
    "interface-endpoint": _interface_endpoint,
    "peering": _peering,
    "vgw": _vgw,
    "dxgw": _dxgw,
    "vif": _vif,
    "site": _site,
}
