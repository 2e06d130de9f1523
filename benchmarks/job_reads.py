"""How fast a job reads its data: through the data plane, and from bare moto over the same kind of loopback server.

The reader is a process of its own, as a job's is, with the agent's own `lab_env.training.storage`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import IO, Any, cast

import boto3
from moto.core.models import botocore_stubber

from benchmarks.ratio import Ratio
from lab_env import Lab, scenario
from lab_env.dataplane.loopback import Loopback
from lab_env.training.fastfile import READ_AHEAD_BYTES

OBJECTS, OBJECT_BYTES = 8, 16 << 20
ROUNDS = 7
GOAL = 1.1


def ratios() -> list[Ratio]:
    """Seconds of a reading by whole objects and by FastFile's ranges, through the data plane and from bare moto."""
    lab = Lab.start(chapter=5)
    scenario.build_endpoint(boto3.client)
    s3 = boto3.client("s3")
    for number in range(OBJECTS):
        s3.put_object(Bucket=scenario.TRAINING_BUCKET, Key=f"bench/{number}", Body=bytes(OBJECT_BYTES))
    bare = type(botocore_stubber).process_request.__get__(botocore_stubber)
    servers = {True: Loopback(botocore_stubber.process_request), False: Loopback(bare)}
    keys = lab.keys(scenario.TRAINING_ROLE)
    with lab.session_in(lab.names.subnet_a, role=scenario.TRAINING_ROLE) as session:
        tokens = {traced: server.admit(session.place) for traced, server in servers.items()}
        ours, plain = (
            Reader(servers[traced].port, tokens[traced], [keys.access_key, keys.secret_key, keys.token])
            for traced in (True, False)
        )
        laps = {
            kind: [(ours.lap(kind), plain.lap(kind)) for _ in range(ROUNDS)] for kind in ("fetch", "ranges")
        }
    ours.close()
    plain.close()
    for server in servers.values():
        server.close()
    lab.stop()
    return [_ratio(kind, laps[kind]) for kind in laps]


def _ratio(kind: str, laps: list[tuple[float, float]]) -> Ratio:
    size = OBJECTS * OBJECT_BYTES / 1e6
    ours, bare = (min(each) for each in zip(*laps, strict=True))
    return Ratio(f"job reads, {kind}", ours, bare, "s", f"bare moto ({size / ours:.0f} MB/s here)", GOAL)


class Reader:
    """A process that reads all objects each time it is told to."""

    def __init__(self, port: int, token: str, keys: list[Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.job_reads", json.dumps([port, token, keys])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def lap(self, kind: str) -> float:
        """Seconds of one reading."""
        asked, told = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        asked.write(kind + "\n")
        asked.flush()
        return float(told.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def read() -> None:
    """The reader's own process: a reading for each line of standard input, its seconds to standard output."""
    from lab_env.dataplane import remote
    from lab_env.training.storage import Item, Storage

    port, token, (access, secret, session) = json.loads(sys.argv[1])
    remote.install(port, token)
    storage = Storage(
        {"access_key": access, "secret_key": secret, "token": session}, scenario.REGION, lambda: None
    )
    with TemporaryDirectory() as folder:
        for line in sys.stdin:
            began = perf_counter()
            for number in range(OBJECTS):
                key = f"bench/{number}"
                if line.strip() == "fetch":
                    storage.fetch(Item(scenario.TRAINING_BUCKET, key, Path(folder) / "object", OBJECT_BYTES))
                else:
                    for offset in range(0, OBJECT_BYTES, READ_AHEAD_BYTES):
                        storage.read_range(scenario.TRAINING_BUCKET, key, offset, READ_AHEAD_BYTES)
            sys.stdout.write(f"{perf_counter() - began}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        read()
    else:
        sys.stdout.write("".join(f"{ratio}\n" for ratio in ratios()))
