"""The widgets in JupyterLab, all on one page: by mouse, by keyboard alone, at two widths, light and dark."""

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import SCREENSHOTS
from tests.browser.running import run_all

NOTEBOOK = "notebooks/widgets.ipynb"
CELLS = (
    "import boto3\nfrom lab_env import Lab, scenario\nlab = Lab.start(chapter=6)\nec2 = boto3.client('ec2')",
    "lab.tracer()",
    "lab.topology()",
    "lab.board()",
    "lab.playground(request={'principal': 'arn:aws:iam::123456789012:role/R', 'action': 's3:GetObject'})",
)
WIDTHS = {"wide": 1280, "narrow": 720}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
HIGH = 9_000


@pytest.fixture(scope="module")
def page(browser, jupyterlab, course):
    """One page for all tests here: opening a kernel takes longer than any of them."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), course / NOTEBOOK)
    context = browser.new_context(viewport={"width": 1280, "height": HIGH}, reduced_motion="reduce")
    opened = context.new_page()
    run_all(opened, jupyterlab, NOTEBOOK)
    opened.set_default_timeout(20_000)
    for title in ("Packet tracer", "Topology", "Option board", "Policy playground"):
        widget(opened, title).wait_for()
    widget(opened, "Option board").get_by_text("the same as D)").wait_for(timeout=60_000)
    yield opened
    context.close()


def widget(page, title):
    return page.locator(".pp-widget", has=page.get_by_role("heading", name=title))


def look(page, theme, width):
    page.set_viewport_size({"width": width, "height": HIGH})
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")
    page.wait_for_timeout(300)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_look(page, theme, width):
    look(page, THEMES[theme], WIDTHS[width])
    SCREENSHOTS.mkdir(exist_ok=True)
    for number, frame in enumerate(page.locator(".pp-widget").all()):
        frame.screenshot(path=SCREENSHOTS / f"widget-{number}-{theme}-{width}.png")
    found = (
        Axe().run(page, context=".pp-widget", options={"resultTypes": ["violations"]}).response["violations"]
    )
    print(
        [
            (v["id"], v["impact"], [n["html"][:200] + n["failureSummary"] for n in v["nodes"]][:3])
            for v in found
        ]
    )
