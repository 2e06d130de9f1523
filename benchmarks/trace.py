"""One trace in a VPC of 10, 1,000 and 10,000 network interfaces that it does not meet."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from statistics import median
from time import perf_counter

import boto3

from lab_env import Lab, scenario
from lab_env.network import Flow, InterfaceSource, Network, trace
from lab_env.network.model import NetworkInterface

SIZES = (10, 1_000, 10_000)
LAPS = 2_000
FIRST = int(ip_address("10.20.128.0"))


def measure() -> str:
    """One line: median microseconds of a warm trace for each size, and the first trace of a fresh network (ms)."""
    lab = Lab.start(chapter=5)
    scenario.build_endpoint(boto3.client)
    network, vpc, subnet = lab.network, lab.names.vpc, lab.names.subnet_a
    group = lab.names.training_security_group
    lab.stop()
    told = []
    for size in SIZES:
        crowded = crowd(network, vpc, subnet, group, size)
        flow = Flow(InterfaceSource("eni-0"), "meridian-phi-training.s3.us-east-1.amazonaws.com")
        began = perf_counter()
        if not trace(crowded, flow).reached:
            raise SystemExit("the benchmark's own trace is dropped: it measures nothing")
        first = perf_counter() - began
        laps = []
        for _ in range(LAPS):
            began = perf_counter()
            trace(crowded, flow)
            laps.append(perf_counter() - began)
        told.append(f"{size:,} interfaces {1e6 * median(laps):.0f} µs (first {1e3 * first:.1f} ms)")
    return "trace: " + "; ".join(told)


def crowd(network: Network, vpc: str, subnet: str, group: str, size: int) -> Network:
    """The network with ``size`` interfaces in one subnet."""
    interfaces = tuple(
        NetworkInterface(f"eni-{n}", vpc, subnet, (ip_address(FIRST + n),), (group,)) for n in range(size)
    )
    return replace(network, interfaces=interfaces)
