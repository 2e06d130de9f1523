"""The option board that follows the learner's cloud: the options come when they are built, the own column at once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from html import escape
from threading import RLock, Thread
from typing import Any

from ipywidgets import HTML, Checkbox, Layout

from lab_env.errors import LabError
from lab_env.options import OPTIONS
from lab_env.views.board import NOTHING, Look, likeness, options, table_html
from lab_env.views.family import columns, framed, heading, one_at_a_time, status
from lab_env.views.option_board import Card

_TOLD = (
    "Each mark opens: behind it stands what it rests on. The column of your cloud follows each call that changes the "
    "network."
)
_BUILDING = "The options are being built, each in a cloud of its own: a few seconds."


class BoardForm:
    """The board's widgets.

    Args:
        look: the own cloud's card; ``None`` where jobs have nowhere to run.
    """

    def __init__(self, look: Look) -> None:
        self.lock: AbstractContextManager[Any] = RLock()
        self._look = look
        self._own = look()
        self._options: tuple[Card, ...] = ()
        self._fault = _BUILDING
        self.said, self.table = HTML(layout=Layout(width="100%")), HTML(layout=Layout(width="100%"))
        self.columns = {
            form.key: Checkbox(value=True, description=f"{form.letter}) {form.title}", indent=False)
            for form in OPTIONS
        }
        for box in self.columns.values():
            box.observe(lambda _: self._show(), names="value")
        chosen = [HTML(heading("Options to show")), columns(self.columns.values(), "17em")]
        # Before the table: after it, the keyboard would pass forty cells to come to them.
        self.box = framed("Option board", [self.said, *chosen, self.table], _TOLD)
        self._show()

    def fill(self, *, wait: bool = False) -> None:
        """Build the options, once a kernel, while the own column is shown already.

        Args:
            wait: return only when they are there.
        """
        worker = Thread(target=self._fill, name="option board", daemon=True)
        worker.start()
        if wait:
            worker.join()

    def _fill(self) -> None:
        try:
            self._built(options().cards, "")
        except LabError as error:
            self._built((), str(error))

    @one_at_a_time
    def _built(self, cards: tuple[Card, ...], fault: str) -> None:
        self._options, self._fault = cards, fault
        self._show()

    def refresh(self) -> None:
        """Look at the own cloud again. One that cannot be read is told, never raised."""
        try:
            own = self._look()
        except LabError as error:
            self.said.value = status(f"<p>✗ {escape(str(error))}</p>")
            return
        self._take(own)

    @one_at_a_time
    def _take(self, own: Card | None) -> None:
        if own != self._own:
            self._own = own
            self._show()

    @one_at_a_time
    def _show(self) -> None:
        shown = tuple(card for card in self._options if self.columns[card.key].value)
        own = (self._own,) if self._own else ()
        cards, every = (*own, *shown), (*own, *self._options)
        said = likeness(every) if every else NOTHING
        fault = f"<p>{escape(self._fault)}</p>" if self._fault else ""
        self.said.value = status(f"<p><strong>{escape(said)}</strong></p>{fault}")
        self.table.value = table_html(cards)
