"""What may pass: security groups (stateful, allow only) and network ACLs (stateless, first match wins).

VPC user guide: *Security group rules*, *Custom network ACLs*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lab_env.errors import IncompleteSnapshot
from lab_env.network.lookups import derived, prefix_list, prefix_list_cidrs
from lab_env.network.model import (
    Address,
    Network,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    SecurityGroup,
    SecurityGroupRule,
)
from lab_env.network.packet import Packet, Ports, protocol_name

ALL = frozenset({None, -1})


@dataclass(frozen=True, slots=True)
class AclVerdict:
    """What a network ACL says to a packet.

    Attributes:
        allow: whether every port the packet may be sent to is allowed.
        entries: the entries that decided, in order of their numbers: those that allow, or those that deny.
        partial: some of the packet's ports are allowed, and not all: it is refused, since nobody can say on which
            port the client waits.
    """

    allow: bool
    entries: tuple[NetworkAclEntry, ...]
    partial: bool = False


def groups_of(network: Network, interface: NetworkInterface) -> tuple[SecurityGroup, ...]:
    """The security groups of an interface.

    Raises:
        IncompleteSnapshot: one of them is not in the network.
    """
    groups = [network.security_group.get(group) for group in interface.groups]
    unknown = [name for name, group in zip(interface.groups, groups, strict=True) if group is None]
    if unknown:
        raise IncompleteSnapshot(
            f"security group {unknown[0]} is not known.",
            where=interface.id,
            do="Add the answer of describe-security-groups to the snapshot.",
        )
    return tuple(group for group in groups if group is not None)


def admitting_rule(
    network: Network, interface: NetworkInterface, packet: Packet, *, egress: bool
) -> tuple[SecurityGroup, SecurityGroupRule] | None:
    """The first rule of the interface's groups that lets ``packet`` out of it (``egress``) or into it.

    Groups are stateful: ask once, for the packet that opens a connection; its answer is let through by tracking.
    A rule that names a group matches the *private* address of an interface in that group, in the same VPC or in one
    peered with it in the same Region (*Security group rules*: security group referencing).
    """
    peer = packet.destination if egress else packet.source
    for group in groups_of(network, interface):
        for rule in group.egress if egress else group.ingress:
            if _serves(rule, packet) and _names(network, interface.vpc, rule, peer):
                return group, rule
    return None


def judge(acl: NetworkAcl, packet: Packet, *, egress: bool) -> AclVerdict:
    """What a network ACL says to a packet that leaves its subnet (``egress``) or enters it.

    Entries are read by number, and the first that matches decides; for a packet that may be sent to a range of ports,
    such as an answer to a client's ephemeral port, each port is decided so, and all must be allowed.
    """
    return judge_entries(
        entries_of(acl, egress=egress), packet, packet.destination if egress else packet.source
    )


def entries_of(acl: NetworkAcl, *, egress: bool) -> tuple[NetworkAclEntry, ...]:
    """The entries of one direction, in order of their numbers."""
    return tuple(sorted((e for e in acl.entries if e.egress is egress), key=lambda entry: entry.number))


def judge_entries(entries: Iterable[NetworkAclEntry], packet: Packet, remote: Address) -> AclVerdict:
    """As `judge`, for the entries of the packet's direction in order, and the address beyond the subnet's boundary."""
    undecided: list[Ports] = [packet.ports]
    allowing: list[NetworkAclEntry] = []
    denying: list[NetworkAclEntry] = []
    for entry in entries:
        if not _concerns(entry, packet, remote):
            continue
        rest = _beyond(entry, packet, undecided)
        if rest != undecided:
            (allowing if entry.allow else denying).append(entry)
            undecided = rest
        if not undecided:
            break
    if undecided or denying:
        return AclVerdict(allow=False, entries=tuple(denying), partial=bool(allowing))
    return AclVerdict(allow=True, entries=tuple(allowing))


def _serves(rule: SecurityGroupRule, packet: Packet) -> bool:
    protocol = protocol_name(rule.protocol)
    if protocol == "-1":
        return True
    if protocol != packet.protocol:
        return False
    if packet.is_icmp:
        kind, code = packet.ports
        return rule.from_port in ALL | {kind} and rule.to_port in ALL | {code}
    if not packet.has_ports or rule.from_port in ALL or rule.to_port is None:
        return True
    return rule.from_port <= packet.ports[0] and packet.ports[1] <= rule.to_port  # type: ignore[operator]


def _names(network: Network, vpc: str, rule: SecurityGroupRule, peer: Address) -> bool:
    if not isinstance(rule.peer, str):
        return peer in rule.peer
    if rule.peer.startswith("pl-"):
        item = prefix_list(network, rule.peer, vpc)
        if item is None:
            raise IncompleteSnapshot(
                "the CIDRs of this prefix list are not known.",
                where=rule.peer,
                do="Add the answer of describe-prefix-lists or get-managed-prefix-list-entries to the snapshot.",
            )
        return bool(prefix_list_cidrs(network, item).matches(peer))
    return any(
        holder is not None and rule.peer in holder.groups
        for holder in (network.interface_at(place, peer) for place in _reach_of_references(network, vpc))
    )


def _reach_of_references(network: Network, vpc: str) -> tuple[str, ...]:
    """The VPCs whose groups the rules of a VPC may name: itself and its active peers in the same Region."""

    def make() -> tuple[str, ...]:
        ends = [(p.requester, p.accepter) for p in network.peerings if p.status == "active"]
        peers = {other for pair in ends if vpc in pair for other in pair if other != vpc}
        known = {place.id: place.region for place in network.vpcs}
        return (vpc, *sorted(peer for peer in peers if known.get(peer) == known.get(vpc)))

    return derived(network, ("references", vpc), make)


def _concerns(entry: NetworkAclEntry, packet: Packet, remote: Address) -> bool:
    protocol = protocol_name(entry.protocol)
    if protocol not in {"-1", packet.protocol} or remote not in entry.cidr:
        return False
    if protocol == "-1" or not packet.is_icmp:
        return True
    kind, code = packet.ports
    return entry.from_port in ALL | {kind} and entry.to_port in ALL | {code}


def _beyond(entry: NetworkAclEntry, packet: Packet, undecided: list[Ports]) -> list[Ports]:
    """The ports of ``undecided`` that ``entry`` does not decide."""
    everything = protocol_name(entry.protocol) == "-1" or not packet.has_ports
    if everything or entry.from_port in ALL or entry.to_port is None:
        return []
    low, high = entry.from_port or 0, entry.to_port
    return [span for ports in undecided for span in _outside(ports, low, high)]


def _outside(ports: Ports, low: int, high: int) -> Iterable[Ports]:
    if ports[0] < low:
        yield ports[0], min(ports[1], low - 1)
    if ports[1] > high:
        yield max(ports[0], high + 1), ports[1]
