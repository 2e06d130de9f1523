"""Security groups and network ACLs, one item of an answer at a time."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.network.model import Cidr, NetworkAcl, NetworkAclEntry, SecurityGroup, SecurityGroupRule
from lab_env.snapshot.record import Record

# EC2 writes the four common protocols by name in security groups and by number in network ACLs.
_NAMES = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


def security_group(item: Record, account: str = "") -> SecurityGroup:
    """An item of ``DescribeSecurityGroups``."""
    return SecurityGroup(
        id=item.text("GroupId"),
        vpc=item.text("VpcId", ""),
        ingress=tuple(rule for one in item.records("IpPermissions") for rule in _rules(one)),
        egress=tuple(rule for one in item.records("IpPermissionsEgress") for rule in _rules(one)),
        name=item.text("GroupName", ""),
        owner=item.text("OwnerId", account),
    )


def _rules(permission: Record) -> Iterator[SecurityGroupRule]:
    protocol = _protocol(permission.text("IpProtocol"))
    ports = permission.number("FromPort"), permission.number("ToPort")
    for peer in _peers(permission):
        yield SecurityGroupRule(protocol, *ports, peer)


def _peers(permission: Record) -> Iterator[Cidr | str]:
    yield from (one.cidr("CidrIp") for one in permission.records("IpRanges"))
    yield from (one.cidr("CidrIpv6") for one in permission.records("Ipv6Ranges"))
    yield from (one.text("PrefixListId") for one in permission.records("PrefixListIds"))
    yield from (one.text("GroupId") for one in permission.records("UserIdGroupPairs"))


def network_acl(item: Record) -> NetworkAcl:
    """An item of ``DescribeNetworkAcls``; its entries in the order in which AWS tries them."""
    entries = sorted(
        (_entry(one) for one in item.records("Entries")), key=lambda one: (one.egress, one.number)
    )
    return NetworkAcl(
        id=item.text("NetworkAclId"),
        vpc=item.text("VpcId"),
        entries=tuple(entries),
        subnets=tuple(one.text("SubnetId") for one in item.records("Associations")),
        is_default=item.flag("IsDefault", default=False),
        name=item.tag("Name"),
    )


def _entry(item: Record) -> NetworkAclEntry:
    action = item.text("RuleAction")
    if action not in {"allow", "deny"}:
        raise item.fault("RuleAction", f"expected allow or deny, found {action!r}")
    number = item.number("RuleNumber")
    if number is None:
        raise item.fault("RuleNumber", "this key is missing")
    protocol = _protocol(item.text("Protocol"))
    kind, keys = (
        ("IcmpTypeCode", ("Type", "Code"))
        if protocol in {"icmp", "icmpv6"}
        else ("PortRange", ("From", "To"))
    )
    limits = item.record(kind)
    return NetworkAclEntry(
        number=number,
        egress=item.flag("Egress"),
        protocol=protocol,
        cidr=item.cidr("Ipv6CidrBlock" if "Ipv6CidrBlock" in item else "CidrBlock"),
        allow=action == "allow",
        from_port=limits.number(keys[0]),
        to_port=limits.number(keys[1]),
    )


def _protocol(text: str) -> str:
    return _NAMES.get(text, text.lower())
