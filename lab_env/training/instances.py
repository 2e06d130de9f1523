"""The network interfaces of a job's instances: taken in one of its subnets when it starts, given back when it ends.

An instance takes two addresses: one for the container, one for the agent that moves its data (*Give SageMaker AI
Training Jobs Access to Resources in Your Amazon VPC*). They are private only, whatever the subnet assigns to others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from botocore.exceptions import ClientError

from lab_env.cloud.mock import MockCloud
from lab_env.dataplane.places import Place
from lab_env.network.flow import InterfaceSource, ServiceSource
from lab_env.network.model import Address, NetworkInterface

PER_INSTANCE = 2
# SageMaker's own VPC is nobody's business but AWS's; the address stands for one of its public ones.
SERVICE_ADDRESS = ip_address("44.192.0.10")


class FullSubnet(Exception):
    """The chosen subnet has too few free addresses; the message is its id."""


@dataclass(frozen=True, slots=True)
class JobNetwork:
    """Where a job stands: its interfaces in a subnet of yours, or nowhere in your network.

    ``interfaces`` is empty for a job without ``VpcConfig``. The first one is the container's, the second the agent's;
    with several instances, two for each go on in that order.
    """

    interfaces: tuple[NetworkInterface, ...] = ()

    def place(self, job: str, number: int, word: str = "training") -> Place:
        """The place of the container (0) or the agent (1) of the first instance.

        Args:
            job: the job's name.
            number: which of the two.
            word: the job's kind.
        """
        if not self.interfaces:
            return Place(
                f"{word} job {job}, in SageMaker's own VPC", ServiceSource("sagemaker", SERVICE_ADDRESS)
            )
        interface = self.interfaces[number]
        return Place(f"{word} job {job}, {interface.id} in {interface.subnet}", InterfaceSource(interface.id))


def chosen_subnet(job: str, subnets: Sequence[str]) -> str:
    """The one of a job's subnets that it runs in: SageMaker does not say how it chooses; the lab draws by the name.

    Args:
        job: the job's name.
        subnets: ids, as its ``VpcConfig`` lists them.
    """
    return subnets[int(sha256(job.encode()).hexdigest(), 16) % len(subnets)]


def take(cloud: MockCloud, job: str, config: Mapping[str, Any], count: int, word: str) -> JobNetwork:
    """Create the interfaces that a job's instances need, in one of its subnets (`chosen_subnet`).

    Args:
        cloud: where they are created.
        job: the job's name.
        config: its ``VpcConfig``; empty for a job in SageMaker's own VPC, which needs none.
        count: its instances.
        word: its kind.

    Raises:
        FullSubnet: when the subnet has too few free addresses; nothing is kept then.
    """
    if not config:
        return JobNetwork()
    subnet = chosen_subnet(job, config["Subnets"])
    taken: list[NetworkInterface] = []
    for _ in range(PER_INSTANCE * count):
        try:
            answer = cloud.describe(
                "ec2",
                "CreateNetworkInterface",
                {
                    "SubnetId": subnet,
                    "Groups": config["SecurityGroupIds"],
                    "Description": f"[Do not delete] ENI for SageMaker {word} job {job}",
                },
            )
        except ClientError as error:
            give_back(cloud, JobNetwork(tuple(taken)))
            raise FullSubnet(subnet) from error
        taken.append(_interface(answer["NetworkInterface"]))
    return JobNetwork(tuple(taken))


def give_back(cloud: MockCloud, network: JobNetwork) -> None:
    """Delete a job's interfaces: their addresses are free again."""
    for interface in network.interfaces:
        cloud.describe("ec2", "DeleteNetworkInterface", {"NetworkInterfaceId": interface.id})


def _interface(answer: Mapping[str, Any]) -> NetworkInterface:
    address: Address = ip_address(answer["PrivateIpAddress"])
    return NetworkInterface(
        id=answer["NetworkInterfaceId"],
        vpc=answer["VpcId"],
        subnet=answer["SubnetId"],
        addresses=(address,),
        groups=tuple(group["GroupId"] for group in answer["Groups"]),
        description=answer["Description"],
    )
