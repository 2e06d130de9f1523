"""Who and what is not there, for the time of a question: strangers, their buckets, their VPC. Nothing is created.

A control asks what would become of a request. Whoever might make it has to be somebody: an administrator whom no
policy names, and a stranger with a bucket that refuses nothing.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import replace
from functools import cache
from ipaddress import ip_address, ip_network
from typing import TypeVar, cast

from lab_env.compliance.model import Firm
from lab_env.network.model import (
    Network,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from lab_env.policy import Kind, Policy
from lab_env.snapshot.state import Bucket, Identity, Key, ServiceState

Item = TypeVar("Item")

STRANGERS_ACCOUNT = "999988887777"
STRANGER = f"arn:aws:iam::{STRANGERS_ACCOUNT}:role/audit-probe"
ANYBODY = "anonymous"
STRANGERS_INTERFACE = "eni-audit-stranger"
KEY = "arn:aws:kms:{region}:{account}:key/00000000-0000-4000-8000-000000000000"
"""A key of the account that serves something else; to be filled with Region and account."""
STRANGERS_ENDPOINT = "vpce-0a0d17057a49e7000"
_VPC, _SUBNET, _GROUP = "vpc-audit-stranger", "subnet-audit-stranger", "sg-audit-stranger"
_CIDR, _ANYWHERE = ip_network("10.99.0.0/24"), ip_network("0.0.0.0/0")


def administrator(account: str) -> str:
    """ARN of an administrator of an account, whom no policy names."""
    return f"arn:aws:iam::{account}:role/audit-probe-administrator"


@cache
def everything(kind: Kind) -> Policy:
    """The policy that allows everything, as one of its kind."""
    principal = {} if kind is Kind.IDENTITY else {"Principal": "*"}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **principal}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return Policy.parse(document, kind=kind, source="everything")


ABROAD = "audit-probe-of-a-stranger-abroad"
"""A stranger's bucket in another Region, which no endpoint of the home Region serves."""


def abroad(region: str) -> str:
    """A Region that is not this one."""
    return "eu-west-1" if region != "eu-west-1" else "us-east-1"


def strangers_buckets(firm: Firm) -> tuple[str, ...]:
    """Names of buckets that are not the firm's: one like any other, and those that only look like the firm's."""
    known = firm.buckets
    families = {name.partition("-")[0] for name in known}
    looks = (*(f"{name}-audit-probe" for name in known), *(f"{one}-audit-probe" for one in sorted(families)))
    return ("audit-probe-of-a-stranger", *looks)


def with_strangers(services: ServiceState, firm: Firm, regions: Iterable[str] = ()) -> ServiceState:
    """The same state with an administrator whom nobody named, a stranger, and the stranger's open buckets and keys.

    Args:
        services: the state.
        firm: whose it is.
        regions: where the stranger has keys beside the firm's own Regions.
    """
    people = (administrator(firm.account), STRANGER)
    identities = {arn: Identity(arn, (everything(Kind.IDENTITY),)) for arn in people}
    home = firm.regions[0]
    buckets = {name: _open_bucket(name, home) for name in strangers_buckets(firm)}
    buckets[ABROAD] = _open_bucket(ABROAD, abroad(home))
    owners = [(home, firm.account), *((one, STRANGERS_ACCOUNT) for one in (*firm.regions, *regions))]
    keys = [KEY.format(region=region, account=account) for region, account in owners]
    endpoint = {STRANGERS_ENDPOINT: everything(Kind.ENDPOINT)}
    vpc = {STRANGERS_ENDPOINT: f"arn:aws:ec2:{home}:{STRANGERS_ACCOUNT}:vpc/{_VPC}"}
    return replace(
        services,
        identities=_beside(services.identities, identities),
        buckets=_beside(services.buckets, buckets),
        keys=_beside(services.keys, {key: Key(key, everything(Kind.KEY)) for key in keys}),
        endpoints=_beside(services.endpoints, endpoint),
        endpoint_vpcs=_beside(services.endpoint_vpcs, vpc),
    )


def _beside(known: Mapping[str, Item], supposed: dict[str, Item]) -> Mapping[str, Item]:
    """Both; what is known is not looked at before it is asked for, since a part of it may be unknown."""
    return ChainMap(supposed, cast("MutableMapping[str, Item]", known))


def _open_bucket(name: str, region: str) -> Bucket:
    return Bucket(name, STRANGERS_ACCOUNT, region, everything(Kind.RESOURCE))


def open_group(vpc: str) -> str:
    """Id of a security group in a VPC that lets everything out."""
    return f"sg-audit-open-{vpc}"


def with_open_groups(network: Network) -> Network:
    """The same network with an `open_group` in each VPC."""
    rule = SecurityGroupRule("-1", None, None, _ANYWHERE)
    groups = (SecurityGroup(open_group(vpc.id), vpc.id, (), (rule,)) for vpc in network.vpcs)
    return replace(network, security_groups=(*network.security_groups, *groups))


def with_strangers_vpc(network: Network) -> Network:
    """The same network beside a stranger's VPC, whose gateway endpoint for S3 lets everything through."""
    service = f"com.amazonaws.{network.region}.s3"
    lists = {item.name: item for item in network.prefix_lists if item.region == network.region}
    to_s3 = lists.get(service) or _prefix_list(network, service)
    address = ip_address("10.99.0.10")
    added = replace(
        network,
        vpcs=(*network.vpcs, Vpc(_VPC, (_CIDR,), network.region, STRANGERS_ACCOUNT)),
        subnets=(*network.subnets, Subnet(_SUBNET, _VPC, (_CIDR,), f"{network.region}a")),
        route_tables=(*network.route_tables, _table(to_s3)),
        security_groups=(*network.security_groups, _group()),
        network_acls=(*network.network_acls, _acl()),
        endpoints=(*network.endpoints, _endpoint(service)),
        prefix_lists=_with(network.prefix_lists, to_s3),
    )
    return added.with_interface(NetworkInterface(STRANGERS_INTERFACE, _VPC, _SUBNET, (address,), (_GROUP,)))


def _prefix_list(network: Network, service: str) -> PrefixList:
    here = (
        item.cidr for item in network.internet.aws if (item.service, item.region) == ("s3", network.region)
    )
    return PrefixList("pl-audit-stranger", service, tuple(here), network.region)


def _with(lists: Iterable[PrefixList], one: PrefixList) -> tuple[PrefixList, ...]:
    return (*(item for item in lists if item.id != one.id), one)


def _table(to_s3: PrefixList) -> RouteTable:
    routes = (Route(_CIDR, "local"), Route(to_s3.id, STRANGERS_ENDPOINT))
    return RouteTable("rtb-audit-stranger", _VPC, routes, (), main=True)


def _group() -> SecurityGroup:
    return SecurityGroup(_GROUP, _VPC, (), (SecurityGroupRule("-1", None, None, _ANYWHERE),))


def _acl() -> NetworkAcl:
    entries = tuple(NetworkAclEntry(100, egress, "-1", _ANYWHERE, allow=True) for egress in (True, False))
    return NetworkAcl("acl-audit-stranger", _VPC, entries, (_SUBNET,))


def _endpoint(service: str) -> VpcEndpoint:
    return VpcEndpoint(STRANGERS_ENDPOINT, _VPC, service, "Gateway", route_tables=("rtb-audit-stranger",))
