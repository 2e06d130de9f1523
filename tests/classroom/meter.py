"""What processes use, from /proc: memory as proportional set size, and CPU seconds."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import psutil

GONE = (psutil.NoSuchProcess, psutil.ZombieProcess, FileNotFoundError, ProcessLookupError)
TICK = os.sysconf("SC_CLK_TCK")
MIB = 1024 * 1024


def family(pid):
    """A process and all its descendants."""
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except GONE:
        return []


def memory(pid):
    """MiB of a process and its descendants; a page that several processes share counts in parts (PSS)."""
    total = 0
    for process in family(pid):
        with suppress(*GONE):
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii")
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


def seconds(pid):
    """CPU seconds of a process and its descendants, those that ended included."""
    total = 0.0
    for process in family(pid):
        with suppress(*GONE):
            total += sum(
                process.cpu_times()[:4]
            )  # user, system, and both of the children that were waited for
    return total


def busy():
    """CPU seconds that the whole machine worked since it started."""
    first = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]
    user, nice, system, _idle, _iowait, irq, softirq, _steal = map(int, first)
    return (user + nice + system + irq + softirq) / TICK


class Watch:
    """Reads the memory of some processes again and again, and keeps the most of each, and of all at one time.

    Args:
        pids: the processes, by name; may grow while it watches.
        every: seconds between two readings.
    """

    def __init__(self, pids, every=2.0):
        self.pids, self.every = pids, every
        self.most, self.together = {}, 0.0

    async def run(self):
        """Watch until cancelled."""
        while True:
            now = await asyncio.to_thread(_memories, dict(self.pids))
            for name, mib in now.items():
                self.most[name] = max(mib, self.most.get(name, 0.0))
            self.together = max(self.together, sum(now.values()))
            await asyncio.sleep(self.every)


def _memories(pids):
    return {name: memory(pid) for name, pid in pids.items()}
