"""The VPC endpoints that are not the jobs' own way to S3, and what stands in the training subnets and reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lab_env.compliance.model import AuditState
from lab_env.compliance.probes import is_host, probes
from lab_env.compliance.ways import Way, is_s3
from lab_env.compliance.wording import label
from lab_env.compliance.writes import named, writing
from lab_env.network.flow import InterfaceSource
from lab_env.network.lookups import derived, route_table
from lab_env.network.model import Network, NetworkInterface, VpcEndpoint


def doors(state: AuditState) -> dict[VpcEndpoint, tuple[Way, ...]]:
    """The endpoints in reach of the training subnets, each with the ways that lead to it.

    A training job's host is tried in each of them, and every host that stands there already, with its own groups: one
    of each set of groups. Left out are S3's endpoints that a job's host reaches: IAM-1 judges those.
    """
    reached: dict[VpcEndpoint, tuple[Way, ...]] = {}
    for door in (item for vpc in state.network.vpcs for item in state.network.endpoints_of[vpc.id]):
        by_jobs = _ways(_jobs(state), door)
        if is_s3(door) and next(by_jobs, None) is not None:
            continue
        reached[door] = (*by_jobs, *_ways(_beside(state), door))
    return {door: ways for door, ways in reached.items() if ways}


def _jobs(state: AuditState) -> Iterator[Way]:
    """A host with the job's groups at each site."""
    for site in state.sites:
        probe, _ = probes(state, site)
        name = f"from a job's host in {label(state.network, site.subnet)}"
        yield Way(name, probe.network, probe.source, site.subnet)


def _beside(state: AuditState) -> Iterator[Way]:
    """One host of each other set of groups that stands in a training subnet."""
    jobs: dict[str, list[set[str]]] = {}
    for site in state.sites:
        jobs.setdefault(site.subnet, []).append(set(site.groups))
    for subnet, known in jobs.items():
        for item in _standing(state.network).get(subnet, ()):
            if set(item.groups) not in known:
                name = f"from {item.id} in {label(state.network, subnet)}"
                yield Way(name, state.network, InterfaceSource(item.id), subnet)


def _ways(hosts: Iterable[Way], door: VpcEndpoint) -> Iterator[Way]:
    """Those of the hosts that reach an endpoint, each by what it calls."""
    return (way for host in hosts if (way := _way(host, door)) is not None)


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
