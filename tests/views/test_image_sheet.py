"""Pictures of measured values: right pixels, alt text, the same bytes everywhere."""

import re
import struct
import zlib
from base64 import b64decode

import numpy as np
import pytest

from lab_env.views.image_sheet import grey, sheet

RAMP = np.array([[-1000.0, -400.0], [200.0, 9000.0], [-5000.0, 200.0]])


def shown(values=RAMP):
    return grey(values, "a ramp <1>", 'black to "white"', darkest=-1000, brightest=200)


def decoded(png):
    """Width, height and rows of an 8-bit grey PNG, every checksum tested."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data = png[at + 8 : at + 8 + size]
        assert struct.unpack(">I", png[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + data)
        chunks[kind], at = data, at + 12 + size
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour, chunks[b"IEND"]) == (8, 0, b"")
    raw = zlib.decompress(chunks[b"IDAT"])
    rows = [raw[y * (width + 1) : (y + 1) * (width + 1)] for y in range(height)]
    assert {row[0] for row in rows} == {0}
    return width, height, [list(row[1:]) for row in rows]


def test_values_become_grey():
    assert decoded(shown().png()) == (2, 3, [[0, 128], [255, 255], [0, 255]])


@pytest.mark.parametrize("side", [1, 254, 255, 256, 400])
def test_a_picture_of_any_size_is_a_png(side):
    """Above 65,535 bytes it takes more than one stored block."""
    values = np.arange(side * side, dtype=float).reshape(side, side)
    width, height, rows = decoded(grey(values, "", "x", darkest=0, brightest=255).png())
    assert (width, height) == (side, side)
    assert rows[-1][-1] == min(255, side * side - 1)


def test_the_sheet_names_each_picture_in_words_and_in_html():
    two = sheet("Two ramps", [shown(), shown()])
    html = two.html()
    assert html.count("<img") == 2
    assert html.count('alt="black to &quot;white&quot;"') == 2
    assert "a ramp &lt;1&gt;" in html
    assert str(two).splitlines()[0] == "Two ramps"
    assert str(two).count('black to "white"') == 2
    assert two._repr_mimebundle_() == {"text/plain": str(two), "text/html": html}


def test_the_bytes_in_the_html_are_the_picture():
    found = re.search(r"base64,([^\"]+)", sheet("One", [shown()]).html())
    assert found
    assert b64decode(found[1]) == shown().png()
