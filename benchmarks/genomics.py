"""How much memory a job takes whose data is larger than that: chapter 11's job on 43 lanes, in both input modes."""

from __future__ import annotations

from threading import Event, Thread
from time import perf_counter
from typing import Any, Self

import boto3
import psutil

from lab_env import Lab, scenario
from lab_env.scenario import genomics

LANES = 43
GOAL_MB = 500
POLL_SECONDS = 0.02


class Peak:
    """The most memory that any one program started below this process held while the block ran, in MB (``megabytes``).

    Between fork and exec a child still has its parent's memory, and this process holds the whole mock S3: such a child
    is no program of the job's yet. It is known by its parent's command line.
    """

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._over = Event()
        self._watcher = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        here = psutil.Process()
        own = here.cmdline()
        while not self._over.wait(POLL_SECONDS):
            for process in here.children(recursive=True):
                try:
                    if process.cmdline() not in ([], own):
                        self.megabytes = max(self.megabytes, process.memory_info().rss / 1e6)
                except psutil.NoSuchProcess:
                    continue


def send_lanes(lab: Lab, count: int) -> int:
    """Put so many lanes, all of the same reads, where the job reads them, and its code; their bytes together."""
    packed = genomics.lane(1)
    groups = [lab.names.training_security_group]
    with lab.session_in(lab.names.subnet_a, role=scenario.OPERATOR_ROLE, security_groups=groups) as session:
        s3 = session.client("s3")
        for number in range(count):
            key = f"{genomics.PREFIX}lane-{number:02d}.reads"
            s3.put_object(Bucket=scenario.TRAINING_BUCKET, Key=key, Body=packed)
        s3.put_object(Bucket=scenario.TRAINING_BUCKET, Key=genomics.CODE_KEY, Body=genomics.training_code())
    return count * len(packed)


def request(lab: Lab, name: str, mode: str) -> dict[str, Any]:
    """The request of a job on the lanes.

    Args:
        lab: at the beginning of chapter 11.
        name: the job's name.
        mode: ``File`` or ``FastFile``, for the reads.
    """
    sources = {"reads": (genomics.PREFIX, mode), "code": ("code/genomics/", "File")}
    channels = [
        {
            "ChannelName": channel,
            "InputMode": how,
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": f"s3://{scenario.TRAINING_BUCKET}/{prefix}",
                }
            },
        }
        for channel, (prefix, how) in sources.items()
    ]
    program = {name: value for name, value in lab.job["HyperParameters"].items() if name != "epochs"}
    return {**lab.job, "TrainingJobName": name, "InputDataConfig": channels, "HyperParameters": program}


def measure() -> str:
    """One line: the largest process of the job in each mode (MB), how much it read, and how fast."""
    lab = Lab.start(chapter=11)
    size = send_lanes(lab, LANES)
    told = []
    for mode in ("File", "FastFile"):
        began = perf_counter()
        with Peak() as peak:
            boto3.client("sagemaker").create_training_job(**request(lab, f"bench-{mode}", mode))
            lab.wait(f"bench-{mode}", seconds=300)
        told.append(f"{mode} {peak.megabytes:.0f} MB in {perf_counter() - began:.0f} s")
        line = lab.log(f"bench-{mode}")[-1]
    lab.stop()
    return f"genomics: {size / 1e6:.0f} MB of reads; largest process: {', '.join(told)} (goal {GOAL_MB} MB). {line}"
