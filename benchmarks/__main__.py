"""``python -m benchmarks``: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import seam, start, trace

for benchmark in (seam, start, trace):
    print(benchmark.measure())
