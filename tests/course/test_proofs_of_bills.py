"""Prediction 09.1: every sum is that of a way that was built and traced, and other ways give other answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lab_env.costs import Way
from lab_env.course.predictions import prediction
from lab_env.course.proofs import prove
from lab_env.course.proving import Seen
from lab_env.views import forms, ways
from lab_env.views.standing import standing

NOTHING = Seen(None, None)  # type: ignore[arg-type] # no cloud of the learner's is looked at
AS_BUILT = [False, False, True, True, False, False]
ZONES = 2
Change = Callable[[Way], Way]


@pytest.fixture(scope="module")
def built():
    """The ways and the forms as they are built, in this process and only as far as they are asked for."""
    found = tuple(ways.way_of(kind, ZONES if kind.zoned else 1) for kind in ways.KINDS)
    counted = []
    for option in forms.FORMS:
        if option is not forms.LOCKED:
            with standing(option) as stands:
                counted.append(SimpleNamespace(key=option.key, changes=stands.changes))
    return {ZONES: found}, tuple(counted)


@pytest.fixture(autouse=True)
def known(built, monkeypatch):
    monkeypatch.setattr(ways, "built_ways", lambda: built[0])
    monkeypatch.setattr(forms, "built_forms", lambda: built[1])


def truths() -> list[bool | None]:
    return [prove(choice.proof, NOTHING).truth for choice in prediction("09.1").choices]


def test_the_ways_as_they_are_built():
    assert truths() == AS_BUILT
    assert [prove(choice.proof, NOTHING).evidence for choice in prediction("09.1").choices] == [
        "102.20 against 73.00 USD with 0 GB",
        "73.00 against 14.60 USD with 0 GB; 523.00 against 114.60 USD with 10,000 GB",
        "102.20 against 114.60 USD with 10,000 GB",
        "419.00 against 523.00 USD with 10,000 GB",
        "0.00 USD, and no job reaches S3 by it",
        "3 calls; the fewest of any form are 2",
    ]


def times(count: int, per: str) -> Change:
    """Of what is paid by the hour, or by the GB, so many times as much."""
    return lambda way: replace(
        way,
        meters=tuple(
            replace(item, count=item.count * count) if item.per == per else item for item in way.meters
        ),
    )


@pytest.mark.parametrize(
    ("name", "change", "differs"),
    [
        ("B NAT gateways", times(2, "hour"), {0: True}),
        ("D interface endpoint", times(20, "hour"), {1: True}),
        ("D gateway, 7 interface", times(2, "hour"), {2: False}),
        ("C Direct Connect hairpin", times(3, "GB"), {3: False}),
        ("A internet gateway", lambda way: replace(way, reaches=True), {4: True}),
    ],
)
def test_other_ways_give_other_answers(monkeypatch, name, change, differs):
    changed = tuple(change(way) if way.name == name else way for way in ways.built_ways()[ZONES])
    monkeypatch.setattr(ways, "built_ways", lambda: {ZONES: changed})
    assert truths() == [differs.get(number, usual) for number, usual in enumerate(AS_BUILT)]


def test_a_form_with_fewer_calls(monkeypatch):
    monkeypatch.setattr(
        forms, "built_forms", lambda: [SimpleNamespace(key="a", changes=("AttachInternetGateway",))]
    )
    assert truths()[5] is True


def test_a_line_that_is_not_there():
    proof = {"by": "costs less", "way": "E", "than": "B NAT gateways", "zones": 2, "gigabytes": 0}
    found = prove(proof, NOTHING)
    assert (found.truth, "no such line" in found.evidence) == (None, True)
