"""Predictions: questions from a file with a schema, judged by proofs on the cloud, never by a key."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files

import boto3
import jsonschema
import pytest

from lab_env import Lab, scenario
from lab_env.course import asking
from lab_env.course import predictions as module
from lab_env.course.asking import compare
from lab_env.course.exercise import State
from lab_env.course.predictions import FILE, Guess, prediction, predictions
from lab_env.course.progress import Progress
from lab_env.course.proofs import PROOFS, prove
from lab_env.course.proving import Proof, Seen
from lab_env.errors import InvalidInput, NotFound
from lab_env.options import internet_gateway, nat_in_public_subnet
from tools.build_notebooks import ANSWERS

FOLDER = files("lab_env.course")
TEXT = FOLDER.joinpath(FILE).read_text(encoding="utf-8")


@pytest.fixture
def notes(monkeypatch):
    kept = Progress(None)
    monkeypatch.setattr(Lab, "_notes", kept)
    return kept


def test_the_file_keeps_its_schema():
    schema = json.loads(FOLDER.joinpath("predictions.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(tomllib.loads(TEXT), schema)
    # Every chapter asks but the first, which welcomes.
    assert {item.id[:2] for item in predictions().values()} == {f"{n:02d}" for n in scenario.CHAPTERS if n}


def test_no_key_stands_in_the_file():
    """A choice has no word for being right: the loader refuses every field but these."""
    for item in tomllib.loads(TEXT)["prediction"]:
        assert {*item} <= {"id", "each", "question", "when", "choices"}
        for choice in item["choices"]:
            assert {*choice} <= {"text", "proof", "yes", "no"}
            assert choice["proof"]["by"] in PROOFS


@pytest.mark.parametrize("id_", predictions())
def test_it_is_asked_and_compared_in_its_chapter(id_):
    name = next(ANSWERS.glob(f"{id_[:2]}_*.ipynb"))
    text = name.read_text(encoding="utf-8")
    assert text.count(f'lab.predict(\\"{id_}\\")') == 1
    assert text.count(f'lab.predicted(\\"{id_}\\")') == 1
    assert text.index(f'lab.predict(\\"{id_}\\")') < text.index(f'lab.predicted(\\"{id_}\\")')


GOOD = """[[prediction]]
id = "01.9"
question = "What will come of it, do you think?"
when = "run it."
[[prediction.choices]]
text = "this one"
proof = { by = "job", job = "x", ended = "Completed" }
yes = "because of that"
[[prediction.choices]]
text = "that one"
proof = { by = "job", job = "x", ended = "Failed" }
yes = "because of this"
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "right = true\n", "with right, which it has not"),
        (GOOD.replace('question = "What will come of it, do you think?"\n', ""), "without question"),
        (GOOD.replace('by = "job"', 'by = "hand"'), "no proof 'hand'"),
        (GOOD.rpartition("[[prediction.choices]]")[0], "two choices or more"),
        (GOOD + GOOD, "one id"),
    ],
)
def test_a_broken_file_is_told_with_its_place(monkeypatch, tmp_path, text, words):
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    with pytest.raises(InvalidInput, match=words):
        predictions.__wrapped__()


def test_chapter_05_before_and_after_the_call(lab, notes):
    lab.predict("05.1", 1)
    told = lab.predicted("05.1")
    assert [one.truth for one in told.told] == [None] * 4
    assert "run the cell that creates the endpoint" in str(told)
    assert notes.get("prediction", "05.1").asked == 0
    scenario.build_endpoint(boto3.client)
    told = lab.predicted("05.1")
    assert [one.truth for one in told.told] == [False, False, False, True]
    assert [one.answer for one in told.told] == [True, False, False, False]
    assert "That is the other kind, an interface endpoint" in str(told)
    assert told.score == "not so"


def test_the_truth_follows_the_cloud_and_not_the_lesson(lab, notes):
    """Something else is built than the chapter builds, and other choices come true."""
    lab.predict("05.1", 3)
    internet_gateway(boto3.client)
    told = lab.predicted("05.1")
    assert [one.truth for one in told.told] == [False, False, True, False]
    assert told.score == "right"


def test_a_guess_outlives_the_cloud_and_a_new_question_takes_its_place(lab, notes):
    lab.predict("05.1", 4)
    again = lab.restart()
    assert again.predicted("05.1").told[3].answer is True
    again.predict("05.1")
    scenario.build_endpoint(boto3.client)
    assert again.predicted("05.1").score == "you made none"
    again.stop()
    assert Lab.start(chapter=5)._guesses == {}


