"""What a learner sees of the course in a real browser: pictures drawn, tables with captions, checks that answer."""

from urllib.parse import unquote

import pytest

from tests.browser.running import run_all

# A picture is an image with a data URL.
PICTURE = ".jp-OutputArea-output img[src^='data:image/svg+xml,']"
# What a check says; widgets have a status of their own.
ANSWER = "p[role=status]"


@pytest.fixture
def chapter(page, jupyterlab, request):
    """A page on which the notebook of the test's parameter has run, every cell of it laid out."""
    # JupyterLab lays out only what is near the window; a window as high as the chapter shows it whole.
    page.set_viewport_size({"width": 1280, "height": 12_000})
    run_all(page, jupyterlab, request.param)
    return page


def picture(page):
    """Text of the first picture, once it is seen to be drawn."""
    shown = page.locator(PICTURE).first
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    assert box["width"] > 400
    assert box["height"] > 200
    return unquote(shown.get_attribute("src"))


def seen(page, selector):
    """The texts of the visible elements that a selector finds, from top to bottom."""
    return [item.inner_text() for item in page.locator(selector).all() if item.is_visible()]


def checks(page):
    """The marks of the checks and catch-ups, from top to bottom; a prediction has a status of its own."""
    return [text[0] for text in seen(page, ANSWER) if text[0] in "○…✓"]


@pytest.mark.parametrize("chapter", ["notebooks/01_private_vpc.ipynb"], indirect=True)
def test_chapter_01_shows_where_the_packet_dies_and_waits_for_the_learner(chapter):
    assert "✗ no route" in picture(chapter)
    assert checks(chapter) == ["○", "✓"] * 3


@pytest.mark.parametrize("chapter", ["notebooks/05_option_d_vpc_endpoint.ipynb"], indirect=True)
def test_chapter_05_shows_the_way_to_s3_and_what_the_audit_says(chapter):
    assert "meridian-s3" in picture(chapter)
    captions = seen(chapter, ".jp-OutputArea-output caption")
    assert any(text.endswith("s3.us-east-1.amazonaws.com:443/tcp") for text in captions)
    assert "Audit of 4 controls: 4 hold" in captions
    assert checks(chapter) == ["…", "✓", "…", "✓", "○", "✓"]


@pytest.mark.parametrize("chapter", ["answers/05_option_d_vpc_endpoint.ipynb"], indirect=True)
def test_the_solved_edition_runs_as_well_and_every_check_is_done(chapter):
    assert checks(chapter) == ["✓"] * 6
