"""From a laid-out scene to SVG: boxes, chips with an icon, a route's row, numbered steps, octagons where it died.

Two palettes, of a light and of a dark page, both with contrast enough; colours of meaning are Okabe and Ito's. Nothing
is told by colour alone: the path is thicker and numbered, an end is an octagon with words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from zlib import crc32

from lab_env.views import chips
from lab_env.views.graphviz import Curve, Frame, Layout
from lab_env.views.icons import icon_name, icon_uri
from lab_env.views.lines import stop_id
from lab_env.views.metrics import text_width
from lab_env.views.palette import MARKING_STYLE, STYLE
from lab_env.views.scene import Box, Marks, Node, Path, Scene, Step, Stop

_EDGE = 6
_LEGEND = 24
_TAG = 14


def svg(scene: Scene, path: Path, placed: Layout, *, title: str, alt: str, marks: Marks | None = None) -> str:
    """The picture.

    Args:
        scene: what is shown.
        path: the trace over it, as far as it is told: what was placed beyond it is drawn as not walked yet.
        placed: where everything goes.
        title: the picture's name for assistive technology, and its heading.
        alt: what it shows, in sentences.
        marks: what is not as it was.
    """
    marks = marks or Marks()
    boxes = [(box, placed.frames[box.id]) for box in scene.every_box()]
    body = [_rect(frame, box.kind, 8) for box, frame in boxes]
    body += [_curve(curve) for curve in sorted(_curves(path, placed), key=lambda curve: _ORDER[curve.style])]
    body += [part for box, frame in boxes for part in _heading(box, frame)]
    body += [part for node in scene.nodes() for part in _chip(node, path, placed.frames[node.id], marks)]
    body += [part for box, frame in boxes for part in _mark(box.id, frame, marks)]
    for number, stop in enumerate(path.stops):
        body += _octagon(stop, placed.frames[stop_id(number)])
    legend = _legend(scene, path, placed)
    body.append(_text(0, placed.height + _LEGEND - 6, legend, "o"))
    # While a trace is walked its legend changes, and the picture keeps its size all the same.
    longest = " · ".join(_LEGENDS) if path.here[0] else legend
    wide = round(max(placed.width, text_width(longest, chips.TEXT_SIZE))) + 2 * _EDGE
    high = round(placed.height) + _LEGEND + 2 * _EDGE
    styles = STYLE + (MARKING_STYLE if _marking(path, placed, marks) else "")
    mark = f"pp{crc32(alt.encode()):08x}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="pp" role="img" style="max-width:100%;height:auto" '
        f'aria-labelledby="{mark}t {mark}d" '
        f'width="{wide}" height="{high}" viewBox="{-_EDGE} {-_EDGE} {wide} {high}">'
        f'<title id="{mark}t">{escape(title, quote=False)}</title><desc id="{mark}d">{escape(alt, quote=False)}</desc>'
        f"<style>{styles}</style><defs>{''.join(_definitions(scene))}</defs>{''.join(body)}</svg>\n"
    )


def _marking(path: Path, placed: Layout, marks: Marks) -> bool:
    ahead = any(curve.style == "ahead" for curve in _curves(path, placed))
    return ahead or bool(path.here[0] or marks.words)


_ORDER = {"rules": 0, "route": 1, "beyond": 1, "ahead": 1, "path": 2, "stop": 3}


def _curves(path: Path, placed: Layout) -> Iterator[Curve]:
    """The lines of a layout, those of the trace only as far as it is told."""
    walked = set(map(frozenset, path.ways))
    stops = {stop_id(number) for number in range(len(path.stops))}
    for curve in placed.curves:
        if curve.style == "path" and frozenset((curve.tail, curve.head)) not in walked:
            yield replace(curve, style="ahead")
        elif curve.style != "stop" or curve.head in stops:
            yield curve


_LEGENDS = (
    "numbers: the hops of the trace",
    "↩ its answer",
    "octagon: where it dies",
    "dashed: not walked yet",
    "dotted: a subnet and its route table",
)


def _legend(scene: Scene, path: Path, placed: Layout) -> str:
    ahead = any(curve.style == "ahead" for curve in _curves(path, placed))
    told = [step.number for steps in path.steps.values() for step in steps]
    shown = (
        told,
        "↩" in told,
        path.stops,
        ahead,
        any(link.kind == "rules" for link in scene.links),
    )
    return " · ".join(words for words, wanted in zip(_LEGENDS, shown, strict=True) if wanted)


def _definitions(scene: Scene) -> Iterator[str]:
    for kind, size in (("e", 7), ("p", 12), ("s", 11)):
        yield (
            f'<marker id="pp-{kind}" viewBox="0 0 10 10" refX="1" refY="5" markerUnits="userSpaceOnUse" '
            f'markerWidth="{size}" markerHeight="{size}" orient="auto-start-reverse">'
            f'<path class="a{kind}" d="M0 0L10 5L0 10z"/></marker>'
        )
    for name in sorted({icon_name(node.kind) for node in scene.nodes()} - {""}):
        yield f'<image id="pp-{name}" width="{chips.ICON}" height="{chips.ICON}" href="{icon_uri(name)}"/>'


def _heading(box: Box, frame: Frame) -> Iterator[str]:
    # Over the lines, and with an edge of the box's own colour: a line may have to cross a heading.
    yield f'<g class="h {box.kind}">{_text(frame.x + 10, frame.y + 17, box.title, "t")}'
    yield f"{_text(frame.x + 10, frame.y + 34, box.detail, 'd') if box.detail else ''}</g>"


def _rect(frame: Frame, style: str, radius: int = 0) -> str:
    corner = f' rx="{radius}"' if radius else ""
    place = f'x="{_n(frame.x)}" y="{_n(frame.y)}" width="{_n(frame.width)}" height="{_n(frame.height)}"'
    return f'<rect class="{style}" {place}{corner}/>'


def _text(x: float, y: float, text: str, style: str = "", *, anchor: str = "") -> str:
    bold = style in {"t", "n", "w"}
    size = {"t": chips.TITLE_SIZE, "w": chips.TITLE_SIZE, "n": 11.0}.get(style, chips.TEXT_SIZE)
    wide = text_width(text, size, bold=bold)
    look = f' class="{style}"' if style else ""
    side = f' text-anchor="{anchor}"' if anchor else ""
    return (
        f'<text{look} x="{_n(x)}" y="{_n(y)}"{side} textLength="{_n(wide)}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text, quote=False)}</text>"
    )


def _chip(node: Node, path: Path, frame: Frame, marks: Marks) -> Iterator[str]:
    if node.kind != "nothing":
        yield _rect(frame, "chip now" if node.id == path.here[0] else "chip", 6)
    name = icon_name(node.kind)
    if name:
        yield f'<use href="#pp-{name}" x="{_n(frame.x + 3)}" y="{_n(frame.y + 3)}"/>'
    left = frame.x + chips.text_left(node)
    detail = chips.detail(node)
    yield _text(left, frame.y + (17 if detail else 24), node.title, "d" if node.kind == "nothing" else "t")
    if detail:
        yield _text(left, frame.y + 33, detail, "d")
    top = frame.y + chips.HEAD_ROWS * chips.ROW
    for number in range(len(node.routes)):
        row = Frame(frame.x, top, frame.width, chips.ROW)
        yield from _route(node, number, path, row)
        if (node.id, number) in marks.rows:
            yield _rect(Frame(row.x + 1, row.y + 1, row.width - 2, row.height - 2), "mark")
        top += chips.ROW
    for number, step in enumerate(chips.steps(node, path)):
        row = Frame(frame.x, top, frame.width, chips.ROW)
        if (node.id, f"s{number}") == path.here:
            yield _rect(Frame(row.x + 1, row.y, row.width - 2, row.height), "hit")
        yield from _told(step, row)
        top += chips.ROW
    yield from _mark(node.id, frame, marks)


def _mark(identifier: str, frame: Frame, marks: Marks) -> Iterator[str]:
    word = marks.words.get(identifier)
    if word:
        wide = text_width(word, 11, bold=True) + 12
        x, y = frame.x + frame.width - wide - 6, max(frame.y - _TAG / 2 - 2, 1 - _EDGE)
        yield _rect(frame, "mark", 6)
        yield _rect(Frame(x, y, wide, _TAG), "tag", 7)
        yield _text(x + wide / 2, y + 11, word, "n", anchor="middle")


def _route(node: Node, number: int, path: Path, frame: Frame) -> Iterator[str]:
    row, step = node.routes[number], path.matched.get((node.id, number))
    if step:
        if step.kind != "unmet":
            yield _rect(Frame(frame.x + 1, frame.y, frame.width - 2, frame.height), "hit")
        yield from _badge(step, frame)
    yield _line(frame)
    yield _text(frame.x + chips.row_left(node, path), frame.y + 14, row.destination)
    yield _text(frame.x + frame.width - chips.GAP, frame.y + 14, f"→ {row.via}", "d", anchor="end")


def _told(step: Step, frame: Frame) -> Iterator[str]:
    yield _line(frame)
    yield from _badge(step, frame)
    yield _text(frame.x + chips.GAP + chips.BADGE, frame.y + 14, step.text)


def _badge(step: Step, frame: Frame) -> Iterator[str]:
    x, y = frame.x + chips.GAP, frame.y + 3
    yield _rect(Frame(x, y, 18, 14), step.kind, 2 if step.kind == "blocked" else 7)
    yield _text(x + 9, y + 11, step.number, "d" if step.kind == "unmet" else "n", anchor="middle")


def _line(frame: Frame) -> str:
    return f'<path class="rule" d="M{_n(frame.x)} {_n(frame.y)}h{_n(frame.width)}"/>'


def _curve(curve: Curve) -> str:
    kind = {"path": "p", "stop": "s"}.get(curve.style, "e")
    first, *others = curve.points
    pieces = " ".join(f"{_n(x)} {_n(y)}" for x, y in others)
    start = f' marker-start="url(#pp-{kind})"' if curve.start else ""
    end = f' marker-end="url(#pp-{kind})"' if curve.end else ""
    return f'<path class="e {curve.style}" d="M{_n(first[0])} {_n(first[1])}C{pieces}"{start}{end}/>'


def _octagon(stop: Stop, frame: Frame) -> Iterator[str]:
    cut, x, y, wide, high = 13, frame.x, frame.y, frame.width, frame.height
    corners = [
        (x + cut, y), (x + wide - cut, y), (x + wide, y + cut), (x + wide, y + high - cut),
        (x + wide - cut, y + high), (x + cut, y + high), (x, y + high - cut), (x, y + cut),
    ]  # fmt: skip
    yield f'<polygon class="oct" points="{" ".join(f"{_n(a)},{_n(b)}" for a, b in corners)}"/>'
    first = frame.y + frame.height / 2 + 5 - 8 * (len(stop.lines) - 1)
    for number, line in enumerate(stop.lines):
        yield _text(frame.x + wide / 2, first + 16 * number, line, "w", anchor="middle")


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
