"""What a drill is judged by: the network and the policies as they stand, without what jobs leave behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from lab_env import scenario
from lab_env.compliance import TrainingSite, audit
from lab_env.compliance.report import Report
from lab_env.course.drills.fault import Client, Fault
from lab_env.network import Network
from lab_env.scenario.audited import FIRM
from lab_env.snapshot.services import read_state
from lab_env.snapshot.state import ServiceState

Describe = Callable[..., Any]
Item = TypeVar("Item")

# By name: where the scenario's jobs run, beside where a drill's own job does.
USUAL_SUBNETS = ("subnet_a", "subnet_b")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a drill stands on: one lab, as the drills ask of it.

    Attributes:
        client: gives a boto3 client of the operator's by service name.
        root: gives one of the root user's.
        find: the id of one of the scenario's resources, ``None`` when it does not stand.
        describe: asks a service past the data plane, given service, operation, parameters and Region.
        network: gives the network as it stands.
    """

    client: Client
    root: Client
    find: Callable[[str], str | None]
    describe: Describe
    network: Callable[[], Network]


@dataclass(frozen=True, slots=True)
class Look:
    """One state of the cloud.

    Two looks are equal when nothing that counts differs: not the order of rules and routes, not what is deleted.

    Attributes:
        network: the network.
        services: principals, buckets, keys and policies; no jobs, for none can be undone.
        subnets: where training jobs run.
        group: the id of their security group.
    """

    network: Network
    services: ServiceState
    subnets: tuple[str, ...]
    group: str

    @property
    def sites(self) -> tuple[TrainingSite, ...]:
        """Where training jobs run, as the audit asks it."""
        return tuple(TrainingSite(subnet, (self.group,)) for subnet in self.subnets)

    def audit(self, *controls: str) -> Report:
        """The compliance controls on this state; without any named, all."""
        return audit(self.network, self.sites, controls or ("",), services=self.services, firm=FIRM)


class Looking:
    """Takes looks at one cloud, and asks again only what may have changed.

    Args:
        ground: the cloud.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._answers: dict[str, dict[object, Any]] = {}
        self._last: dict[tuple[str, ...], Look] = {}

    def forget(self, services: Iterable[str]) -> None:
        """Ask these services anew at the next look."""
        self._last.clear()
        for service in services:
            self._answers.pop(service, None)

    def look(self, subnets: Iterable[str] = ()) -> Look:
        """The state as it stands.

        Args:
            subnets: ids of the subnets that the drill's job may run in, beside the usual ones.

        Raises:
            MalformedPolicy: AWS would never have stored one of the policies.
        """
        wanted = tuple(subnets)
        if wanted not in self._last:
            self._last[wanted] = self._look(wanted)
        return self._last[wanted]

    def _look(self, subnets: tuple[str, ...]) -> Look:
        network = canonical(self._ground.network())
        services = replace(read_state(self._api, FIRM.account, network), jobs=MappingProxyType({}))
        usual = filter(None, map(self._ground.find, USUAL_SUBNETS))
        there = tuple(one for one in dict.fromkeys((*usual, *subnets)) if one in network.subnet)
        return Look(network, services, there, self._ground.find("training_security_group") or "")

    def _api(self, service: str, region: str) -> Callable[[str, Mapping[str, Any]], Any]:
        return partial(self._ask, service, region)

    def _ask(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> Any:
        known = self._answers.setdefault(service, {})
        key = (region, operation, repr(sorted(params.items())))
        if key not in known:
            known[key] = _tried(partial(self._ground.describe, service, operation, params, region))
        answer, error = known[key]
        if error is not None:
            raise error
        return answer


def _tried(ask: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return ask(), None
    except Exception as error:  # noqa: BLE001 - raised again by whoever asks
        return None, error


def canonical(network: Network) -> Network:
    """The same network with everything in one order, and without what is deleted, so that two can be compared."""
    return replace(
        network,
        route_tables=_by_id(
            replace(table, routes=_sorted(table.routes), subnets=_sorted(table.subnets))
            for table in network.route_tables
        ),
        security_groups=_by_id(
            replace(
                group,
                ingress=_sorted(replace(rule, id="") for rule in group.ingress),
                egress=_sorted(replace(rule, id="") for rule in group.egress),
            )
            for group in network.security_groups
        ),
        network_acls=_by_id(
            replace(acl, entries=_sorted(acl.entries), subnets=_sorted(acl.subnets))
            for acl in network.network_acls
        ),
        endpoints=_by_id(
            replace(endpoint, route_tables=_sorted(endpoint.route_tables))
            for endpoint in network.endpoints
            if endpoint.state not in {"deleted", "deleting"}
        ),
        nat_gateways=tuple(gateway for gateway in network.nat_gateways if gateway.state != "deleted"),
    )


def _sorted(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=repr))


def _by_id(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: str(item.id)))  # type: ignore[attr-defined]


def job_subnets(ground: Ground, faults: Iterable[Fault]) -> list[str]:
    """Ids of the subnets that the job of a drill may run in: those that its faults ask for, each once.

    Args:
        ground: the cloud.
        faults: the drill's.
    """
    names = dict.fromkeys(name for fault in faults for name in fault.subnets)
    return [_subnet(ground, name) for name in names]


def _subnet(ground: Ground, name: str) -> str:
    if name in USUAL_SUBNETS:
        return ground.find(name) or name
    # What a fault made itself is known by its Name tag.
    return next((one.id for one in ground.network().subnets if one.name == name), name)


def job_request(ground: Ground, faults: Iterable[Fault], name: str = "meridian-drill") -> dict[str, Any]:
    """The request of a drill's job: chapter 01's, with the switches that chapter 06 sets.

    Args:
        ground: the cloud.
        faults: the drill's.
        name: ``TrainingJobName``.
    """
    group, key = ground.find("training_security_group") or "", ground.find("kms_key") or ""
    job = scenario.training_job(name, job_subnets(ground, faults), [group])
    return {
        **job,
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "ResourceConfig": {**job["ResourceConfig"], "VolumeKmsKeyId": key},
        "OutputDataConfig": {**job["OutputDataConfig"], "KmsKeyId": key},
    }
