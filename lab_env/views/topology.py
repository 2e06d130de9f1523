"""The architecture as a picture: what exists now, and over it the way of a trace."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path as FilePath
from textwrap import wrap
from urllib.parse import quote

from lab_env.errors import writing
from lab_env.network.flow import InterfaceSource, Trace
from lab_env.network.model import Network
from lab_env.views.alt import alt_text
from lab_env.views.drawing import dot
from lab_env.views.graphviz import Layout, layout
from lab_env.views.marks import marks
from lab_env.views.overlay import extra_nodes, overlay
from lab_env.views.scene import Path, Scene
from lab_env.views.survey import Survey
from lab_env.views.svg import svg
from lab_env.views.table import WIDTH

# A notebook's page at the width of a laptop's screen, in pixels.
_PAGE = 880
# What a data URL in a double-quoted attribute may hold as it is.
_PLAIN = " /:;=,()'!*@$?+"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and the same facts in words: ``svg`` is its source, ``alt`` its text, in one line."""

    svg: str
    alt: str

    def __str__(self) -> str:
        return "\n".join(wrap(self.alt, WIDTH, break_on_hyphens=False))

    __repr__ = __str__

    def save(self, path: str | PathLike[str]) -> None:
        """Write the SVG to a file; `CannotWrite` when there is no such folder, or no room."""
        with writing(path):
            FilePath(path).write_text(self.svg, encoding="utf-8", newline="\n")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        return {"text/plain": str(self), "text/html": self._repr_html_(), "image/svg+xml": self.svg}

    def _repr_html_(self) -> str:
        # JupyterLab would show a bare SVG as an image without alt text; inside an image no script of it could run.
        source = f"data:image/svg+xml,{quote(self.svg, safe=_PLAIN)}"
        return f'<img src="{source}" alt="{escape(self.alt)}" style="max-width:100%;height:auto">'


def diagram(
    network: Network,
    trace: Trace | None = None,
    *,
    focus: Collection[str] | None = None,
    title: str = "",
    hops: int | None = None,
    since: Network | None = None,
) -> Picture:
    """The architecture that a network has, with a trace over it.

    Only links that a route table, an attachment or an endpoint really makes are drawn.

    Args:
        network: what exists.
        trace: the journey to draw over it; its hops bear the numbers that `TraceView` gives them.
        focus: ids of the VPCs to show; by default all.
        title: the picture's name; by default the VPCs'.
        hops: how many hops of the trace are told, the answer's after the packet's; by default all. Everything keeps its
            place, however many.
        since: how it stood earlier: what is new or changed since then is marked.
    """
    vpcs = [vpc.id for vpc in network.vpcs] if focus is None else focus
    source = trace.flow.source if trace else None
    keep = (source.interface,) if isinstance(source, InterfaceSource) else ()
    scene = Survey(network, vpcs, keep).scene(extra_nodes(trace, network) if trace else ())
    path = overlay(scene, trace, network) if trace else Path()
    placed = _placed(scene, path)
    if trace is not None and hops is not None:
        path = overlay(scene, trace, network, hops=hops)
    marked = marks(since, network, scene) if since is not None else None
    alt = alt_text(scene, path, trace if hops is None else None, marked)
    name = title or ", ".join(box.title for box in scene.boxes) or "An empty network"
    return Picture(svg(scene, path, placed, title=name, alt=alt, marks=marked), alt)


def _placed(scene: Scene, path: Path) -> Layout:
    # A notebook shrinks what is wider than its page, and small text with it; length costs nothing.
    across = layout(dot(scene, path))
    return across if across.width <= _PAGE else layout(dot(scene, path, down=True))
