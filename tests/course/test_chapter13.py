"""The exercises of chapter 13: drills, graded by running their job."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from lab_env import Lab
from lab_env.course import EXERCISES
from lab_env.course.chapter13 import DRILLS
from lab_env.course.drills.draw import draw
from lab_env.course.drills.fault import Hands
from lab_env.course.exercise import AUTOGRADING
from tests.course.harness import DONE, NOT_ATTEMPTED, NOT_YET, assert_catches_up, judged


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    opened = Lab.start(chapter=13)
    yield opened
    opened.stop()


def test_each_exercise_is_the_drill_that_the_chapter_names():
    assert {name: EXERCISES[name].drill for name in DRILLS} == DRILLS
    assert [len(draw(*DRILLS[name])) for name in sorted(DRILLS)] == [1, 1, 2]
    assert all(len(EXERCISES[name].hints) == 3 for name in DRILLS)


@pytest.mark.parametrize("exercise", DRILLS)
def test_catching_up_from_nowhere(lab, exercise):
    """In another drill, or in none: the check says which one to begin, and catching up begins and repairs it."""
    before = judged(lab, exercise)
    seed, level = DRILLS[exercise]
    assert before.status is NOT_ATTEMPTED
    assert f"lab.drill(seed={seed}, level={level})" in before.hint
    assert_catches_up(lab, exercise)


def test_the_check_is_the_drill_s_own_grade(lab, monkeypatch):
    seed, level = DRILLS["13.3"]
    lab.drill(seed=seed, level=level)
    assert judged(lab, "13.3").status is NOT_ATTEMPTED
    hands = Hands(boto3.client, lambda service: lab.root().client(service), lab.names.find)
    bucket, dns = draw(seed, level)
    dns.repairs(hands)
    half = judged(lab, "13.3")
    assert half.status is NOT_YET
    assert "with an explicit deny in a" in half.saw
    bucket.repairs(hands)
    assert judged(lab, "13.3").status is DONE
    monkeypatch.setenv(AUTOGRADING, "autograde")
    assert lab.check("13.3") == 3
    assert lab.check("13.1") == 0
