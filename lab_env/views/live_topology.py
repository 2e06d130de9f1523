"""The picture of now: drawn anew after each call that changed the network, with what changed marked.

Where nobody looks it is a static form: the picture as it stands, and the changes as a table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import escape
from threading import RLock
from typing import Any

from lab_env.errors import LabError
from lab_env.network import Network
from lab_env.views.diff import DiffView, network_diff
from lab_env.views.family import framed, one_at_a_time, status
from lab_env.views.progress import front_end
from lab_env.views.topology import Picture, diagram

Watch = Callable[[Callable[[], None]], None]


class Topology:
    """The architecture as it stands, beside how it stood.

    Args:
        read: gives the network as it stands.
        before: how it stood: what is not so any more is marked.
        watch: takes what is to be called after each change.
        shown: whether to go on following changes; by default where there is a front end.
    """

    def __init__(
        self, read: Callable[[], Network], before: Network, watch: Watch, *, shown: bool | None = None
    ) -> None:
        self.read, self.before, self._watch = read, before, watch
        self.now = read()
        self._shown = front_end() if shown is None else shown

    @property
    def picture(self) -> Picture:
        """The picture, with what changed marked."""
        return diagram(self.now, since=self.before)

    @property
    def diff(self) -> DiffView:
        """What changed, in words."""
        return network_diff(self.before, self.now)

    def __str__(self) -> str:
        return f"{self.picture}\n{self.diff}"

    __repr__ = __str__

    def html(self) -> str:
        """The picture, and the changes under it."""
        return f"{self.picture._repr_html_()}{self.diff.html()}"

    def form(self) -> Any:
        """The picture that follows changes, an ipywidgets box."""
        live = LiveTopology(self.read, self.before)
        self._watch(live.refresh)
        return live.box

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude  # all forms are always given: a front end takes the one it can show
        found: dict[str, Any] = {"text/plain": str(self), "text/html": self.html()}
        if self._shown:
            found |= self.form()._repr_mimebundle_()
        return found


class LiveTopology:
    """The widgets of the live picture.

    Args:
        read: gives the network as it stands.
        before: what the marks compare with, until a cell changes something.
        cell: tells which cell runs; by default IPython's count of them.
    """

    def __init__(
        self, read: Callable[[], Network], before: Network, cell: Callable[[], object] | None = None
    ) -> None:
        from ipywidgets import HTML, Button, Layout

        self._read, self._before, self._cell = read, before, cell or _running_cell
        self.lock: AbstractContextManager[Any] = RLock()
        self._now = read()
        self._at = self._cell()
        wide = Layout(width="100%")
        self.said, self.picture = HTML(layout=wide), HTML(layout=wide)
        self.settle = Button(
            description="Remove the marks",
            tooltip="Compare with how it stands now",
            layout=Layout(width="auto", align_self="flex-start"),
        )
        self.settle.on_click(lambda _: self._settle())
        told = "Drawn anew after each call that changes the network. Marked is what the newest such cell changed."
        self.box = framed("Topology", [self.said, self.settle, self.picture], told)
        self._show()

    def refresh(self) -> None:
        """Look again, and draw anew if something changed. A network that cannot be read is told, never raised."""
        try:
            now = self._read()
        except LabError as error:
            self.said.value = f"<p>✗ {escape(str(error))}</p>"
            return
        self._take(now)

    @one_at_a_time
    def _take(self, now: Network) -> None:
        if now == self._now:
            return
        if self._at != self._cell():
            # The marks are of one cell: all that its calls did, and nothing of the cell before.
            self._at, self._before = self._cell(), self._now
        self._now = now
        self._show()

    @one_at_a_time
    def _settle(self) -> None:
        self._before = self._now
        self._show()

    def _show(self) -> None:
        diff = network_diff(self._before, self._now)
        lines = "".join(f"<li>{escape(str(change))}</li>" for change in diff.changes)
        self.said.value = status(f"<ul>{lines}</ul>" if lines else "<p>Nothing changed.</p>")
        self.picture.value = diagram(self._now, since=self._before)._repr_html_()


def _running_cell() -> object:
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return getattr(get_ipython(), "execution_count", None)
