"""The benchmarks' own check: what got worse by a fifth fails, once it was worse in each of four runs."""

from __future__ import annotations

import json

import pytest

from benchmarks import __main__ as command
from benchmarks import table
from benchmarks.apart import measured
from benchmarks.history import FILE, History
from benchmarks.ratio import Ratio, interleaved


def ratio(value, name="seam"):
    return Ratio(name, value, 1.0, "ms", "a floor", 2.0)


@pytest.fixture
def history(tmp_path):
    """Three runs of the ratio: 1.0, 1.1 and a burst."""
    file = tmp_path / "history.jsonl"
    for value in (1.0, 1.1, 9.0):
        History.read(file).add([ratio(value)], file)
    return History.read(file)


def test_the_median_of_earlier_runs_counts(history):
    """One odd run moves nothing; what was never measured is not worse."""
    assert history.usual("seam") == 1.1
    assert history.worse([ratio(1.3)]) == []
    assert history.worse([ratio(1.35)]) == [ratio(1.35)]
    assert history.worse([ratio(99, "new")]) == []


@pytest.mark.parametrize(
    ("laps", "code"), [([1.1], 0), ([1.5, 1.1], 0), ([1.5, 1.6, 1.5, 1.2], 0), ([1.5, 1.6, 1.4, 1.7], 1)]
)
def test_the_exit_code(history, monkeypatch, capsys, laps, code):
    """Worse once may be a neighbour's burst; worse each time is worse."""
    values = iter(laps)
    monkeypatch.setattr(command, "measured", lambda _: [ratio(next(values))])
    monkeypatch.setattr(command.History, "read", lambda: history)
    assert command.main(["--check", "seam"]) == code
    said = capsys.readouterr()
    assert ("worse: seam" in said.err) == bool(code)
    assert list(values) == []


def test_the_laps_are_taken_in_turn():
    order = []
    took = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b"] * 3
    assert set(took) == {"a", "b"}


def test_the_stored_history_can_be_read():
    """Each line is a run with its ratios, all above nothing."""
    runs = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert runs
    assert all(value > 0 for run in runs for value in run["ratios"].values())


def test_a_recorded_run_is_written_into_the_table(tmp_path):
    """In the place of its earlier rows; what it did not measure stays."""
    file = tmp_path / "README.md"
    file.write_text(f"before\n{table.BEGIN}\n{table.END}\nafter\n", encoding="utf-8")
    table.write([ratio(1.25), ratio(2, "start")], file)
    table.write([ratio(1.5)], file)
    assert table.read(file) == {"seam": 1.5, "start": 2.0}
    lines = file.read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("before", "after")
    assert "| seam | 1.500 | 2 | 1.5 ms | 1 ms | a floor |" in lines


def test_the_table_shows_the_newest_of_each():
    """The README's figures are those of the history."""
    newest = {}
    for run in History.read().runs:
        newest |= run["ratios"]
    shown = table.read()
    assert shown
    assert shown == {name: newest[name] for name in shown}


def test_each_is_measured_in_a_process_of_its_own(capsys):
    """It comes back as it was measured, and is printed."""
    found = measured("memory")
    assert [item.name for item in found] == ["memory of a kernel"]
    assert found[0].ours > 50
    assert capsys.readouterr().out.startswith("memory of a kernel ")
