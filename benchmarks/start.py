"""``Lab.start(chapter=5)`` against importing boto3 and moto and making the same calls: fresh processes, interleaved."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

RUNS = 9
GOAL = 1.5
LAB = "from lab_env import Lab; Lab.start(chapter=5)"
BARE = """
import os
os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
import boto3
from moto import mock_aws
from lab_env import scenario
with mock_aws():
    for step in scenario.history(5):
        scenario.STEPS[step](boto3.client)
"""


def measure() -> str:
    """One line: medians of both in seconds of wall time, and their ratio."""
    laps: dict[str, list[float]] = {LAB: [], BARE: []}
    for _ in range(RUNS):
        for program, times in laps.items():
            began = perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            times.append(perf_counter() - began)
    lab, bare = median(laps[LAB]), median(laps[BARE])
    return (
        f"start: Lab.start(chapter=5) {lab:.2f} s, the same calls on bare moto {bare:.2f} s; "
        f"{lab / bare:.2f} times (medians of {RUNS} interleaved processes; goal {GOAL})"
    )
