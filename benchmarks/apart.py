"""One benchmark in a process of its own: what another has left in memory would change its figures.

``python -m benchmarks.apart NAME`` prints its ratios as JSON, for `measured`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from importlib import import_module

from benchmarks.ratio import Ratio


def measured(name: str) -> list[Ratio]:
    """The ratios of one benchmark, printed when it has ended."""
    command = [sys.executable, "-m", "benchmarks.apart", name]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    ratios = [Ratio(**each) for each in json.loads(told.splitlines()[-1])]
    for ratio in ratios:
        print(ratio, flush=True)
    return ratios


if __name__ == "__main__":
    print(json.dumps([asdict(ratio) for ratio in import_module(f"benchmarks.{sys.argv[1]}").ratios()]))
