"""Every chapter as a learner meets it: opened in JupyterLab and run from top to bottom."""

import pytest

from tests.browser.conftest import ROOT
from tests.browser.running import run_all

CHAPTERS = sorted(f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_there_is_a_chapter_to_open():
    assert CHAPTERS


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_chapter_runs_from_top_to_bottom(page, jupyterlab, path):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    code = run_all(page, jupyterlab, path)

    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert [said for cell in code if (said := complaint(cell))] == []
    assert errors == []


def complaint(cell):
    """What a cell wrote to stderr, or the error that it was not meant to end with; empty when neither."""
    if "raises-exception" in cell["metadata"].get("tags", []):
        return ""
    for output in cell["outputs"]:
        if output["output_type"] == "error":
            return f"{output['ename']}: {output['evalue']}"
        if output.get("name") == "stderr":
            return "".join(output["text"])
    return ""
