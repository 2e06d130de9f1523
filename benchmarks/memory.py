"""How much memory a learner's kernel takes, beside a kernel that has imported boto3 and moto and made one call."""

from __future__ import annotations

from statistics import median

from benchmarks.ratio import Ratio, program
from benchmarks.start import LONGEST

RUNS = 3
GOAL = 1.3
# ipykernel is what a notebook's kernel is before its first cell.
_TOLD = """
import psutil
print(psutil.Process().memory_info().rss / 1e6)
"""
FLOOR = f"""
import ipykernel.kernelapp, ipykernel.ipkernel, os
os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
import boto3
from moto import mock_aws
with mock_aws():
    boto3.client("ec2").describe_vpcs()
    boto3.client("s3").list_buckets()
{_TOLD}"""
LEARNER = f"""
import ipykernel.kernelapp, ipykernel.ipkernel
import boto3
from lab_env import Lab
lab = Lab.start(chapter={LONGEST})
str(lab.trace(subnet=lab.names.subnet_a))
{_TOLD}"""


def ratios() -> list[Ratio]:
    """Resident memory of both, in MB."""
    laps = [(float(program(LEARNER)()), float(program(FLOOR)())) for _ in range(RUNS)]
    ours, floor = (median(each) for each in zip(*laps, strict=True))
    return [Ratio("memory of a kernel", ours, floor, "MB", "a kernel with boto3 and moto", GOAL)]
