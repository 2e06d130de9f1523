"""An instructor's round with nbgrader, as docs/instructors.md tells it: release, submit, collect, autograde."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeSubmit
from traitlets.config import Config

from tools.build_notebooks import ANSWERS, NOTEBOOKS, STUB, read
from tools.notebook_rules import leaks

CHAPTER, COURSE = "05_option_d_vpc_endpoint", "private-path"
POINTS = {"check-5-1": 2, "check-5-2": 1, "check-5-3": 1}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's exchange needs a shared POSIX folder")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """What nbgrader_config.py of the guide says, with folders of the test's own."""
    root = tmp_path_factory.mktemp("nbgrader")
    (root / "exchange").mkdir(mode=0o777)
    (root / "exchange").chmod(0o777)
    config = Config()
    config.CourseDirectory.root = str(root / "course")
    config.CourseDirectory.course_id = COURSE
    config.Exchange.root = str(root / "exchange")
    config.Exchange.cache = str(root / "cache")
    # Here one account hands in for both; in a class the file's owner is the student.
    config.ExchangeCollect.check_owner = False
    config.ClearSolutions.code_stub = {"python": STUB}
    config.ExecutePreprocessor.timeout = 300
    return config


@pytest.fixture(scope="module")
def graded(settings, tmp_path_factory, monkeypatch_module):
    """The course after one round: `nothing` handed in the chapter as it was released, `everything` the solved one."""
    # nbgrader asks for alembic by name, as an activated environment has it.
    own = str(Path(sys.executable).parent)
    monkeypatch_module.setenv("PATH", os.pathsep.join((own, os.environ["PATH"])))
    course = Path(settings.CourseDirectory.root)
    source = course / "source" / CHAPTER
    source.mkdir(parents=True)
    shutil.copy(ANSWERS / f"{CHAPTER}.ipynb", source)
    api = NbGraderAPI(config=settings)
    _done(api.generate_assignment(CHAPTER))
    _done(api.release_assignment(CHAPTER))
    released = course / "release" / CHAPTER / f"{CHAPTER}.ipynb"
    for student, notebook in (("nothing", released), ("everything", ANSWERS / f"{CHAPTER}.ipynb")):
        _submit(settings, tmp_path_factory.mktemp(student), student, notebook, monkeypatch_module)
    _done(api.collect(CHAPTER))
    for student in ("nothing", "everything"):
        _done(api.autograde(CHAPTER, student))
    return course, released


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def _done(answer):
    assert answer["success"], answer.get("error") or answer.get("log")


def _submit(settings, home, student, notebook, monkeypatch):
    folder = home / CHAPTER
    folder.mkdir()
    shutil.copy(notebook, folder)
    monkeypatch.chdir(home)
    coursedir = CourseDirectory(config=settings, assignment_id=CHAPTER, student_id=student)
    ExchangeSubmit(coursedir=coursedir, authenticator=Authenticator(config=settings), config=settings).start()


def scores(course, student):
    """Points by grade cell, as the grade book has them."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        found = book.find_submission_notebook(CHAPTER, CHAPTER, student)
        return {grade.name: grade.score for grade in found.grades}, found.max_score


def test_what_is_released_is_the_learners_edition_and_shows_no_solution(graded):
    _, released = graded
    ours = read(NOTEBOOKS / released.name)
    theirs = read(released)
    assert [cell.source for cell in theirs.cells] == [cell.source for cell in ours.cells]
    assert leaks(read(ANSWERS / released.name), theirs) == []


def test_an_unsolved_copy_gets_nothing(graded):
    assert scores(graded[0], "nothing") == (dict.fromkeys(POINTS, 0), sum(POINTS.values()))


def test_a_solved_copy_gets_every_point(graded):
    assert scores(graded[0], "everything") == (POINTS, sum(POINTS.values()))
