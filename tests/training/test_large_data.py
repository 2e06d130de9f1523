"""Jobs whose data is larger than their memory."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from tests.training.made import put, run

OBJECT_BYTES, OBJECTS = 16 << 20, 36
LIMIT_BYTES = 500 << 20
READ = """
import os, pathlib, resource
total = 0
for path in sorted(pathlib.Path(os.environ["SM_CHANNEL_BIG"]).iterdir()):
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total += len(block)
print("read", total)
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
# Of the processes that this one's parent, the agent, is: the agent's own peak.
status = pathlib.Path(f"/proc/{os.getppid()}/status")
if status.exists():
    print("agent", 1024 * int(status.read_text().split("VmHWM:")[1].split()[0]))
"""


@pytest.mark.parametrize("mode", ["File", "FastFile"])
def test_memory_stays_flat_while_the_data_is_larger(solved: Lab, mode: str) -> None:
    put("big/00", bytes(OBJECT_BYTES))
    s3, source = boto3.client("s3"), {"Bucket": scenario.TRAINING_BUCKET, "Key": "big/00"}
    for number in range(1, OBJECTS):
        s3.copy_object(Bucket=scenario.TRAINING_BUCKET, Key=f"big/{number:02d}", CopySource=source)
    big: dict[str, Any] = {
        "ChannelName": "big",
        "InputMode": mode,
        "DataSource": {
            "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{scenario.TRAINING_BUCKET}/big/"}
        },
    }
    code = solved.job["InputDataConfig"][1]
    assert run(solved, "big", READ, InputDataConfig=[big, code])["TrainingJobStatus"] == "Completed"
    said = {line.split()[0]: int(line.split()[1]) for line in solved.log("big")}
    assert said.pop("read") == OBJECTS * OBJECT_BYTES > LIMIT_BYTES
    assert max(said.values()) < LIMIT_BYTES / 2
