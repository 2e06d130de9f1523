"""An instructor's round with nbgrader, by the settings and the commands that docs/instructors.md gives."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tools.build_notebooks import ANSWERS, NOTEBOOKS, ROOT, read
from tools.notebook_rules import leaks

# The quickest that has three exercises; the guide names another, and nothing here depends on which.
CHAPTER = "02_option_a_internet_gateway"
POINTS = {"check-2-1": 2, "check-2-2": 1, "check-2-3": 2}
GUIDE = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
SETTINGS = re.search(r"```python\n(c = get_config\(\)\n.*?)```", GUIDE, re.DOTALL)[1]
COMMANDS = re.findall(r"^nbgrader (\w+ ?\w*)", GUIDE, re.MULTILINE)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's exchange needs a shared POSIX folder")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course after one round: `nothing` handed in what was released, `everything` the solved chapter."""
    root = tmp_path_factory.mktemp("nbgrader")
    exchange = root / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    # One account hands in for both; in a class the file's owner is the student.
    settings = f"{SETTINGS}\nc.ExchangeCollect.check_owner = False\n"
    settings = settings.replace("/srv/nbgrader/exchange", exchange.as_posix())
    folder = root / "course"
    (folder / "source" / CHAPTER).mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    shutil.copy(ANSWERS / f"{CHAPTER}.ipynb", folder / "source" / CHAPTER)
    before, after = COMMANDS[:2], COMMANDS[2:4]
    for command in before:
        nbgrader(folder, *command.split())
    for student, notebook in (("nothing", released(folder)), ("everything", ANSWERS / f"{CHAPTER}.ipynb")):
        home = root / student
        (home / CHAPTER).mkdir(parents=True)
        shutil.copy(notebook, home / CHAPTER)
        (home / "nbgrader_config.py").write_text(settings, encoding="utf-8")
        nbgrader(home, "submit", f"--CourseDirectory.student_id={student}")
    for command in after:
        nbgrader(folder, *command.split())
    return folder


def nbgrader(folder, command, *arguments):
    """Run a command as in an activated environment, where nbgrader finds alembic and Jupyter its kernel."""
    own = {name: str(folder / ".home") for name in ("HOME", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR")}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    chosen = [item for item in arguments if item.startswith("--")]
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", command, *chosen, CHAPTER],
        cwd=folder,
        env={**os.environ, **own, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def released(folder):
    return folder / "release" / CHAPTER / f"{CHAPTER}.ipynb"


def scores(folder, student):
    """Points by grade cell, as the grade book has them, and the most that there are."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        found = book.find_submission_notebook(CHAPTER, CHAPTER, student)
        return {grade.name: grade.score for grade in found.grades}, found.max_score


def test_the_guide_gives_the_commands_of_a_round():
    assert [command.split()[0] for command in COMMANDS] == [
        "generate_assignment",
        "release_assignment",
        "collect",
        "autograde",
        "export",
    ]


def test_what_is_released_is_the_learners_edition_and_shows_no_solution(course):
    theirs, ours = read(released(course)), read(NOTEBOOKS / f"{CHAPTER}.ipynb")
    assert [cell.source for cell in theirs.cells] == [cell.source for cell in ours.cells]
    assert leaks(read(ANSWERS / f"{CHAPTER}.ipynb"), theirs) == []


def test_an_unsolved_copy_gets_nothing(course):
    assert scores(course, "nothing") == (dict.fromkeys(POINTS, 0), sum(POINTS.values()))


def test_a_solved_copy_gets_every_point(course):
    assert scores(course, "everything") == (POINTS, sum(POINTS.values()))
