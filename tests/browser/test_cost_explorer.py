"""The cost explorer in JupyterLab: drawn offline, followed by mouse and by keyboard alone, in either theme."""

import nbformat
import pytest

from tests.browser.conftest import SCREENSHOTS
from tests.browser.running import run_all

NOTEBOOK = "notebooks/cost_explorer.ipynb"
LAB = "from lab_env import Lab\nlab = Lab.start()\nlab.cost_explorer(gigabytes=1000, zones=2)"
CHART = ".widget-html img, .jupyter-widgets img"
LABELS = ("GB a month", "Hours", "Availability Zones")


@pytest.fixture
def explorer(page, jupyterlab, course):
    """A page on which the explorer stands; whatever it asks of another host than its own fails the test."""
    cells = [nbformat.v4.new_code_cell(LAB)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), course / NOTEBOOK)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 1280, "height": 2000})
    run_all(page, jupyterlab, NOTEBOOK)
    field(page, 0).wait_for()
    slider(page, 2).wait_for()
    yield page
    strangers = [
        url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:", "ws://127."))
    ]
    assert strangers == []


def chart(page):
    return page.locator(CHART).first


def shows(page, *texts):
    """Wait until the chart's words and the bills have them."""
    for text in texts:
        page.wait_for_function(
            "([selector, text]) => document.querySelector(selector)?.alt.includes(text)", arg=[CHART, text]
        )


def field(page, number):
    return page.get_by_role("spinbutton", name=LABELS[number], exact=True)


def slider(page, number):
    return page.get_by_role("slider", name=LABELS[number], exact=True)


def says(page, text):
    page.locator("[role=status]", has_text=text).wait_for()


def test_it_is_drawn_and_has_its_bills(explorer):
    drawn = chart(explorer)
    box = drawn.bounding_box()
    assert box["width"] > 600
    assert box["height"] > 300
    assert drawn.evaluate("image => image.complete && image.naturalWidth > 0")
    shows(explorer, "From 650 GB on D gateway, 7 interface is cheaper than B NAT gateways.")
    captions = explorer.locator(".pp-widget caption").all_inner_texts()
    assert captions == ["Where lines cross", "The month with 1,000 GB"]
    says(explorer, "US dollars for 1,000 GB: A internet gateway (✗ no S3) 0.00; B NAT gateways 118.00;")


def test_by_mouse(explorer):
    track = slider(explorer, 0).bounding_box()
    middle = track["y"] + track["height"] / 2
    # The handle is as high as the track's box, and at 1,000 of 10,000 stands a tenth of its way along.
    thumb = track["height"]
    explorer.mouse.move(track["x"] + thumb / 2 + (track["width"] - thumb) / 10, middle)
    explorer.mouse.down()
    explorer.mouse.move(track["x"] + track["width"] / 2, middle, steps=5)
    explorer.mouse.up()
    # The field follows through the kernel, past the numbers on the way; the handle stands where it was let go.
    explorer.wait_for_function(
        "([field, slider]) => field.value > 3000 && field.value === slider.value",
        arg=[field(explorer, 0).element_handle(), slider(explorer, 0).element_handle()],
    )
    gigabytes = int(field(explorer, 0).input_value())
    assert 4000 <= gigabytes <= 6000
    shows(explorer, f"At {gigabytes:,} GB:")
    says(explorer, f"US dollars for {gigabytes:,} GB:")
    explorer.locator(".pp-widget caption", has_text=f"The month with {gigabytes:,} GB").wait_for()


def test_by_keyboard_alone(explorer):
    keys = explorer.keyboard
    field(explorer, 0).focus()
    for label in LABELS:
        assert explorer.evaluate("() => document.activeElement.labels[0].innerText") == label
        keys.press("Tab")
        focused = explorer.evaluate("() => [document.activeElement.type, document.activeElement.ariaLabel]")
        assert focused == ["range", label]
        keys.press("Tab")
    field(explorer, 0).focus()
    keys.press("ControlOrMeta+a")
    keys.type("2500")
    keys.press("Tab")
    shows(explorer, "At 2,500 GB:")
    keys.press("ArrowRight")
    shows(explorer, "At 2,600 GB:")
    slider(explorer, 2).focus()
    keys.press("ArrowRight")
    shows(explorer, "3 Availability Zones", "From 4,381 GB on C Direct Connect hairpin is cheaper")
    assert field(explorer, 2).input_value() == "3"


# From 1,000 GB: a step, the ends, and a tenth of the scale.
KEYS = [("ArrowUp", 1100), ("ArrowLeft", 1000), ("ArrowDown", 900), ("End", 10_000), ("Home", 0), ("PageUp", 1000),
        ("ArrowRight", 1100), ("PageDown", 100)]  # fmt: skip


def test_the_keys_of_a_slider(explorer):
    slider(explorer, 0).focus()
    for key, gigabytes in KEYS:
        explorer.keyboard.press(key)
        says(explorer, f"US dollars for {gigabytes:,} GB:")
        assert field(explorer, 0).input_value() == str(gigabytes)
    # JupyterLab has not taken any of them to another cell, and the keyboard still stands here.
    assert slider(explorer, 0).evaluate("item => item === document.activeElement")

    # A number between two steps: the handle stands at the nearer one, and what was typed is read out and kept.
    field(explorer, 0).fill("4321")
    field(explorer, 0).press("Enter")
    says(explorer, "US dollars for 4,321 GB:")
    assert slider(explorer, 0).input_value() == "4300"
    assert slider(explorer, 0).get_attribute("aria-valuetext") == "4321"
    assert field(explorer, 0).input_value() == "4321"


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_in_either_theme(explorer, theme):
    """The chart stands on a plate of its own, so its colours hold on either page."""
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    explorer.evaluate(change, theme)
    light = str(theme.endswith("Light")).lower()
    explorer.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
    # JupyterLab covers the page while it changes.
    explorer.wait_for_selector("#jupyterlab-splash", state="detached")
    SCREENSHOTS.mkdir(exist_ok=True)
    explorer.screenshot(path=SCREENSHOTS / f"cost_explorer_{theme.rpartition(' ')[2].lower()}.png")
    colour = "item => getComputedStyle(item).color"
    label = explorer.locator("label", has_text=LABELS[0]).first.evaluate(colour)
    cell = explorer.locator(".pp-widget td").first.evaluate(colour)
    assert _bright(label) is _bright(cell) is theme.endswith("Dark")


def _bright(colour):
    """Whether ``rgb(…)`` or ``rgba(…)`` is nearer to white than to black."""
    red, green, blue = (float(part) for part in colour.partition("(")[2].rstrip(")").split(",")[:3])
    return (red + green + blue) / 3 > 127
