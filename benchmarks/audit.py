"""The whole audit of an account on disk: 10 to 1,000 training subnets, with ten network interfaces in each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from ipaddress import IPv4Network
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import boto3

from benchmarks.ratio import Ratio
from lab_env import Lab, scenario
from lab_env.compliance import TrainingSite, audit
from lab_env.network import Network
from lab_env.network.model import NetworkInterface, Subnet
from lab_env.scenario.audited import FIRM
from lab_env.snapshot.files import read_path, write_path
from lab_env.snapshot.service_export import write_account
from lab_env.snapshot.service_files import read_services

SIZES = (10, 100, 1_000)
INTERFACES = 10
# /28 blocks hold eleven hosts, and a VPC of /16 holds 4,096 of them.
BLOCKS = tuple(IPv4Network("10.20.0.0/16").subnets(new_prefix=28))[2_000:]


def ratios() -> list[Ratio]:
    """Processor time to judge a subnet among many, beside one among ten; and to read, beside to judge."""
    seconds = laps()
    least = seconds[SIZES[0]][1] / SIZES[0]
    return [
        Ratio(
            f"audit of {size * INTERFACES:,} interfaces",
            1e3 * seconds[size][1] / size,
            1e3 * least,
            "ms",
            f"a subnet of {SIZES[0] * INTERFACES} interfaces",
        )
        for size in SIZES[1:]
    ]


def laps() -> dict[int, tuple[float, float]]:
    """Seconds of processor to read and to judge each size."""
    lab = Lab.start(chapter=6)
    scenario.lock_down(boto3.client)
    group = lab.names.training_security_group
    with TemporaryDirectory() as home:
        write_account(
            lambda service, region: partial(lab._cloud.describe, service, region=region),  # noqa: SLF001
            scenario.ACCOUNT,
            lab.network,
            home,
        )
        network = lab.network
        lab.stop()
        told = {}
        for size in SIZES:
            write_path(crowd(network, group, size), home)
            told[size] = _lap(Path(home), size, group)
    return told


def crowd(network: Network, group: str, size: int) -> Network:
    """The network with that many more subnets, each with ten interfaces, by the private route table."""
    table = next(item for item in network.route_tables if item.subnets)
    acl = network.network_acls[0]
    names = tuple(f"subnet-{number:05}" for number in range(size))
    subnets = tuple(
        Subnet(name, table.vpc, (block,), "us-east-1a") for name, block in zip(names, BLOCKS, strict=False)
    )
    interfaces = tuple(
        NetworkInterface(
            f"eni-{item.id}-{number}", table.vpc, item.id, (item.cidrs[0][4 + number],), (group,)
        )
        for item in subnets
        for number in range(INTERFACES)
    )
    tables = tuple(
        replace(item, subnets=(*item.subnets, *names)) if item is table else item
        for item in network.route_tables
    )
    acls = (replace(acl, subnets=(*acl.subnets, *names)), *network.network_acls[1:])
    return replace(
        network,
        subnets=(*network.subnets, *subnets),
        interfaces=(*network.interfaces, *interfaces),
        route_tables=tables,
        network_acls=acls,
    )


def _lap(home: Path, size: int, group: str) -> tuple[float, float]:
    began = process_time()
    network = read_path(home)
    services = read_services(home, network)
    read = process_time() - began
    sites = [TrainingSite(f"subnet-{number:05}", (group,)) for number in range(size)]
    began = process_time()
    report = audit(network, sites, services=services, firm=FIRM)
    judged = process_time() - began
    if len(report.of("NET-2")) != size:
        raise SystemExit("the benchmark's audit left subnets out: it measures nothing")
    return read, judged
