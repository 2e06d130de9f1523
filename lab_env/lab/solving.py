"""The solution of an exercise as Python: the boto3 calls that its ``catch_up`` makes, recorded in a cloud of its own.

``python -m lab_env.lab.solving 5.1`` prints them. A process of its own leaves the learner's cloud alone; nothing is
written down anywhere, so nothing can leak, and the text is what the lab really does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3
from botocore.client import BaseClient

from lab_env import scenario
from lab_env.course import EXERCISES
from lab_env.course import exercise as find_exercise
from lab_env.course.progress import HOME_VARIABLE
from lab_env.course.source import Call, written
from lab_env.errors import LabError
from lab_env.lab.lab import Lab

_SECONDS = 180
# What the cells of a chapter that starts from nothing have built when its exercises begin.
_BEGUN: dict[int, Callable[[Callable[[str], Any]], object]] = {
    0: scenario.build_tour,
    1: scenario.build_first_subnet,
}


def solution_code(id_: str) -> str:
    """The calls that solve an exercise, as Python; recorded now, in a process of its own.

    Args:
        id_: the exercise's id.

    Raises:
        LabError: that process failed.
    """
    command = (sys.executable, "-m", "lab_env.lab.solving", id_)
    # What is built there is no doing of the learner's.
    unnoted = {name: value for name, value in os.environ.items() if name != HOME_VARIABLE}
    done = subprocess.run(
        command, env=unnoted, capture_output=True, encoding="utf-8", timeout=_SECONDS, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:]
        raise LabError("the solution could not be recorded.", where=id_, do=" ".join(said))
    return done.stdout.strip()


def record(id_: str) -> str:
    """The same, in this process, whose open lab is closed by it: after the exercises before it, else on its own."""
    own = id_.partition(".")[0]
    before = [other for other in EXERCISES if other.partition(".")[0] == own]
    return _recorded(id_, before[: before.index(id_)]) or _recorded(id_, [])


def _recorded(id_: str, before: list[str]) -> str:
    chapter = int(id_.partition(".")[0])
    lab = Lab.start(chapter=chapter)
    try:
        if chapter in _BEGUN:
            _BEGUN[chapter](boto3.client)
        for other in before:
            lab.catch_up(other)
        wanted = find_exercise(id_)
        # A drill builds a cloud anew and breaks it: that is no part of the repair.
        drill = lab.drill(seed=wanted.drill[0], level=wanted.drill[1]) if wanted.drill else None
        with recording(lab) as calls:
            if drill is None:
                lab.catch_up(id_)
            else:
                drill.mend()
        return written(calls, inside=wanted.inside) if calls else ""
    finally:
        lab.stop()


@contextmanager
def recording(lab: Lab) -> Iterator[list[Call]]:
    """The boto3 calls that are made meanwhile and succeed, with what they answered."""
    calls: list[Call] = []
    # The one place that every call of every client passes, with its parameters as they were given.
    ask = BaseClient._make_api_call  # noqa: SLF001

    def noted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        known = {value: f"lab.names.{name}" for name, value in _standing(lab).items()}
        answer = ask(client, operation, parameters)
        calls.append(Call(client.meta.service_model.service_name, operation, dict(parameters), answer, known))
        return answer

    BaseClient._make_api_call = noted  # noqa: SLF001
    try:
        yield calls
    finally:
        BaseClient._make_api_call = ask  # noqa: SLF001


def _standing(lab: Lab) -> dict[str, str]:
    found = {}
    for name in dir(lab.names):
        with suppress(LabError):
            found[name] = str(getattr(lab.names, name))
    return {name: value for name, value in found.items() if name not in ("account", "region")}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print(record(sys.argv[1]))  # noqa: T201 - a command, whose answer this is
