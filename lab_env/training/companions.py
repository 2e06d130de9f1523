"""Whether the instances of one job may talk to each other, encrypted.

Follows *Protect Communications Between ML Compute Instances in a Distributed Training Job*: the security group must
let its own members exchange UDP port 500 and IP protocol 50, in and out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lab_env.network import Flow, InterfaceSource, Network, trace
from lab_env.network.model import NetworkInterface
from lab_env.training.instances import PER_INSTANCE

# What key exchange (IKE) and encrypted packets (ESP) travel by.
NEEDED = (("udp", 500), ("50", 0))


def blocked(network: Network, interfaces: Sequence[NetworkInterface]) -> str:
    """Why two instances cannot exchange encrypted traffic; empty when all can.

    Args:
        network: the network, with the job's interfaces in it.
        interfaces: the job's, as `lab_env.training.instances` took them.
    """
    containers = interfaces[::PER_INSTANCE]
    for sender, receiver in _pairs(containers):
        for protocol, port in NEEDED:
            way = trace(network, Flow(InterfaceSource(sender.id), str(receiver.addresses[0]), protocol, port))
            if not way.reached:
                name = f"UDP port {port}" if protocol == "udp" else f"IP protocol {protocol} (ESP)"
                return f"{name}: {way.reason}"
    return ""


def _pairs(containers: Sequence[NetworkInterface]) -> Iterator[tuple[NetworkInterface, NetworkInterface]]:
    for sender in containers:
        for receiver in containers:
            if sender.id != receiver.id:
                yield sender, receiver
