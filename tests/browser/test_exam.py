"""Exam practice in JupyterLab: a practice and a mock exam, once by mouse and once by the keyboard alone."""

import re

import nbformat
import pytest

from lab_env.course.exam import practise, sit
from tests.browser.running import run_all

NOTEBOOK = "notebooks/exam_practice.ipynb"
PRACTICE, EXAM = {"domain": "SAA", "count": 2, "seed": 6}, {"count": 3, "seed": 14}
LAB = """from lab_env import Lab
lab = Lab.start(chapter=14)"""


@pytest.fixture
def opened(page, jupyterlab, course, request):
    """A page on which the cell of the test's parameter shows its form."""
    cells = [nbformat.v4.new_code_cell(source) for source in (LAB, request.param)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), course / NOTEBOOK)
    page.set_viewport_size({"width": 1280, "height": 1600})
    run_all(page, jupyterlab, NOTEBOOK)
    page.locator(".lab-exam").first.wait_for()
    return page


PRACTISING = pytest.mark.parametrize("opened", [f"lab.practice(**{PRACTICE})"], indirect=True)
EXAMINED = pytest.mark.parametrize("opened", [f"lab.exam(**{EXAM})"], indirect=True)


def option(page, letter):
    """The check box of an option of the question that is shown, by its label."""
    return page.locator(".lab-exam").get_by_role("checkbox", name=re.compile(rf"^{letter}\) "))


def focused(page):
    """What the keyboard is on: a button's text, or the letter of an option."""
    return page.evaluate(
        "() => { const at = document.activeElement; return at.innerText || at.labels?.[0]?.innerText || at.tagName; }"
    )


def tab_to(page, text, *, presses=12):
    """Press Tab until the keyboard is on a control with this text."""
    for _ in range(presses):
        if focused(page).startswith(text):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not come to {text!r}; it is on {focused(page)!r}")


@PRACTISING
def test_a_practice_by_mouse(opened):
    first, second = practise(**PRACTICE).questions
    button = opened.get_by_role("button", name="Answer")
    button.click()
    opened.locator("[role=status]", has_text="Choose 1 of the options first.").wait_for()
    wrong = next(item.letter for item in first.options if item.letter not in first.key)
    option(opened, wrong).check()
    button.click()
    opened.locator("[role=status]", has_text=f"You chose {wrong}; {min(first.key)} is right.").wait_for()
    opened.get_by_role("button", name="Next question").click()
    opened.get_by_text(second.stem[:60]).wait_for()
    option(opened, min(second.key)).check()
    button.click()
    opened.locator("[role=status]", has_text="✓ Yes").wait_for()
    opened.locator("caption", has_text="Practice, seed 6").wait_for()
    assert opened.locator(".lab-exam").get_by_text("1 of 2 (50 %)").first.is_visible()


@PRACTISING
def test_a_practice_by_the_keyboard_alone(opened):
    first, second = practise(**PRACTICE).questions
    opened.locator(".lab-exam h4").evaluate("item => { item.tabIndex = -1; item.focus(); }")
    for asked in (first, second):
        key = min(asked.key)
        tab_to(opened, f"{key}) ")
        opened.keyboard.press("Space")
        assert option(opened, key).is_checked()
        tab_to(opened, "Answer")
        opened.keyboard.press("Enter")
        opened.locator("[role=status]", has_text=f"✓ Yes: {key} is right.").wait_for()
        if asked is first:
            # The keyboard is taken on to what comes next.
            opened.wait_for_function("() => document.activeElement.innerText === 'Next question'")
            opened.keyboard.press("Enter")
            opened.get_by_text(second.stem[:60]).wait_for()
            opened.wait_for_function("() => document.activeElement.type === 'checkbox'")
    opened.locator("caption", has_text="Practice, seed 6").wait_for()


