"""Where a hub breaks, and what it says then. Each case provokes one failure; its words must hold what is expected."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.classroom.hub import Hub, Refused, free_ports
from tests.classroom.learner import Learner

FIRST = "notebooks/01_private_vpc.ipynb"


async def no_seat_left(programs):
    """Two learners at a hub with one seat (``SEATS``)."""
    async with _hub(programs, {"JupyterHub.active_server_limit": 1}) as hub:
        first = Learner(hub, "first")
        await first.enter()
        said = await _refusal(Learner(hub, "second"))
        await first.leave()
        return said


async def too_many_at_once(programs):
    """Three learners log in together where one server may start at a time; all get in."""
    settings = {"JupyterHub.concurrent_spawn_limit": 1}
    settings["JupyterHub.tornado_settings"] = {"spawn_throttle_retry_range": [2, 4]}
    async with _hub(programs, settings) as hub:
        learners = [Learner(hub, f"learner{number}") for number in range(3)]
        await asyncio.gather(*(learner.enter() for learner in learners))
        await asyncio.gather(*(learner.leave() for learner in learners))
        return next((said for learner in learners for said in learner.waited), "nobody was asked to wait")


async def server_too_slow(programs):
    """A server that does not answer in time; the learner looks at the page that says how far it is."""
    settings = {"Spawner.http_timeout": 1, "JupyterHub.tornado_settings": {"slow_spawn_timeout": 0}}
    async with _hub(programs, settings) as hub:
        return await _refusal(Learner(hub, "slow"))


async def kernel_killed(programs):
    """The kernel of a learner is killed while a cell runs, as a machine without memory does; then the chapter again."""
    async with _hub(programs) as hub:
        learner = Learner(hub, "learner")
        await learner.enter()
        channel = await learner.open(FIRST)
        cell = asyncio.create_task(channel.execute("import time; time.sleep(60)"))
        await asyncio.sleep(1)
        for child in psutil.Process(learner.pid).children(recursive=True):
            if "ipykernel_launcher" in " ".join(child.cmdline()):
                os.kill(child.pid, signal.SIGKILL)
        said = await cell
        # The page is still open: its notebook goes on in the kernel that its server started anew.
        _, failures, again = await learner.run(FIRST)
        await again.close()
        await learner.leave()
        return f"{said}; the chapter again: {len(failures)} cells failed"


async def port_taken(programs):
    """Another program holds the hub's address. The hub runs on, and says that it runs; only its proxy knows."""
    ports = free_ports(3)
    with socket.create_server(("127.0.0.1", ports[0])):
        unreachable = _hub(programs, ports=ports, patience=20)
        try:
            async with unreachable:
                return "it started"
        except TimeoutError:
            log = unreachable.hub.log.read_text("utf-8").splitlines()
            said = next((line for line in log if "EADDRINUSE" in line), "its log does not say why")
            return said.rpartition("Exception: ")[2]


# What is tried, and a piece of what must be said.
CASES = {
    no_seat_left: "429: Active user limit exceeded",
    too_many_at_once: "Too many users trying to log in right now",
    server_too_slow: "failed",
    kernel_killed: "the kernel died: its server says 'restarting'; the chapter again: 0 cells failed",
    port_taken: "EADDRINUSE",
}


class _hub:  # noqa: N801 - it is called as a function
    """A hub in a folder of its own, which goes with it."""

    def __init__(self, programs, settings=None, **options):
        self.folder = TemporaryDirectory(prefix="classroom-")
        self.hub = Hub(programs, Path(self.folder.name), settings, **options)

    async def __aenter__(self):
        return await self.hub.__aenter__()

    async def __aexit__(self, *raised):
        await self.hub.__aexit__(*raised)
        self.folder.cleanup()


async def _refusal(learner):
    try:
        await learner.enter()
    except Refused as refused:
        return str(refused)
    return "the server started"
