"""Tables: aligned text within the width, accessible HTML."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from lab_env.views.table import WIDTH, Table, text_blocks

TABLE = Table(
    ("option", "reached", "what it opens"),
    (("D", "✓", "S3 in us-east-1, nothing else"), ("A", "✗", "the whole internet")),
    "Two options",
    frozenset({1}),
    ("✓ holds, ✗ does not.",),
)


def test_the_text_stands_in_columns():
    assert str(TABLE).splitlines() == [
        "Two options",
        "option  reached  what it opens",
        "──────────────────────────────────────────────",
        "D       ✓        S3 in us-east-1, nothing else",
        "A       ✗        the whole internet",
        "✓ holds, ✗ does not.",
    ]


def test_an_empty_table_says_so():
    assert "(none)" in str(Table(("a",), (), "Nothing"))


@pytest.mark.parametrize(
    ("row", "width", "lines"),
    [
        (("a", "b"), 118, ["a  b"]),
        (("a", "one two three"), 10, ["a  one two", "   three"]),
        (("one two three", "b"), 9, ["one     b", "two", "three"]),
        (("a", "", "c"), 118, ["a    c"]),
        (("",), 118, [""]),
    ],
)
def test_long_cells_go_on_below(row, width, lines):
    assert text_blocks([row], width=width) == [lines]


def test_no_line_is_wider_than_the_page():
    block = text_blocks([("word " * 60, "word " * 40, "end"), ("a", "b", "c")])
    assert max(len(line) for lines in block for line in lines) <= WIDTH


def test_rows_of_unequal_length_are_filled_up():
    assert text_blocks([("a",), ("b", "c")]) == [["a"], ["b  c"]]


def test_the_html_names_its_rows_and_columns():
    tree = ET.fromstring(f"<page>{TABLE.html()}</page>").find("table")
    assert tree.findtext("caption") == "Two options"
    assert [cell.get("scope") for cell in tree.iter("th")] == ["col", "col", "col", "row", "row"]
    marked = [cell.text for cell in tree.iter("th") if "#d55e00" in cell.get("style", "")]
    assert marked == ["A"]


def test_cells_are_escaped():
    assert "<b>" not in Table(("<b>",), (("<b>",),), "<b>", notes=("<b>",)).html()


def test_both_forms_are_given():
    bundle = TABLE._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == str(TABLE) == repr(TABLE)
    assert bundle["text/html"] == TABLE._repr_html_()
