"""Work in another process: its answers one by one, and its failure as one plain error."""

from __future__ import annotations

import pytest

from lab_env.errors import LabError
from lab_env.views import other_process


def test_an_answer_is_a_line(capsys):
    other_process.tell({"one": 1})
    assert capsys.readouterr().out == '{"one": 1}\n'


def test_each_line_is_an_answer(tmp_path):
    """Python's own JSON tool answers."""
    lines = tmp_path / "lines.json"
    lines.write_text('[1, {"two": 2}]')
    found = other_process.answers("json.tool", "--compact", str(lines), steps=1, doing="reading")
    assert found == [[1, {"two": 2}]]


def test_a_failure_says_what_was_done_and_why():
    with pytest.raises(LabError, match="counting failed") as caught:
        other_process.answers("lab_env.no_such_module", steps=1, doing="counting")
    assert "no_such_module" in str(caught.value)


def test_a_process_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(other_process, "SECONDS", 0.5)
    asked = ("timeit", "-n", "1", "-r", "1", "-s", "import time", "time.sleep(60)")
    with pytest.raises(LabError, match=r"waiting failed.*longer than 0\.5 seconds"):
        other_process.answers(*asked, steps=1, doing="waiting")


def test_a_bar_moves_where_somebody_looks(monkeypatch):
    seen = []
    monkeypatch.setattr(other_process, "front_end", lambda: True)
    monkeypatch.setattr("IPython.display.display", seen.append)
    with other_process._Bar(3, "building") as bar:
        bar.move(2)
        assert [(shown.value, shown.max) for shown in seen] == [(2, 3)]
    assert seen[0].comm is None, "the bar is gone when the work is done"
