"""``python -m benchmarks``: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import audit, job_reads, policy, seam, start, trace

for benchmark in (seam, start, trace, policy, job_reads, audit):
    print(benchmark.measure())
