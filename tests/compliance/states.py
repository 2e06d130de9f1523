"""The states in which the options of the question leave the network, made by hand."""

from __future__ import annotations

from dataclasses import replace

from lab_env.compliance import TrainingSite
from lab_env.network.model import Network
from tests.network import builder

SITE = TrainingSite("subnet-a", ("sg-job",))
BUCKETS = ("meridian-phi-training",)


def private_vpc() -> Network:
    """Before any option: nothing leads out."""
    return builder.private_vpc()


def option_a() -> Network:
    """An internet gateway and a default route to it."""
    return builder.with_internet_gateway()


def option_b_private() -> Network:
    """A NAT gateway in the subnet where the jobs run, as the option says: without an internet gateway it failed."""
    network = builder.with_nat(subnet="subnet-a", state="failed", failure="Gateway.NotAttached")
    return replace(network, internet_gateways=())


def option_b_private_with_gateway() -> Network:
    """The same beside an internet gateway to which no route of that subnet leads: the NAT works, and goes nowhere."""
    return builder.with_nat(subnet="subnet-a")


def option_b_public() -> Network:
    """A NAT gateway in a public subnet."""
    return builder.with_nat()


def option_d() -> Network:
    """A gateway endpoint."""
    return builder.with_endpoint()
