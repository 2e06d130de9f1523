"""Predicting and following one's progress in JupyterLab, by the mouse and by the keyboard alone."""

import json

import nbformat
import pytest

from tests.browser.running import run_all

NOTEBOOK = "notebooks/learning.ipynb"
OPEN = """import boto3
from lab_env import Lab, scenario
lab = Lab.start(chapter=5)"""
BUILD = """scenario.build_endpoint(boto3.client)
print("built")"""
CELLS = [OPEN, 'lab.predict("05.1")', 'lab.predict("03.1")', "lab.progress()"]
STATUS = "[role=status]"


@pytest.fixture
def lesson(page, jupyterlab, course, progress_home):
    """A notebook with two questions and the progress board, run once by somebody who has done nothing yet."""
    (progress_home / "progress.json").unlink(missing_ok=True)
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), course / NOTEBOOK)
    page.set_viewport_size({"width": 1280, "height": 2600})
    run_all(page, jupyterlab, NOTEBOOK)
    button(page, "1").wait_for()
    button(page, "Start over").wait_for()
    return page


def button(page, name):
    """The lesson's own buttons of that name; JupyterLab has others."""
    return page.locator(".jp-OutputArea-output").get_by_role("button", name=name, exact=True)


def says(page, text):
    page.locator(STATUS, has_text=text).first.wait_for(timeout=10_000)


def run(page, code):
    """Run code in the notebook's own kernel, as a cell after the others; the text of its outputs."""
    return page.evaluate(
        """async code => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const future = kernel.requestExecute({code}), said = [];
            future.onIOPub = message => {
                const content = message.content;
                if (content.text) said.push(content.text);
                if (content.data) said.push(content.data['text/plain']);
                if (content.ename) said.push(content.ename + ': ' + content.evalue);
            };
            await future.done;
            return said.join('');
        }""",
        code,
    )


def test_predicting_with_the_mouse(lesson):
    button(lesson, "2").click()
    says(lesson, "Noted.")
    button(lesson, "✓ 2").wait_for()
    assert button(lesson, "1").count() == 1

    button(lesson, "yes").first.click()
    says(lesson, "4 left.")
    for number in range(1, 5):
        # A chosen one is "✓ no", so the next open statement's comes second: the first statement keeps its "no".
        button(lesson, "no").nth(1).click()
        says(lesson, f"{4 - number} left." if number < 4 else "Noted.")
    assert "'05.1': [1], '03.1': [0]" in run(
        lesson,
        "print({id: [n for n, yes in one.answers.items() if yes] for id, one in lab._guesses.items()})",
    )

    said = run(lesson, BUILD + '\nprint(lab.predicted("05.1"))')
    assert "Prediction 05.1: not so" in said
    assert "Nobody edits your security groups for you." in said


def test_predicting_with_the_keyboard(lesson):
    focused = "() => document.activeElement.innerText.trim()"
    button(lesson, "1").focus()
    for number in (1, 2, 3):
        assert lesson.evaluate(focused) == str(number)
        lesson.keyboard.press("Tab")
    lesson.keyboard.press("Enter")
    says(lesson, "Noted.")
    assert lesson.evaluate(focused) == "✓ 4"
    lesson.keyboard.press("Tab")
    assert lesson.evaluate(focused) == "yes"
    lesson.keyboard.press("Enter")
    says(lesson, "4 left.")
    lesson.keyboard.press("Tab")
    assert lesson.evaluate(focused) == "no"
    assert "right" in run(lesson, BUILD + '\nprint(lab.predicted("05.1").score)')


def test_progress_is_kept_exported_and_forgotten(lesson, course, progress_home):
    run(lesson, BUILD + '\nlab.check("5.1"); lab.hint("5.2")')
    button(lesson, "Look again").click()
    lesson.get_by_text("✓ 5.1").wait_for()
    kept = json.loads((progress_home / "progress.json").read_text(encoding="utf-8"))["entries"]
    assert {(item["id"], item["done"], item["hints"]) for item in kept if item["kind"] == "exercise"} == {
        ("5.1", True, 0),
        ("5.2", False, 1),
    }

    button(lesson, "Export").click()
    says(lesson, "Written to progress.csv")
    assert "exercise,5.1,True" in (course / "notebooks" / "progress.csv").read_text(encoding="utf-8")

    # By the keyboard alone: start over, think again, start over, be sure.
    button(lesson, "Start over").focus()
    lesson.keyboard.press("Enter")
    says(lesson, "Forget everything that was done?")
    button(lesson, "No, keep it").focus()
    lesson.keyboard.press("Enter")
    button(lesson, "Start over").focus()
    lesson.keyboard.press("Enter")
    button(lesson, "Yes, forget everything").focus()
    lesson.keyboard.press("Enter")
    says(lesson, "Forgotten.")
    assert json.loads((progress_home / "progress.json").read_text(encoding="utf-8"))["entries"] == []


def test_a_hint_and_a_solution_are_read_where_they_are_asked_for(lesson):
    said = run(lesson, 'print(lab.solution("5.1"))')
    assert "First an honest try" in said
    said = run(
        lesson, 'for _ in range(3): ladder = lab.hint("5.1")\nprint(ladder); print(lab.solution("5.1"))'
    )
    assert "Hint 3 of 3 to 5.1" in said
    assert "AddRouteTableIds=" in said
