"""``exam``: questions in the terminal, and the proofs of all keys."""

import io
import json

import pytest

from lab_env import cli
from lab_env.course.exam import practise


@pytest.fixture
def typed(monkeypatch):
    """Put lines on standard input."""
    return lambda *lines: monkeypatch.setattr(
        "sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines))
    )


def keys(count, **chosen):
    return ["".join(sorted(item.key)) for item in practise(count=count, **chosen).questions]


def test_right_answers_exit_with_0(typed, capsys):
    typed(*keys(3, domain="SAA", seed=2))
    assert cli.main(["exam", "--domain", "SAA", "--count", "3", "--seed", "2"]) == 0
    said = capsys.readouterr().out
    assert said.count("✓ Yes") == 3
    assert "3 of 3 (100 %)" in said


def test_a_mock_exam_explains_at_the_end_and_exits_with_1(typed, capsys):
    key = keys(1, seed=2)[0]
    wrong = next(letter for letter in "ABCD" if letter not in key) if len(key) == 1 else "AB"
    typed(wrong)
    assert cli.main(["exam", "--mock", "--count", "1", "--seed", "2"]) == 1
    said = capsys.readouterr().out
    assert said.index("Your answer") < said.index("is right") < said.index("0 of 1")


def test_json_is_one_document_and_the_questions_go_to_stderr(typed, capsys):
    typed("Z", *keys(2, domain="ANS"))
    assert cli.main(["exam", "--domain", "ANS", "--count", "2", "--json"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["right"], found["domains"]) == (2, {"ANS": {"right": 2, "asked": 2}})
    assert "there is no option Z" in said.err


def test_input_that_ends_early_is_bad_input(typed, capsys):
    typed()
    assert cli.main(["exam", "--count", "1"]) == 2
    assert "the input ended" in capsys.readouterr().err


def test_too_many_questions_are_bad_input(typed, capsys):
    typed()
    assert cli.main(["exam", "--count", "1000"]) == 2
    assert "1000 were asked for" in capsys.readouterr().err


def test_all_keys_are_proven(capsys):
    assert cli.main(["exam", "--prove"]) == 0
    assert "89 of 89 keys are proven." in capsys.readouterr().out
    assert cli.main(["exam", "--prove", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"questions": 89, "faults": []}


def test_a_key_that_is_not_proven_exits_with_1(monkeypatch, capsys):
    from dataclasses import replace

    from lab_env.course import exam

    first = exam.questions()[0]
    monkeypatch.setattr(exam, "questions", lambda: (replace(first, key=frozenset("A")),))
    assert cli.main(["exam", "--prove"]) == 1
    assert "the key says A, and the proof D" in capsys.readouterr().out
