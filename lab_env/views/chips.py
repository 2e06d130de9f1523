"""How large a node of a picture is, and where in it each text stands. One row is `ROW` pixels high."""

from __future__ import annotations

from lab_env.views.metrics import text_width
from lab_env.views.scene import Node, Path, Step

ROW = 20
HEAD_ROWS = 2
ICON = 34
GAP = 8
BADGE = 24
TITLE_SIZE, TEXT_SIZE = 13.0, 12.0
_LEAST = 120
_COLUMN_GAP = 16


def text_left(node: Node) -> float:
    """Where the title begins, from the node's left edge."""
    return GAP if node.kind == "nothing" else ICON + 2 * GAP - 3


def row_left(node: Node, path: Path) -> float:
    """Where the text of a route begins: further right when one of the table's routes bears a step's number."""
    return GAP + (BADGE if any(table == node.id for table, _ in path.matched) else 0)


def width(node: Node, path: Path) -> float:
    """A node's width in pixels: its widest line, and room at both sides."""
    head = max(text_width(node.title, TITLE_SIZE, bold=True), text_width(detail(node), TEXT_SIZE))
    rows = [
        row_left(node, path) + text_width(f"{row.destination}{row.via}→ ", TEXT_SIZE) + _COLUMN_GAP + GAP
        for row in node.routes
    ]
    told = [GAP + BADGE + text_width(step.text, TEXT_SIZE) + GAP for step in steps(node, path)]
    return round(max([_LEAST, text_left(node) + head + GAP, *rows, *told]))


def detail(node: Node) -> str:
    """The second line: id or addresses, and the state when it is not the usual one."""
    return f"{node.detail} · ✗ {node.state}" if node.state else node.detail


def steps(node: Node, path: Path) -> tuple[Step, ...]:
    """The steps that are told under a node."""
    return path.steps.get(node.id, ())


def record(node: Node, path: Path, *, down: bool) -> str:
    """The node as a Graphviz record label: fields of as many lines as the node has rows there, each with a port."""
    routes = [f"<r{number}>x" for number in range(len(node.routes))]
    told = [f"<s{number}>x" for number in range(len(steps(node, path)))]
    fields = "|".join([r"<h>x\nx", *routes, *told])
    # Graphviz turns records with the graph: fields stand under one another only with braces where it goes downwards.
    return f"{{{fields}}}" if down else fields
