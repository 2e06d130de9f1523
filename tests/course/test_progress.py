"""The learner's notes: kept on disk in one piece, by several notebooks at once, and never in a lesson's way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab_env.course import EXERCISES, progress
from lab_env.course.progress import Entry, Progress, data_folder, learners
from lab_env.course.summary import board, export
from lab_env.errors import InvalidInput

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WRITER = """
import sys
from pathlib import Path
from lab_env.course.progress import Progress
notes = Progress(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    notes.record("drill", f"{sys.argv[2]}-{number}", tries=1)
    notes.record("exercise", "shared", tries=1)
    print(number, flush=True)
"""


def keeper(folder: Path | None, said: list[str] | None = None) -> Progress:
    return Progress(folder, now=lambda: NOON, tell=(said if said is not None else []).append)


def test_what_was_noted_is_there_in_the_next_kernel(tmp_path):
    keeper(tmp_path).record("exercise", "5.1", tries=1)
    keeper(tmp_path).record("exercise", "5.1", hints=2)
    keeper(tmp_path).record("exercise", "5.1", done=True, tries=1)
    at = "2026-03-01T12:00:00+00:00"
    found = keeper(tmp_path).get("exercise", "5.1")
    assert found == Entry("exercise", "5.1", done=True, tries=2, hints=2, first=at, last=at)


def test_done_stays_done_and_hints_seen_stay_seen(tmp_path):
    notes = keeper(tmp_path)
    notes.record("exercise", "5.1", done=True, hints=3)
    found = notes.record("exercise", "5.1", done=False, hints=1)
    assert (found.done, found.hints) == (True, 3)


def test_answers_add_up_by_domain(tmp_path):
    notes = keeper(tmp_path)
    notes.record("exam", "security", right=3, asked=5)
    notes.record("exam", "security", right=1, asked=5)
    assert (notes.get("exam", "security").right, notes.get("exam", "security").asked) == (4, 10)


def test_an_unknown_kind_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="homework"):
        keeper(tmp_path).record("homework", "1")


def test_two_notebooks_at_once_lose_nothing(tmp_path):
    def write(name: str) -> int:
        command = [sys.executable, "-c", WRITER, str(tmp_path), name, "15"]
        return subprocess.run(command, check=True, capture_output=True).returncode

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(write, "abc")) == [0, 0, 0]
    entries = keeper(tmp_path).entries()
    assert len(entries) == 46
    assert entries["exercise/shared"].tries == 45


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_kernel_leaves_a_whole_file_and_no_lock(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path), "k", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(5):
            writer.stdout.readline()
        time.sleep(0.02)
        os.kill(writer.pid, signal.SIGKILL)
    noted = keeper(tmp_path).get("exercise", "shared").tries
    assert noted >= 5
    assert keeper(tmp_path).record("exercise", "shared", tries=1).tries == noted + 1


def test_a_writer_that_dies_while_it_writes_leaves_the_old_file(tmp_path, monkeypatch):
    keeper(tmp_path).record("exercise", "5.1", done=True)

    def dies(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        keeper(tmp_path).record("exercise", "5.2", done=True)
    monkeypatch.undo()
    assert list(keeper(tmp_path).entries()) == ["exercise/5.1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["progress.json", "progress.lock"]


def test_a_folder_that_cannot_be_written_is_told_once_and_the_lesson_goes_on(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    said: list[str] = []
    notes = keeper(tmp_path / "file" / "inside", said)
    notes.record("exercise", "5.1", done=True)
    notes.record("exercise", "5.2", tries=1)
    assert len(said) == 1
    assert "not kept" in said[0]
    assert progress.HOME_VARIABLE in said[0]
    assert list(notes.entries()) == ["exercise/5.1", "exercise/5.2"]
    assert "not kept" in str(board(notes, EXERCISES))


def test_a_full_disk_keeps_the_old_file(tmp_path, monkeypatch):
    keeper(tmp_path).record("exercise", "5.1", done=True)
    said: list[str] = []

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    notes = keeper(tmp_path, said)
    notes.record("exercise", "5.2", done=True)
    assert said == [notes.trouble]
    assert "No space left on device" in said[0]
    monkeypatch.undo()
    assert list(keeper(tmp_path).entries()) == ["exercise/5.1"]


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 1, "entries": [{"id": "x"}]}', "\x00\x00"])
def test_a_file_that_is_none_of_ours_is_put_aside(tmp_path, text):
    (tmp_path / "progress.json").write_text(text, encoding="utf-8")
    assert keeper(tmp_path).record("exercise", "5.1", done=True).done
    assert (tmp_path / "progress.broken.json").read_text(encoding="utf-8") == text
    assert list(keeper(tmp_path).entries()) == ["exercise/5.1"]


def test_a_newer_course_s_file_is_left_alone(tmp_path):
    text = '{"version": 2, "entries": {}}'
    (tmp_path / "progress.json").write_text(text, encoding="utf-8")
    said: list[str] = []
    keeper(tmp_path, said).record("exercise", "5.1", done=True)
    assert "version 2" in said[0]
    assert (tmp_path / "progress.json").read_text(encoding="utf-8") == text


def test_starting_over_forgets_everything(tmp_path):
    keeper(tmp_path).record("exercise", "5.1", done=True)
    board(keeper(tmp_path), EXERCISES).reset()
    assert keeper(tmp_path).entries() == {}


def test_where_the_notes_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv(progress.HOME_VARIABLE, str(tmp_path))
    assert data_folder() == tmp_path
    assert learners(watched=False).folder == tmp_path
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert learners(watched=True).folder is None
    monkeypatch.delenv("NBGRADER_EXECUTION")
    monkeypatch.delenv(progress.HOME_VARIABLE)
    assert learners(watched=False).folder is None
    if sys.platform.startswith("linux"):
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        assert data_folder() == tmp_path / "private-path"


def test_the_board_by_chapter_drill_and_domain(tmp_path):
    notes = keeper(tmp_path)
    notes.record("chapter", "05")
    notes.record("exercise", "5.1", done=True, tries=2, hints=1)
    notes.record("exercise", "5.2", tries=1)
    notes.record("exercise", "1.1", shown=True)
    notes.record("prediction", "05.1", right=0, asked=1)
    notes.record("drill", "seed 7", done=True, tries=3)
    notes.record("exam", "security", right=4, asked=10)
    said = str(board(notes, EXERCISES))
    assert f"1 of {len(EXERCISES)} exercises, 2 of" in said
    assert "05       ✓ 5.1  … 5.2  ○ 5.3  0 of 1      1" in said
    assert "01       ◇ 1.1  ○ 1.2  ○ 1.3" in said
    assert "seed 7  ✓         3" in said
    assert "security  4 of 10  40 %" in said


def test_an_export_for_an_instructor(tmp_path):
    notes = keeper(tmp_path)
    notes.record("exercise", "5.1", done=True, tries=2)
    path = export(notes, tmp_path / "out.csv")
    assert path.read_text(encoding="utf-8").splitlines() == [
        "kind,id,done,tries,hints,shown,right,asked,first,last",
        "exercise,5.1,True,2,0,False,0,0,2026-03-01T12:00:00+00:00,2026-03-01T12:00:00+00:00",
    ]
    rows = json.loads(export(notes, tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [(row["id"], row["done"]) for row in rows] == [("5.1", True)]


@pytest.mark.parametrize("name", ["out.xlsx", "nowhere/out.csv"])
def test_an_export_that_cannot_be_written_says_so(tmp_path, name):
    with pytest.raises(InvalidInput, match=r"out\."):
        export(keeper(tmp_path), tmp_path / name)
