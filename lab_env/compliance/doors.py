"""The VPC endpoints of other services than S3, and what stands in the training subnets and reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lab_env.compliance.model import AuditState, TrainingSite
from lab_env.compliance.probes import is_host, probes
from lab_env.compliance.ways import Way, is_s3
from lab_env.compliance.wording import label
from lab_env.compliance.writes import named, writing
from lab_env.network.flow import InterfaceSource
from lab_env.network.lookups import derived, route_table
from lab_env.network.model import Network, NetworkInterface, VpcEndpoint


def doors(state: AuditState) -> dict[VpcEndpoint, tuple[Way, ...]]:
    """The endpoints of other services in reach of the training subnets, each with the ways that lead to it.

    A training job's host is tried in each of them, and every host that stands there already, with its own groups: one
    of each set of groups.
    """
    others = [
        item for vpc in state.network.vpcs for item in state.network.endpoints_of[vpc.id] if not is_s3(item)
    ]
    hosts = [one for site in state.sites for one in _hosts(state, site)] if others else []
    reached = {door: tuple(way for host in hosts if (way := _way(host, door)) is not None) for door in others}
    return {door: ways for door, ways in reached.items() if ways}


def _hosts(state: AuditState, site: TrainingSite) -> Iterator[Way]:
    """A host with the job's groups, and one of each other set of groups that stands in the site's subnet."""
    where = label(state.network, site.subnet)
    probe, _ = probes(state, site)
    yield Way(f"from a job's host in {where}", probe.network, probe.source, site.subnet)
    for item in _standing(state.network).get(site.subnet, ()):
        if set(item.groups) != set(site.groups):
            yield Way(f"from {item.id} in {where}", state.network, InterfaceSource(item.id), site.subnet)


def _standing(network: Network) -> dict[str, tuple[NetworkInterface, ...]]:
    """One host of each set of groups, by subnet."""
    return derived(network, "hosts of each set of groups", lambda: _by_groups(network))


def _by_groups(network: Network) -> dict[str, tuple[NetworkInterface, ...]]:
    found: dict[str, dict[frozenset[str], NetworkInterface]] = {}
    for item in filter(is_host, network.interfaces):
        found.setdefault(item.subnet, {}).setdefault(frozenset(item.groups), item)
    return {subnet: tuple(hosts.values()) for subnet, hosts in found.items()}


def _way(host: Way, door: VpcEndpoint) -> Way | None:
    """How a host reaches an endpoint on port 443: whatever its names are, it has addresses."""
    if door.kind != "Interface" and writing(door) is None:
        # Of a service that is not judged no name is known to try; a route that leads to it is enough to say so.
        return host if door.id in _targets(host) else None
    for destination in _addresses(host, door):
        trace = host.to(destination)
        if trace.reached and trace.endpoint == door.id:
            return replace(host, host=destination)
    return None


def _addresses(host: Way, door: VpcEndpoint) -> Iterator[str]:
    """What to call so as to come through an endpoint; a gateway endpoint is a route to its service's own name."""
    if door.kind == "Interface":
        for interface in door.interfaces:
            yield from map(str, host.network.interface[interface].addresses)
    else:
        region, service = named(door)
        yield f"{service}.{region}.amazonaws.com"


def _targets(host: Way) -> set[str]:
    return {route.target for route in route_table(host.network, host.site).routes}
