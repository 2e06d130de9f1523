"""What the tests of every chapter's exercises share: a table of cases, catching up, and a chapter not begun.

A chapter's module gives its cases as rows: the exercise, what a learner did, and what the check has to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lab_env import Lab
from lab_env.course import CheckResult, Status

DONE, NOT_YET, NOT_ATTEMPTED = Status.DONE, Status.NOT_YET, Status.NOT_ATTEMPTED

Did = Callable[[Lab], object]
"""What a learner did, on an open lab."""
Row = tuple[str, Did, Status, str]
"""An exercise's id, what was done, the status it leads to, and words of what the check saw."""


def nothing(lab: Lab) -> None:
    """The learner ran none of the exercise's cells."""
    del lab


def each(cases: Mapping[str, Row]) -> Any:
    """One test for each case, by its name; the test takes ``exercise``, ``do``, ``status`` and ``words``."""
    return pytest.mark.parametrize(("exercise", "do", "status", "words"), cases.values(), ids=cases)


def judged(lab: Lab, exercise: str) -> CheckResult:
    """What the check says, outside nbgrader."""
    result = lab.check(exercise)
    assert not isinstance(result, int)
    return result


def assert_judged(lab: Lab, exercise: str, do: Did, status: Status, words: str) -> None:
    """After ``do`` the check answers as the case says, and with a hint unless the exercise is done."""
    do(lab)
    result = judged(lab, exercise)
    assert (result.status, words in result.saw) == (status, True), result
    assert bool(result.hint) is (status is not DONE)


def assert_catches_up(lab: Lab, exercise: str) -> None:
    """From wherever the learner is; a second time changes nothing."""
    assert lab.catch_up(exercise).status is DONE
    there = lab.network
    assert lab.catch_up(exercise).status is DONE
    assert lab.network == there


def assert_sound_before_the_chapter(chapter: int, exercise: str, prepare: Did = nothing) -> None:
    """Where no cell of the chapter was run, the check says so, and catching up works all the same.

    Args:
        chapter: the chapter's number.
        exercise: the exercise's id.
        prepare: what has to stand before catching up.
    """
    opened = Lab.start(chapter=chapter)
    try:
        assert judged(opened, exercise).status is NOT_ATTEMPTED
        prepare(opened)
        assert opened.catch_up(exercise).status is DONE
    finally:
        opened.stop()
