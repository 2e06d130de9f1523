"""A job's progress: one deterministic line, and a bar only where somebody looks."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import pytest

from lab_env.views import progress
from lab_env.views.progress import JobProgress

NAME = "meridian-readmission-05"
EPOCHS = [f"epoch {n}/3 loss 0.6" for n in (1, 2, 3)]


def job(*stages, downloaded=(0, 0), log=(), reason=""):
    record = SimpleNamespace(failure_reason=reason)
    return SimpleNamespace(stages=list(stages), downloaded=downloaded, log=list(log), record=record)


def told(*states, shown=False):
    view = JobProgress(NAME, shown=shown)
    for state in states:
        view.update(state)
    return view


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (job("Starting"), "Starting"),
        (job("Starting", "Downloading"), "Starting · Downloading"),
        (job("Starting", "Downloading", downloaded=(3, 13)), "Starting · Downloading 13 objects"),
        (job("Starting", "Downloading", downloaded=(1, 1)), "Starting · Downloading 1 object"),
        (job("Starting", "Training", log=["counted file 2/3: b"]), "Starting · Training file 2/3"),
        (job("Starting", "Downloading", "Training"), "Starting · Downloading · Training"),
        (
            job("Starting", "Downloading", "Training", downloaded=(13, 13), log=[*EPOCHS, "baseline 0.6"]),
            "Starting · Downloading 13 objects · Training epoch 3/3",
        ),
    ],
)
def test_the_line_tells_the_stages(state, line):
    assert str(told(state)) == f"{NAME}: {line}"


def test_a_completed_job_ends_in_one_line():
    done = job(
        "Starting", "Downloading", "Training", "Uploading", "Completed", downloaded=(120, 120), log=EPOCHS
    )
    assert str(told(job("Starting"), done)) == (
        "meridian-readmission-05: Starting · Downloading 120 objects · Training epoch 3/3 · Uploading · Completed"
    )


def test_a_failed_job_gives_the_reason_below():
    failed = job(
        "Starting", "Downloading", "Failed", reason="ClientError: Data download failed:" + " please" * 30
    )
    first, *rest = str(told(failed)).splitlines()
    assert first.endswith("Starting · Downloading · Failed")
    assert rest[0].startswith("  ClientError: Data download failed:")
    assert max(map(len, rest)) <= 118


def test_a_job_that_said_nothing_has_not_started():
    assert repr(JobProgress(NAME, shown=False)) == f"{NAME}: not started"


def test_nothing_is_printed_without_a_front_end(capsys):
    told(job("Starting"), job("Starting", "Failed"))
    assert capsys.readouterr() == ("", "")


def test_the_bar_follows_and_goes(monkeypatch):
    seen = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    view = JobProgress(NAME, shown=True)
    view.update(job("Starting"))
    view.update(job("Starting", "Downloading", downloaded=(3, 12)))
    (box,) = seen
    bar, words = box.children
    assert (bar.value, bar.max) == (1.25, 4)
    view.update(job("Starting", "Downloading", "Training", log=["<epoch 1/2>"]))
    assert bar.value == 2.5
    assert "&lt;epoch 1/2&gt;" in words.value
    assert box.comm is not None
    view.update(job("Starting", "Downloading", "Training", "Completed"))
    assert box.comm is None
    assert seen == [box]


def test_a_job_that_ended_before_anybody_looked_shows_no_bar(monkeypatch):
    seen = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    told(job("Starting", "Failed"), shown=True)
    assert seen == []


@pytest.mark.parametrize(
    ("kernel", "variables", "expected"),
    [
        (object(), {"JPY_SESSION_NAME": "notebooks/01.ipynb"}, True),
        (object(), {"VSCODE_PID": "7"}, True),
        (object(), {}, False),
        (None, {"JPY_SESSION_NAME": "notebooks/01.ipynb"}, False),
    ],
)
def test_a_front_end_is_a_kernel_with_a_notebook(monkeypatch, kernel, variables, expected):
    for name in ("JPY_SESSION_NAME", "VSCODE_PID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setitem(os.environ, name, value)
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=kernel))
    assert progress.front_end() is expected


def test_plain_python_is_no_front_end(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not progress.front_end()
