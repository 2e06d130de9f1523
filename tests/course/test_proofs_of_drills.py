"""Predictions 13.1 and 14.1: messages of jobs in clouds that were broken for it, and the proof of an exam question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab_env.course import broken_clouds, exam
from lab_env.course.predictions import prediction
from lab_env.course.proofs import prove
from lab_env.course.proving import Seen
from lab_env.training.failures import _PATH

NOTHING = Seen(None, None)  # type: ignore[arg-type] # no cloud of the learner's is looked at
QUESTION = "endpoint-behind-nat"


def truths(id_: str) -> list[bool | None]:
    return [prove(choice.proof, NOTHING).truth for choice in prediction(id_).choices]


@pytest.fixture(scope="module")
def ends() -> dict[str, str]:
    """The course's own five, and one more: each alone breaks the cloud, and a real job runs in it."""
    return dict(broken_clouds.ended(*broken_clouds.TOLD, "endpoint_route_missing"))


def test_which_fault_gives_which_message(ends, monkeypatch):
    monkeypatch.setattr(broken_clouds, "ends", lambda: ends)
    assert truths("13.1") == [True, True, False, False, False]
    words = [prove(choice.proof, NOTHING).evidence for choice in prediction("13.1").choices]
    assert "explicit deny in a resource-based policy" in words[2]
    assert "Unable to execute request to S3" in words[3]
    assert "allows the kms:Decrypt action" in words[4]


def test_another_fault_in_its_place_gives_another_answer(ends, monkeypatch):
    """The truth is the job's message, not the place of the choice."""
    monkeypatch.setattr(broken_clouds, "ends", lambda: ends | {"dns_support_off": ends["acl_no_way_back"]})
    assert truths("13.1") == [True, True, False, True, False]
    told = {"by": "says", "message": "S3 VPC endpoint or a NAT device"}
    assert prove(told | {"fault": "endpoint_route_missing"}, NOTHING).truth is True
    monkeypatch.setattr(broken_clouds, "ends", lambda: {"acl_no_way_back": ""})
    assert prove(told | {"fault": "acl_no_way_back"}, NOTHING).evidence == "the job trains"


def test_the_question_has_sagemakers_words_and_the_asked_faults_are_those_told():
    assert _PATH in prediction("13.1").question
    faults = tuple(choice.proof["fault"] for choice in prediction("13.1").choices)
    assert faults == broken_clouds.TOLD


def test_the_exam_question_as_its_proof_has_it():
    assert truths("14.1") == [False, False, False, True]
    assert "10.20.100.4" in prove(prediction("14.1").choices[3].proof, NOTHING).evidence


def test_the_prediction_is_the_banks_question_word_for_word():
    question = exam.question_named(QUESTION)
    assert prediction("14.1").question == question.stem
    assert [(choice.proof["option"], choice.text) for choice in prediction("14.1").choices] == [
        (option.letter, option.text) for option in question.options
    ]


def test_another_world_gives_another_answer(monkeypatch):
    """Without the endpoint the request goes out of the internet gateway; the key of the bank is not asked."""
    question = exam.question_named(QUESTION)
    without = replace(question, change=replace(question.change, network=()))
    monkeypatch.setattr(exam, "question_named", lambda _: without)
    assert truths("14.1") == [False, False, True, False]
    monkeypatch.setattr(exam, "question_named", lambda _: replace(question, key=frozenset("A")))
    assert truths("14.1") == [False, False, False, True]
