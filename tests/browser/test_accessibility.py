"""The forms of the lessons before axe-core and the keyboard: cost explorer, predictions, progress, practice, mock exam.

The packet tracer, the topology, the option board and the playground stand in ``test_widgets.py``.
"""

import nbformat
import pytest

from tests.browser.accessibility import HIGH, THEMES, WIDTHS, keyboard_faults, serious_faults, show
from tests.browser.conftest import SCREENSHOTS
from tests.browser.running import run_all

NOTEBOOK = "notebooks/forms.ipynb"
PRACTICE, EXAM = 'lab.practice(domain="SAA", count=2)', "lab.exam(count=3)"
# A cell each: as it opens, and as it stands when it was used, of which there is one for each screen.
FORMS = {
    "cost-explorer": "lab.cost_explorer()",
    "predict": 'lab.predict("05.1")',
    "predict-answered": 'lab.predict("03.1")',
    "progress": "lab.progress()",
    "progress-asking": "lab.progress()",
    "practice": PRACTICE,
    "practice-answered": PRACTICE,
    "exam": EXAM,
    "exam-question": EXAM,
    "exam-review": EXAM,
    "exam-asking": EXAM,
    "exam-score": EXAM,
}
OUTPUT = ".jp-Cell-outputArea"


@pytest.fixture(scope="module")
def page(browser, jupyterlab, course):
    """One page with every form on it, in every state that has a look of its own."""
    sources = ("from lab_env import Lab\nlab = Lab.start(chapter=5)", *FORMS.values())
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), course / NOTEBOOK)
    context = browser.new_context(viewport={"width": 1280, "height": HIGH}, reduced_motion="reduce")
    opened = context.new_page()
    run_all(opened, jupyterlab, NOTEBOOK)
    opened.set_default_timeout(20_000)
    form(opened, "cost-explorer").get_by_role("slider", name="Hours").wait_for()
    press(opened, "predict-answered", "no")
    says(opened, "predict-answered", "4 left.")
    press(opened, "progress-asking", "Start over")
    says(opened, "progress-asking", "There is no way back.")
    answer(opened, "practice-answered")
    press(opened, "practice-answered", "Answer")
    says(opened, "practice-answered", "right.")
    for screen in ("question", "review", "asking", "score"):
        sit(opened, f"exam-{screen}")
    press(opened, "exam-review", "Review")
    says(opened, "exam-review", "1 of 3 answered, 1 flagged")
    for screen in ("asking", "score"):
        press(opened, f"exam-{screen}", "Hand in")
        says(opened, f"exam-{screen}", "Hand in for good? 2 of 3 questions are not answered.")
    press(opened, "exam-score", "Yes, hand in")
    says(opened, "exam-score", "Handed in")
    form(opened, "exam-score").locator("caption", has_text="Mock exam").wait_for()
    SCREENSHOTS.mkdir(exist_ok=True)
    yield opened
    context.close()


def form(page, name):
    # The first cell, which opens the lab, shows nothing.
    return page.locator(OUTPUT).nth(1 + list(FORMS).index(name))


def press(page, name, button):
    form(page, name).get_by_role("button", name=button, exact=True).first.click()


def says(page, name, text):
    form(page, name).locator("[role=status]", has_text=text).first.wait_for()


def answer(page, name):
    form(page, name).get_by_role("checkbox").first.check()


def sit(page, name):
    """Begin an exam, answer its first question and flag it."""
    press(page, name, "Begin")
    form(page, name).get_by_text("1: open").wait_for()
    answer(page, name)
    form(page, name).get_by_label("Flag for review").check()
    form(page, name).get_by_text("1: answered, flagged").wait_for()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_serious_fault_of_accessibility(page, theme, width):
    show(page, theme, width)
    for name in FORMS:
        form(page, name).screenshot(path=SCREENSHOTS / f"form-{name}-{theme}-{width}.png")
    contrasts, faults = serious_faults(page, ".jp-OutputArea-output")
    assert contrasts > 200
    assert faults == []


def test_tab_comes_to_every_control_in_order_and_is_seen_there(page):
    show(page, "light", "wide")
    for name in FORMS:
        many, faults = keyboard_faults(form(page, name))
        assert many, name
        assert faults == [], name
