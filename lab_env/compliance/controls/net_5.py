"""NET-5: security group egress is limited to what the job needs."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from itertools import product

from lab_env.compliance.changes import call
from lab_env.compliance.model import AuditState, Control, Evidence, Finding, Status, TrainingSite
from lab_env.compliance.probes import INTERNET_HOST, INTERNET_HOST_6, Probe, probes
from lab_env.compliance.wording import listed
from lab_env.network.filters import admitting_rule
from lab_env.network.flow import Flow
from lab_env.network.lookups import prefix_list, prefix_list_cidrs
from lab_env.network.model import Address, Network, SecurityGroup, SecurityGroupRule
from lab_env.network.packet import Packet, first_packet

ID = "NET-5"

_HTTPS = ("tcp", 443)
_SERVICES = (_HTTPS, ("tcp", 80), ("tcp", 22), ("tcp", 53), ("udp", 53), ("tcp", 8443), ("icmp", 0))
# Somebody in another private network: a peer, a data centre.
_PRIVATE = (ip_address("10.255.0.10"), ip_address("192.168.255.10"))

Hole = tuple[Packet, SecurityGroup, SecurityGroupRule]


def judge(state: AuditState) -> Iterator[Finding]:
    """One finding for each training subnet and its groups."""
    for site in state.sites:
        probe = next(iter(probes(state, site)))
        tried = list(_packets(state.network, site, probe))
        holes = [(packet, *rule) for packet in tried if (rule := _let_out(probe, packet)) is not None]
        unneeded = [hole for hole in holes if not _needed(state.network, site, hole[0])]
        yield _fails(site, unneeded) if unneeded else _holds(site, len(tried), holes)


def _packets(network: Network, site: TrainingSite, probe: Probe) -> Iterator[Packet]:
    """What is tried: usual services of hosts near and far, and the corners of every rule that the groups have."""
    rules = [rule for group in site.groups for rule in network.security_group[group].egress]
    services = dict.fromkeys([*_SERVICES, *(one for rule in rules for one in _corner_services(rule))])
    hosts = dict.fromkeys(
        [*_hosts(network, site), *(one for rule in rules for one in _corner_hosts(network, rule))]
    )
    for host, (protocol, port) in product(hosts, services):
        sender = next((own for own in probe.addresses if own.version == host.version), None)
        if sender is not None and host not in probe.addresses:
            flow = Flow(probe.source, str(host), protocol, port)
            yield first_packet(flow, sender, host)


def _hosts(network: Network, site: TrainingSite) -> Iterator[Address]:
    """A host on the internet, in other networks, in the VPC, and of each of AWS's services with a prefix list."""
    yield from (INTERNET_HOST, INTERNET_HOST_6, *_PRIVATE)
    subnet = network.subnet[site.subnet]
    # The address of a subnet's router: no host ever has it.
    yield from (cidr[1] for cidr in (*network.vpc[subnet.vpc].cidrs, *subnet.cidrs))
    yield from (cidr[1] for item in network.prefix_lists if item.owner == "AWS" for cidr in item.cidrs[:1])


def _corner_services(rule: SecurityGroupRule) -> Iterator[tuple[str, int]]:
    if rule.protocol in {"tcp", "udp"}:
        yield from (
            (rule.protocol, max(port, 0)) for port in (rule.from_port, rule.to_port) if port is not None
        )


def _corner_hosts(network: Network, rule: SecurityGroupRule) -> Iterator[Address]:
    """The first and last address of what a rule names; of a group, some host in it."""
    if not isinstance(rule.peer, str):
        yield from (rule.peer[0], rule.peer[-1])
    elif rule.peer.startswith("pl-"):
        named = network.prefix_list.get(rule.peer)
        yield from (address for cidr in (named.cidrs if named else ()) for address in (cidr[0], cidr[-1]))
    else:
        members = (item for item in network.interfaces if rule.peer in item.groups)
        yield from next((item.addresses for item in members), ())