@pytest.mark.parametrize("item", predictions().values(), ids=predictions())
def test_each_wrong_answer_has_its_reply(item, monkeypatch):
    """Whatever the proofs may come to: a wrong yes is told one idea, a wrong no another."""
    for number, choice in enumerate(item.choices):
        for truth in (True, False) if item.each else (False,):
            monkeypatch.setattr(asking, "prove", lambda *_, truth=truth: Proof(truth, "seen"))
            told = compare(
                item.id, Guess(None, {number: not truth}), State(None, None, None), Progress(None)
            ).told
            assert [one.misconception for one in told if one.misconception] == [
                choice.no if truth else choice.yes
            ]


def test_it_is_noted_once(lab, notes):
    lab.predict("05.1", 4)
    scenario.build_endpoint(boto3.client)
    for _ in range(3):
        lab.predicted("05.1")
    found = notes.get("prediction", "05.1")
    assert (found.right, found.asked, found.tries) == (1, 1, 1)


def test_without_an_answer_it_tells_what_happened_and_notes_nothing(lab, notes):
    lab.predict("05.1")
    scenario.build_endpoint(boto3.client)
    told = lab.predicted("05.1")
    assert told.score == "you made none"
    assert [one.misconception for one in told.told] == [""] * 4
    assert notes.entries() == {}


def test_not_asked_at_all(lab, notes):
    scenario.build_endpoint(boto3.client)
    assert "the question was not asked" in str(lab.predicted("05.1"))


def test_chapter_03_on_the_network_that_it_builds(lab, notes):
    lab.predict("03.1", "n y n y n")
    nat_in_public_subnet(boto3.client)
    told = lab.predicted("03.1").told
    assert [one.truth for one in told] == [False, False, None, False, True]
    assert told[4].misconception.startswith("0.0.0.0/0 does not say S3")
    assert told[1].misconception.startswith("A NAT gateway is ruled by the table")


def test_chapter_06_before_and_after_it_is_locked(lab, notes):
    scenario.build_endpoint(boto3.client)
    scenario.build_sandbox(boto3.client("ec2"))
    lab.predict("06.1", "y y y y y")
    assert [one.truth for one in lab.predicted("06.1").told] == [True] * 5
    scenario.lock_down(boto3.client)
    told = lab.predicted("06.1").told
    assert [one.truth for one in told] == [False] * 5


@pytest.mark.parametrize(
    ("id_", "answer", "words"),
    [
        ("05.1", 5, "5 is no choice"),
        ("05.1", 0, "0 is no choice"),
        ("05.1", True, "True is no choice"),
        ("05.1", "y n y n", "no choice"),
        ("03.1", 1, "Give y or n for each of the 5"),
        ("03.1", "y n y", "Give y or n for each of the 5"),
        ("03.1", "y n y y maybe", "no answer"),
    ],
)
def test_no_such_answer(lab, id_, answer, words):
    with pytest.raises(InvalidInput, match=words):
        lab.predict(id_, answer)


def test_no_such_question(lab):
    with pytest.raises(NotFound, match=r"There are 01\.1"):
        lab.predict("99.1")


def test_a_proof_that_cannot_look_says_so(lab):
    seen = Seen(lab._state(), None)
    assert prove({"by": "reaches", "from": "10.9.9.9", "to": "s3"}, seen).truth is None
    assert prove({"by": "logged", "under": "x/", "line": "x"}, seen).truth is None
    assert prove({"by": "attack", "keys": "the job's", "from": "another VPC", "call": "s3:GetObject",
                  "bucket": "the firm's"}, seen).truth is None  # fmt: skip


@pytest.mark.parametrize(("to", "truth"), [("s3", False), ("data centre", None)])
def test_the_way_that_a_packet_takes(lab, to, truth):
    seen = Seen(lab._state(), None)
    assert prove({"by": "crosses the internet", "from": "subnet_a", "to": to}, seen).truth is None
    assert prove({"by": "reaches", "from": "subnet_a", "to": to}, seen).truth is False


def test_an_image_keeps_about_two_hundred_telling_elements(lab):
    truths = [prove(choice.proof, Seen(lab._state(), None)).truth for choice in prediction("10.1").choices]
    assert truths == [False, False, True]


def test_a_guess_is_changed_by_the_form(lab):
    question = lab.predict("03.1")
    question.answer(2, True)
    question.answer(0, False)
    assert lab._guesses["03.1"].answers == {2: True, 0: False}
    one = lab.predict("05.1")
    one.answer(0, True)
    one.answer(3, True)
    assert lab._guesses["05.1"].answers == {3: True}


def test_comparing_needs_no_lab(lab):
    told = compare("05.1", Guess(lab.network), lab._state(), Progress(None))
    assert told.score == "you made none"
