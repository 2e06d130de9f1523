"""How far a learner is, in tables: by chapter, then drills and exam domains where there are any."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from lab_env import scenario
from lab_env.course.exercise import Exercise
from lab_env.course.progress import Entry, Kind, Progress
from lab_env.errors import InvalidInput
from lab_env.views.progress_board import ProgressBoard
from lab_env.views.table import Table

COLUMNS = ("chapter", "exercises", "prediction", "hints seen")
_LEGEND = (
    "✓ done · … tried · ◇ shown or built for you · ○ not yet. A chapter that was never opened has no row."
)


def board(progress: Progress, exercises: dict[str, Exercise]) -> ProgressBoard:
    """The board of a learner's notes.

    Args:
        progress: the notes.
        exercises: the exercises there are, by id.
    """
    return ProgressBoard(
        tables=lambda: list(_tables(progress, exercises)),
        write=lambda path: export(progress, path),
        forget=progress.reset,
        note=lambda: progress.trouble or _where(progress),
    )


def _where(progress: Progress) -> str:
    if progress.folder is None:
        return "Kept in this kernel's memory only: nobody looks at this notebook."
    return "Kept on this machine, outside the project: a kernel or a notebook may go, the notes stay."


def _tables(progress: Progress, exercises: dict[str, Exercise]) -> Iterator[Table]:
    entries = progress.entries()
    yield Table(COLUMNS, tuple(_chapters(entries, exercises)), _caption(entries, exercises), notes=(_LEGEND,))
    drills = [entry for entry in entries.values() if entry.kind == Kind.DRILL]
    if drills:
        rows = tuple((entry.id, _mark(entry), str(entry.tries), str(entry.hints)) for entry in drills)
        yield Table(("drill", "repaired", "tries", "hints seen"), rows, "Drills")
    exam = [entry for entry in entries.values() if entry.kind == Kind.EXAM and entry.asked]
    if exam:
        shares = tuple((entry.id, *_share(entry)) for entry in exam)
        yield Table(("domain", "right", "share"), shares, "Exam practice, by domain")


def _caption(entries: dict[str, Entry], exercises: dict[str, Exercise]) -> str:
    done = [item for item in exercises.values() if _of(entries, Kind.EXERCISE, item.id).done]
    points = sum(item.points for item in done)
    most = sum(item.points for item in exercises.values())
    return f"Your progress: {len(done)} of {len(exercises)} exercises, {points} of {most} points"


def _chapters(entries: dict[str, Entry], exercises: dict[str, Exercise]) -> Iterator[tuple[str, ...]]:
    for number in scenario.CHAPTERS:
        name = f"{number:02d}"
        own = [item.id for item in exercises.values() if item.id.split(".")[0] == str(number)]
        known = [_of(entries, Kind.EXERCISE, id_) for id_ in own]
        guesses = [
            item
            for item in entries.values()
            if item.kind == Kind.PREDICTION and item.id.startswith(f"{name}.")
        ]
        if not (any(item.last for item in known) or guesses or _of(entries, Kind.CHAPTER, name).last):
            continue
        marks = "  ".join(f"{_mark(item)} {item.id}" for item in known) or "none"
        asked = sum(item.asked for item in guesses)
        guessed = f"{sum(item.right for item in guesses)} of {asked}" if asked else "–"
        yield name, marks, guessed, str(sum(item.hints for item in known))


def _of(entries: dict[str, Entry], kind: Kind, name: str) -> Entry:
    return entries.get(f"{kind}/{name}", Entry(kind, name))


def _mark(entry: Entry) -> str:
    if entry.done:
        return "✓"
    if entry.shown:
        return "◇"
    return "…" if entry.tries else "○"


def _share(entry: Entry) -> tuple[str, str]:
    return f"{entry.right} of {entry.asked}", f"{100 * entry.right / entry.asked:.0f} %"


def export(progress: Progress, path: Path) -> Path:
    """Write the notes to a file: one row an entry.

    Args:
        progress: the notes.
        path: ends in ``.csv`` or ``.json``.

    Raises:
        InvalidInput: another suffix, or the file cannot be written.
    """
    rows = progress.export()
    if path.suffix == ".json":
        text = json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    elif path.suffix == ".csv":
        text = _csv(rows)
    else:
        raise InvalidInput("an export is .csv or .json.", where=path.name, do="Name the file so.")
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        why = f"it cannot be written ({error.strerror})."
        raise InvalidInput(why, where=path.name, do="Choose another folder.") from error
    return path


def _csv(rows: list[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(Entry.__dataclass_fields__))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
