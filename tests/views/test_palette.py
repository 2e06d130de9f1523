"""Text has contrast enough on both kinds of page."""

from __future__ import annotations

import re

import pytest

from lab_env.views.palette import DARK, LIGHT, STYLE

WHITE, BLACK = "#ffffff", "#111111"
ON = {
    "text": ["vpc", "zone", "private-subnet", "public-subnet", "chip", "hit"],
    "d": ["vpc", "private-subnet", "public-subnet", "chip", "hit"],
    "n": ["met", "blocked"],
    "w": ["oct"],
}


def fills(style):
    found = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", style):
        fill = re.search(r"(?<![-\w])fill:(#\w+)", body)
        for selector in selectors.split(","):
            if fill:
                found[selector.split()[-1].removeprefix(".")] = fill[1]
    return found


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("style", [LIGHT, LIGHT + DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"), [(text, ground) for text, grounds in ON.items() for ground in grounds]
)
def test_text_stands_out(style, text, ground):
    colours = fills(style)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("page", [WHITE, BLACK])
@pytest.mark.parametrize("style", [LIGHT, LIGHT + DARK], ids=["light", "dark"])
def test_what_stands_on_the_page_holds_on_any_page(style, page):
    assert contrast(fills(style)["o"], page) >= 3.7


@pytest.mark.parametrize("page", [WHITE, BLACK])
@pytest.mark.parametrize("stroke", ["#0072b2", "#d55e00", "#778899"])
def test_lines_hold_on_any_page(stroke, page):
    assert stroke in LIGHT
    assert contrast(stroke, page) >= 3


def test_the_style_is_one_line_with_both_palettes():
    assert "\n" not in STYLE
    assert "prefers-color-scheme:dark" in STYLE
