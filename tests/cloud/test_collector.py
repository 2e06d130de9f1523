"""The garbage collector comes less often in a process of the lab's; what somebody has chosen for it stays."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from lab_env.cloud import collector


@pytest.fixture(autouse=True)
def kept():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((700, 10, 10), (50_000, 10, 10)),
        ((2_000, 10, 5), (50_000, 10, 5)),
        ((100_000, 20, 20), (100_000, 20, 20)),
        ((0, 10, 10), (0, 10, 10)),
    ],
)
def test_it_comes_after_more_objects_and_never_more_often(before, after):
    gc.set_threshold(*before)
    collector.come_seldom()
    assert gc.get_threshold() == after


PROGRAM = """
import gc
import lab_env
print(gc.get_threshold()[0], gc.isenabled(), gc.get_freeze_count())
lab_env.Lab
print(gc.get_freeze_count() > 50_000)
"""


def test_importing_the_package_is_enough():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "50000 True 0\nTrue\n"
