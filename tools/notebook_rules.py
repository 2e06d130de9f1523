"""What every chapter promises its reader: where things stand, how long they are, and that nothing is missing.

``problems`` answers with one sentence for each broken promise, so that a test can print them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

# How a chapter's headings begin, in their order. What follows on the line is the chapter's own.
STRUCTURE = (
    "The question",
    "What you will be able to do",
    "Predict",
    "Build",
    "Try",
    "Explain",
    "Judge",
    "Exercise",
    "In the exam",
    "What it costs",
    "Next",
)
# The opening chapter welcomes and shows around; there is nothing yet to build or judge.
FREE_IN_STRUCTURE = frozenset({"00_start_here"})
FEWEST_HEADINGS, MOST_HEADINGS = 5, 12
LONGEST_CODE_CELL = 14
MARKDOWN_PER_CODE = 1.5

_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$", re.MULTILINE)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(\s*<?([^)\s>]+)>?[^)]*\)")
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(["'])\s*(?!\1)\S.*?\1""", re.IGNORECASE | re.DOTALL)
_SVG = re.compile(r"<svg\b.*?</svg>", re.IGNORECASE | re.DOTALL)
_SVG_NAME = re.compile(
    r"""<title\b[^>]*>\s*[^<\s]|<svg\b[^>]*\baria-label\s*=\s*["']\s*[^"'\s]""", re.IGNORECASE
)
_SOLUTION = re.compile(r"^[^\n]*BEGIN SOLUTION[^\n]*\n(.*?)^[^\n]*END SOLUTION", re.MULTILINE | re.DOTALL)
_SHORTEST_TELLING_LINE = 12


def problems(notebook: NotebookNode, path: Path) -> list[str]:
    """One sentence for each promise that the notebook at ``path`` breaks."""
    found = [*_headings(notebook, path.stem), *_proportions(notebook)]
    for number, cell in enumerate(notebook.cells, 1):
        where = f"cell {number}"
        if cell.cell_type == "markdown":
            text = _FENCE.sub("", cell.source)
            found += [f"{where}: {problem}" for problem in (*_links(text, path.parent), *_alt_texts(text))]
        elif cell.cell_type == "code":
            found += [f"{where}: {problem}" for output in cell.outputs for problem in _pictures(output)]
    return [f"{path.name}: {problem}" for problem in found]


def solutions(notebook: NotebookNode) -> list[str]:
    """The text of each solution: between its marks, or the whole cell where nbgrader's metadata alone marks it."""
    found = []
    for cell in notebook.cells:
        between = _SOLUTION.findall(cell.source)
        if between:
            found += between
        elif cell.metadata.get("nbgrader", {}).get("solution"):
            found.append(cell.source)
    return found


def leaks(answer: NotebookNode, learner: NotebookNode) -> list[str]:
    """Lines of the answer's solutions, and not given elsewhere in the answer, that the learner's edition shows.

    Lines too short to tell anything, such as ``)``, are passed over.
    """
    given = "\n".join(_SOLUTION.sub("", cell.source) for cell in answer.cells if not _is_whole_solution(cell))
    shown = "\n".join(cell.source + str(cell.get("outputs", "")) for cell in learner.cells)
    lines = {line.strip() for text in solutions(answer) for line in text.splitlines()}
    return sorted(
        line for line in lines if len(line) >= _SHORTEST_TELLING_LINE and line not in given and line in shown
    )


def _is_whole_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution")) and not _SOLUTION.search(cell.source)


def _headings(notebook: NotebookNode, name: str) -> Iterator[str]:
    text = "\n\n".join(_FENCE.sub("", cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    headings = [(len(level), title) for level, title in _HEADING.findall(text)]
    titles = [title for level, title in headings if level == 1]
    if len(titles) != 1 or headings[0][0] != 1:
        yield f"has {len(titles)} headings of the first level; it should open with one and have no other"
    sections = [title for level, title in headings if level == 2]
    if not FEWEST_HEADINGS <= len(sections) <= MOST_HEADINGS:
        yield f"has {len(sections)} sections; {FEWEST_HEADINGS} to {MOST_HEADINGS} are readable"
    if name not in FREE_IN_STRUCTURE:
        yield from _structure(sections)


def _structure(sections: list[str]) -> Iterator[str]:
    reached = 0
    seen = set()
    for title in sections:
        place = next(
            (i for i, stem in enumerate(STRUCTURE) if title.casefold().startswith(stem.casefold())), None
        )
        if place is None:
            yield f'the section "{title}" begins like none of: {", ".join(STRUCTURE)}'
            continue
        if place < reached:
            yield f'the section "{title}" should stand before "{STRUCTURE[reached]}"'
        reached = max(reached, place)
        seen.add(place)
    for place, stem in enumerate(STRUCTURE):
        if place not in seen:
            yield f'has no section "{stem}"'


def _proportions(notebook: NotebookNode) -> Iterator[str]:
    code = [(n, cell) for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    markdown = sum(cell.cell_type == "markdown" for cell in notebook.cells)
    if markdown < MARKDOWN_PER_CODE * len(code):
        yield f"has {markdown} markdown cells for {len(code)} code cells; at least {MARKDOWN_PER_CODE} for each"
    for number, cell in code:
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > LONGEST_CODE_CELL:
            yield f"cell {number}: has {lines} lines of code; at most {LONGEST_CODE_CELL}"


def _links(text: str, folder: Path) -> Iterator[str]:
    for _, label, target in _LINK.findall(text):
        scheme = re.match(r"[a-z][a-z0-9+.-]*:", target)
        if scheme and target.split("#")[0].endswith(".ipynb"):
            yield f"the link [{label}]({target}) to a notebook should be relative"
        elif target.startswith(("http:", "file:", "/")):
            yield f"the link [{label}]({target}) should be https, or relative"
        elif not scheme and not target.startswith("#") and not (folder / target.split("#")[0]).exists():
            yield f"the link [{label}]({target}) leads nowhere"


def _alt_texts(text: str) -> Iterator[str]:
    for mark, label, target in _LINK.findall(text):
        if mark and not label.strip():
            yield f"the picture {target} has no alt text"
    yield from _html_pictures(text)


def _html_pictures(html: str) -> Iterator[str]:
    for tag in _IMG.findall(html):
        if not _ALT.search(tag):
            yield f"the picture {tag[:60]} has no alt text"
    for picture in _SVG.findall(html):
        if not _SVG_NAME.search(picture):
            yield f"the drawing {picture[:60]} has neither a title nor an aria-label"


def _pictures(output: NotebookNode) -> Iterator[str]:
    data = output.get("data", {})
    for kind in ("text/html", "image/svg+xml", "text/markdown"):
        yield from (_alt_texts if kind == "text/markdown" else _html_pictures)(data.get(kind, ""))
    for kind in ("image/png", "image/jpeg"):
        if kind in data and not output.metadata.get(kind, {}).get("alt", "").strip():
            yield f"a picture ({kind}) has no alt text in its metadata"
