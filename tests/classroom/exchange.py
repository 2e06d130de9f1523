"""nbgrader's exchange on the hub: one chapter released, fetched, submitted, collected and graded.

The instructor works with nbgrader's commands, in a course folder; the learners by what the button "Assignments" in
their JupyterLab asks their own server. One of two learners has solved the exercises.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from tests.classroom.hub import HERE, Hub, Refused
from tests.classroom.learner import Learner

COURSE, CHAPTER = "private-path", "01_private_vpc"
ANSWER = HERE.parents[1] / "answers" / f"{CHAPTER}.ipynb"


async def grades(programs):
    """The points of both learners, and the most that can be had.

    Raises:
        Refused: a step failed; the message is nbgrader's.
    """
    with TemporaryDirectory(prefix="classroom-") as folder:
        async with Hub(programs, Path(folder)) as hub:
            teacher = Teacher(hub)
            teacher.release()
            solver, other = Learner(hub, "solver"), Learner(hub, "other")
            for learner in (solver, other):
                await learner.enter()
                await _assignments(learner, "fetch")
            _solve(solver.home / CHAPTER / f"{CHAPTER}.ipynb")
            for learner in (solver, other):
                await _assignments(learner, "submit")
                await learner.leave()
            return teacher.grade(), most()


def most():
    """The points that the chapter's metadata offer."""
    notebook = nbformat.read(ANSWER, as_version=4)
    return sum(cell.metadata.get("nbgrader", {}).get("points") or 0 for cell in notebook.cells)


class Teacher:
    """The instructor, with a course folder beside the learners' homes."""

    def __init__(self, hub):
        self.hub = hub
        self.course = hub.folder / COURSE
        source = self.course / "source" / CHAPTER
        source.mkdir(parents=True)
        shutil.copy(ANSWER, source)

    def release(self):
        """Make the learners' edition and put it into the exchange."""
        self._nbgrader("generate_assignment", CHAPTER, "--create")
        self._nbgrader("release_assignment", CHAPTER)

    def grade(self):
        """Collect and grade; the points of each learner."""
        self._nbgrader("collect", CHAPTER)
        self._nbgrader("autograde", CHAPTER, "--create")
        self._nbgrader("export")
        with (self.course / "grades.csv").open(encoding="utf-8") as file:
            return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}

    def _nbgrader(self, *words):
        own = self.hub.environment() | {"JUPYTER_CONFIG_PATH": str(self.hub.folder / "config")}
        command = [str(self.hub.programs / "nbgrader"), *words]
        done = subprocess.run(command, cwd=self.course, env=own, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"nbgrader {' '.join(words)}: {done.stderr.strip()}")


async def _assignments(learner, action):
    """What the button does; the assignment must then stand where the action leads it."""
    body = {"course_id": COURSE, "assignment_id": CHAPTER}
    answer = await learner.json("POST", f"assignments/{action}", body)
    reached = {"fetch": "fetched", "submit": "submitted"}[action]
    if not answer["success"] or reached not in {item["status"] for item in answer["value"]}:
        raise Refused(f"{action}: {json.dumps(answer)}")


def _solve(path):
    """Write the solutions into the fetched notebook, cell by cell."""
    fetched, solved = nbformat.read(path, as_version=4), nbformat.read(ANSWER, as_version=4)
    solutions = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in solved.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for cell in fetched.cells:
        number = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = solutions.get(number, cell.source)
    nbformat.write(fetched, path)
