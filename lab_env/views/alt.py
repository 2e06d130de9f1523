"""A picture in words, from the same scene: for screen readers, terminals and whoever cannot see it."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.network.flow import Trace
from lab_env.views.scene import Box, Marks, Node, Path, RouteRow, Scene

_BY_ID = frozenset(
    {"route-table", "internet-gateway", "gateway-endpoint", "virtual-private-gateway", "peering"}
)


def alt_text(scene: Scene, path: Path, trace: Trace | None, marks: Marks | None = None) -> str:
    """What the picture shows, in sentences.

    Args:
        scene: what is shown.
        path: the trace over it.
        trace: the trace itself, for its outcome; ``None`` where the path is not told to its end.
        marks: what is not as it was.
    """
    sentences = [sentence for box in scene.boxes for sentence in _box(box, scene)]
    sentences.append(f"Outside: {', '.join(_named(node) for node in scene.outside)}.")
    if trace is not None:
        sentences += _told(scene, path, trace)
    elif path.here[0]:
        sentences += _so_far(scene, path)
    if marks is not None:
        sentences += _marked(scene, marks)
    return " ".join(sentences)


def _box(box: Box, scene: Scene) -> Iterator[str]:
    inside = [child for child in box.children if isinstance(child, Node)]
    boxes = [child for child in box.children if isinstance(child, Box)]
    if box.kind == "vpc":
        yield f"{box.title} ({box.detail})."
    for child in boxes:
        yield from _box(child, scene)
    if box.kind.endswith("subnet"):
        held = "; ".join(_named(node) for node in inside)
        ruling = _ruling(inside[0], scene)
        yield f"{box.title}, {box.detail}{f', ruled by {ruling}' if ruling else ''}: {held}."
    else:
        yield from (f"{_sentence(node, scene)}." for node in inside)


def _ruling(node: Node, scene: Scene) -> str:
    tables = {link.head for link in scene.links if link.kind == "rules" and link.tail == node.id}
    return next((other.title for other in scene.nodes() if other.id in tables), "")


def _sentence(node: Node, scene: Scene) -> str:
    titles = {other.id: other.title for other in scene.nodes()}
    if node.kind == "route-table":
        routes = "; ".join(f"{row.destination} to {row.target or row.via}{_lost(row)}" for row in node.routes)
        return f"{_named(node)} holds: {routes or 'no route'}"
    beyond = [titles[link.head] for link in scene.links if link.tail == node.id and link.kind == "beyond"]
    return f"{_named(node)}{f' leads to {_and(beyond)}' if beyond else ''}"


def _lost(row: RouteRow) -> str:
    return ", a blackhole" if row.lost else ""


def _named(node: Node) -> str:
    if node.kind in _BY_ID:
        kind = node.kind.replace("-", " ")
        facts = node.id if kind in node.title else f"{kind} {node.id}"
    else:
        facts = "" if node.kind == "internet" else node.detail
    told = ", ".join(filter(None, [facts, node.state]))
    return f"{node.title} ({told})" if told else node.title


def _so_far(scene: Scene, path: Path) -> Iterator[str]:
    titles = {node.id: node.title for node in scene.nodes()}
    yield f"The packet is at {titles[path.here[0]]}."
    for stop in path.stops:
        yield f"An octagon at {titles[stop.node]}: {' '.join(stop.lines)}."


def _marked(scene: Scene, marks: Marks) -> Iterator[str]:
    titles = {node.id: node.title for node in scene.nodes()} | {
        box.id: box.title for box in scene.every_box()
    }
    for word in ("new", "changed"):
        found = [titles[own] for own, said in marks.words.items() if said == word and own in titles]
        if found:
            yield f"Marked as {word}: {', '.join(found)}."


def _told(scene: Scene, path: Path, trace: Trace) -> Iterator[str]:
    titles = {node.id: node.title for node in scene.nodes()}
    ways = [titles[path.ways[0][0]], *(titles[head] for _, head in path.ways)] if path.ways else []
    if ways:
        yield f"The path, in blue: {', then '.join(ways)}."
    for stop in path.stops:
        yield f"An octagon at {titles[stop.node]}: {' '.join(stop.lines)}."
    yield "The packet arrives and its answer comes back." if trace.reached else f"Dropped: {trace.reason}"


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
