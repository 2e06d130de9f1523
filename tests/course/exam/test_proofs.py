"""Every key is what the engines compute from the stem's criteria, and no other key would be."""

from dataclasses import replace
from itertools import combinations

import pytest

from lab_env.course.exam import KeyNotProven, checked, prove, question_named, questions
from lab_env.course.exam.told import Feedback, ProofView


@pytest.mark.parametrize("asked", questions(), ids=lambda item: item.id)
def test_the_key_is_what_the_proof_computes(asked, tally):
    proof = prove(asked)
    tally.update(
        questions=1, tried=len(proof.tried), evidence=sum(len(item.evidence) for item in proof.tried)
    )
    assert proof.found == {asked.key}
    tally.update(proven=1)


@pytest.mark.parametrize("asked", questions(), ids=lambda item: item.id)
def test_each_wrong_option_fails_by_evidence_of_its_own(asked):
    proof = prove(asked)
    for option in asked.options:
        tried = proof.of(option.letter)
        assert tried.telling, option.letter
        if option.letter not in asked.key:
            assert not tried.right
            assert proof.wrong_reason(option.letter)


@pytest.mark.parametrize("asked", questions(), ids=lambda item: item.id)
def test_every_other_key_is_refused(asked):
    letters = [option.letter for option in asked.options]
    for chosen in combinations(letters, asked.choose):
        other = frozenset(chosen)
        if other != asked.key:
            with pytest.raises(KeyNotProven, match=asked.id):
                checked(replace(asked, key=other))


@pytest.mark.parametrize("asked", questions(), ids=lambda item: item.id)
def test_without_its_criteria_nothing_is_proven(asked):
    """The criteria decide: an empty set of them makes every option right, and so no key holds."""
    if asked.criteria:
        emptied = replace(asked, criteria=())
        assert prove(emptied).found != {asked.key}


def test_options_that_are_right_only_together_fail_alone():
    asked = question_named("s3-and-dynamodb")
    assert asked.choose == 2
    assert {tuple(sorted(item.letters)) for item in prove(asked).tried if item.right} == {
        tuple(sorted(asked.key))
    }
    alone = replace(asked, together=False)
    assert prove(alone).found == {frozenset()}


def test_least_is_compared_among_those_that_do_what_is_asked():
    proof = prove(question_named("nat-bill"))
    cheapest = min(proof.tried, key=lambda item: sum(float(one.usd or 0) for one in item.evidence))
    assert not cheapest.right  # it costs nothing, and does not do what is asked
    dearer = [item for item in proof.tried if not item.right and item.telling[0].by == "price"]
    assert dearer
    assert all("Another option does it for USD 36.50." in item.telling[0].seen for item in dearer)


def test_the_feedback_names_the_key_the_evidence_the_rule_and_its_page():
    asked = question_named("private-path")
    wrong, right = Feedback(asked, frozenset("B")), Feedback(asked, frozenset("D"))
    assert str(wrong).startswith("✗ You chose B; D is right.")
    assert str(right).startswith("✓ Yes: D is right.")
    assert "10.20.1.14 has no public IPv4 address" in str(wrong)
    assert asked.options[1].trap.split(",")[0] in str(wrong)
    assert "docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html" in str(wrong)
    assert '<div role="status">' in wrong.html()


def test_a_proof_shows_each_option_and_what_was_computed():
    told = str(ProofView(prove(question_named("private-path"))))
    assert told.count("does not meet the stem") == 3
    assert told.endswith("Computed from the criteria: D, as the key says.")
    other = replace(question_named("private-path"), key=frozenset("A"))
    assert str(ProofView(prove(other))).endswith("Computed from the criteria: D, and the key says A.")
