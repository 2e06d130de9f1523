"""The comparison with another evaluator says of every case what is so; the cases themselves never change."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from lab_env.policy import evaluate
from lab_env.policy.cases import read_case
from tests.differential.cases import case, simulation
from tests.differential.judgement import FILE, compare, judgements

A, D = "Allowed", "ExplicitlyDenied"


@pytest.mark.parametrize(
    ("ours", "theirs", "known", "agreed", "judged", "unjudged", "agreeing"),
    [
        ([A, D], [A, D], {}, 2, 0, 0, ()),
        ([A, D], [A, A], {}, 1, 0, 1, ()),
        ([A, D], [A, A], {1: (D, A)}, 1, 1, 0, ()),
        ([A, D], [A, D], {1: (D, A)}, 2, 0, 0, (1,)),
        ([A, A], [A, D], {1: (D, A)}, 1, 0, 1, ()),
        ([A], ["error: invalid"], {}, 0, 0, 1, ()),
    ],
)
def test_a_difference_is_judged_or_the_comparison_fails(
    ours, theirs, known, agreed, judged, unjudged, agreeing
):
    found = compare(ours, theirs, known)
    assert (found.agreed, found.judged, len(found.unjudged), found.agreeing) == (
        agreed,
        judged,
        unjudged,
        agreeing,
    )
    assert found.holds is (not unjudged and not agreeing)


@pytest.mark.parametrize(
    ("judged", "fault"),
    [
        ({"document": "", "reason": "r", "cases": []}, "needs a document"),
        ({"document": "d", "reason": "", "cases": []}, "needs a document"),
        (
            {"document": "d", "reason": "r", "cases": [{"case": 1, "ours": A, "theirs": D}] * 2},
            "stands twice",
        ),
    ],
)
def test_a_judgement_without_document_or_reason_is_none(judged, fault):
    with pytest.raises(ValueError, match=fault):
        judgements(json.dumps([judged]))


def test_the_file_is_read_and_every_judgement_is_about_a_difference():
    known = judgements(FILE.read_text("utf-8"))
    assert known
    assert all(ours != theirs for ours, theirs in known.values())


def test_the_cases_are_the_same_on_every_machine():
    told = json.dumps([simulation(case(number)) for number in range(50)])
    assert sha256(told.encode()).hexdigest()[:16] == "a9625e346799e229"


def test_our_verdicts_in_the_file_are_what_we_say():
    for number, (ours, _) in judgements(FILE.read_text("utf-8")).items():
        read = read_case(case(number))
        assert evaluate(read.request, read.policies).verdict.value == ours
