"""Open a notebook in JupyterLab and run it from top to bottom, as a learner's "Run All Cells" does."""

from typing import Any

SECONDS = 120

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
IS_OPEN = """path => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return panel?.context?.path === path && panel.sessionContext?.session?.kernel;
}"""


def run_all(page: Any, address: str, path: str) -> list[dict[str, Any]]:
    """The code cells, with their outputs, of the notebook at ``path`` after all of them have run."""
    page.set_default_timeout(SECONDS * 1000)
    # Without "reset" JupyterLab opens again what the last page had open, and that gets the command.
    page.goto(address.format(path=path) + "&reset")
    page.wait_for_function(IS_OPEN, arg=path)
    page.evaluate(RUN_ALL)
    page.wait_for_function(ALL_HAVE_RUN)
    cells: list[dict[str, Any]] = page.evaluate(CODE_CELLS)
    return cells
