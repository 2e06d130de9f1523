"""A host that stands where training jobs run, for the time of a question: it is created nowhere.

Each site is probed twice: a training job never has a public address, but whatever else is placed into the same subnet
may have one.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import islice

from lab_env.compliance.model import AuditState, TrainingSite
from lab_env.network import Flow, InterfaceSource, Network, Trace, trace
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
    """

    name: str
    network: Network
    addresses: tuple[Address, ...]

    def reach(self, destination: str, protocol: str = "tcp", port: int = 443) -> Trace:
        """What becomes of a connection that the host opens.

        Args:
            destination: a host name or an address.
            protocol: ``tcp``, ``udp`` or ``icmp``.
            port: the destination port.
        """
        return reach(self.network, Flow(InterfaceSource(INTERFACE), destination, protocol, port))


def reach(network: Network, flow: Flow) -> Trace:
    """The one way in which controls ask whether something is reached."""
    return trace(network, flow)


def probes(state: AuditState, site: TrainingSite) -> tuple[Probe, Probe]:
    """A host at ``site`` without a public address, and one with."""
    subnet = state.network.subnet[site.subnet]
    addresses = _free_addresses(state.network, subnet)
    bare = NetworkInterface(INTERFACE, subnet.vpc, subnet.id, addresses, site.groups)
    public = tuple((own, _PUBLIC_ADDRESS) for own in addresses if own.version == 4)
    lent = NetworkInterface(INTERFACE, subnet.vpc, subnet.id, addresses, site.groups, public)
    return (
        Probe("a host without a public address", state.network.with_interface(bare), addresses),
        Probe("a host with a public address", state.network.with_interface(lent), addresses),
    )


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
