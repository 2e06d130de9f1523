"""What a host name resolves to, and for whom.

VPC user guide, *DNS attributes for your VPC*; PrivateLink guide, *Access AWS services through AWS PrivateLink* (private
DNS) and *AWS PrivateLink for Amazon S3*. A public name of AWS answers with one address of the service's published
ranges, always the same for the same name.
"""

from __future__ import annotations

from ipaddress import ip_address
from zlib import crc32

from lab_env.errors import NotFound, NotModelled
from lab_env.network.aws_names import AwsName, parse
from lab_env.network.flow import DnsAnswer, InterfaceSource, Source
from lab_env.network.lookups import derived
from lab_env.network.model import Address, AwsRange, Cidr, Network, NetworkInterface, Vpc, VpcEndpoint

PROVIDED = "AmazonProvidedDNS"
_VPCE = ".vpce.amazonaws.com"


def resolve(network: Network, source: Source, name: str) -> DnsAnswer:
    """What ``name`` resolves to for ``source``: IPv4 addresses, or none with the reason.

    A literal address answers itself. From an interface the VPC's resolver answers, with the private names of its
    interface endpoints; from anywhere else, public DNS.

    Raises:
        NotModelled: a resolver of the customer's own, or a kind of name that is not modelled.
        NotFound: the source interface is not in the network.
    """
    literal = _literal(name)
    if literal is not None:
        return DnsAnswer(name, (literal,), "literal", f"{name} is an address already.")
    asked = name.rstrip(".").lower()
    if isinstance(source, InterfaceSource):
        return _from_vpc(network, source_interface(network, source), asked)
    return _public(network, asked, _aws(asked), None)


def source_interface(network: Network, source: InterfaceSource) -> NetworkInterface:
    """The interface that a flow starts from.

    Raises:
        NotFound: it is not in the network.
    """
    interface = network.interface.get(source.interface)
    if interface is None:
        raise NotFound("No such network interface.", where=source.interface)
    return interface


def _literal(name: str) -> Address | None:
    # A name of AWS or of a host never ends with a digit or a colon, and an address always does, or is hexadecimal.
    if ":" not in name and not name[-1:].isdigit():
        return None
    try:
        return ip_address(name)
    except ValueError:
        return None


def _from_vpc(network: Network, interface: NetworkInterface, name: str) -> DnsAnswer:
    vpc = network.vpc[interface.vpc]
    silence = _no_resolver(vpc)
    if silence:
        return DnsAnswer(name, (), "public", silence)
    aws = _aws(name)
    if aws is None or not aws.regional:
        return _public(network, name, aws, interface)
    passed_over = ""
    for endpoint in network.endpoints_of.get(vpc.id, ()):
        if not _serves(endpoint, aws, vpc):
            continue
        obstacle = _no_private_zone(endpoint, vpc)
        if not obstacle:
            addresses = _endpoint_addresses(network, endpoint, interface)
            why = f"Private DNS of {endpoint.id} answers with the endpoint's own private addresses."
            return DnsAnswer(name, addresses, "private", why, endpoint.id)
        passed_over = obstacle
    answer = _public(network, name, aws, interface)
    if passed_over:
        return DnsAnswer(name, answer.addresses, "public", f"{answer.why} {passed_over}")
    return answer


def _no_resolver(vpc: Vpc) -> str:
    """Why nobody answers DNS in a VPC; empty when the VPC's own resolver does."""
    if vpc.dhcp_domain_name_servers not in {(PROVIDED,), ()}:
        servers = ", ".join(vpc.dhcp_domain_name_servers)
        raise NotModelled(f"a DNS resolver of your own ({servers}) in the DHCP options.", where=vpc.id)
    if not vpc.dhcp_domain_name_servers:
        return f"The DHCP options of {vpc.id} name no DNS server, so its hosts have nobody to ask."
    if not vpc.dns_support:
        return f"enableDnsSupport is off in {vpc.id}, so its resolver answers nothing."
    return ""


def _serves(endpoint: VpcEndpoint, aws: AwsName, vpc: Vpc) -> bool:
    """Whether an endpoint is an interface endpoint, working, of the service and Region that a name belongs to."""
    if endpoint.kind != "Interface" or endpoint.state.lower() != "available":
        return False
    if endpoint.service != f"com.amazonaws.{aws.region}.{aws.endpoint_service}":
        return False
    if endpoint.private_dns and endpoint.service_region not in {"", vpc.region}:
        raise NotModelled("an interface endpoint to another Region.", where=endpoint.id)
    return True


