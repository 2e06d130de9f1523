"""EC2's describe answers → `Network`: from moto, a real account, or exported JSON, all alike.

The answers are those of the EC2 API reference, by their top-level keys. What AWS leaves out takes the default that the
reference states; a VPC says which of its attributes were so ``assumed``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any, Protocol, TypeVar

from lab_env.network.model import Internet, Network, PrefixList
from lab_env.snapshot import directconnect, ec2_filters, ec2_gateways, ec2_transit, ec2_vpcs
from lab_env.snapshot.ec2_prefix_lists import prefix_lists
from lab_env.snapshot.internet import load_internet
from lab_env.snapshot.record import Record

Answers = Mapping[str, Sequence[Mapping[str, Any]]]
"""Items of describe answers by the top-level key that held them (``Vpcs``, ``Subnets`` …)."""

Describe = Callable[[str, dict[str, Any]], Mapping[str, Any]]
"""One call of the EC2 API: its name and parameters in, its answer out."""

_CALLS = (
    ("DescribeVpcs", "Vpcs"),
    ("DescribeSubnets", "Subnets"),
    ("DescribeRouteTables", "RouteTables"),
    ("DescribeNetworkInterfaces", "NetworkInterfaces"),
    ("DescribeSecurityGroups", "SecurityGroups"),
    ("DescribeNetworkAcls", "NetworkAcls"),
    ("DescribeInternetGateways", "InternetGateways"),
    ("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"),
    ("DescribeNatGateways", "NatGateways"),
    ("DescribeVpnGateways", "VpnGateways"),
    ("DescribeVpcPeeringConnections", "VpcPeeringConnections"),
    ("DescribeVpcEndpoints", "VpcEndpoints"),
    ("DescribeTransitGateways", "TransitGateways"),
    ("DescribePrefixLists", "PrefixLists"),
    ("DescribeManagedPrefixLists", "PrefixLists"),
    ("DescribeDhcpOptions", "DhcpOptions"),
    ("DescribeAddresses", "Addresses"),
)

KEYS = frozenset(key for _, key in _CALLS) | {"Reservations", *directconnect.KEYS, *ec2_transit.KEYS}
"""The top-level keys that a network is read from."""

# Without these the others still tell all that a packet meets.
_OPTIONAL = frozenset({"DhcpOptions", "Addresses", "Reservations"}) | {
    # A table whose routes were not exported says so itself.
    "TransitGatewayVpcAttachments",
    "TransitGatewayStaticRoutes",
    "TransitGatewayPropagations",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What one account and Region answered.

    Attributes:
        region: the Region.
        answers: the describe answers, merged by top-level key.
        attributes: per VPC id, what ``DescribeVpcAttribute`` said (``EnableDnsSupport``, ``EnableDnsHostnames``).
        entries: per prefix list id, the items of ``GetManagedPrefixListEntries``.
        account: owner of what names none.
    """

    region: str
    answers: Answers
    attributes: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    entries: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    account: str = ""


