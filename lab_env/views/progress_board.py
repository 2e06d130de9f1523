"""The progress board: how far a learner is, with buttons to look again, to export and to start over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from lab_env.views.family import framed
from lab_env.views.progress import front_end
from lab_env.views.table import Table


@dataclass(frozen=True, slots=True)
class ProgressBoard:
    """Tables of what was done. Displayed in a notebook that somebody looks at, with buttons; else the tables alone.

    Attributes:
        tables: computes the tables as the notes stand now.
        write: writes the notes to a file, whose suffix says in which form: ``.csv`` or ``.json``.
        forget: forgets everything.
        note: says where the notes are kept, or why they are not.
        shown: whether to show buttons; by default where there is a front end.
    """

    tables: Callable[[], Sequence[Table]]
    write: Callable[[Path], Path]
    forget: Callable[[], None]
    note: Callable[[], str]
    shown: bool | None = None

    def export(self, path: str | Path = "progress.csv") -> Path:
        """Write a row for each chapter, exercise, prediction, drill and exam domain, for an instructor.

        Args:
            path: the file; ``.csv`` or ``.json``.

        Raises:
            InvalidInput: another suffix, or a folder that cannot be written.
        """
        return self.write(Path(path))

    def reset(self) -> ProgressBoard:
        """Forget everything that was done. There is no way back."""
        self.forget()
        return self

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.tables()), self.note()])

    __repr__ = __str__

    def html(self) -> str:
        """The tables as HTML."""
        tables = "".join(table.html() for table in self.tables())
        return f'{tables}<p style="margin:0.3em 0">{escape(self.note())}</p>'

    def form(self) -> Any:
        """The tables above a row of buttons, an ipywidgets box."""
        return _Form(self).box

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude  # all forms are always given: a front end takes the one it can show
        found: dict[str, Any] = {"text/plain": str(self), "text/html": self.html()}
        if front_end() if self.shown is None else self.shown:
            found |= self.form()._repr_mimebundle_()
        return found


class _Form:
    """The board's widgets. Starting over takes two presses, on two buttons."""

    def __init__(self, board: ProgressBoard) -> None:
        from ipywidgets import HTML, Button, HBox, Layout

        self._board = board
        self._tables, self._said = HTML(), HTML()
        wide = Layout(width="auto")
        self.again = Button(description="Look again", layout=wide, tooltip="Read the notes again")
        self.export = Button(
            description="Export", layout=wide, tooltip="Write progress.csv beside this notebook"
        )
        self.over = Button(description="Start over", layout=wide, tooltip="Forget what was done; asks first")
        self.sure = Button(description="Yes, forget everything", layout=wide, button_style="danger")
        self.keep = Button(description="No, keep it", layout=wide)
        self._row = HBox(layout=Layout(flex_flow="row wrap"))
        self.again.on_click(lambda _: self._say(""))
        self.export.on_click(lambda _: self._export())
        self.over.on_click(lambda _: self._ask())
        self.sure.on_click(lambda _: self._forget())
        self.keep.on_click(lambda _: self._say(""))
        self.box = framed("Progress", [self._tables, self._row, self._said])
        self._say("")

    def _say(self, text: str) -> None:
        self._tables.value = self._board.html()
        self._row.children = (self.again, self.export, self.over)
        self._said.value = f'<p role="status" aria-live="polite">{escape(text)}</p>'

    def _ask(self) -> None:
        self._say("Forget everything that was done? There is no way back.")
        self._row.children = (self.keep, self.sure)

    def _forget(self) -> None:
        self._board.reset()
        self._say("Forgotten.")

    def _export(self) -> None:
        from lab_env.errors import LabError

        try:
            self._say(f"Written to {self._board.export().name}, beside this notebook.")
        except LabError as error:
            self._say(str(error))