def _no_private_zone(endpoint: VpcEndpoint, vpc: Vpc) -> str:
    """Why an endpoint's private names are not answered in its VPC; empty when they are."""
    if not endpoint.private_dns:
        return f"Private DNS of {endpoint.id} is off."
    if endpoint.private_dns_inbound_only:
        return f"Private DNS of {endpoint.id} is for inbound Resolver endpoints only."
    if not vpc.dns_hostnames:
        return f"Private DNS of {endpoint.id} needs enableDnsHostnames, which is off in {vpc.id}."
    return ""


def _aws(name: str) -> AwsName | None:
    return None if name.endswith(_VPCE) else parse(name)


def _public(network: Network, name: str, aws: AwsName | None, asking: NetworkInterface | None) -> DnsAnswer:
    if name.endswith(_VPCE):
        return _endpoint_name(network, name, asking)
    if aws is not None:
        address = _service_address(network, aws, name)
        return DnsAnswer(
            name, (address,), "public", f"Public DNS answers with an address of AWS in {aws.region}."
        )
    host = network.internet.hosts.get(name)
    if host is None:
        return DnsAnswer(name, (), "public", f"No such name: {name} does not resolve (NXDOMAIN).")
    return DnsAnswer(name, (host,), "public", f"Public DNS answers with {host}.")


def _service_address(network: Network, aws: AwsName, name: str) -> Address:
    """One address of the service's first range in the Region, chosen by the name alone."""
    first = derived(network, "first ranges", lambda: _first_ranges(network.internet.aws))
    cidr = first.get((aws.service, aws.region)) or first.get(("amazon", aws.region))
    if cidr is None:
        raise NotModelled(f"Region {aws.region}: no public address of it is known.", where=name)
    return cidr[1 + crc32(name.encode()) % (cidr.num_addresses - 2)]


def _first_ranges(ranges: tuple[AwsRange, ...]) -> dict[tuple[str, str], Cidr]:
    first: dict[tuple[str, str], Cidr] = {}
    for item in ranges:
        if item.cidr.version == 4:
            first.setdefault((item.service, item.region), item.cidr)
    return first


def _endpoint_name(network: Network, name: str, asking: NetworkInterface | None) -> DnsAnswer:
    """An endpoint's own name: in public DNS, but its addresses are private (rule 5.18)."""
    for endpoint in network.endpoints:
        for entry in endpoint.dns_names:
            base = entry.removeprefix("*.").lower()
            if not base.endswith(_VPCE) or not (name == base or name.endswith("." + base)):
                continue
            if endpoint.state.lower() != "available":
                return DnsAnswer(
                    name, (), "public", f"{endpoint.id} is {endpoint.state}, so its names do not resolve."
                )
            addresses = _endpoint_addresses(network, endpoint, asking, _zone(network, endpoint, base))
            why = f"Public DNS answers the names of {endpoint.id} with its private addresses."
            return DnsAnswer(name, addresses, "public", why, endpoint.id)
    return DnsAnswer(name, (), "public", f"No such name: {name} belongs to no endpoint (NXDOMAIN).")


def _zone(network: Network, endpoint: VpcEndpoint, base: str) -> str:
    """The Availability Zone that a zonal endpoint name ends its first label with, or the empty string."""
    label = base.split(".", 1)[0]
    zones = {network.subnet[subnet].availability_zone for subnet in endpoint.subnets}
    return next((zone for zone in sorted(zones) if label.endswith("-" + zone)), "")


def _endpoint_addresses(
    network: Network, endpoint: VpcEndpoint, asking: NetworkInterface | None, zone: str = ""
) -> tuple[Address, ...]:
    """The IPv4 addresses of an endpoint's interfaces: the asking host's own subnet first, then its own zone.

    AWS answers in any order; the lab always answers in this one.
    """
    near_subnet = asking.subnet if asking else ""
    near_zone = network.subnet[near_subnet].availability_zone if near_subnet else ""
    ranked: list[tuple[bool, bool, Address]] = []
    for item in (network.interface[eni] for eni in endpoint.interfaces):
        own = network.subnet[item.subnet].availability_zone
        if zone in {"", own}:
            ranked += [
                (item.subnet != near_subnet, own != near_zone, a) for a in item.addresses if a.version == 4
            ]
    return tuple(address for *_, address in sorted(ranked, key=lambda row: (row[0], row[1], int(row[2]))))
