"""Five hundred drills, proven by trace and decision: no job runs here.

``DRILLS=2000`` in the environment proves so many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

import boto3
import pytest

from lab_env import Lab
from lab_env.course.drills.draw import RECIPES, draw
from lab_env.course.drills.expected import Stage
from lab_env.course.drills.faults import FAULTS
from lab_env.course.drills.look import Ground
from lab_env.course.drills.proof import Proof, Prover

DRILLS = int(os.environ.get("DRILLS", "500"))
TORN = 3


@pytest.fixture(scope="module")
def prover() -> Iterator[Prover]:
    """Proves on one cloud: what a proof leaves repaired is what the next one breaks."""
    lab = Lab.start(chapter=13)
    root = cache(lab.root().client)
    yield Prover(Ground(cache(boto3.client), root, lab.names.find, lab._cloud.describe, lambda: lab.network))
    lab.stop()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_each_fault_alone_breaks_the_job_and_its_repair_mends_it(prover, fault):
    proof = prover.prove((fault,))
    assert proof.problems == ()
    assert proof.broken.why
    assert proof.torn == TORN
    assert all(step.calls for step in proof.mended)


@pytest.mark.parametrize("level", RECIPES)
def test_generated_drills(prover, record_property, level):
    proofs: dict[tuple[str, ...], Proof] = {}
    drawn = [draw(seed, level) for seed in range(DRILLS // len(RECIPES))]
    for faults in drawn:
        key = tuple(fault.id for fault in faults)
        if key not in proofs:
            proofs[key] = prover.prove(faults)
    assert {key: proof.problems for key, proof in proofs.items() if proof.problems} == {}
    torn, running = (sum(getattr(one, name) for one in proofs.values()) for name in ("torn", "running"))
    assert torn == TORN * len(proofs)
    assert running >= len(proofs)
    stages = {stage: sum(proof.broken.stage is stage for proof in proofs.values()) for stage in Stage}
    assert stages.pop(Stage.COMPLETED) == 0
    ends = ", ".join(f"{number} {stage}" for stage, number in stages.items() if number)
    record_property(
        "drills",
        f"level {level}: {len(drawn)} proven, {len(proofs)} of them different, where the job ends {ends}; "
        f"{torn} torn-down clouds refused, {running} of which would train",
    )
