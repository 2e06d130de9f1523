"""What a learner has done, kept on disk: chapters begun, exercises, predictions, drills, exam domains.

One JSON file in the user's data folder, or in the folder that ``PRIVATE_PATH_HOME`` names. Each note reads the file,
adds what happened and puts a new file in its place, under a lock: two notebooks may write at once, and a kernel that
is killed leaves the old file or the new one. A folder that cannot be written is told once, and the lesson goes on.

Where nobody looks (a test, nbgrader, a script), notes stay in memory, so that no output depends on an earlier run.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from lab_env.course.exercise import autograding
from lab_env.course.file_lock import exclusive

HOME_VARIABLE = "PRIVATE_PATH_HOME"
FILE = "progress.json"
VERSION = 1


class Kind(StrEnum):
    """What a note is about."""

    CHAPTER = "chapter"
    EXERCISE = "exercise"
    PREDICTION = "prediction"
    DRILL = "drill"
    EXAM = "exam"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one chapter, exercise, prediction, drill or exam domain.

    Attributes:
        kind: what it is.
        id: its name there: ``05``, ``5.1``, a drill's seed, a domain.
        done: whether it was done once; what was done stays done.
        tries: how often it was tried.
        hints: how many of its hints were seen.
        shown: whether its solution was shown, or built for the learner.
        right: right answers, over all tries.
        asked: questions answered, over all tries.
        first: when it was first noted, UTC, in ISO 8601.
        last: when it was last noted.
    """

    kind: str
    id: str
    done: bool = False
    tries: int = 0
    hints: int = 0
    shown: bool = False
    right: int = 0
    asked: int = 0
    first: str = ""
    last: str = ""


@dataclass(slots=True)
class Progress:
    """The notes of one learner.

    Args:
        folder: where the file is kept; ``None``: in memory only.
        now: the time of a note.
        tell: gets the one sentence that is said when the notes cannot be kept.
    """

    folder: Path | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    tell: Callable[[str], object] = lambda text: print(text, file=sys.stderr)  # noqa: T201 - a warning without a path
    trouble: str = ""
    _memory: dict[str, Entry] = field(default_factory=dict)

    @property
    def path(self) -> Path | None:
        """The file; ``None`` when notes stay in memory."""
        return None if self.folder is None else self.folder / FILE

    def record(
        self,
        kind: str,
        id: str,  # noqa: A002 - the learner's word for it
        *,
        done: bool = False,
        tries: int = 0,
        hints: int = 0,
        shown: bool = False,
        right: int = 0,
        asked: int = 0,
    ) -> Entry:
        """Note something, and give what is known of it now.

        Args:
            kind: one of `Kind`.
            id: which chapter, exercise, prediction, drill or domain.
            done: whether it is done now.
            tries: tries to be added.
            hints: how many hints have been seen by now.
            shown: whether the solution was shown.
            right: right answers to be added.
            asked: questions to be added.
        """
        key, at = f"{Kind(kind)}/{id}", self.now().isoformat(timespec="seconds")

        def noted(entries: dict[str, Entry]) -> dict[str, Entry]:
            known = entries.get(key, Entry(str(kind), id, first=at))
            after = replace(
                known,
                done=known.done or done,
                tries=known.tries + tries,
                hints=max(known.hints, hints),
                shown=known.shown or shown,
                right=known.right + right,
                asked=known.asked + asked,
                last=at,
            )
            return {**entries, key: after}

        return self._change(noted)[key]

    def get(self, kind: str, id: str) -> Entry:  # noqa: A002 - as above
        """What is known of something; an empty entry when nothing is."""
        return self.entries().get(f"{Kind(kind)}/{id}", Entry(str(kind), id))

    def entries(self) -> dict[str, Entry]:
        """All that is known, by kind and id, in order."""
        if self.path is not None and not self.trouble:
            try:
                self._memory = _read(self.path)
            except OSError as error:
                self._give_up(error)
        return dict(sorted(self._memory.items()))

    def reset(self) -> None:
        """Forget everything."""
        self._change(lambda _: {})

    def export(self) -> list[dict[str, Any]]:
        """The entries as rows, for an instructor's table."""
        return [asdict(entry) for entry in self.entries().values()]

    def _change(self, change: Callable[[dict[str, Entry]], dict[str, Entry]]) -> dict[str, Entry]:
        if self.path is not None and not self.trouble:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with exclusive(self.path.with_suffix(".lock")):
                    self._memory = change(_read(self.path))
                    _write(self.path, self._memory)
                return self._memory
            except OSError as error:
                self._give_up(error)
        self._memory = change(self._memory)
        return self._memory

    def _give_up(self, error: OSError) -> None:
        why = error.strerror or str(error)
        self.trouble = (
            f"Your progress is not kept ({why}). The lesson goes on; to keep it, set {HOME_VARIABLE} to a folder "
            "that can be written and start the kernel again."
        )
        self.tell(self.trouble)


def _read(path: Path) -> dict[str, Entry]:
    """The entries of a file; none when there is none. A file that is no such file is put aside, not written over.

    Raises:
        OSError: it cannot be read, or a newer course has written it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        found = json.loads(text)
        version = found["version"]
        if version == VERSION:
            return {f"{item['kind']}/{item['id']}": Entry(**item) for item in found["entries"]}
    except (ValueError, TypeError, KeyError):
        path.replace(path.with_suffix(".broken.json"))
        return {}
    raise OSError(f"{path.name} is of version {version}; this course writes version {VERSION}")


def _write(path: Path, entries: dict[str, Entry]) -> None:
    """Put the whole file in place at once, after it has reached the disk."""
    rows = [asdict(entry) for _, entry in sorted(entries.items())]
    text = json.dumps({"version": VERSION, "entries": rows}, indent=1, ensure_ascii=False)
    with _scratch(path) as (handle, name):
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)


@contextmanager
def _scratch(path: Path) -> Iterator[tuple[int, str]]:
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", dir=path.parent)
    try:
        yield handle, name
    finally:
        Path(name).unlink(missing_ok=True)


def data_folder() -> Path:
    """The folder for what the course keeps of a learner: ``PRIVATE_PATH_HOME``, or the platform's own place."""
    given = os.environ.get(HOME_VARIABLE)
    if given:
        return Path(given).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "private-path"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "private-path"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "private-path"


@cache
def _in(folder: Path | None) -> Progress:
    return Progress(folder)


def learners(*, watched: bool) -> Progress:
    """The notes of whoever runs this kernel.

    Args:
        watched: whether somebody looks at the notebook. Else notes stay in memory, unless ``PRIVATE_PATH_HOME`` asks
            for them; while nbgrader grades, always.
    """
    keep = (watched or bool(os.environ.get(HOME_VARIABLE))) and not autograding()
    return _in(data_folder() if keep else None)
