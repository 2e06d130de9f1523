"""Every chapter as a learner meets it: opened in JupyterLab and run from top to bottom."""

import pytest

from tests.browser.conftest import ROOT

CHAPTERS = sorted(f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb"))
RUN_SECONDS = 120

RUN_ALL = """async () => {
    const app = window.jupyterapp, panel = app.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await app.commands.execute('notebook:run-all-cells');
}"""
CODE_CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
    .filter(cell => cell.cell_type === 'code')"""
# The command's promise may settle before the last cell's answer is shown.
ALL_HAVE_RUN = f"() => ({CODE_CELLS})().every(cell => cell.execution_count)"
NOTEBOOK_IS_OPEN = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"


def test_there_is_a_chapter_to_open():
    assert CHAPTERS


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_chapter_runs_from_top_to_bottom(page, jupyterlab, path):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(RUN_SECONDS * 1000)
    page.goto(jupyterlab.format(path=path))
    page.wait_for_function(NOTEBOOK_IS_OPEN)
    page.evaluate(RUN_ALL)
    page.wait_for_function(ALL_HAVE_RUN)
    code = page.evaluate(CODE_CELLS)

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