@EXAMINED
def test_a_mock_exam_by_mouse(opened):
    questions = sit(**EXAM).questions
    opened.get_by_role("button", name="Begin").click()
    clock = opened.locator("[role=timer]")
    clock.wait_for()
    before = clock.inner_text()
    option(opened, min(questions[0].key)).check()
    opened.get_by_label("Flag for review").check()
    opened.get_by_role("button", name="Next", exact=True).click()
    opened.get_by_text(questions[1].stem[:60]).wait_for()
    opened.get_by_role("button", name="Review").click()
    opened.locator("caption", has_text="1 of 3 answered, 1 flagged").wait_for()
    opened.wait_for_function(f"() => document.querySelector('[role=timer]').innerText !== '{before}'")
    opened.get_by_role("button", name="Hand in", exact=True).click()
    opened.locator(
        "[role=status]", has_text="Hand in for good? 2 of 3 questions are not answered."
    ).wait_for()
    opened.get_by_role("button", name="No, go on").click()
    opened.locator("[role=status]", has_text="Hand in for good?").wait_for(state="detached")
    opened.get_by_role("button", name="Hand in", exact=True).click()
    opened.get_by_role("button", name="Yes, hand in").click()
    opened.locator("[role=status]", has_text="1 of 3 (33 %)").wait_for()
    opened.get_by_text("1: right, flagged · 2: not right · 3: not right").wait_for()
    opened.get_by_label("Go to").fill("1")
    opened.get_by_label("Go to").press("Enter")
    opened.locator("[role=status]", has_text="✓ Yes").wait_for()
    assert option(opened, "A").is_disabled()


@EXAMINED
def test_a_mock_exam_by_the_keyboard_alone(opened):
    questions = sit(**EXAM).questions
    opened.get_by_role("button", name="Begin").focus()
    opened.keyboard.press("Enter")
    opened.wait_for_function("() => document.activeElement.type === 'checkbox'")
    opened.keyboard.press("Space")
    assert option(opened, "A").is_checked()
    tab_to(opened, "Next")
    opened.keyboard.press("Enter")
    opened.get_by_text(questions[1].stem[:60]).wait_for()
    tab_to(opened, "Flag for review")
    opened.keyboard.press("Space")
    tab_to(opened, "Review")
    opened.keyboard.press("Enter")
    opened.locator("caption", has_text="1 of 3 answered, 1 flagged").wait_for()
    tab_to(opened, "Hand in")
    opened.keyboard.press("Enter")
    opened.wait_for_function("() => document.activeElement.innerText === 'No, go on'")
    tab_to(opened, "Yes, hand in")
    opened.keyboard.press("Enter")
    opened.locator("[role=status]", has_text="Handed in").wait_for()
    opened.locator("caption", has_text="Mock exam, seed 14").wait_for()
    # The keyboard is taken on to the questions and why their keys are right; it is still on the second.
    opened.wait_for_function("() => document.activeElement.innerText === 'Next'")
    tab_to(opened, "Go to")
    opened.keyboard.press("ArrowUp")
    opened.locator(".lab-exam h4", has_text="Question 3 of 3").wait_for()
    assert focused(opened) == "Go to"


@PRACTISING
def test_nothing_is_cut_off_in_a_narrow_window(opened):
    opened.set_viewport_size({"width": 700, "height": 1600})
    # Laid out anew a moment after the window has changed.
    opened.wait_for_function(
        """() => {
            const panel = document.querySelector('.lab-exam').getBoundingClientRect();
            const labels = [...document.querySelectorAll('.lab-exam label')].filter(item => item.offsetParent);
            return panel.width < 450 && labels.length >= 4
                && labels.every(item => item.getBoundingClientRect().right <= panel.right + 3);
        }""",
        timeout=10_000,
    )
    overflowing = opened.locator(".lab-exam .widget-checkbox label").evaluate_all(
        "labels => labels.filter(label => label.scrollHeight > label.clientHeight + 2).length"
    )
    assert overflowing == 0
