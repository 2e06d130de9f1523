"""What a later chapter replays is what the solved notebook leaves behind, down to the ids.

Each run has a fresh Python, as a learner's kernel is one.
"""

import functools
import json
import subprocess
import sys
from subprocess import PIPE

import pytest

from lab_env import Lab, scenario
from tools.build_notebooks import ANSWERS, ROOT

CHAPTERS = sorted(path.stem for path in ANSWERS.glob("*.ipynb"))
BUILDING = [name for name in CHAPTERS if int(name[:2]) in scenario.STEPS]
# What stands after the last of them changes no state that is compared here; nbval runs those.
COMPARED = CHAPTERS[: CHAPTERS.index(BUILDING[-1]) + 1]

RUNS = {
    "replayed": ("replay", *BUILDING),
    "backwards": ("notebooks", *reversed(COMPARED)),
    **{name: ("answers", name) for name in BUILDING},
}


@pytest.fixture(scope="module")
def running():
    """All the runs at once, each in a process of its own."""
    command = (sys.executable, "-m", "tests.notebooks.end_state")
    started = {
        key: subprocess.Popen((*command, *run), cwd=ROOT, stdout=PIPE, stderr=PIPE, text=True)
        for key, run in RUNS.items()
    }
    yield started
    for process in started.values():
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def end_states(running):
    """What a run leaves behind, by chapter, given the run's key in `RUNS`."""

    @functools.cache
    def of(key):
        out, complaints = running[key].communicate()
        assert running[key].returncode == 0, complaints
        return json.loads(out.splitlines()[-1])

    return of


def test_every_step_has_its_chapter():
    assert [int(name[:2]) for name in BUILDING] == sorted(scenario.STEPS)


@pytest.mark.parametrize("name", BUILDING)
def test_a_replay_leaves_what_the_solved_notebook_leaves(end_states, name):
    """The same resources with the same ids and settings, the same data, the same roles."""
    assert end_states("replayed")[name] == end_states(name)[name]


@pytest.mark.parametrize("name", BUILDING)
def test_catching_up_leaves_what_the_solved_notebook_leaves(end_states, name):
    """Exercises left undone; the chapters run in one kernel, in the wrong order."""
    assert end_states("backwards")[name] == end_states(name)[name]


def test_a_chapter_starts_from_the_end_of_its_parent(end_states):
    opened = Lab.start(chapter=5)
    try:
        there = [repr(table) for table in opened.network.route_tables]
    finally:
        opened.stop()
    assert there == end_states("01_private_vpc")["01_private_vpc"]["route_tables"]