def network_from_answers(
    answers: Answers,
    region: str,
    *,
    internet: Internet | None = None,
    attributes: Mapping[str, Mapping[str, bool]] | None = None,
    entries: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> Network:
    """The network of one Region.

    Args:
        answers: items of the describe answers by top-level key; a key that is not there was not asked.
        region: the Region that was asked.
        internet: the rest of the world; by default `load_internet`.
        attributes: per VPC id, ``EnableDnsSupport`` and ``EnableDnsHostnames``; AWS's defaults where absent.
        entries: per prefix list id, the items of ``GetManagedPrefixListEntries``.

    Raises:
        InvalidInput: an item is not as AWS gives it; names file (if read from one), place and key.
    """
    return network_from_sources([Source(region, answers, attributes or {}, entries or {})], internet=internet)


def network_from_sources(sources: Iterable[Source], *, internet: Internet | None = None) -> Network:
    """One network from the answers of several accounts and Regions.

    What two accounts both describe (a peering connection, a shared subnet) is taken once. ``Network.missing`` names the
    answers that an account and Region with VPCs did not give.

    Raises:
        InvalidInput: an item is not as AWS gives it.
    """
    parts = [_one(source) for source in sources]
    home = next((part.region for part in parts if part.vpcs), parts[0].region if parts else "")
    return Network(
        region=home,
        vpcs=_once(part.vpcs for part in parts),
        subnets=_once(part.subnets for part in parts),
        route_tables=_once(part.route_tables for part in parts),
        interfaces=_once(part.interfaces for part in parts),
        security_groups=_once(part.security_groups for part in parts),
        network_acls=_once(part.network_acls for part in parts),
        internet_gateways=_once(part.internet_gateways for part in parts),
        nat_gateways=_once(part.nat_gateways for part in parts),
        vpn_gateways=_once(part.vpn_gateways for part in parts),
        peerings=_once(part.peerings for part in parts),
        transit_gateways=_once(part.transit_gateways for part in parts),
        transit_gateway_attachments=ec2_transit.merged(parts),
        transit_gateway_tables=_once(part.transit_gateway_tables for part in parts),
        endpoints=_once(part.endpoints for part in parts),
        prefix_lists=_lists(parts),
        virtual_interfaces=_once(part.virtual_interfaces for part in parts),
        direct_connect_gateways=_once(part.direct_connect_gateways for part in parts),
        direct_connect_associations=_once(part.direct_connect_associations for part in parts),
        internet=internet or load_internet(),
        missing=_missing(parts),
    )


def read_ec2(describe: Describe, region: str, *, internet: Internet | None = None) -> Network:
    """The network of one Region, asked by calls.

    Args:
        describe: makes one call of the EC2 API; `describe_with` turns a boto3 client into one.
        region: the Region that it asks.
        internet: the rest of the world; by default `load_internet`.
    """
    answers: dict[str, list[Mapping[str, Any]]] = {}
    for operation, key in _CALLS:
        answers.setdefault(key, []).extend(_pages(describe, operation, key))
    ec2_transit.read_transit(partial(_pages, describe), answers)
    attributes = {vpc["VpcId"]: _vpc_attributes(describe, vpc["VpcId"]) for vpc in answers["Vpcs"]}
    entries = {
        item["PrefixListId"]: list(
            _pages(describe, "GetManagedPrefixListEntries", "Entries", PrefixListId=item["PrefixListId"])
        )
        for item in answers["PrefixLists"]
        if item.get("OwnerId", "AWS") != "AWS"
    }
    return network_from_answers(answers, region, internet=internet, attributes=attributes, entries=entries)


class _Client(Protocol):
    def __getattribute__(self, name: str, /) -> Any: ...


def describe_with(client: _Client) -> Describe:
    """`read_ec2`'s way to ask a boto3 EC2 client, which is given as a value."""

    def describe(operation: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
        answer: Mapping[str, Any] = getattr(client, method)(**parameters)
        return answer

    return describe


def _pages(describe: Describe, operation: str, key: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
    token: str | None = None
    while True:
        answer = describe(operation, parameters | ({"NextToken": token} if token else {}))
        yield from answer.get(key, ())
        token = answer.get("NextToken")
        if not token:
            return


def _vpc_attributes(describe: Describe, vpc: str) -> dict[str, bool]:
    found = {}
    for key, attribute in (
        ("EnableDnsSupport", "enableDnsSupport"),
        ("EnableDnsHostnames", "enableDnsHostnames"),
    ):
        answer = describe("DescribeVpcAttribute", {"VpcId": vpc, "Attribute": attribute})
        found[key] = bool(answer[key]["Value"])
    return found


def _one(source: Source) -> Network:
    def records(key: str) -> Iterator[Record]:
        for number, item in enumerate(source.answers.get(key, ())):
            yield Record(item, f"{key}[{number}]")

    network = Network(
        region=source.region,
        vpcs=ec2_vpcs.vpcs(
            records("Vpcs"), records("DhcpOptions"), source.attributes, source.region, source.account
        ),
        subnets=tuple(map(ec2_vpcs.subnet, records("Subnets"))),
        route_tables=tuple(map(ec2_vpcs.route_table, records("RouteTables"))),
        security_groups=tuple(
            ec2_filters.security_group(item, source.account) for item in records("SecurityGroups")
        ),
        network_acls=tuple(map(ec2_filters.network_acl, records("NetworkAcls"))),
        internet_gateways=(
            *(ec2_gateways.internet_gateway(item) for item in records("InternetGateways")),
            *(ec2_gateways.egress_only_gateway(item) for item in records("EgressOnlyInternetGateways")),
        ),
        nat_gateways=tuple(map(ec2_gateways.nat_gateway, records("NatGateways"))),
        vpn_gateways=tuple(map(ec2_gateways.vpn_gateway, records("VpnGateways"))),
        peerings=tuple(map(ec2_gateways.peering, records("VpcPeeringConnections"))),
        endpoints=tuple(ec2_gateways.endpoint(item, source.region) for item in records("VpcEndpoints")),
    )
    network = replace(network, interfaces=_interfaces(source, network, records))
    network = ec2_transit.with_transit(network, records, source.answers)
    return replace(
        directconnect.with_direct_connect(network, records),
        prefix_lists=prefix_lists(records("PrefixLists"), source.entries, network),
        missing=frozenset(key for key in KEYS - _OPTIONAL if key not in source.answers),
    )


def _interfaces(source: Source, network: Network, records: Callable[[str], Iterator[Record]]) -> Any:
    described = records("NetworkInterfaces")
    if "NetworkInterfaces" not in source.answers:
        instances = (one for group in records("Reservations") for one in group.records("Instances"))
        described = chain.from_iterable(one.records("NetworkInterfaces") for one in instances)
    return ec2_vpcs.interfaces(described, records("Addresses"), network)


def _missing(parts: Sequence[Network]) -> frozenset[str]:
    # A Region of which only AWS's prefix lists were exported says nothing about the others.
    asked = [part for part in parts if part.vpcs] or parts
    absent = frozenset(chain.from_iterable(part.missing for part in asked))
    # Direct Connect is the same from everywhere: one Region's answer serves all.
    return absent - {key for key in directconnect.KEYS if any(key not in part.missing for part in parts)}


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_HasId)


def _once(groups: Iterable[Iterable[Item]]) -> tuple[Item, ...]:
    found: dict[str, Item] = {}
    for item in chain.from_iterable(groups):
        found.setdefault(item.id, item)
    return tuple(found.values())


def _lists(parts: Iterable[Network]) -> tuple[PrefixList, ...]:
    # AWS gives one id to lists of different services in different Regions.
    found = {(item.id, item.region): item for part in reversed(list(parts)) for item in part.prefix_lists}
    return tuple(found[key] for key in sorted(found))
