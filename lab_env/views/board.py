"""The options against the controls, with the learner's own cloud as one more column, and the evidence behind each mark.

The options are built, each in a fresh cloud, by `option_board`, once a kernel: they are the same each time. The own
column is looked at anew after each call that changes the network. Where nobody looks it is a static table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from itertools import chain
from textwrap import wrap
from typing import Any

from lab_env.compliance import Status, controls
from lab_env.compliance.controls import PATH
from lab_env.views.option_board import GIGABYTES, Card, OptionBoard, option_board
from lab_env.views.progress import front_end
from lab_env.views.table import WIDTH, text_blocks

NOW = "now"
NOW_TITLE = "your cloud now"
CAPTION = (
    f"The options, each built and tried, against the controls; {GIGABYTES:,} GB of training data a month"
)
NOTHING = "There is no training subnet yet: nothing to look at."
_WORDS = {status.mark: status.value for status in Status}
_TITLES = {control.id: control.title for control in controls.CONTROLS}
# An open cell takes the width that sentences need.
_STYLE = ".pp-board details[open]{min-width:22em}.pp-board p{margin:0.2em 0}"
_LINE = "border-bottom:1px solid rgba(128,128,128,0.35)"
_CELL = f"text-align:left;vertical-align:top;padding:0.4em 0.7em;overflow-wrap:anywhere;{_LINE}"
_OWN = f"{_CELL};border-left:3px solid #0072b2;border-right:3px solid #0072b2"

Look = Callable[[], Card | None]
Watch = Callable[[Callable[[], None]], None]


@cache
def options() -> OptionBoard:
    """The options' cards. They depend on nothing of the learner's, and so are built once a kernel."""
    return option_board()


class Board:
    """The options and the learner's own cloud.

    Args:
        look: the own cloud's card; ``None`` where jobs have nowhere to run.
        watch: takes what is to be called after each change of the network.
        shown: whether to go on following changes; by default where there is a front end.
    """

    def __init__(self, look: Look, watch: Watch, *, shown: bool | None = None) -> None:
        self.look, self._watch = look, watch
        self._shown = front_end() if shown is None else shown

    @property
    def cards(self) -> tuple[Card, ...]:
        """The columns: the own cloud where there is something to look at, then the options."""
        own = self.look()
        return (*((own,) if own else ()), *options().cards)

    def __str__(self) -> str:
        cards = self.cards
        rows = [("", *map(title, cards)), *((name, *cells) for name, cells in text_rows(cards))]
        lines = [*chain.from_iterable(text_blocks(rows))]
        own = (card for card in cards if card.key == NOW)
        told = (f"{title(card)}: {words}" for card in own for words in (card.job, *card.found))
        evidence = [line for text in told for line in wrap(text, WIDTH, subsequent_indent="  ")]
        return "\n".join([CAPTION, *lines, *wrap(likeness(cards), WIDTH), *evidence])

    __repr__ = __str__

    def html(self) -> str:
        """The table, the evidence of each cell behind its mark."""
        cards = self.cards
        return f"{table_html(cards)}<p>{escape(likeness(cards))}</p>"

    def form(self) -> Any:
        """The board that follows changes, an ipywidgets box."""
        from lab_env.views.board_form import BoardForm

        live = BoardForm(self.look)
        self._watch(live.refresh)
        live.fill()
        return live.box

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude
        if self._shown:
            # The options take seconds to build: the form shows the own cloud at once, and them when they are there.
            own = self.look()
            found: dict[str, Any] = self.form()._repr_mimebundle_()
            return found | {"text/html": table_html((own,) if own else ())}
        return {"text/plain": str(self), "text/html": self.html()}


def title(card: Card) -> str:
    """A column's heading."""
    return card.title if card.key == NOW else card.name


def likeness(cards: tuple[Card, ...]) -> str:
    """Which option the own cloud is like: the job ends so, each control says so, and the same is open besides."""
    own = next((card for card in cards if card.key == NOW), None)
    if own is None:
        return NOTHING
    alike = [card.name for card in cards if card is not own and _same(card, own)]
    ends = "trains" if own.trains else "fails"
    said = f"Your cloud now: the job {ends}, NET-1 to NET-4 say {own.marks}"
    if len(cards) == 1:
        return f"{said}."
    return f"{said}: the same as {' and '.join(alike)}." if alike else f"{said}: like none of the options."


def _same(card: Card, own: Card) -> bool:
    return (card.trains, card.marks, card.opens) == (own.trains, own.marks, own.opens)


def text_rows(cards: tuple[Card, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each row's name, and what it says of each card."""
    yield "the job", tuple(card.job for card in cards)
    for number, control in enumerate(PATH):
        yield control, tuple(f"{card.marks[number]} {_WORDS[card.marks[number]]}" for card in cards)
    yield "what else opens", tuple("; ".join(card.opens) or "nothing" for card in cards)
    yield "USD a month", tuple(card.usd for card in cards)


def table_html(cards: tuple[Card, ...]) -> str:
    """The board as an accessible table that scrolls sideways where the page is narrow."""
    heads = "".join(
        f'<th scope="col" style="{_style(card)};min-width:8.5em">{escape(title(card))}</th>' for card in cards
    )
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL};min-width:11em">{_row_head(name)}</th>{_row(number, cells, cards)}</tr>'
        for number, (name, cells) in enumerate(text_rows(cards))
    )
    return (
        f"<style>{_STYLE}</style>"
        '<div class="pp-board" role="region" aria-label="Option board" tabindex="0" style="overflow-x:auto">'
        '<table style="border-collapse:collapse;font-size:0.92em"><caption style="text-align:left;font-weight:600">'
        f'{escape(CAPTION)}</caption><thead><tr><th scope="col" style="{_CELL}">control</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row_head(name: str) -> str:
    told = _TITLES.get(name, "")
    return f'{escape(name)}<br><span style="font-weight:400">{escape(told)}</span>' if told else escape(name)


def _row(number: int, cells: tuple[str, ...], cards: tuple[Card, ...]) -> str:
    return "".join(
        f'<td style="{_style(card)}">{_cell(said, _evidence(card, number))}</td>'
        for said, card in zip(cells, cards, strict=True)
    )


def _style(card: Card) -> str:
    return _OWN if card.key == NOW else _CELL


def _evidence(card: Card, row: int) -> str:
    """What a cell rests on, a sentence a line."""
    texts = (card.hops, *card.found, "", card.bill)
    return texts[row]


def _cell(said: str, evidence: str) -> str:
    if not evidence:
        return escape(said)
    inner = "".join(f"<p>{escape(line)}</p>" for line in evidence.split("\n"))
    return f"<details><summary>{escape(said)}</summary>{inner}</details>"