def _let_out(probe: Probe, packet: Packet) -> tuple[SecurityGroup, SecurityGroupRule] | None:
    """The rule of the job's groups that lets a packet out; routes and network ACLs are not asked."""
    return admitting_rule(probe.network, probe.network.interface[probe.interface], packet, egress=True)


def _needed(network: Network, site: TrainingSite, packet: Packet) -> bool:
    """Whether a job needs that: HTTPS to what the VPC has an endpoint for, anything to the job's other hosts."""
    vpc = network.subnet[site.subnet].vpc
    holder = network.interface_at(vpc, packet.destination)
    if holder is not None and set(holder.groups) & set(site.groups):
        return True
    if (packet.protocol, packet.ports[0]) != _HTTPS:
        return False
    for endpoint in network.endpoints_of[vpc]:
        if endpoint.kind == "Gateway" and _serves(network, vpc, endpoint.service, packet.destination):
            return True
        if holder is not None and holder.id in endpoint.interfaces:
            return True
    return False


def _serves(network: Network, vpc: str, service: str, address: Address) -> bool:
    lists = (item.id for item in network.prefix_lists if item.name == service)
    found = (prefix_list(network, one, vpc) for one in lists)
    return any(one is not None and bool(prefix_list_cidrs(network, one).matches(address)) for one in found)


def _told(packet: Packet) -> str:
    return f"{packet.service} to {packet.receiver}"


def _fails(site: TrainingSite, holes: list[Hole]) -> Finding:
    packet, group, rule = holes[0]
    groups = listed(dict.fromkeys(one.id for _, one, _ in holes))
    sentence = (
        f"{groups} lets out more than a job needs: {_told(packet)}, say ({len(holes)} services of hosts)."
    )
    shown = {
        (one.id, rule.id, rule.protocol, str(rule.peer)): (packet, one, rule)
        for packet, one, rule in reversed(holes)
    }
    evidence = tuple(
        Evidence(one.id, f"{_told(packet)} is let out by {_rule(rule)}")
        for packet, one, rule in reversed(shown.values())
    )
    return Finding(ID, Status.DOES_NOT_HOLD, site.subnet, sentence, _revoke(group, rule), evidence)


def _rule(rule: SecurityGroupRule) -> str:
    protocol = "all" if rule.protocol == "-1" else rule.protocol
    ports = "" if rule.from_port in (None, -1) else f" {rule.from_port}-{rule.to_port}"
    return f"egress {protocol}{ports} → {rule.peer}"


def _revoke(group: SecurityGroup, rule: SecurityGroupRule) -> str:
    permission: dict[str, object] = {"IpProtocol": rule.protocol}
    if rule.from_port is not None and rule.to_port is not None:
        permission |= {"FromPort": rule.from_port, "ToPort": rule.to_port}
    peer = str(rule.peer)
    if peer.startswith("pl-"):
        permission["PrefixListIds"] = [{"PrefixListId": peer}]
    elif peer.startswith("sg-"):
        permission["UserIdGroupPairs"] = [{"GroupId": peer}]
    elif ":" in peer:
        permission["Ipv6Ranges"] = [{"CidrIpv6": peer}]
    else:
        permission["IpRanges"] = [{"CidrIp": peer}]
    return call("revoke_security_group_egress", GroupId=group.id, IpPermissions=[permission])


def _holds(site: TrainingSite, tried: int, holes: list[Hole]) -> Finding:
    sentence = f"{listed(site.groups)} lets out only what a job needs: {len(holes)} of {tried} services of hosts tried."
    shown = {(group.id, _rule(rule)): None for _, group, rule in holes}
    evidence = tuple(Evidence(group, rule) for group, rule in shown)
    return Finding(ID, Status.HOLDS, site.subnet, sentence, evidence=evidence)


CONTROL = Control(
    id=ID,
    title="security group egress is limited to what the job needs",
    question="Do the jobs' security groups let out HTTPS to the services with an endpoint, and nothing else?",
    citations=("HIPAA 164.312(a)(1)", "HIPAA 164.312(e)(1)", "GDPR Article 25", "GDPR Article 32(1)"),
    aws_config=(),
    security_hub=(),
    prowler=(),
    judge=judge,
)
