"""``Lab.start`` of the longest chapter beside importing boto3 and moto and making the same calls: fresh processes."""

from __future__ import annotations

from benchmarks.ratio import Ratio, children_time, interleaved, program
from lab_env import scenario

RUNS = 5
GOAL = 1.3
LONGEST = max(scenario.CHAPTERS, key=lambda chapter: len(scenario.history(chapter)))
LAB = f"from lab_env import Lab; Lab.start(chapter={LONGEST})"
# Policies and jobs of later chapters go to services that bare moto answers all the same.
BARE = f"""
import os
os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
from functools import cache
import boto3
from moto import mock_aws
from lab_env import scenario
with mock_aws():
    client = cache(boto3.client)
    for step in scenario.history({LONGEST}):
        scenario.STEPS[step](client)
"""


def ratios() -> list[Ratio]:
    """Processor time of both, imports included."""
    took = interleaved({"lab": program(LAB), "bare": program(BARE)}, RUNS, children_time)
    name = f"start of chapter {LONGEST:02d}"
    return [Ratio("start", took["lab"], took["bare"], "s", f"{name}'s calls on bare moto", GOAL)]
