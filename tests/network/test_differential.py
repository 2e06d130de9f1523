"""Two implementations of one document: the tracer and `naive` agree on thousands of random networks."""

from __future__ import annotations

import os
from collections import Counter
from ipaddress import ip_address
from random import Random

import pytest

from lab_env.network import InternetSource, NotModelled, resolve, trace
from tests.network.naive import Answer, Loud, Naive
from tests.network.strategies import random_flow, random_network

# 2,000 networks in ordinary runs; ``PRIVATE_PATH_NETWORKS=10000`` is the long one.
NETWORKS, FLOWS, SHARES = int(os.environ.get("PRIVATE_PATH_NETWORKS", "2000")), 8, 4
ANYBODY = InternetSource(ip_address("198.51.100.77"))


def compare(seed: int) -> list[str]:
    """The ways out of the flows that both find to work in the network of that seed."""
    rng = Random(seed)
    network = random_network(rng)
    ways = []
    for _ in range(FLOWS):
        flow = random_flow(rng, network)
        (public,) = resolve(network, ANYBODY, flow.destination).addresses
        try:
            second = Naive(network).reaches(flow, public)
        except Loud:
            second = None
        try:
            journey = trace(network, flow)
        except NotModelled:
            # The one thing that both pass over; to the short one, what loses the answer may come first.
            assert second in (None, Answer(reached=False)), (seed, flow)
            ways.append("not modelled")
            continue
        first = Answer(reached=False)
        if journey.reached:
            first = Answer(
                True, journey.source_seen, journey.endpoint, journey.public_internet, journey.third_party
            )
        assert first == (second or Answer(reached=False)), (seed, flow, journey.forward, journey.back)
        ways.append(journey.exit if journey.reached else "dropped")
    return ways


@pytest.mark.parametrize("share", range(SHARES))
def test_both_agree(share):
    seeds = range(share, NETWORKS, SHARES)
    seen = Counter(way for seed in seeds for way in compare(seed))
    assert seen.total() == FLOWS * len(seeds)
    # ... and not because everything is dropped: each way out works somewhere in each share.
    everything = {"gateway-endpoint", "interface-endpoint", "internet-gateway", "nat-gateway", "peering", "local",
                  "virtual-private-gateway", "transit-gateway", "none", "dropped", "not modelled"}  # fmt: skip
    assert set(seen) == everything
