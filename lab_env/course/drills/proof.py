"""The proof of a drill, by trace and decision: it is broken, its repairs mend it, and nothing less or more does.

No job runs for it. What it rests on is computed from the state that boto3's calls left in the cloud.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lab_env.course.drills.expected import Expected, expected
from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.judged import Sound
from lab_env.course.drills.look import Ground, Look, Looking, job_request
from lab_env.course.drills.teardown import torn_down


@dataclass(frozen=True, slots=True)
class Mended:
    """A state on the way of repair: which fault was mended last, by which calls, and where the job ends then."""

    fault: Fault
    calls: tuple[str, ...]
    end: Expected


@dataclass(frozen=True, slots=True)
class Proof:
    """What the proof of one drill found.

    Attributes:
        broken: where the job ends on the broken cloud.
        mended: its faults, in the order in which the job meets them as far as that shows, each with its repair.
        torn: how many torn-down states were judged.
        running: in how many of them the job would run; each is refused all the same.
        problems: what speaks against the drill; empty: it is proven.
    """

    broken: Expected
    mended: tuple[Mended, ...]
    torn: int
    running: int
    problems: tuple[str, ...]


class Prover:
    """Proves drills on one cloud, one after another: what one leaves repaired is what the next breaks.

    Args:
        ground: a cloud in which everything is right.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = replace(ground, find=_remembering(ground.find))
        self._looking = Looking(self._ground)
        self.sound = Sound(self._looking.look())

    def prove(self, faults: Sequence[Fault]) -> Proof:
        """Break the cloud by these faults, and repair it again, judging each state on the way.

        Args:
            faults: which compose.
        """
        for fault in faults:
            self._do(fault.breaks)
        job = job_request(self._ground, faults)
        subnets = job["VpcConfig"]["Subnets"]
        look = self._looking.look(subnets)
        broken = expected(look, job)
        ends = [(name, state, expected(state, job)) for name, state in torn_down(look)]
        steps = list(self._repair(faults, job))
        now = self._looking.look(subnets)
        problems = (
            *(["the job runs although nothing was mended."] if broken.completes else []),
            *self._unrefused(ends),
            *_too_early(steps),
            *self._unsound(steps[-1].end, now),
        )
        self._go_on(faults)
        running = sum(end.completes for *_, end in ends)
        return Proof(broken, _as_met(broken, steps), len(ends), running, problems)

    def alone(self, fault: Fault) -> Expected:
        """Where the job ends when this fault is the only one."""
        self._do(fault.breaks)
        job = job_request(self._ground, (fault,))
        end = expected(self._looking.look(job["VpcConfig"]["Subnets"]), job)
        self._do(fault.repairs)
        self._go_on((fault,))
        return end

    def _go_on(self, faults: Sequence[Fault]) -> None:
        """Take what the next proof would stumble over away; a state that lost nothing is as sound as the one before."""
        for fault in faults:
            if fault.tidies is not None:
                self._do(fault.tidies)
        self.sound = self.sound.followed_by(self._looking.look())

    def _repair(self, faults: Sequence[Fault], job: Mapping[str, Any]) -> Iterator[Mended]:
        """Mend what was broken last first, and look each time."""
        subnets = job["VpcConfig"]["Subnets"]
        for fault in reversed(faults):
            calls = self._do(fault.repairs)
            yield Mended(fault, calls, expected(self._looking.look(subnets), job))

    def _do(self, calls: Callable[[Hands], None]) -> tuple[str, ...]:
        hands = Hands(self._ground.client, self._ground.root, self._ground.find)
        calls(hands)
        self._looking.forget(hands.touched)
        return tuple(hands.made)

    def _unrefused(self, ends: Sequence[tuple[str, Look, Expected]]) -> Iterator[str]:
        for name, state, end in ends:
            if end.completes and not any(self.sound.lost(state)) and not self.sound.opened(state):
                yield f"a cloud in which {name} counts as repaired."

    def _unsound(self, end: Expected, now: Look) -> Iterator[str]:
        if not end.completes:
            yield f"the job does not run when all is mended: {end.why}"
        yield from (f"{control} is lost by the repair: {why}" for control, why in self.sound.lost(now))
        yield from (f"the repair opens something: {one}" for one in self.sound.opened(now))


def _remembering(find: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Looks ids up once, but for the endpoint's: of what has a name, faults make that alone anew."""
    known: dict[str, str | None] = {}

    def found(name: str) -> str | None:
        if name == "s3_endpoint":
            return find(name)
        if name not in known:
            known[name] = find(name)
        return known[name]

    return found


def _too_early(steps: Sequence[Mended]) -> Iterator[str]:
    yield from (
        f"the job runs when {step.fault.id} is mended, and not all is."
        for step in steps[:-1]
        if step.end.completes
    )


def _as_met(broken: Expected, steps: Sequence[Mended]) -> tuple[Mended, ...]:
    """The steps in the order in which the job meets the faults: whose repair changes the job's end was met first."""
    met: list[Mended] = []
    before = [broken, *(step.end for step in steps)]
    for number, step in reversed(list(enumerate(steps))):
        first = before[number] != step.end
        met = [step, *met] if first else [*met, step]
    return tuple(met)
