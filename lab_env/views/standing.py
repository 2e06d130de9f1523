"""One form of an option, built in a mock cloud of its own: what stands, and how many calls it took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

import boto3

from lab_env import scenario
from lab_env.cloud.mock import MockCloud
from lab_env.compliance import TrainingSite
from lab_env.dataplane.seam import DataPlane
from lab_env.names import Names
from lab_env.network import Network
from lab_env.network.model import NetworkInterface
from lab_env.options import Option

JOB = "meridian-readmission"
JOB_INTERFACE = "eni-job-0"
S3 = f"{scenario.TRAINING_BUCKET}.s3.{scenario.REGION}.amazonaws.com"
_READING = ("Describe", "Get", "List", "Head")


class Counted:
    """Gives boto3 clients by name, and notes which of their calls change something."""

    def __init__(self) -> None:
        self.changes: list[str] = []

    def __call__(self, service: str) -> Any:
        """A client of that service."""
        client = boto3.client(service)
        client.meta.events.register("before-call", self._note)
        return client

    def _note(self, model: Any, **_: object) -> None:
        if not model.name.startswith(_READING):
            self.changes.append(model.name)


@dataclass(frozen=True, slots=True)
class Standing:
    """A form that stands, while its cloud is open.

    Attributes:
        cloud: the open cloud.
        network: what the form's calls made of chapter 01's network.
        site: where jobs run in it.
        names: the ids of what stands.
        changes: the operations that the form called to build itself, those that only read left out.
    """

    cloud: MockCloud
    network: Network
    site: TrainingSite
    names: Names
    changes: tuple[str, ...]


@contextmanager
def standing(option: Option) -> Iterator[Standing]:
    """Chapter 01's private VPC, and the form built on it; no cloud may be open in this process."""
    cloud, calls = MockCloud.start(), Counted()
    try:
        scenario.build_private_vpc(boto3.client)
        option.build(calls)
        if option.announces:
            cloud.announce(option.announces)
        names = Names(_asking(cloud, "ec2"), _asking(cloud, "kms"))
        site = TrainingSite(names.subnet_a, (names.training_security_group,))
        yield Standing(cloud, DataPlane(cloud).network(), site, names, tuple(calls.changes))
    finally:
        cloud.stop()


def _asking(cloud: MockCloud, service: str) -> Callable[..., Any]:
    return lambda operation, params: cloud.describe(service, operation, params)


def with_job(network: Network, site: TrainingSite) -> Network:
    """The network while a training job runs: its two interfaces, as SageMaker makes them."""
    subnet = network.subnet[site.subnet]
    told = f"[Do not delete] ENI for SageMaker training job {JOB}"
    taken = {address for item in network.interfaces for address in item.addresses}
    # AWS keeps the first four addresses of a subnet.
    every = (subnet.cidrs[0][number] for number in count(4))
    free = (address for address in every if address not in taken)
    for number, address in enumerate(islice(free, 2)):
        held = NetworkInterface(
            f"eni-job-{number}", subnet.vpc, subnet.id, (address,), site.groups, description=told
        )
        network = network.with_interface(held)
    return network
