"""The build of both editions, on notebooks made for the purpose."""

import nbformat
import pytest
from jsonschema import ValidationError
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.nbgraderformat import SchemaTooNewError

from tests.notebooks.sample import SOLVED, exercise
from tools import build_notebooks as build


@pytest.fixture
def editions(tmp_path):
    """An up-to-date pair of folders with one notebook, as the command would leave them."""
    answers, notebooks = tmp_path / "answers", tmp_path / "notebooks"
    answers.mkdir()
    notebooks.mkdir()
    notebook = new_notebook(cells=[new_markdown_cell("# One"), exercise()])
    notebook.cells[1].execution_count = 1
    (answers / "01_one.ipynb").write_text(build.text_of(build.normalise(notebook)), encoding="utf-8")
    (notebooks / "01_one.ipynb").write_text(build.text_of(build.derive(notebook)), encoding="utf-8")
    return answers, notebooks


def test_normalising_drops_what_a_machine_or_an_editor_adds():
    cell = new_code_cell(
        "1 + 1", id="random", metadata={"execution": {"iopub": "12:00"}, "scrolled": True, "tags": ["a"]}
    )
    notebook = new_notebook(
        cells=[cell], metadata={"kernelspec": {**build.KERNEL, "name": "venv-7"}, "toc": {}}
    )
    plain = build.normalise(notebook)
    assert plain.cells[0].metadata == {"tags": ["a"]}
    assert plain.cells[0].id != "random"
    assert plain.metadata == {"kernelspec": build.KERNEL, "language_info": build.LANGUAGE}


def test_normalising_drops_widget_ids_and_the_paths_of_tracebacks():
    view = new_output("display_data", {build.WIDGET_VIEW: {"model_id": "7f"}, "text/html": "<table>"})
    error = new_output("error", ename="ValueError", evalue="no", traceback=["File somewhere/x.py"])
    outputs = build.normalise(new_notebook(cells=[new_code_cell(outputs=[view, error])])).cells[0].outputs
    assert outputs[0].data == {"text/html": "<table>"}
    assert outputs[1].traceback == ["ValueError: no"]


def test_normalising_twice_changes_nothing():
    notebook = new_notebook(cells=[exercise(), new_markdown_cell("a"), new_markdown_cell("a")])
    once = build.normalise(notebook)
    assert build.text_of(build.normalise(once)) == build.text_of(once)


def test_ids_are_valid_and_unique_and_follow_the_cells():
    notebook = new_notebook(
        cells=[exercise(), new_markdown_cell("a"), new_markdown_cell("a"), new_code_cell("a")]
    )
    plain = build.normalise(notebook)
    nbformat.validate(plain)
    ids = [cell.id for cell in plain.cells]
    assert ids[0] == "exercise-1"
    assert len(set(ids)) == 4
    assert [cell.id for cell in build.normalise(new_notebook(cells=notebook.cells[1:])).cells] == ids[1:]


def test_the_text_is_the_same_from_memory_and_from_a_file(tmp_path):
    notebook = build.normalise(new_notebook(cells=[exercise(), new_markdown_cell("two\nlines – ✓")]))
    path = tmp_path / "n.ipynb"
    path.write_text(build.text_of(notebook), encoding="utf-8")
    assert build.text_of(build.normalise(build.read(path))) == path.read_text(encoding="utf-8")


def test_deriving_clears_solutions_and_outputs_and_nothing_else():
    shown = new_code_cell("2 + 2", execution_count=2, outputs=[new_output("stream", text="4")])
    learner = build.derive(new_notebook(cells=[new_markdown_cell("# One"), exercise(), shown]))
    assert learner.cells[0].source == "# One"
    assert learner.cells[1].source == f'vpc = "vpc-1"\n{build.STUB}\nvpc'
    assert learner.cells[2].source == "2 + 2"
    assert all(cell.execution_count is None and not cell.outputs for cell in learner.cells[1:])


def test_the_stub_keeps_the_indentation_of_the_solution():
    solved = "for subnet in subnets:\n    ### BEGIN SOLUTION\n    tag(subnet)\n    ### END SOLUTION"
    learner = build.derive(new_notebook(cells=[exercise(solved)]))
    assert learner.cells[0].source == f"for subnet in subnets:\n    {build.STUB}"


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ([new_code_cell(SOLVED)], RuntimeError),
        ([exercise("### BEGIN SOLUTION\nx = 1")], RuntimeError),
        ([exercise(), exercise()], ValidationError),
        ([exercise(schema_version=99)], SchemaTooNewError),
    ],
    ids=["no metadata", "no end mark", "one grade id twice", "unknown schema"],
)
def test_what_nbgrader_would_refuse_is_refused(cells, error):
    with pytest.raises(error):
        build.derive(new_notebook(cells=cells))


def test_metadata_that_is_not_valid_is_told_with_its_cell():
    notebook = new_notebook(cells=[new_markdown_cell("# One"), exercise(grade_id="exercise-1.1")])
    with pytest.raises(ValidationError, match=r"^cell 2: nbgrader's metadata is not valid: 'exercise-1\.1'"):
        build.derive(notebook)


def test_executing_numbers_the_cells_and_stores_what_they_show(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("print('one')"), new_code_cell("1 + 1")])
    result = build.normalise(build.execute(notebook, tmp_path))
    assert [cell.execution_count for cell in result.cells] == [1, 2]
    assert result.cells[0].outputs[0].text == "one\n"
    assert result.cells[1].outputs[0].data["text/plain"] == "2"


def test_executing_stops_at_a_cell_that_fails(tmp_path):
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        build.execute(new_notebook(cells=[new_code_cell("1 / 0")]), tmp_path)


def test_nothing_is_stale_after_a_build(editions):
    assert build.stale(*editions) == []


def _edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda answers, _: _edit(answers / "01_one.ipynb", '"name": "python3"', '"name": "mine"'),
            "answers/01_one.ipynb was edited and not built again",
        ),
        (
            lambda answers, _: _edit(
                answers / "01_one.ipynb", '"execution_count": 1', '"execution_count": 7'
            ),
            "answers/01_one.ipynb was not run from top to bottom: its cells are numbered [7]",
        ),
        (
            lambda _, notebooks: _edit(notebooks / "01_one.ipynb", "# One", "# 1"),
            "notebooks/01_one.ipynb is not what answers/01_one.ipynb gives",
        ),
        (
            lambda _, notebooks: (notebooks / "01_one.ipynb").unlink(),
            "notebooks/01_one.ipynb is not what answers/01_one.ipynb gives",
        ),
        (
            lambda _, notebooks: (notebooks / "99_old.ipynb").write_text("{}", encoding="utf-8"),
            "notebooks/99_old.ipynb has no source in answers/",
        ),
    ],
    ids=[
        "other kernel name",
        "not run in order",
        "derived edited by hand",
        "derived missing",
        "source removed",
    ],
)
def test_each_way_of_being_stale_is_told(editions, change, sentence):
    change(*editions)
    assert build.stale(*editions) == [sentence]
