"""Chapter 11's script and job: a plain file outside the lab, and small processes whatever the size of their data."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from benchmarks.genomics import GOAL_MB, LANES, Peak, request, send_lanes
from lab_env import Lab, scenario
from lab_env.scenario import genomics
from tests.training.test_jobs import archive

# What a job's script needs of the machine, and nothing of the lab.
OUTSIDE = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "TMPDIR")}


def outside(tmp_path: Path, *arguments: str, lanes: int = 3, reads: int = 20_000) -> list[str]:
    """Run the script as a plain file, by the two variables that it needs; what it printed."""
    data, model = tmp_path / "reads", tmp_path / "model"
    data.mkdir()
    model.mkdir()
    for key, packed in genomics.lanes(lanes, reads):
        (data / key.rpartition("/")[2]).write_bytes(packed)
    script = tmp_path / "train.py"
    script.write_text(genomics.training_script(), encoding="utf-8")
    variables = {**OUTSIDE, "SM_CHANNEL_READS": str(data), "SM_MODEL_DIR": str(model)}
    command = [sys.executable, "-I", str(script), *arguments]
    done = subprocess.run(command, env=variables, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def shares(log: list[str]) -> dict[str, float]:
    return {found[1]: float(found[2]) for line in log if (found := re.fullmatch(r"(.+) (\d\.\d\d)", line))}


def test_the_script_runs_unchanged_as_a_plain_file(tmp_path):
    log = outside(tmp_path)
    model = json.loads((tmp_path / "model" / "model.json").read_text())
    assert log[:2] == ["counted file 1/2: lane-1.reads", "counted file 2/2: lane-2.reads"]
    assert (model["k"], len(model["weights"])) == (6, 4**6)


def test_it_beats_both_baselines_on_reads_that_it_never_saw(tmp_path):
    told = shares(outside(tmp_path))
    assert told["held-out accuracy"] > 0.8
    assert told["baseline, GC content alone"] < 0.55
    assert told["baseline, the commoner answer"] < 0.55


def test_its_strongest_words_are_pieces_of_the_motif(tmp_path):
    (line,) = (line for line in outside(tmp_path) if line.startswith("strongest"))
    words = line.removeprefix("strongest k-mers: ").split()
    assert len(words) == 6
    assert all(word in genomics.MOTIF for word in words), words


@pytest.mark.parametrize(("reads", "told"), [(1000, "yes"), (20_000, "no")])
def test_it_says_when_it_held_more_than_its_limit(tmp_path, reads, told):
    """The limit is measured, not promised: larger blocks pass it."""
    log = outside(tmp_path, "--reads-at-a-time", str(reads), "--memory-limit-mb", "10", lanes=2)
    assert log[-1] == f"1 MB read, less than 10 MB held at a time: {told}"


READER = """
import os, pathlib
total = 0
for path in sorted(pathlib.Path(os.environ["SM_CHANNEL_READS"]).glob("*.reads")):
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total += len(block)
print(total, "bytes")
"""


@pytest.fixture(scope="module")
def sent() -> Any:
    """A lab where more reads lie in S3 than a job may hold, and their size."""
    lab = Lab.start(chapter=11)
    size = send_lanes(lab, LANES)
    groups = [lab.names.training_security_group]
    with lab.session_in(lab.names.subnet_a, role=scenario.OPERATOR_ROLE, security_groups=groups) as inside:
        inside.client("s3").put_object(
            Bucket=scenario.TRAINING_BUCKET, Key=genomics.CODE_KEY, Body=archive(READER)
        )
    yield lab, size
    lab.stop()


@pytest.mark.parametrize("mode", ["File", "FastFile"])
def test_no_process_of_a_job_grows_with_its_data(sent, mode):
    lab, size = sent
    assert size > GOAL_MB * 1e6
    with Peak() as peak:
        boto3.client("sagemaker").create_training_job(**request(lab, f"reads-{mode}", mode))
        lab.wait(f"reads-{mode}", seconds=120)
    assert lab.log(f"reads-{mode}") == [f"{size} bytes"]
    assert 0 < peak.megabytes < GOAL_MB / 2
