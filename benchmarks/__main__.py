"""``python -m benchmarks``: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import audit, job_reads, policy, seam, start, trace, widgets

for benchmark in (seam, start, trace, policy, job_reads, audit, widgets):
    print(benchmark.measure())
