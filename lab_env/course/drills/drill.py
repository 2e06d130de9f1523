"""A drill: a broken cloud of which only the symptom is told, to be repaired with any boto3 call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from lab_env.course.drills.draw import draw
from lab_env.course.drills.expected import Expected, expected
from lab_env.course.drills.fault import Fault, Hands
from lab_env.course.drills.look import Ground, Look, Looking, job_request
from lab_env.course.drills.proof import Prover
from lab_env.course.drills.running import Run, names_for, run
from lab_env.course.drills.score import Effort
from lab_env.course.drills.shown import Answer, Grade, Hint, Shown
from lab_env.course.exercise import Status
from lab_env.errors import InvalidInput, LabError

RUNGS = 3
_ID = re.compile(r"\b[a-z]+-[0-9a-f]{8,17}\b")


@dataclass(frozen=True, slots=True)
class Yard:
    """The lab as a drill uses it.

    Attributes:
        fresh: begins the cloud anew, with everything right, and answers it.
        wait: waits for a training job, and answers how it went, to be read.
        forget_calls: lets the lab forget every call so far, so that nobody reads there what was broken.
        calls: how many calls were made since then, those of jobs left out.
        stands: whether the lab still stands in this drill, and in no other.
        graded: is told each grade that is not an earlier one again.
    """

    fresh: Callable[[], Ground]
    wait: Callable[[str], object]
    forget_calls: Callable[[], None]
    calls: Callable[[], int]
    stands: Callable[[Drill], bool]
    graded: Callable[[Drill, Grade], None]


class Drill(Shown):
    """One drill. `Lab.drill` begins it; what it says of itself is the symptom.

    Args:
        yard: the lab.
        seed: which drill: the same seed and level break the cloud in the same way.
        level: 1 to 5.

    Raises:
        InvalidInput: there is no such level, or the seed is no whole number.
    """

    def __init__(self, yard: Yard, seed: int, level: int) -> None:
        self.seed, self.level = seed, level
        self._faults = draw(seed, level)
        self._yard = yard
        # Once to prove that it can be repaired, and how; once for the learner.
        self._prover = Prover(yard.fresh())
        self._proof = self._prover.prove(self._faults)
        if self._proof.problems:
            raise LabError(
                f"this drill is none: {self._proof.problems[0]}",
                where=self.title,
                do="Take another seed, and tell the course's authors.",
            )
        self._alone = self._ends()
        self._rungs: dict[str, int] = {}
        self._ground, self._request = self._break()
        self._effort = Effort(len(self._faults))
        self._jobs, self._graded_at, self._own_calls = 0, -1, 0
        self._grade: Grade | None = None
        self.symptom = tuple(self._run())
        self._broken = self._look()
        yard.forget_calls()

    @property
    def title(self) -> str:
        """Its name: seed and level."""
        return f"drill {self.seed} of level {self.level}"

    @property
    def job(self) -> dict[str, Any]:
        """The request of the job that has to run, without its name."""
        return {key: deepcopy(value) for key, value in self._request.items() if key != "TrainingJobName"}

    @property
    def hints(self) -> int:
        """How many hints there are."""
        return RUNGS * len(self._faults)

    def check(self) -> Grade:
        """Whether it is repaired: the job is run again, and the audit asked.

        Where no call was made since the last grade, that one stands, and no try is counted.

        Raises:
            InvalidInput: the lab has begun something else meanwhile.
        """
        self._check_stands()
        calls = self._yard.calls() - self._own_calls
        if self._grade is not None and calls == self._graded_at:
            return self._grade
        self._effort = replace(self._effort, calls=calls)
        self._grade, self._graded_at = self._judged(), calls
        self._own_calls = self._yard.calls() - calls
        self._yard.graded(self, self._grade)
        return self._grade

    def hint(self) -> Hint:
        """The next hint on the fault that the job meets now, from a nudge to nearly the answer.

        Raises:
            InvalidInput: the lab has begun something else meanwhile.
        """
        self._check_stands()
        fault = self._met()
        rung = self._rungs[fault.id] = min(self._rungs.get(fault.id, 0) + 1, RUNGS)
        given = sum(self._rungs.values())
        self._effort, self._graded_at = replace(self._effort, hints=given), -1
        return Hint(given, self.hints, fault.hints[rung - 1])

    def _met(self) -> Fault:
        """The fault whose end alone is the job's end now; where there is none, the first that has a hint left."""
        try:
            now = _told(expected(self._look(), self._request))
        except LabError:
            now = ""
        order = [step.fault for step in self._proof.mended]
        met = [fault for fault in order if self._alone[fault.id] == now]
        left = [fault for fault in order if self._rungs.get(fault.id, 0) < RUNGS]
        return (met or left or order)[0]

    def give_up(self) -> Answer:
        """The faults, and the calls that mend them; the drill is worth nothing from then on."""
        repaired = self._grade is not None and self._grade.status is Status.DONE
        if not repaired:
            self._effort, self._graded_at = replace(self._effort, given_up=True), -1
        return Answer(self.title, self._proof.mended)

    def solve(self) -> Grade:
        """Begin anew, make the calls that mend it, and grade that: for going on without having repaired it."""
        self._ground, self._request = self._break()
        self.mend()
        return self.check()

    def mend(self) -> None:
        """Make the calls that mend it, on the cloud as it stands; the drill is worth nothing from then on."""
        hands = Hands(self._ground.client, self._ground.root, self._ground.find)
        for fault in reversed(self._faults):
            fault.repairs(hands)
        self._effort, self._graded_at = replace(self._effort, given_up=True), -1

    def _check_stands(self) -> None:
        if not self._yard.stands(self):
            again = f"lab.drill(seed={self.seed}, level={self.level})"
            raise InvalidInput(
                "the lab has begun anew since.", where=self.title, do=f"Begin it with {again}."
            )

    def _ends(self) -> dict[str, str]:
        """Where the job ends under each of the faults alone; with one fault, all hints are on that one anyway."""
        if len(self._faults) == 1:
            return {self._faults[0].id: ""}
        return {fault.id: _told(self._prover.alone(fault)) for fault in self._faults}

    def _break(self) -> tuple[Ground, dict[str, Any]]:
        """A fresh cloud, broken, and the request of the job that has to run on it, whatever is changed later."""
        ground = self._yard.fresh()
        hands = Hands(ground.client, ground.root, ground.find)
        for fault in self._faults:
            fault.breaks(hands)
        return ground, job_request(ground, self._faults)

    def _look(self) -> Look:
        return Looking(self._ground).look(self._request["VpcConfig"]["Subnets"])

    def _run(self) -> Iterator[Run]:
        """The job, once in each of its subnets."""
        names = names_for(self._request["VpcConfig"]["Subnets"], self._jobs + 1)
        self._jobs += len(names)
        for name in names:
            yield run(self._ground.client("sagemaker"), self._yard.wait, self._request, name)

    def _judged(self) -> Grade:
        try:
            return self._judge()
        except LabError as error:
            told = f"it cannot be told: {error}"
            return self._grade_of(Status.NOT_YET, told, "Undo your last change, or begin the drill anew.")

    def _judge(self) -> Grade:
        now, sound = self._look(), self._prover.sound
        if now == self._broken and not self._effort.tries:
            told = "nothing that counts has changed since it broke."
            return self._grade_of(
                Status.NOT_ATTEMPTED, told, "Find out why, and mend it; drill.hint() helps."
            )
        self._effort = replace(self._effort, tries=self._effort.tries + 1)
        runs = tuple(self._run())
        failed = next((one for one in runs if not one.completed), None)
        if failed is not None:
            hint = "Another message than before is progress; drill.hint() helps."
            return replace(self._grade_of(Status.NOT_YET, failed.told, hint), runs=runs)
        lost, opened = tuple(sound.lost(now)), sound.opened(now)
        ran = f"{_names(runs)} completed"
        if not lost and not opened:
            told = f"{ran}; every control that held holds, and nothing is open that was not."
            return replace(self._grade_of(Status.DONE, told, ""), runs=runs)
        told, hint = _opened(ran, lost, opened)
        found = self._grade_of(Status.NOT_YET, told, hint)
        return replace(found, runs=runs, lost=tuple(control for control, _ in lost), opened=opened)

    def _grade_of(self, status: Status, saw: str, hint: str) -> Grade:
        return Grade(self.title, status, saw, hint, self._effort)

    def __str__(self) -> str:
        faults = len(self._faults)
        head = f"{self.title.capitalize()}: the training job does not run. {_causes(faults)}"
        seen = (f"  {line}" for one in self.symptom for line in one.told.splitlines())
        last = "Mend it with any AWS call. drill.check() runs the job again; drill.hint() helps; drill.give_up() tells."
        return "\n".join([head, *seen, last])


def _told(end: Expected) -> str:
    """An end in words that hold no id, for ids differ from cloud to cloud."""
    return f"{end.stage}: {_ID.sub('…', end.why)}"


def _names(runs: tuple[Run, ...]) -> str:
    return " and ".join(one.name for one in runs)


def _causes(faults: int) -> str:
    return "Something was changed." if faults == 1 else f"{('Two', 'Three')[faults - 2]} things were changed."


def _opened(ran: str, lost: tuple[tuple[str, str], ...], opened: tuple[str, ...]) -> tuple[str, str]:
    """What is said of a repair that opened something."""
    if lost:
        control, why = lost[0]
        told = f"{ran}, but {control} no longer holds: {why}"
        return told, f"Repair it without: {', '.join(one for one, _ in lost)} held before."
    return f"{ran}, but more is open than before: {opened[0]}.", "Open no more than the job needs."
