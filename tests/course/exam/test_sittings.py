"""Practice and the mock exam, as values, as text, and as forms."""

from dataclasses import replace

import pytest

from lab_env import Lab
from lab_env.course.exam import Answered, ExamResult, Score, practise, question_named, questions, sit
from lab_env.course.exam.exam_form import ExamForm
from lab_env.course.exam.mock_exam import MockExam
from lab_env.course.exam.practice import Practice
from lab_env.course.exam.practice_form import PracticeForm
from lab_env.course.exam.told import chosen_of
from lab_env.errors import InvalidInput

SINGLE, DOUBLE = question_named("private-path"), question_named("two-accounts")
PLACES = {letter: place for place, letter in enumerate("ABCDEF")}
WIDGET = "application/vnd.jupyter.widget-view+json"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def choose(form, letter, *, on=True):
    """Click on an option of the form's sheet."""
    form.sheet.options[PLACES[letter]].value = on


def test_practice_answers_at_once_and_reports_once():
    told = []
    session = Practice([SINGLE, DOUBLE], seed=3, report=told.append)
    assert not session.answer("a").right
    assert told == []
    assert session.answer("A, C").right
    assert told == [ExamResult("practice", 3, (
        Answered("private-path", "SAA", frozenset("A"), frozenset("D")),
        Answered("two-accounts", "SCS", frozenset("AC"), frozenset("AC")),
    ))]  # fmt: skip
    assert session.over
    assert "1 of 2 (50 %)" in str(session)
    with pytest.raises(InvalidInput, match="every question was answered"):
        session.answer("A")


@pytest.mark.parametrize(
    ("asked", "answer", "what"),
    [
        (SINGLE, "E", "no option E"),
        (SINGLE, "", "0 options were chosen"),
        (SINGLE, "AB", "2 options were chosen"),
        (DOUBLE, "A", "1 options were chosen"),
    ],
)
def test_an_answer_that_is_none_is_told(asked, answer, what):
    with pytest.raises(InvalidInput, match=what):
        chosen_of(asked, answer)


def test_the_text_of_a_question_tells_no_key():
    shown = str(practise("SAA", count=1, seed=0))
    assert "A) " in shown
    assert "right" not in shown.lower()


def test_the_static_page_keeps_each_answer_behind_a_summary():
    page = Practice([SINGLE, DOUBLE]).html()
    assert page.count("<details><summary>The answer</summary>") == 2


def test_a_mock_exam_is_answered_flagged_reviewed_and_handed_in():
    told = []
    exam = MockExam([SINGLE, DOUBLE], seed=1, report=told.append)
    exam.answer(1, "B")
    exam.answer(1, "D")
    exam.flag(2)
    shown = str(exam.review())
    assert "1 of 2 answered, 1 flagged" in shown
    assert "right" not in shown
    with pytest.raises(InvalidInput, match="explained when it is over"):
        exam.explain(1)
    result = exam.hand_in()
    assert exam.hand_in() is result
    assert told == [result]
    assert result.by_domain == {"SAA": Score(1, 1), "SCS": Score(0, 1)}
    assert result.missed == ("two-accounts",)
    assert exam.explain(1).right
    with pytest.raises(InvalidInput, match="the exam is over"):
        exam.answer(2, "AC")


def test_an_answer_can_be_taken_back():
    exam = MockExam([SINGLE])
    exam.answer(1, "D")
    exam.answer(1, "")
    assert exam.chosen(1) == frozenset()
    with pytest.raises(InvalidInput, match="no question 2"):
        exam.answer(2, "A")


def test_time_runs_from_the_beginning_and_ends_the_exam():
    clock = Clock()
    exam = MockExam([SINGLE], minutes=2, clock=clock)
    clock.now = 500.0
    assert exam.seconds_left == 120
    exam.begin()
    clock.now = 600.5
    assert exam.seconds_left == 20
    exam.answer(1, "D")
    clock.now = 620.0
    assert exam.over
    with pytest.raises(InvalidInput, match="over"):
        exam.answer(1, "A")
    assert exam.hand_in().score == Score(1, 1)


def test_no_time_shows_in_the_static_form():
    clock = Clock()
    exam = MockExam([SINGLE], minutes=2, clock=clock)
    before = exam._repr_mimebundle_()
    exam.begin()
    clock.now = 60.0
    assert exam._repr_mimebundle_() == before
    assert WIDGET not in before


