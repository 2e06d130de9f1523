"""The board: the options and the own cloud, each mark with what it rests on, in text as in HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import boto3
import pytest

from lab_env import Lab
from lab_env.errors import LabError
from lab_env.options import OPTIONS, internet_gateway
from lab_env.views import board as board_module
from lab_env.views.board import NOTHING, NOW, NOW_TITLE, Board, likeness, table_html
from lab_env.views.board_form import BoardForm
from lab_env.views.option_board import Card, OptionBoard, judged, survey

PATH = ("NET-1", "NET-2", "NET-3", "NET-4")


@pytest.fixture(scope="module")
def built() -> OptionBoard:
    """The options, built in this process."""
    return survey()


@pytest.fixture(autouse=True)
def known(built: OptionBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_module, "options", lambda: built)
    monkeypatch.setattr("lab_env.views.board_form.options", lambda: built)


@pytest.fixture(scope="module")
def own(built: OptionBoard) -> Iterator[Card]:
    """A cloud at the end of chapter 05, looked at as an option is."""
    lab = Lab.start(chapter=6)
    yield judged(lab.network, lab._sites(), key=NOW, letter="", title=NOW_TITLE)
    lab.stop()


def board(card: Card | None, *, shown: bool = False) -> Board:
    return Board(lambda: card, lambda _: None, shown=shown)


def test_the_own_cloud_is_a_column_and_is_likened(own: Card) -> None:
    text = str(board(own))
    assert "your cloud" in text.splitlines()[1]
    assert (
        "Your cloud now: the job trains, NET-1 to NET-4 say ✓✓✓✓: the same as D) VPC endpoint (gateway)."
        in text
    )
    assert "S3 is reached through vpce-" in text
    assert likeness((replace(own, trains=False), *board(own).cards[1:])).endswith("like none of the options.")
    assert likeness((own,)).endswith("say ✓✓✓✓.")


def test_each_mark_opens_to_what_it_rests_on(own: Card, built: OptionBoard) -> None:
    html = board(own).html().partition("<p>Your cloud now")[0].replace("<br>", "<br/>")
    table = ET.fromstring(html.partition("</style>")[2])
    heads = ["".join(cell.itertext()) for cell in table.iter("th") if cell.get("scope") == "col"]
    assert heads == ["control", NOW_TITLE, *(card.name for card in built.cards)]
    rows = {"".join(row[0].itertext())[:5]: row for row in table.find("table/tbody")}
    for number, control in enumerate(PATH):
        for cell, card in zip(rows[control][1:], (own, *built.cards), strict=True):
            summary = cell.findtext("details/summary")
            assert summary.startswith(card.marks[number])
            told = [paragraph.text for paragraph in cell.iter("p")]
            assert told == card.found[number].split("\n")
            assert all(len(sentence) > 20 for sentence in told)
    job = rows["the j"][2]
    assert [paragraph.text for paragraph in job.iter("p")][-1].startswith("✗ Dropped at internet gateway")


def test_the_price_says_what_it_is_made_of(built: OptionBoard, own: Card) -> None:
    bills = {card.key: card.bill for card in built.cards}
    assert "NAT" in bills["b-public"]
    assert own.bill == "Nothing here costs anything by itself."


def test_where_jobs_have_nowhere_to_run_it_says_so() -> None:
    assert NOTHING in str(board(None))
    assert NOTHING in BoardForm(lambda: None).said.value


def test_the_form_shows_the_own_column_at_once_and_the_options_when_they_are_there(own: Card) -> None:
    form = BoardForm(lambda: own)
    assert "being built" in form.said.value
    assert form.table.value == table_html((own,))
    form.fill(wait=True)
    assert "the same as D)" in form.said.value
    form.columns["a"].value = False
    assert "Internet gateway" not in form.table.value
    assert "the same as D)" in form.said.value
    assert list(form.columns) == [option.key for option in OPTIONS]


def test_options_that_cannot_be_built_are_told(own: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> OptionBoard:
        raise LabError("the options could not be built.")

    monkeypatch.setattr("lab_env.views.board_form.options", fail)
    form = BoardForm(lambda: own)
    form.fill(wait=True)
    assert "could not be built" in form.said.value
    assert form.table.value == table_html((own,))


def test_the_own_column_follows_and_is_drawn_only_when_it_changed(own: Card) -> None:
    seen = [own]
    form = BoardForm(lambda: seen[0])
    form.fill(wait=True)
    before = form.table.value
    form.refresh()
    assert form.table.value == before
    seen[0] = replace(own, marks="✗✗✗✗", trains=False)
    form.refresh()
    assert "like none of the options" in form.said.value

    def fail() -> Card:
        raise LabError("a group is gone.")

    form._look = fail
    form.refresh()
    assert "a group is gone" in form.said.value


def test_the_form_goes_on_watching(own: Card) -> None:
    watching = []
    bundle = Board(lambda: own, watching.append, shown=True)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert len(watching) == 1


def test_the_lab_s_board_follows_a_call(lab: Lab) -> None:
    form = BoardForm(lab.board().look)
    form.fill(wait=True)
    lab.board()._watch(form.refresh)
    assert "NET-1 to NET-4 say ✓✗–✓: like none" in form.said.value
    internet_gateway(boto3.client)
    assert "NET-1 to NET-4 say ✗✗✗✗: the same as A) Internet gateway." in form.said.value
