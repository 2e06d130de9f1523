"""Networks of 10, 1,000 and 10,000 interfaces: reading one, tracing in it, deciding every pair of its hosts.

Each is set beside a floor that grows with the size as little as can be: the same JSON text read by Python's own
parser, the same trace among ten interfaces.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import boto3

from benchmarks.audit import INTERFACES
from benchmarks.audit import crowd as subnets
from benchmarks.ratio import Ratio, interleaved
from lab_env import Lab, scenario
from lab_env.network import Flow, InterfaceSource, Network, trace
from lab_env.network.model import NetworkInterface
from lab_env.network.reachability import reachability
from lab_env.snapshot.files import read_path, write_path

SIZES = (10, 1_000, 10_000)
LEAST = str(SIZES[0])
LAPS, TRACES = 5, 200
# What takes a millisecond is done more often: a few laps of it would be the caches' figure.
READINGS = {10: 100, 1_000: 7, 10_000: 3}
DECISIONS = {10: 200, 1_000: 10, 10_000: 1}
FIRST = int(ip_address("10.20.128.0"))
S3 = "meridian-phi-training.s3.us-east-1.amazonaws.com"


def crowd(network: Network, subnet: str, group: str, size: int) -> Network:
    """The network with ``size`` interfaces in one subnet, and no others."""
    vpc = network.subnet[subnet].vpc
    interfaces = tuple(
        NetworkInterface(f"eni-{n}", vpc, subnet, (ip_address(FIRST + n),), (group,)) for n in range(size)
    )
    return replace(network, interfaces=interfaces)


def ratios() -> list[Ratio]:
    """Reading against parsing, and traces against those in the smallest network."""
    lab = Lab.start(chapter=5)
    scenario.build_endpoint(boto3.client)
    network, subnet, group = lab.network, lab.names.subnet_a, lab.names.training_security_group
    lab.stop()
    crowds = {size: crowd(network, subnet, group, size) for size in SIZES}
    return [*_reading(crowds), *_tracing(crowds), *_every_pair(network, group)]


def _reading(crowds: dict[int, Network]) -> list[Ratio]:
    found = []
    for size, network in crowds.items():
        with TemporaryDirectory() as home:
            write_path(network, home)
            took = interleaved(
                {"read": partial(read_path, home), "parse": partial(_parse, home)},
                READINGS[size],
                process_time,
            )
        name, floor = f"read {size:,} interfaces", "json.loads of its files"
        found.append(Ratio(name, 1e3 * took["read"], 1e3 * took["parse"], "ms", floor))
    return found


def _parse(home: str) -> None:
    for file in sorted(Path(home).rglob("*.json")):
        json.loads(file.read_bytes())


def _tracing(crowds: dict[int, Network]) -> list[Ratio]:
    took = interleaved(
        {str(size): partial(_traces, network) for size, network in crowds.items()}, LAPS, process_time
    )
    return [
        Ratio(
            f"trace in {size:,}",
            1e6 * took[str(size)] / TRACES,
            1e6 * took[LEAST] / TRACES,
            "µs",
            f"in {LEAST}",
        )
        for size in SIZES[1:]
    ]


def _traces(network: Network) -> None:
    flow = Flow(InterfaceSource("eni-0"), S3)
    for _ in range(TRACES):
        if not trace(network, flow).reached:
            raise SystemExit("the benchmark's own trace is dropped: it measures nothing")


def _every_pair(network: Network, group: str) -> list[Ratio]:
    """All ordered pairs of hosts spread over subnets, ten in each: what an interface costs, beside one of ten."""
    spread = {size: subnets(network, group, max(1, size // INTERFACES)) for size in SIZES}
    work = {str(size): partial(_decide, each, size) for size, each in spread.items()}
    took = interleaved(work, LAPS, process_time)
    return [
        Ratio(
            f"every pair of {size:,}",
            1e6 * took[str(size)] / size / DECISIONS[size],
            1e6 * took[LEAST] / SIZES[0] / DECISIONS[SIZES[0]],
            "µs",
            f"an interface of {LEAST}",
        )
        for size in SIZES[1:]
    ]


def _decide(network: Network, size: int) -> None:
    for _ in range(DECISIONS[size]):
        # A copy, for what an earlier lap derived is kept with the network.
        if sum(reachability(replace(network)).count()) < size * (size - 1):
            raise SystemExit("the benchmark's answer leaves pairs out: it measures nothing")
