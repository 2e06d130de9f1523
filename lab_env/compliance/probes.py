"""A host that stands where training jobs run, for the time of a question: it is created nowhere.

Each site is probed twice: a training job never has a public address, but whatever else is placed into the same subnet
may have one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import islice

from lab_env.compliance.model import AuditState, TrainingSite
from lab_env.network import Flow, InterfaceSource, Network, Trace, trace
from lab_env.network.lookups import derived
from lab_env.network.model import Address, NetworkInterface, Subnet

INTERFACE = "eni-audit-probe"

# Documentation addresses (RFC 5737, RFC 3849): some host of the internet, and what AWS would lend the probe.
INTERNET_HOST = IPv4Address("198.51.100.10")
INTERNET_HOST_6 = IPv6Address("2001:db8::10")
_PUBLIC_ADDRESS = IPv4Address("192.0.2.10")


@dataclass(frozen=True, slots=True)
class Probe:
    """A hypothetical host in a training subnet, with the job's security groups.

    Attributes:
        name: ``a host without a public address`` or ``a host with a public address``.
        network: the network with that host in it.
        addresses: its private addresses.
        interface: the id of its network interface.
    """

    name: str
    network: Network
    addresses: tuple[Address, ...]
    interface: str = INTERFACE

    @property
    def source(self) -> InterfaceSource:
        """Where its packets start."""
        return InterfaceSource(self.interface)

    def reach(self, destination: str, protocol: str = "tcp", port: int = 443) -> Trace:
        """What becomes of a connection that the host opens.

        Args:
            destination: a host name or an address.
            protocol: ``tcp``, ``udp`` or ``icmp``.
            port: the destination port.
        """
        return trace(self.network, Flow(self.source, destination, protocol, port))


def probes(state: AuditState, site: TrainingSite) -> tuple[Probe, Probe]:
    """A host at ``site``, one of the state's sites, without a public address, and one with."""
    # By identity: a thousand sites are costly to hash for each of them. What is kept with it keeps it from reuse.
    _, found = derived(state.network, ("probes", id(state.sites)), lambda: (state.sites, _probes(state)))
    return found[site]


def _probes(state: AuditState) -> dict[TrainingSite, tuple[Probe, Probe]]:
    """The probes of all sites.

    Those of different subnets stand in one network: an index of each network is made once, however many sites there
    are. The second group of hosts in a subnet stands in another, so that either has the same address.
    """
    layers: dict[int, list[TrainingSite]] = {}
    seen: Counter[str] = Counter()
    for site in dict.fromkeys(state.sites):
        layers.setdefault(seen[site.subnet], []).append(site)
        seen[site.subnet] += 1
    return {site: pair for sites in layers.values() for site, pair in _stand(state.network, sites)}


def _stand(network: Network, sites: list[TrainingSite]) -> Iterator[tuple[TrainingSite, tuple[Probe, Probe]]]:
    """Hosts without and with a public address at each of several sites in different subnets."""
    hosts = [_interface(network, site, number) for number, site in enumerate(sites)]
    lent = [replace(one, public=_public(one.addresses)) for one in hosts]
    without, having = (replace(network, interfaces=(*network.interfaces, *one)) for one in (hosts, lent))
    for site, host in zip(sites, hosts, strict=True):
        yield (
            site,
            (
                Probe("a host without a public address", without, host.addresses, host.id),
                Probe("a host with a public address", having, host.addresses, host.id),
            ),
        )


def _interface(network: Network, site: TrainingSite, number: int) -> NetworkInterface:
    subnet = network.subnet[site.subnet]
    name = f"{INTERFACE}-{number}" if number else INTERFACE
    return NetworkInterface(name, subnet.vpc, subnet.id, _free_addresses(network, subnet), site.groups)


def _public(addresses: tuple[Address, ...]) -> tuple[tuple[Address, Address], ...]:
    return tuple((own, _PUBLIC_ADDRESS) for own in addresses if own.version == 4)


def is_host(interface: NetworkInterface) -> bool:
    """Whether an interface is one of a host's: not one that an endpoint or a NAT gateway stands behind."""
    return interface.kind == "interface" and not interface.attached_to.startswith(("vpce-", "nat-"))


def s3_names(state: AuditState, site: TrainingSite) -> tuple[str, ...]:
    """The host names by which a job at ``site`` reaches its data: one a bucket, in the VPC's own Region."""
    vpc = state.network.subnet[site.subnet].vpc
    service = f"s3.{state.network.vpc[vpc].region}.amazonaws.com"
    return tuple(f"{bucket}.{service}" for bucket in state.buckets) or (service,)


def _free_addresses(network: Network, subnet: Subnet) -> tuple[Address, ...]:
    return tuple(_free(network, subnet, number) for number in range(len(subnet.cidrs)))


def _free(network: Network, subnet: Subnet, number: int) -> Address:
    """The highest free address of one block, out of the last hundred; the last of all when those are taken."""
    cidr = subnet.cidrs[number]
    # AWS keeps the last address of a subnet for itself.
    last = int(cidr.network_address) + cidr.num_addresses - 2
    candidates = [ip_address(last - step) for step in islice(range(cidr.num_addresses - 5), 100)]
    free = (address for address in candidates if network.interface_at(subnet.vpc, address) is None)
    return next(free, candidates[0])
