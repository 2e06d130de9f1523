"""The chapters themselves: both editions are current, and each chapter keeps the rules.

That the stored outputs are what the cells show is nbval's work: ``make test`` runs it over both folders.
"""

import pytest

from tools.build_notebooks import ANSWERS, NOTEBOOKS, read, stale
from tools.notebook_rules import leaks, problems

CHAPTERS = sorted(path.name for path in ANSWERS.glob("*.ipynb"))


def test_both_editions_are_what_the_build_would_write():
    assert stale() == []


@pytest.mark.parametrize("name", CHAPTERS)
@pytest.mark.parametrize("folder", [ANSWERS, NOTEBOOKS], ids=["answers", "notebooks"])
def test_the_chapter_keeps_the_rules(folder, name):
    assert problems(read(folder / name), folder / name) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_solution_shows_in_the_learners_edition(name):
    assert leaks(read(ANSWERS / name), read(NOTEBOOKS / name)) == []
