"""Five hundred drills, proven by trace and decision: no job runs here.

``DRILLS=2000`` in the environment proves so many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import boto3
import pytest

from lab_env import Lab
from lab_env.course.drills.draw import RECIPES, draw
from lab_env.course.drills.expected import Stage
from lab_env.course.drills.faults import FAULTS
from lab_env.course.drills.look import Ground
from lab_env.course.drills.proof import Prover

DRILLS = int(os.environ.get("DRILLS", "500"))
SEEDS = range(DRILLS // len(RECIPES))
TORN = 3


def parts(faults: int) -> list[range]:
    """The seeds that one cloud proves: what is deleted there is listed on, and slows every look."""
    size = len(SEEDS) if faults == 1 else 50
    return [SEEDS[first : first + size] for first in range(0, len(SEEDS), size)]


@contextmanager
def proving() -> Iterator[Prover]:
    """Proves on one cloud: what a proof leaves repaired is what the next one breaks."""
    lab = Lab.start(chapter=13)
    root = cache(lab.root().client)
    ground = Ground(cache(boto3.client), root, lab.names.find, lab._cloud.describe, lambda: lab.network)
    try:
        yield Prover(ground)
    finally:
        lab.stop()


@pytest.fixture(scope="module")
def prover() -> Iterator[Prover]:
    with proving() as found:
        yield found


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_each_fault_alone_breaks_the_job_and_its_repair_mends_it(prover, fault):
    proof = prover.prove((fault,))
    assert proof.problems == ()
    assert proof.broken.why
    assert proof.torn == TORN
    assert all(step.calls for step in proof.mended)


@pytest.mark.parametrize(
    ("level", "seeds"),
    [(level, part) for level, recipe in RECIPES.items() for part in parts(recipe.faults)],
)
def test_generated_drills(record_property, level, seeds):
    drawn = [draw(seed, level) for seed in seeds]
    with proving() as prover:
        proofs = {faults: prover.prove(faults) for faults in dict.fromkeys(drawn)}
    assert {faults: proof.problems for faults, proof in proofs.items() if proof.problems} == {}
    assert all(proof.broken.stage is not Stage.COMPLETED for proof in proofs.values())
    torn, running = (sum(getattr(one, name) for one in proofs.values()) for name in ("torn", "running"))
    assert torn == TORN * len(proofs)
    # Where no tear-down would let the job run, its refusal says little of the grade: for most drills one would.
    assert sum(proof.running > 0 for proof in proofs.values()) > len(proofs) / 2
    record_property("drills proven by trace and decision", len(drawn))
    record_property("drills broken in ways of their own", len(proofs))
    record_property("drills torn down and refused", torn)
    record_property("drills torn down, refused though the job would run", running)
