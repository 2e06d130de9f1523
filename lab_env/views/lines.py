"""Which lines a picture has: the links that exist, the path of the trace over them, and unseen ones that keep order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lab_env.views.scene import Box, Link, Node, Path, Scene

# Left to right: who sends, what decides, what leads out, what lies outside.
_INSIDE = frozenset({"training-job", "instance", "interface", "interface-endpoint", "nat-gateway", "nothing"})
_COLUMNS = {"route-table": 1, "internet-gateway": 2, "gateway-endpoint": 2, "virtual-private-gateway": 2}
_OUTSIDE = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``look`` holds its Graphviz attributes, of which ``class`` is its style in the picture."""

    tail: str
    head: str
    look: Mapping[str, str]
    forward: bool = field(default=False, kw_only=True)
    back: bool = field(default=False, kw_only=True)


def stop_id(number: int) -> str:
    """The name of the octagon that marks the ``number``-th place where a trace ends."""
    return f"stop {number}"


def lines(scene: Scene, path: Path, *, down: bool) -> Iterator[Line]:
    """Every line, seen or unseen.

    Args:
        scene: what is shown.
        path: the trace over it.
        down: whether the picture goes downwards; else to the right.
    """
    things = {thing.id: thing for thing in scene.nodes()}
    ways = list(path.ways)
    for link in scene.links:
        there, back = (link.tail, link.head), (link.head, link.tail)
        walked = next((way for way in (there, back) if way in ways), None)
        if walked:
            ways.remove(walked)
        yield _along(link, scene, path, forward=walked == there, back=walked == back, down=down)
    yield from (_new_way(way, path, things, down=down) for way in ways)
    for number, stop in enumerate(path.stops):
        look = {"class": "stop", "tailport": f"{stop.port}:e", "headport": _in(down), "weight": "9"}
        yield Line(stop.node, stop_id(number), look, forward=True)
    yield from _unseen(scene)


def _in(down: bool) -> str:  # noqa: FBT001 - one of two sides
    return "n" if down else "w"


def _out(down: bool) -> str:  # noqa: FBT001 - one of two sides
    return "s" if down else "h:e"


def _along(link: Link, scene: Scene, path: Path, *, forward: bool, back: bool, down: bool) -> Line:
    walked = forward or back
    tail = next(node for node in scene.nodes() if node.id == link.tail)
    look = {"class": link.kind, "tailport": _out(down), "headport": f"h:{_in(down)}"}
    if link.kind == "rules":
        look |= {"weight": "4", "ltail": f"cluster_{_box_of(scene, link.tail)}"}
    elif link.kind == "route":
        look["tailport"] = f"r{link.row}:e"
    else:
        # What lies outside stands beyond every column, and beyond the octagon of a gateway.
        stopped = any(stop.node == link.tail for stop in path.stops)
        look["minlen"] = str(_OUTSIDE - _column(tail) + stopped)
    if not walked:
        return Line(link.tail, link.head, look, forward=link.kind != "rules")
    look |= {"class": "path", "weight": "9", "ltail": ""}
    return Line(link.tail, link.head, look, forward=forward, back=back)


def _box_of(scene: Scene, node: str) -> str:
    def holders(box: Box) -> Iterator[str]:
        for child in box.children:
            if isinstance(child, Box):
                yield from holders(child)
            elif child.id == node:
                yield box.id

    return next(holder for box in scene.boxes for holder in holders(box))


def _new_way(way: tuple[str, str], path: Path, things: Mapping[str, Node], *, down: bool) -> Line:
    tail, head = way
    if _column(things[tail]) == _column(things[head]) == _OUTSIDE:
        # Both stand in the outer column: this line must not push one of them out of it.
        return Line(
            tail,
            head,
            {"class": "path", "constraint": "false", "tailport": "h:e", "headport": "h:e"},
            forward=True,
        )
    row = next((row for table, row in path.matched if table == tail), None)
    if _column(things[tail]) <= _column(things[head]):
        near = _out(down) if row is None else f"r{row}:e"
        look = {"class": "path", "tailport": near, "headport": f"h:{_in(down)}"}
        return Line(tail, head, look, forward=True)
    near = f"h:{_in(down)}" if row is None else f"r{row}:w"
    return Line(head, tail, {"class": "path", "tailport": _out(down), "headport": near}, back=True)


def _column(thing: Node) -> int:
    return _COLUMNS.get(thing.kind, 0 if thing.kind in _INSIDE else _OUTSIDE)


def _unseen(scene: Scene) -> Iterator[Line]:
    """Lines that put what nothing leads to on the outer side, where it lies."""
    linked = {link.head for link in scene.links} | {link.tail for link in scene.links}
    inside = sorted((node for box in scene.boxes for node in box.nodes()), key=_column)
    if not inside:
        return
    last = inside[-1]
    for node in scene.outside:
        if node.id not in linked:
            yield Line(last.id, node.id, {"style": "invis", "minlen": str(_OUTSIDE - _column(last))})
