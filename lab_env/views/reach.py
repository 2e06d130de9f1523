"""What else can be reached from where jobs run: a fixed list of destinations, each asked by a trace.

A job has a private address only. Whatever else is placed into its subnet may have a public one, so the list is asked
twice; and once more the other way round, from a stranger on the internet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_network
from types import MappingProxyType

from lab_env import scenario
from lab_env.compliance import AuditState, TrainingSite
from lab_env.compliance.probes import INTERFACE, Probe, probes
from lab_env.dataplane.places import STRANGER_ADDRESS
from lab_env.network import Flow, Network, trace
from lab_env.network.flow import InternetSource
from lab_env.network.model import SecurityGroup, SecurityGroupRule

_ON_PREMISES = str(scenario.ON_PREMISES_HOST)

DESTINATIONS: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "the internet, HTTPS": ("internet.example", 443),
        "the internet, HTTP": ("internet.example", 80),
        "the internet, SSH": ("internet.example", 22),
        "the internet, DNS over TCP": ("internet.example", 53),
        "the attacker's host": ("exfil.example", 443),
        "S3 in eu-west-1": ("s3.eu-west-1.amazonaws.com", 443),
        "DynamoDB": (f"dynamodb.{scenario.REGION}.amazonaws.com", 443),
        "STS": (f"sts.{scenario.REGION}.amazonaws.com", 443),
        "CloudWatch Logs": (f"logs.{scenario.REGION}.amazonaws.com", 443),
        "SageMaker's API": (f"api.sagemaker.{scenario.REGION}.amazonaws.com", 443),
        "the data centre, HTTPS": (_ON_PREMISES, 443),
        "the data centre, SSH": (_ON_PREMISES, 22),
        "the data centre, SMB": (_ON_PREMISES, 445),
    }
)
"""What is asked for beside S3 in the own Region: a name for it, the host, the TCP port."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What was reached.

    Attributes:
        job: the names of `DESTINATIONS` that a training job reaches.
        lent: those that a host in the same subnet with a public address reaches.
        strangers: whether a host on the internet reaches that second host, where a security group lets it in.
    """

    job: tuple[str, ...]
    lent: tuple[str, ...]
    strangers: bool


def reach(network: Network, site: TrainingSite) -> Reach:
    """Ask the whole list.

    Args:
        network: what stands.
        site: where jobs run, and their security groups.
    """
    bare, lent = probes(AuditState(network, (site,)), site)
    return Reach(_reached(bare), _reached(lent), reached_from_outside(lent, site))


def _reached(probe: Probe) -> tuple[str, ...]:
    asked = DESTINATIONS.items()
    return tuple(name for name, (host, port) in asked if probe.reach(host, port=port).reached)


def reached_from_outside(lent: Probe, site: TrainingSite) -> bool:
    """Whether a stranger reaches a host there that has a public address and a security group that lets all in."""
    anyone = (SecurityGroupRule("-1", None, None, ip_network("0.0.0.0/0")),)
    host = lent.network.interface[INTERFACE]
    door = SecurityGroup("sg-open-door", host.vpc, anyone, anyone)
    groups = (*lent.network.security_groups, door)
    open_host = replace(host, groups=(*site.groups, door.id))
    others = tuple(item for item in lent.network.interfaces if item.id != INTERFACE)
    network = replace(lent.network, security_groups=groups, interfaces=(*others, open_host))
    public = str(host.public_address())
    return trace(network, Flow(InternetSource(STRANGER_ADDRESS), public)).reached
