"""The states in which the options of the question leave the network, made by hand."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

from lab_env.compliance import TrainingSite
from lab_env.network.model import Network
from tests.network import builder

SITE = TrainingSite("subnet-a", ("sg-job",))
PATH = ("NET-1", "NET-2", "NET-3", "NET-4")
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


def option_c_private() -> Network:
    """Direct Connect with a private virtual interface: the data centre's own addresses are reached, and no others."""
    return builder.with_direct_connect()


def option_c_hairpin() -> Network:
    """The data centre offers to carry anything: to AWS over a public virtual interface, and out to the internet."""
    site = replace(
        builder.HQ,
        prefixes=(ip_network("0.0.0.0/0"), *builder.HQ.prefixes),
        internet_exit=True,
        public_address=ip_address("198.51.100.1"),
    )
    return builder.with_direct_connect(None, "0.0.0.0/0 vgw-1 propagated", site=site, public=True)


def option_d() -> Network:
    """A gateway endpoint."""
    return builder.with_endpoint()


def option_d_locked() -> Network:
    """The endpoint, and a security group that lets nothing out but HTTPS to the prefix list."""
    return builder.changed(option_d(), security_groups=builder.group("sg-job", "out tcp 443 pl-s3"))
