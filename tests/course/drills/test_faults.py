"""The faults as a set: registered by their files, and each complete."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from lab_env.course.drills import faults
from lab_env.course.drills.draw import RECIPES, draw
from lab_env.course.drills.faults import FAULTS
from lab_env.errors import InvalidInput

SEEDS = range(100)
# The list they were made from has so many entries.
CATALOGUE = range(1, 43)


def test_a_file_is_registered_by_being_there():
    files = {path.stem for path in Path(faults.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(FAULTS) == files
    assert {name: fault.id for name, fault in FAULTS.items()} == {name: name for name in files}
    assert len(FAULTS) >= 30


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_each_is_complete(fault):
    assert fault.level in (1, 2, 3)
    assert fault.catalogue in CATALOGUE
    assert fault.touches
    assert fault.title.endswith(".")
    assert not fault.concept.endswith(".")
    assert len(set(fault.hints)) == 3
    assert all(fault.hints)


def test_no_two_say_the_same():
    said = [text for fault in FAULTS.values() for text in (fault.title, fault.hints[0])]
    assert len(set(said)) == len(said)


def test_every_level_draws_what_it_promises():
    for level, recipe in RECIPES.items():
        for seed in SEEDS:
            drawn = draw(seed, level)
            assert len(drawn) == recipe.faults
            assert all(recipe.easiest <= fault.level <= recipe.hardest for fault in drawn)
            assert all(one.composes(other) for one, other in combinations(drawn, 2))


def test_the_draw_is_the_same_each_time_and_differs_by_seed():
    assert [draw(seed, 5) for seed in SEEDS] == [draw(seed, 5) for seed in SEEDS]
    assert len({draw(seed, 5) for seed in SEEDS}) > 90


def test_every_fault_is_drawn():
    drawn = {fault.id for level in RECIPES for seed in SEEDS for fault in draw(seed, level)}
    assert drawn == set(FAULTS)


@pytest.mark.parametrize(
    ("seed", "level", "words"),
    [
        (1, 0, "there is no level 0"),
        (1, 6, "there is no level 6"),
        (1, True, "there is no level True"),
        ("7", 1, "whole number, not '7'"),
        (1.5, 1, "whole number, not 1.5"),
        (True, 1, "whole number, not True"),
    ],
)
def test_bad_input_is_told(seed, level, words):
    with pytest.raises(InvalidInput, match=words):
        draw(seed, level)
