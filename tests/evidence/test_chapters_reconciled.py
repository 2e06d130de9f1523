"""The three logs reconciled over the solved chapters 02 to 06, turned on as soon as each has opened its lab."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab_env import Lab, scenario
from tests.evidence.reading import arrived_at, assert_agree, delivered, inside, turn_on

ANSWERS = Path(__file__).resolve().parents[2] / "answers"
WATCHED = (scenario.TRAINING_BUCKET, scenario.MODEL_BUCKET)
CHAPTERS = sorted(path.stem for path in ANSWERS.glob("0[2-6]_*.ipynb"))


@pytest.fixture
def only_what_is_tried(monkeypatch):
    """Without what only looks, and takes long: pictures, and the board of options in clouds of its own."""
    for name in ("diagram", "options"):
        monkeypatch.setattr(Lab, name, lambda *_, **__: None)


def cells_of(chapter):
    notebook = json.loads((ANSWERS / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def recorded(chapter):
    """Run a chapter with its logs on: the lab it leaves, and what was tried meanwhile."""
    own, begun = {}, None
    for cell in cells_of(chapter):
        exec(compile(cell, chapter, "exec"), own)
        if begun is None and "lab" in own:
            turn_on(own["lab"], *WATCHED)
            begun = own["lab"].ledger.total
    lab = own["lab"]
    return lab, [attempt for _, attempt in lab.ledger.since(begun)]


@pytest.mark.usefixtures("only_what_is_tried")
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_on_record(chapter):
    lab, tried = recorded(chapter)
    try:
        assert_agree(tried, delivered(lab), lab.names.vpc, *WATCHED)
        assert {item.status for item in arrived_at(tried, *WATCHED)} >= {200}
        assert any(not item.trace.reached for item in inside(tried, lab.names.vpc))
    finally:
        lab.stop()


def test_all_five_are_there():
    assert [name[:2] for name in CHAPTERS] == ["02", "03", "04", "05", "06"]
