"""The options side by side: computed, the same each time, and the same in words as in HTML."""

from __future__ import annotations

from subprocess import CompletedProcess
from xml.etree import ElementTree as ET

import pytest

from lab_env import Lab
from lab_env.errors import LabError
from lab_env.options import OPTIONS
from lab_env.views import option_board
from lab_env.views.option_board import Card, OptionBoard

COMPUTED = {
    # How the job ends; NET-1 to NET-4; what else opens; USD a month.
    "a": (
        "✗ fails: dropped at the internet gateway",
        "✗✗✗✗",
        (
            "the whole internet, for a host with a public address",
            "S3 in other Regions, for a host with a public address",
            "the subnet itself, from the internet, where a security group lets it in",
        ),
        "0.00",
    ),
    "b-private": ("✗ fails: dropped at the route table", "✗✗–✓", (), "0.00"),
    "b-public": (
        "✓ trains: S3 sees 3.236.191.114",
        "✗✗✗✗",
        ("the whole internet", "S3 in other Regions"),
        "81.50",
    ),
    "c-private": ("✗ fails: no route at the route table", "✓✗–✓", ("the data centre",), "219.00"),
    "c-hairpin": (
        "✓ trains: S3 sees 203.0.113.20",
        "✗✗✗✗",
        ("the data centre", "the whole internet", "S3 in other Regions"),
        "239.00",
    ),
    "d": ("✓ trains: S3 sees 10.20.1.4", "✓✓✓✓", (), "0.00"),
}


@pytest.fixture(scope="module")
def board() -> OptionBoard:
    """Built in this process."""
    return option_board.survey()


def test_what_came_of_each(board: OptionBoard) -> None:
    assert {card.key: (card.job, card.marks, card.opens, card.usd) for card in board.cards} == COMPUTED


def test_the_forms_stand_in_the_question_s_order(board: OptionBoard) -> None:
    assert [card.key for card in board.cards] == [form.key for form in OPTIONS]
    letters = [card.letter for card in board.cards]
    assert (letters, set(letters)) == (sorted(letters), set("ABCD"))


def test_each_picture_has_its_name_and_its_words(board: OptionBoard) -> None:
    for card in board.cards:
        root = ET.fromstring(card.svg)
        assert root.findtext("{http://www.w3.org/2000/svg}title") == card.name
    html = ET.fromstring(board._repr_html_().replace('px">', 'px"/>'))
    assert [image.get("alt") for image in html.iter("img")] == [card.alt for card in board.cards]


def test_the_text_says_what_the_table_says(board: OptionBoard) -> None:
    html = ET.fromstring(board._repr_html_().replace('px">', 'px"/>'))
    cells = ["".join(cell.itertext()) for cell in html.iter() if cell.tag in ("td", "th")]
    words = " ".join(str(board).split())
    for cell in filter(None, cells):
        assert set(cell.split()) <= set(words.split()), cell
    assert max(map(len, str(board).splitlines())) <= 118


def test_a_lab_that_is_open_stays_as_it_is(lab: Lab, board: OptionBoard) -> None:
    before = lab.network
    assert lab.options() == board
    assert lab.network == before


def test_a_process_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = CompletedProcess([], 1, b"", b"Traceback\nLabError: no such option\n")
    monkeypatch.setattr(option_board.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(LabError, match="no such option"):
        option_board.option_board()


def test_an_option_that_opens_nothing_says_so() -> None:
    card = Card("x", "X", "Nothing", "<svg/>", "nothing", False, "no route", "✓✗–✓", (), "0.00")
    assert "nothing" in str(OptionBoard((card,))).splitlines()[2]
