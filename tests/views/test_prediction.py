"""The question before the run and the comparison after it, with a form and without one."""

from __future__ import annotations

import pytest

from lab_env.views.prediction import Form, Outcome, Question, Told

TEXTS = ("It <trains>.", "It fails.")


def question(*answers: bool | None, each: bool = False) -> tuple[Question, list[tuple[int, bool]]]:
    noted: list[tuple[int, bool]] = []
    given = answers or (None, None)
    made = Question("01.1", "What & how?", TEXTS, each, given, lambda *said: noted.append(said), shown=True)
    return made, noted


def test_the_static_form_has_question_choices_and_how_to_answer():
    asked, _ = question()
    assert str(asked).splitlines() == [
        "Predict 01.1. What & how?",
        "1  It <trains>.",
        "2  It fails.",
        'One of them, in the form or by its number, as in lab.predict("01.1", 1).',
    ]
    assert "What &amp; how?" in asked.html()
    assert "<trains>" not in asked.html()


def test_an_answer_is_shown_beside_its_choice():
    asked, _ = question(False, True)
    assert "2  It fails.  ← your choice" in str(asked)
    assert "1  It <trains>.\n" in str(asked)
    both, _ = question(False, True, each=True)
    assert "1  It <trains>.  ← no" in str(both)


def test_where_nobody_looks_there_is_no_widget():
    asked, _ = question()
    assert "application/vnd.jupyter.widget-view+json" in asked._repr_mimebundle_()
    quiet = Question("01.1", "What?", TEXTS, False, (None, None), lambda *_: None)
    assert set(quiet._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_of_several_choices_one_is_chosen_and_none_at_first():
    asked, noted = question()
    form = Form(asked)
    (group,) = form.groups
    assert [button.description for button in group.buttons] == ["1", "2"]
    assert "Choose one." in form._said.value
    group.buttons[1].value = True
    assert noted == [(1, True)]
    assert [button.description for button in group.buttons] == ["1", "✓ 2"]
    assert "Noted." in form._said.value
    group.buttons[0].value = True
    assert noted == [(1, True), (0, True)]
    assert [button.value for button in group.buttons] == [True, False]


def test_pressing_the_chosen_one_again_changes_nothing():
    form = Form(question(True, False)[0])
    (group,) = form.groups
    group.buttons[0].value = False
    assert [button.value for button in group.buttons] == [True, False]


def test_yes_or_no_to_each_is_a_pair_of_buttons_for_each():
    asked, noted = question(each=True)
    form = Form(asked)
    form.groups[1].buttons[1].value = True
    assert "1 left." in form._said.value
    assert [button.description for button in form.groups[1].buttons] == ["yes", "✓ no"]
    form.groups[0].buttons[0].value = True
    assert noted == [(1, False), (0, True)]
    assert "Noted." in form._said.value


def test_a_form_begins_with_what_was_answered():
    assert Form(question(False, True)[0]).groups[0].chosen == 1
    assert [group.chosen for group in Form(question(True, None, each=True)[0]).groups] == [0, None]


def told(answer: bool | None, truth: bool | None, why: str = "") -> Told:
    return Told("It trains.", truth, "looked", answer, why)


@pytest.mark.parametrize(
    ("rows", "each", "score"),
    [
        ((told(True, True), told(True, False, "why")), True, "1 of 2 right"),
        ((told(True, True), told(False, False)), False, "right"),
        ((told(True, False, "why"), told(False, True)), False, "not so"),
        ((told(None, True), told(None, False)), True, "you made none"),
        ((told(True, None), told(False, None)), True, "not to be seen yet"),
    ],
)
def test_the_score_in_words(rows, each, score):
    outcome = Outcome("01.1", rows, each=each)
    assert outcome.table.caption == f"Prediction 01.1: {score}"


def test_a_wrong_answer_is_marked_and_its_idea_named():
    outcome = Outcome("01.1", (told(False, False), told(True, False, "A role is no way.")))
    assert outcome.table.marked == {1}
    assert outcome.table.notes == ("2: A role is no way.",)
    assert 'role="status"' in outcome._repr_mimebundle_()["text/html"]


def test_without_an_answer_the_table_has_no_column_for_it():
    assert Outcome("01.1", (told(None, True),)).table.columns == ("prediction", "it is", "seen")
    assert Outcome("01.1", (told(True, True),)).table.columns == ("prediction", "you said", "it is", "seen")
