"""The forms of the lessons before axe-core: the cost explorer, predictions, progress, practice and the mock exam.

The packet tracer, the topology, the option board and the playground stand in ``test_widgets.py``.
"""

import nbformat
import pytest

from tests.browser.accessibility import HIGH, THEMES, WIDTHS, serious_faults, show
from tests.browser.conftest import SCREENSHOTS
from tests.browser.running import run_all

NOTEBOOK = "notebooks/forms.ipynb"
FORMS = {
    "cost-explorer": "lab.cost_explorer()",
    "predict": 'lab.predict("05.1")',
    "progress": "lab.progress()",
    "practice": 'lab.practice(domain="SAA", count=2)',
    "exam": "lab.exam(count=3)",
}
OUTPUT = ".jp-Cell-outputArea"


@pytest.fixture(scope="module")
def page(browser, jupyterlab, course):
    """One page with every form on it."""
    sources = ("from lab_env import Lab\nlab = Lab.start(chapter=5)", *FORMS.values())
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), course / NOTEBOOK)
    context = browser.new_context(viewport={"width": 1280, "height": HIGH}, reduced_motion="reduce")
    opened = context.new_page()
    run_all(opened, jupyterlab, NOTEBOOK)
    opened.set_default_timeout(20_000)
    opened.get_by_label("GB a month").first.wait_for()
    for name in ("1", "Start over"):
        opened.locator(OUTPUT).get_by_role("button", name=name, exact=True).first.wait_for()
    for number in range(2):
        opened.locator(".lab-exam").nth(number).get_by_role("button").first.wait_for()
    SCREENSHOTS.mkdir(exist_ok=True)
    yield opened
    context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_serious_fault_of_accessibility(page, theme, width):
    show(page, theme, width)
    outputs = page.locator(OUTPUT)
    # The first cell, which opens the lab, shows nothing.
    for number, name in enumerate(FORMS, 1):
        outputs.nth(number).screenshot(path=SCREENSHOTS / f"form-{name}-{theme}-{width}.png")
    contrasts, faults = serious_faults(page, ".jp-OutputArea-output")
    assert contrasts > 80
    assert faults == []
