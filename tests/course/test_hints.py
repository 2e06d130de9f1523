"""Hints and solutions: three for each exercise, none of them the solution, and none of either in the notebooks."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course import EXERCISES, Status
from lab_env.course.hints import Ladder, Solution, next_hint, tried
from lab_env.course.progress import Entry, Progress
from lab_env.lab.solving import record
from tools.build_notebooks import ANSWERS, NOTEBOOKS, read
from tools.notebook_rules import solutions

IDS = list(EXERCISES)
# Their solutions hold bytes that were cut from the text, so they are read and not run.
READ_ONLY = {"10.1", "10.2", "11.1", "12.1"}


@pytest.mark.parametrize("exercise", IDS)
def test_every_exercise_has_three_hints(exercise):
    hints = EXERCISES[exercise].hints
    assert len(hints) == 3
    assert len(set(hints)) == 3
    assert all(20 < len(text) < 260 and text[0] != " " and text[-1] in ".?" for text in hints)


@pytest.mark.parametrize("exercise", IDS)
def test_no_hint_is_code(exercise):
    """A hint names calls and parameters; it holds no statement that could be pasted."""
    for text in EXERCISES[exercise].hints:
        assert not re.search(r"\w\([^)]*=|\w+=\w|=\s*\{|\bboto3\b", text)
        with pytest.raises(SyntaxError):
            ast.parse(text)


def test_no_hint_holds_a_line_of_a_solution():
    code = {
        line.strip()
        for path in ANSWERS.glob("*.ipynb")
        for text in solutions(read(path))
        for line in text.splitlines()
        if len(line.strip()) > 15
    }
    hints = [text for item in EXERCISES.values() for text in item.hints]
    assert code
    assert [line for line in code if any(line in text for text in hints)] == []


def test_hints_and_solutions_are_in_no_notebook():
    told = [text for item in EXERCISES.values() for text in item.hints]
    for path in (*NOTEBOOKS.glob("*.ipynb"), *ANSWERS.glob("*.ipynb")):
        cells = read(path).cells
        shown = "\n".join(cell.source + str(cell.get("outputs", "")) for cell in cells)
        assert [text for text in told if text in shown] == []
        # The words around may name the verbs; a cell that calls one would show its answer to everybody.
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        assert "lab.solution(" not in code
        assert "lab.hint(" not in code


def test_the_ladder_is_climbed_one_step_at_a_time():
    item, notes = EXERCISES["5.1"], Progress(None)
    steps: list[Ladder] = []
    for _ in range(4):
        steps.append(next_hint(item, notes.get("exercise", "5.1")))
        notes.record("exercise", "5.1", hints=steps[-1].seen)
    assert [step.seen for step in steps] == [1, 2, 3, 3]
    assert all(str(before).splitlines()[0] in str(after) for before, after in pairwise(steps))
    assert 'The next one: lab.hint("5.1")' in str(steps[0])
    assert "That was the last one" in str(steps[2])
    assert item.hints[2] not in steps[1]._repr_html_()


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        (Entry("exercise", "5.1"), False),
        (Entry("exercise", "5.1", hints=2), False),
        (Entry("exercise", "5.1", hints=3), True),
        (Entry("exercise", "5.1", tries=1), True),
        (Entry("exercise", "5.1", done=True), True),
    ],
)
def test_a_solution_wants_an_honest_try(known, shown):
    assert tried(EXERCISES["5.1"], known) is shown


def test_before_the_try_it_says_what_to_do_first():
    said = str(Solution(EXERCISES["5.1"]))
    assert "First an honest try" in said
    assert "lab.check('5.1')" in said
    assert "ec2" not in said


def test_in_the_lab(lab, monkeypatch):
    """Not attempted is no try; not yet is one; the check says that there are hints."""
    monkeypatch.setattr(Lab, "_notes", Progress(None))
    told = lab.check("5.1")
    assert told.status is Status.NOT_ATTEMPTED
    assert str(told).endswith('(Stuck? lab.hint("5.1").)')
    assert lab.solution("5.1").code == ""
    scenario.build_endpoint(boto3.client)
    for table in lab.network.route_tables[-1:]:
        name = lab.names.s3_endpoint
        boto3.client("ec2").modify_vpc_endpoint(VpcEndpointId=name, RemoveRouteTableIds=[table.id])
    assert lab.check("5.1").status is Status.NOT_YET
    before = lab.network
    said = lab.solution("5.1")
    assert "ec2.modify_vpc_endpoint(" in said.code
    assert lab.network == before
    assert "lab.hint" not in str(lab.catch_up("5.1"))
    lab.check("5.1")
    assert not lab._notes.get("exercise", "5.1").done
    assert lab._notes.get("exercise", "5.1").shown


@pytest.mark.parametrize("exercise", ["0.1", "1.1", "2.3", "5.3", "6.1", "12.2"])
def test_a_solution_is_python_that_solves(exercise):
    """Typed into the chapter as it stands there, after the exercises before it."""
    code = record(exercise)
    assert code == record(exercise)
    chapter = exercise.partition(".")[0]
    opened = Lab.start(chapter=int(chapter))
    try:
        if chapter in "01":
            (scenario.build_tour, scenario.build_first_subnet)[int(chapter)](boto3.client)
        own = [id_ for id_ in IDS if id_.partition(".")[0] == chapter]
        for other in own[: own.index(exercise)]:
            opened.catch_up(other)
        exec(compile(code, exercise, "exec"), {"lab": opened})
        if exercise == "5.3":
            opened.wait("meridian-readmission-either-zone")
        result = opened.check(exercise)
        assert result.status is Status.DONE, result
    finally:
        opened.stop()


def test_large_bodies_are_left_out_of_a_solution():
    code = record("11.1")
    assert "Body=...,  # bytes" in code
    ast.parse(code)
