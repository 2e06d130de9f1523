"""From a laid-out scene to SVG: boxes, chips with an icon, a route's row, numbered steps, octagons where it died.

Two palettes, of a light and of a dark page, both with contrast enough; colours of meaning are Okabe and Ito's. Nothing
is told by colour alone: the path is thicker and numbered, an end is an octagon with words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from zlib import crc32

from lab_env.views import chips
from lab_env.views.drawing import STOP_HEIGHT
from lab_env.views.graphviz import Curve, Frame, Layout
from lab_env.views.icons import icon_name, icon_uri
from lab_env.views.lines import stop_id
from lab_env.views.metrics import text_width
from lab_env.views.scene import Box, Node, Path, Scene, Step, Stop

_EDGE = 6
_FONT = "font-family:Helvetica,Arial,'Liberation Sans',sans-serif"
_STYLE = """
.pp text{FONT;font-size:12px;fill:#1b2733}
.pp .t{font-size:13px;font-weight:700}
.pp .d{fill:#4b5a68}
.pp .n{font-weight:700;font-size:11px;fill:#fff}
.pp .o{fill:#6b7b8a}
.pp .vpc{fill:#f3f5f9;stroke:#7d55c7;stroke-width:1.6}
.pp .zone{fill:none;stroke:#8595a5;stroke-dasharray:5 4}
.pp .private-subnet{fill:#e3f0f7;stroke:#6fa8c4}
.pp .public-subnet{fill:#e7f3e2;stroke:#7fb069}
.pp .chip{fill:#fff;stroke:#b9c4cf}
.pp .hit{fill:#d6e9f5}
.pp .rule{stroke:#d4dbe2}
.pp .e{fill:none;stroke:#778899;stroke-width:1.3}
.pp .rules{stroke-dasharray:2 4}
.pp .path{stroke:#0072b2;stroke-width:3.4}
.pp .stop{stroke:#d55e00;stroke-width:3;stroke-dasharray:8 4}
.pp .ae{fill:#778899}
.pp .ap,.pp .num{fill:#0072b2}
.pp .as,.pp .bad{fill:#b34700}
.pp .oct{fill:#fff0e5;stroke:#d55e00;stroke-width:3}
.pp .w{fill:#8a3200;font-weight:700;font-size:13px}
@media(prefers-color-scheme:dark){
.pp text{fill:#e6edf3}
.pp .d{fill:#a9b7c4}
.pp .n{fill:#fff}
.pp .o{fill:#8c9aa8}
.pp .vpc{fill:#171d25;stroke:#a98be0}
.pp .zone{stroke:#66788a}
.pp .private-subnet{fill:#13293a;stroke:#3f7f9f}
.pp .public-subnet{fill:#1a2e18;stroke:#5f9150}
.pp .chip{fill:#232d38;stroke:#4a5866}
.pp .hit{fill:#123f5c}
.pp .rule{stroke:#3a4652}
.pp .path{stroke:#2b9fe0}
.pp .ap{fill:#2b9fe0}
.pp .oct{fill:#3d1d06}
.pp .w{fill:#ffb98a}
}
""".replace("FONT", _FONT).replace("\n", "")


def svg(scene: Scene, path: Path, placed: Layout, *, title: str, alt: str) -> str:
    """The picture.

    Args:
        scene: what is shown.
        path: the trace over it.
        placed: where everything goes.
        title: the picture's name for assistive technology, and its heading.
        alt: what it shows, in sentences.
    """
    body = [*_boxes(scene.boxes, placed)]
    body += [_curve(curve) for curve in sorted(placed.curves, key=lambda curve: _ORDER.get(curve.style, 0))]
    body += [part for node in scene.nodes() for part in _chip(node, path, placed.frames[node.id])]
    body += [
        part
        for number, stop in enumerate(path.stops)
        for part in _octagon(stop, placed.frames.get(stop_id(number)))
    ]
    wide, high = round(placed.width + 2 * _EDGE), round(placed.height + 2 * _EDGE)
    mark = f"pp{crc32(alt.encode()):08x}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pp" role="img" aria-labelledby="{mark}t {mark}d" '
        f'width="{wide}" height="{high}" viewBox="{-_EDGE} {-_EDGE} {wide} {high}">'
        f'<title id="{mark}t">{escape(title)}</title><desc id="{mark}d">{escape(alt)}</desc>'
        f"<style>{_STYLE}</style><defs>{''.join(_definitions(scene))}</defs>{''.join(body)}</svg>\n"
    )


_ORDER = {"rules": 0, "route": 1, "beyond": 1, "path": 2, "stop": 3}


def _definitions(scene: Scene) -> Iterator[str]:
    for kind, size in (("e", 7), ("p", 12), ("s", 11)):
        yield (
            f'<marker id="pp-{kind}" viewBox="0 0 10 10" refX="1" refY="5" markerUnits="userSpaceOnUse" '
            f'markerWidth="{size}" markerHeight="{size}" orient="auto-start-reverse">'
            f'<path class="a{kind}" d="M0 0L10 5L0 10z"/></marker>'
        )
    for name in sorted({icon_name(node.kind) for node in scene.nodes()} - {""}):
        yield f'<image id="pp-{name}" width="{chips.ICON}" height="{chips.ICON}" href="{icon_uri(name)}"/>'


def _boxes(boxes: Iterable[Box | Node], placed: Layout) -> Iterator[str]:
    for box in boxes:
        if isinstance(box, Box):
            frame = placed.frames[box.id]
            yield _rect(frame, box.kind, 8)
            yield _text(frame.x + 10, frame.y + 17, box.title, "t")
            if box.detail:
                yield _text(frame.x + 10, frame.y + 34, box.detail, "d")
            yield from _boxes(box.children, placed)


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
        f"{escape(text)}</text>"
    )


def _chip(node: Node, path: Path, frame: Frame) -> Iterator[str]:
    if node.kind != "nothing":
        yield _rect(frame, "chip", 6)
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
        yield from _route(node, number, path, Frame(frame.x, top, frame.width, chips.ROW))
        top += chips.ROW
    for step in chips.steps(node, path):
        yield from _told(step, Frame(frame.x, top, frame.width, chips.ROW))
        top += chips.ROW


def _route(node: Node, number: int, path: Path, frame: Frame) -> Iterator[str]:
    row, step = node.routes[number], path.matched.get((node.id, number))
    if step:
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
    yield _rect(Frame(x, y, 18, 14), "bad" if step.blocked else "num", 2 if step.blocked else 7)
    yield _text(x + 9, y + 11, step.number, "n", anchor="middle")


def _line(frame: Frame) -> str:
    return f'<path class="rule" d="M{_n(frame.x)} {_n(frame.y)}h{_n(frame.width)}"/>'


def _curve(curve: Curve) -> str:
    kind = {"path": "p", "stop": "s"}.get(curve.style, "e")
    first, *others = curve.points
    pieces = " ".join(f"{_n(x)} {_n(y)}" for x, y in others)
    start = f' marker-start="url(#pp-{kind})"' if curve.start else ""
    end = f' marker-end="url(#pp-{kind})"' if curve.end else ""
    return f'<path class="e {curve.style}" d="M{_n(first[0])} {_n(first[1])}C{pieces}"{start}{end}/>'


def _octagon(stop: Stop, frame: Frame | None) -> Iterator[str]:
    if frame is None:
        return
    cut, x, y, wide, high = 13, frame.x, frame.y, frame.width, STOP_HEIGHT
    corners = [
        (x + cut, y), (x + wide - cut, y), (x + wide, y + cut), (x + wide, y + high - cut),
        (x + wide - cut, y + high), (x + cut, y + high), (x, y + high - cut), (x, y + cut),
    ]  # fmt: skip
    yield f'<polygon class="oct" points="{" ".join(f"{_n(a)},{_n(b)}" for a, b in corners)}"/>'
    first = frame.y + STOP_HEIGHT / 2 + 5 - 8 * (len(stop.lines) - 1)
    for number, line in enumerate(stop.lines):
        yield _text(frame.x + wide / 2, first + 16 * number, line, "w", anchor="middle")


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
