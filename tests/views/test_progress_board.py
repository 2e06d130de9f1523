"""The progress board: tables, and buttons that look again, export and, when asked twice, forget."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab_env.errors import InvalidInput
from lab_env.views.progress_board import ProgressBoard, _Form
from lab_env.views.table import Table


class Notes:
    """What the board is about, and what it was asked to do."""

    def __init__(self) -> None:
        self.done, self.forgot = 1, 0
        self.wrote: list[Path] = []

    def tables(self) -> list[Table]:
        return [Table(("chapter",), (("05",),) * self.done, f"{self.done} done")]

    def write(self, path: Path) -> Path:
        if path.suffix != ".csv":
            raise InvalidInput("an export is .csv.", where=path.name)
        self.wrote.append(path)
        return path

    def forget(self) -> None:
        self.done, self.forgot = 0, self.forgot + 1


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def board(notes: Notes) -> ProgressBoard:
    return ProgressBoard(notes.tables, notes.write, notes.forget, lambda: "Kept <here>.", shown=True)


def labels(form: _Form) -> list[str]:
    return [button.description for button in form._row.children]


def test_without_a_front_end_it_is_its_tables(board):
    assert str(board).splitlines()[0] == "1 done"
    assert str(board).splitlines()[-1] == "Kept <here>."
    assert "Kept &lt;here&gt;." in board.html()
    quiet = ProgressBoard(board.tables, board.write, board.forget, board.note)
    assert set(quiet._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert "application/vnd.jupyter.widget-view+json" in board._repr_mimebundle_()


def test_looking_again_shows_what_is_new(board, notes):
    form = _Form(board)
    assert "1 done" in form._tables.value
    notes.done = 2
    form.again.click()
    assert "2 done" in form._tables.value


def test_starting_over_asks_first(board, notes):
    form = _Form(board)
    form.over.click()
    assert labels(form) == ["No, keep it", "Yes, forget everything"]
    assert notes.forgot == 0
    form.keep.click()
    assert labels(form) == ["Look again", "Export", "Start over"]
    form.over.click()
    form.sure.click()
    assert notes.forgot == 1
    assert "Forgotten." in form._said.value
    assert "0 done" in form._tables.value


def test_an_export_names_its_file(board, notes):
    form = _Form(board)
    form.export.click()
    assert notes.wrote == [Path("progress.csv")]
    assert "progress.csv" in form._said.value


def test_an_export_that_fails_is_told_in_place(board, notes, monkeypatch):
    def refused(path: Path) -> Path:
        raise InvalidInput("it cannot be written (Read-only file system).", where=path.name)

    form = _Form(ProgressBoard(board.tables, refused, board.forget, board.note, shown=True))
    form.export.click()
    assert "progress.csv: it cannot be written (Read-only file system)." in form._said.value
