"""A class at work: how long, how much memory, how many CPU seconds."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.classroom import meter
from tests.classroom.hub import Hub
from tests.classroom.learner import NOTEBOOKS, Learner

CHAPTERS = [path.name for path in sorted(NOTEBOOKS.glob("0[1-6]_*.ipynb"))]


@dataclass
class Pupil:
    """What one learner used: seconds by chapter, MiB, CPU seconds; and what failed."""

    entering: float = 0.0
    chapters: list = field(default_factory=list)
    failures: list = field(default_factory=list)
    asked_to_wait: int = 0
    server_alone: float = 0.0
    at_rest: float = 0.0
    most: float = 0.0
    processor: float = 0.0


@dataclass
class Class:
    """What a class used, all its learners together with the hub and its proxy."""

    learners: int
    open_kernels: int
    pupils: list
    seconds: float
    together: float
    hub_memory: float
    hub_processor: float
    others: float

    def middle(self, what):
        """The median learner's figure."""
        return median(getattr(pupil, what) for pupil in self.pupils)

    def chapter(self, number):
        """The median learner's seconds for a chapter, counted from 0."""
        return median(pupil.chapters[number] for pupil in self.pupils)

    def as_data(self):
        """For a file."""
        return asdict(self)


async def a_class(programs, learners, *, keep=False):
    """Let so many learners run the chapters at once.

    Args:
        programs: the folder of the hub's environment's programs.
        learners: how many.
        keep: whether each chapter's kernel stays open, as it does when nobody shuts it down.
    """
    with TemporaryDirectory(prefix="classroom-") as folder:
        async with Hub(programs, Path(folder)) as hub:
            worked, began = meter.busy(), perf_counter()
            pids = {}
            watch = meter.Watch(pids)
            members = [Learner(hub, f"learner{number:02d}") for number in range(1, learners + 1)]
            async with asyncio.TaskGroup() as group:
                # In one group: a watch that fails ends the class, instead of leaving its figures low.
                watching = group.create_task(watch.run())
                pupils = await asyncio.gather(*(_work(member, pids, keep=keep) for member in members))
                watching.cancel()
            seconds = perf_counter() - began
            at_rest = await _rest(members, pupils, watch)
            processor = _hub_alone(hub, members, meter.seconds)
            used = processor + sum(pupil.processor for pupil in pupils)
            result = Class(
                learners,
                len(CHAPTERS) if keep else 1,
                list(pupils),
                seconds,
                max(watch.together, at_rest),
                _hub_alone(hub, members, meter.memory),
                processor,
                max(0.0, meter.busy() - worked - used),
            )
            # A hub that is told to go while servers run takes them down one by one; this is quicker.
            await asyncio.gather(*(member.leave() for member in members))
            return result


async def _work(learner, pids, *, keep):
    """One learner's chapters, one after the other; the last one's kernel stays open."""
    pupil, began = Pupil(), perf_counter()
    await learner.enter()
    pupil.entering, pupil.asked_to_wait = perf_counter() - began, len(learner.waited)
    pids[learner.name] = learner.pid
    pupil.server_alone = await asyncio.to_thread(meter.memory, learner.pid)
    for name in CHAPTERS:
        seconds, failures, channel = await learner.run(f"notebooks/{name}")
        pupil.chapters.append(seconds)
        pupil.failures += failures
        if not keep and name != CHAPTERS[-1]:
            await channel.close()
    return pupil


async def _rest(members, pupils, watch):
    """Read each learner once more when all have ended, and say what all use then."""
    total = 0.0
    for member, pupil in zip(members, pupils, strict=True):
        pupil.at_rest = await asyncio.to_thread(meter.memory, member.pid)
        pupil.processor = meter.seconds(member.pid)
        pupil.most = max(watch.most.get(member.name, 0.0), pupil.at_rest)
        total += pupil.at_rest
    return total


def _hub_alone(hub, members, reading):
    """A reading of the hub and its proxy without the learners' servers, which are its children."""
    return reading(hub.process.pid) - sum(reading(member.pid) for member in members)