def test_two_minutes_a_question_unless_told_otherwise():
    assert sit(count=5).minutes == 10
    assert sit(count=5, minutes=7).minutes == 7
    assert sit(count=5, timed=False).minutes is None
    with pytest.raises(InvalidInput, match="at least a minute"):
        sit(count=5, minutes=0)


def test_the_practice_form_takes_an_answer_and_goes_on():
    session = Practice([SINGLE, DOUBLE])
    form = PracticeForm(session)
    form.answer.click()
    assert "Choose 1 of the options first." in form.said.value
    assert form.next.disabled
    choose(form, "B")
    form.answer.click()
    assert "You chose B; D is right." in form.said.value
    assert form.sheet.options[0].disabled
    form.next.click()
    assert form.said.value == ""
    choose(form, "A")
    form.answer.click()
    assert "Choose 2 of the options first." in form.said.value
    choose(form, "C")
    form.answer.click()
    assert "✓ Yes" in form.said.value
    assert "1 of 2 (50 %)" in form.said.value
    assert form.answer.disabled
    assert form.next.disabled


def test_where_one_option_is_asked_for_choosing_one_lets_the_other_go():
    form = PracticeForm(Practice([SINGLE, DOUBLE]))
    choose(form, "A")
    choose(form, "D")
    assert form.sheet.chosen == frozenset("D")
    choose(form, "D", on=False)
    assert form.sheet.chosen == frozenset()


def test_what_a_question_says_never_runs():
    payload = "<img src=x onerror=alert(1)>"
    form = PracticeForm(Practice([replace(SINGLE, stem=payload)]))
    assert payload not in form.sheet.stem.value
    assert payload not in Practice([replace(SINGLE, stem=payload)]).html()


def test_the_exam_form_goes_to_and_fro_flags_and_hands_in():
    exam = MockExam([SINGLE, DOUBLE], minutes=5, clock=Clock())
    form = ExamForm(exam)
    assert form.bar.layout.display == "none"
    form.begin.click()
    assert exam.begun
    assert "5:00" in form.clock.value
    choose(form, "A")
    form.flag.value = True
    form.next.click()
    assert form.overview.value == "<p>1: answered, flagged · 2: open</p>"
    assert (form.goto.value, form.goto.min, form.goto.max) == (2, 1, 2)
    form.back.click()
    assert form.sheet.chosen == frozenset("A")
    choose(form, "D")
    form.review.click()
    assert "1 of 2 answered, 1 flagged" in form.said.value
    form.goto.value = 2
    assert "audit firm" in form.sheet.stem.value
    form.hand_in.click()
    assert "Hand in for good? 1 of 2 questions are not answered." in form.said.value
    form.keep.click()
    assert (form.asked.layout.display, form.said.value, exam.over) == ("none", "", False)
    form.hand_in.click()
    form.sure.click()
    assert form.asked.layout.display == "none"
    assert "1 of 2 (50 %)" in form.clock.value
    assert form.overview.value == "<p>1: right, flagged · 2: not right</p>"
    form.goto.value = 1
    assert "✓ Yes: D is right." in form.said.value
    assert form.sheet.options[0].disabled


def test_the_exam_form_hands_in_when_time_is_up():
    clock = Clock()
    exam = MockExam([SINGLE], minutes=1, clock=clock)
    form = ExamForm(exam)
    form.begin.click()
    clock.now = 61.0
    choose(form, "D")
    assert "Time is up." in form.clock.value
    assert exam.hand_in().score == Score(0, 1)


def test_where_somebody_looks_it_is_a_form():
    found = Practice([SINGLE], shown=True)._repr_mimebundle_()
    assert WIDGET in found
    assert "is right" not in "".join(map(str, found.values()))
    assert WIDGET in MockExam([SINGLE], shown=True)._repr_mimebundle_()


def test_every_question_is_told_as_a_form_and_as_text():
    session = Practice(questions())
    form = PracticeForm(session)
    for asked in questions():
        form.sheet.show(asked, "Question")
        assert form.sheet.chosen == frozenset()
        form.sheet.show(asked, "Question", asked.key)
        assert form.sheet.chosen == asked.key


def test_the_lab_practises_examines_and_proves():
    lab = Lab.start(chapter=14)
    try:
        assert lab.practice("ANS", count=2, seed=1).questions == practise("ANS", count=2, seed=1).questions
        assert len(lab.exam(count=3).questions) == 3
        assert "as the key says" in str(lab.prove("private-path"))
    finally:
        lab.stop()
