"""What is left of a job when a process of it dies: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.training.failures import INTERNAL
from tests.training.made import create, left, run, stages, until

KERNEL = """
import sys, time
import boto3
from lab_env import Lab, scenario
from tests.training.made import create, until

lab = Lab.start(chapter=5)
scenario.build_endpoint(boto3.client)
create(lab, "orphan", "import os, time; print(os.getpid(), flush=True); time.sleep(600)")
until(lambda: lab.log("orphan"), "the script never began")
print(lab.log("orphan")[0], flush=True)
time.sleep(600)
"""


def test_a_job_does_not_outlive_a_kernel_that_is_killed(tmp_path: Path) -> None:
    kernel = subprocess.Popen(
        [sys.executable, "-c", KERNEL],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        text=True,
    )
    assert kernel.stdout is not None
    script = int(kernel.stdout.readline())
    assert list(tmp_path.glob("private-path-*"))
    kernel.send_signal(signal.SIGKILL)
    kernel.wait()
    kernel.stdout.close()
    until(lambda: not alive(script), "the script outlived its kernel")
    until(lambda: not list(tmp_path.glob("private-path-*")), "the job's files outlived its kernel")


def alive(process: int) -> bool:
    """Whether a process of this machine still runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_an_agent_that_dies_takes_its_script_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    lab = Lab.start(chapter=5)
    scenario.build_endpoint(boto3.client)
    create(lab, "headless", "import os, time; print(os.getppid(), os.getpid(), flush=True); time.sleep(600)")
    until(lambda: lab.log("headless"), "the script never began")
    agent, script = map(int, lab.log("headless")[0].split())
    os.kill(agent, signal.SIGKILL)
    lab._training.wait("headless", 30)
    described = boto3.client("sagemaker").describe_training_job(TrainingJobName="headless")
    assert stages(described) == ["Starting", "Downloading", "Training", "Failed"]
    assert described["FailureReason"] == INTERNAL
    until(lambda: not alive(script), "the script outlived its agent")
    assert list(tmp_path.glob("private-path-*")) == []
    assert left() == []
    lab.stop()


def test_a_container_ends_with_its_first_process(solved: Lab) -> None:
    script = (
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    )
    began = time.monotonic()
    assert run(solved, "parent", script)["TrainingJobStatus"] == "Completed"
    assert time.monotonic() - began < 60
