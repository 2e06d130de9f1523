"""From a scene to a graph: the `diagrams` library builds it, Graphviz will place it.

Nodes are Graphviz records, one field for each row, so that a link can leave a route table at the very route
it stands for.
"""

from __future__ import annotations

from collections.abc import Collection
from types import TracebackType

from diagrams import Cluster, Diagram, Edge, Node, setdiagram

from lab_env.views import chips
from lab_env.views.icons import CLASSES
from lab_env.views.lines import lines, stop_id
from lab_env.views.metrics import text_width
from lab_env.views.scene import Box, Path, Scene, Stop
from lab_env.views.scene import Node as Thing

_STOP_HEIGHT = 46
_GRAPH = {
    "pad": "0",
    "margin": "0",
    "nodesep": "0.2",
    "splines": "spline",
    "compound": "true",
    "fontname": "Helvetica",
}
_NODE = {
    "shape": "record",
    "margin": "0,0",
    "fontsize": f"{chips.ROW / 1.2:.4f}",
    "style": "",
    "fixedsize": "false",
}
_MARGIN = {"vpc": 14, "zone": 8, "private-subnet": 10, "public-subnet": 10}


class _Graph(Diagram):
    """A `Diagram` that hands its DOT over instead of looking for Graphviz's ``dot`` program."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        setdiagram(None)


def dot(scene: Scene, path: Path, *, down: bool = False) -> str:
    """The scene as a graph in DOT.

    Args:
        scene: what is shown.
        path: the trace over it; an empty `Path` for none.
        down: whether the picture goes downwards; else to the right.
    """
    look = {**_GRAPH, "ranksep": "0.6" if down else "0.45"}
    with _Graph(
        "", filename="picture", direction="TB" if down else "LR", graph_attr=look, node_attr=_NODE
    ) as graph:
        drawn: dict[str, Node] = {}
        for box in scene.boxes:
            _draw_box(box, path, drawn, down=down)
        for thing in scene.outside:
            drawn[thing.id] = _draw(thing, path, down=down)
        _draw_stops(path, {thing.id for thing in scene.outside}, drawn)
        for line in lines(scene, path, down=down):
            edge = Edge(forward=line.forward, reverse=line.back, **line.look)
            drawn[line.tail].connect(drawn[line.head], edge)
        return str(graph)


def _draw_box(box: Box, path: Path, drawn: dict[str, Node], *, down: bool) -> None:
    wide = max(text_width(box.title, chips.TITLE_SIZE, bold=True), text_width(box.detail, chips.TEXT_SIZE))
    look = {
        "label": _box_label(wide, lines=2 if box.detail else 1),
        "fontname": "Helvetica",
        "fontsize": "13",
        "margin": str(_MARGIN[box.kind]),
    }
    with Cluster(box.id, graph_attr=look):
        # Graphviz fills a column from below.
        for child in box.children if down else reversed(box.children):
            if isinstance(child, Box):
                _draw_box(child, path, drawn, down=down)
            else:
                drawn[child.id] = _draw(child, path, down=down)
        if box.kind == "vpc":
            _draw_stops(path, {node.id for node in box.nodes()}, drawn)


def _draw_stops(path: Path, at: Collection[str], drawn: dict[str, Node]) -> None:
    for number, stop in enumerate(path.stops):
        if stop.node in at:
            drawn[stop_id(number)] = _octagon(number, stop)


def _box_label(wide: float, *, lines: int) -> str:
    """A text about as wide as the heading that will be drawn, so that the layout leaves room for it."""
    filler = "n" * max(1, round(wide / text_width("n", 14)))
    return r"\l".join([filler] * lines) + r"\l"


def _draw(thing: Thing, path: Path, *, down: bool) -> Node:
    look = {"shape": "record", "image": "", "height": "0", "width": f"{chips.width(thing, path) / 72:.4f}"}
    return CLASSES.get(thing.kind, Node)(chips.record(thing, path, down=down), nodeid=thing.id, **look)


def _octagon(number: int, stop: Stop) -> Node:
    wide = max(text_width(line, chips.TITLE_SIZE, bold=True) for line in stop.lines) + 40
    inches = {"width": f"{wide / 72:.4f}", "height": f"{_STOP_HEIGHT / 72:.4f}"}
    return Node("", nodeid=stop_id(number), fixedsize="true", shape="octagon", **inches)
