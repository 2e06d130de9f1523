"""Run the solved notebooks, and derive the learner's edition from them.

``answers/*.ipynb`` is the source. This command runs each one in a fresh kernel, stores its outputs in a form that is
the same on every machine, and writes ``notebooks/`` from it with nbgrader's own preprocessors: solutions and outputs
cleared, nothing else changed.

::

    python tools/build_notebooks.py                 run and derive all
    python tools/build_notebooks.py 05_option_d_vpc_endpoint
    python tools/build_notebooks.py --derive        derive only, run nothing
    python tools/build_notebooks.py --check         say what is stale; write and run nothing

``--check`` compares files with files. That the stored outputs are what the cells print today is nbval's work
(``make test``), so that no notebook is run twice.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import sys
from pathlib import Path
from typing import Any

import nbformat
from jsonschema import ValidationError
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = ROOT / "answers"
NOTEBOOKS = ROOT / "notebooks"

STUB = "...  # your code here"
SECONDS_PER_CELL = 300

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "version": "3"}
KEPT_METADATA = ("jupyter", "nbgrader", "tags")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def read(path: Path) -> NotebookNode:
    """The notebook at ``path``, in format 4."""
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def text_of(notebook: NotebookNode) -> str:
    """The notebook as it stands in its file."""
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def execute(notebook: NotebookNode, folder: Path = ANSWERS) -> NotebookNode:
    """A copy with the outputs of a run from top to bottom in a fresh kernel that stands in ``folder``.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell without the tag ``raises-exception`` failed.
    """
    result = copy.deepcopy(notebook)
    NotebookClient(
        result,
        kernel_name=KERNEL["name"],
        timeout=SECONDS_PER_CELL,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    ).execute()
    return result


def normalise(notebook: NotebookNode) -> NotebookNode:
    """A copy without what depends on the machine, the time or the editor: the same cells give the same bytes."""
    cells, taken = [], set[str]()
    for cell in notebook.cells:
        metadata = {key: cell.metadata[key] for key in KEPT_METADATA if cell.metadata.get(key)}
        plain: dict[str, Any] = {
            "cell_type": cell.cell_type,
            "id": _cell_id(cell, taken),
            "metadata": metadata,
        }
        plain["source"] = cell.source.strip("\n")
        if cell.cell_type == "code":
            plain["execution_count"] = cell.execution_count
            plain["outputs"] = [_plain_output(output) for output in cell.outputs]
        cells.append(plain)
    metadata = {"kernelspec": KERNEL, "language_info": LANGUAGE}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _cell_id(cell: NotebookNode, taken: set[str]) -> str:
    """An id made from what the cell is, so that an editor's random ids never show as changes."""
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    stem = grade_id or hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name)
    return str(name)


def _plain_output(output: NotebookNode) -> NotebookNode:
    """A copy without the widget's random id and the traceback's paths, neither of which nbval compares."""
    plain = copy.deepcopy(output)
    if plain.output_type == "error":
        plain.traceback = [f"{plain.ename}: {plain.evalue}"]
    elif "data" in plain:
        plain.data.pop(WIDGET_VIEW, None)
        plain.metadata = {key: value for key, value in plain.metadata.items() if key in plain.data}
    return plain


def derive(notebook: NotebookNode) -> NotebookNode:
    """The learner's edition of a solved notebook: solutions and outputs cleared.

    nbgrader's LockCells is left out: the checks look at the lab, so a learner may edit any cell.

    Raises:
        RuntimeError: a solution's marks do not pair, or stand in a cell without nbgrader's metadata.
        jsonschema.ValidationError: nbgrader's metadata is not valid, or a grade id is used twice.
    """
    from nbgrader.preprocessors import CheckCellMetadata, ClearHiddenTests, ClearOutput, ClearSolutions

    _check_metadata(notebook)
    config = Config({"ClearSolutions": {"code_stub": {"python": STUB}}})
    result, resources = normalise(notebook), dict[str, Any]()
    for step in (CheckCellMetadata, ClearSolutions, ClearHiddenTests, ClearOutput):
        result, resources = step(config=config).preprocess(result, resources)
    return result


def _check_metadata(notebook: NotebookNode) -> None:
    """Name the cell whose metadata nbgrader would refuse; its own check names none."""
    from nbgrader.nbgraderformat import MetadataValidator

    for number, cell in enumerate(notebook.cells, 1):
        try:
            MetadataValidator().validate_cell(cell)
        except ValidationError as error:
            message = f"cell {number}: nbgrader's metadata is not valid: {error.message}"
            raise ValidationError(message) from error


def stale(answers: Path = ANSWERS, notebooks: Path = NOTEBOOKS) -> list[str]:
    """One sentence for each file that is not what this command would write, sorted; empty when all are."""
    sources = {path.name: read(path) for path in sorted(answers.glob("*.ipynb"))}
    found = []
    for name, notebook in sources.items():
        if (answers / name).read_text(encoding="utf-8") != text_of(normalise(notebook)):
            found.append(f"{answers.name}/{name} was edited and not built again")
        counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
        if counts != list(range(1, len(counts) + 1)):
            found.append(
                f"{answers.name}/{name} was not run from top to bottom: its cells are numbered {counts}"
            )
        copy_ = notebooks / name
        if not copy_.exists() or copy_.read_text(encoding="utf-8") != text_of(derive(notebook)):
            found.append(f"{notebooks.name}/{name} is not what {answers.name}/{name} gives")
    left = sorted(path.name for path in notebooks.glob("*.ipynb") if path.name not in sources)
    return found + [f"{notebooks.name}/{name} has no source in {answers.name}/" for name in left]


def build(path: Path, *, run: bool) -> None:
    """Bring one solved notebook, and the learner's edition of it, up to date."""
    notebook = read(path)
    if run:
        notebook = execute(notebook, path.parent)
    learner = derive(notebook)
    _write(path, notebook)
    _write(NOTEBOOKS / path.name, learner)


def _write(path: Path, notebook: NotebookNode) -> None:
    path.parent.mkdir(exist_ok=True)
    text = text_of(normalise(notebook))
    nbformat.validate(nbformat.reads(text, as_version=4))
    path.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str] | None = None) -> int:
    """Build or check what the arguments name; 0 when all is as it should be, 1 when not, 2 for a wrong name."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", help="notebooks in answers/, without .ipynb; all when none is named"
    )
    parser.add_argument("--check", action="store_true", help="say what is stale and change nothing")
    parser.add_argument("--derive", action="store_true", help="derive notebooks/ without running answers/")
    options = parser.parse_args(arguments)

    if options.check:
        problems = stale()
        print("\n".join(f"{problem}; run: make notebooks" for problem in problems) or "nothing is stale")
        return int(bool(problems))

    paths = [ANSWERS / f"{Path(name).stem}.ipynb" for name in options.names] or sorted(
        ANSWERS.glob("*.ipynb")
    )
    for path in paths:
        if not path.exists():
            print(f"answers/{path.name} does not exist", file=sys.stderr)
            return 2
        print(path.stem, flush=True)
        try:
            build(path, run=not options.derive)
        except (CellExecutionError, RuntimeError, ValidationError) as error:
            print(f"answers/{path.name} failed:\n{error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
