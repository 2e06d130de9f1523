"""Each rule is kept by a good chapter and told when broken."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.notebooks.sample import chapter, exercise, picture
from tools.build_notebooks import derive
from tools.notebook_rules import STRUCTURE, leaks, problems, solutions

HERE = Path(__file__).with_name("05_sample.ipynb")


def without(stem):
    cells = [cell for cell in chapter().cells if cell.source != f"## {stem}"]
    return new_notebook(cells=cells)


def swapped():
    cells = chapter().cells
    cells[3], cells[4] = cells[4], cells[3]
    return new_notebook(cells=cells)


def test_a_good_chapter_has_no_problems():
    good = chapter(
        new_markdown_cell("[next](test_rules.py), [up](#top), [AWS](https://docs.aws.amazon.com/vpc/)"),
        new_markdown_cell("![the path](sample.py)"),
        new_code_cell("\n\n".join("x = 1" for _ in range(14))),
        picture(content='<svg viewBox="0 0 1 1"><title>The path</title></svg><img src="x" alt="A map">'),
        picture("image/png", "iVBOR", **{"image/png": {"alt": "A plot"}}),
    )
    assert problems(good, HERE) == []


@pytest.mark.parametrize(
    ("notebook", "problem"),
    [
        (without("Judge"), 'has no section "Judge"'),
        (swapped(), 'the section "Predict" should stand before "Build"'),
        (
            chapter(new_markdown_cell("## Appendix")),
            'the section "Appendix" begins like none of: ' + ", ".join(STRUCTURE),
        ),
        (
            chapter(new_markdown_cell("# Two")),
            "has 2 headings of the first level; it should open with one and have no other",
        ),
        (
            chapter(*(new_markdown_cell("## Next") for _ in range(2))),
            "has 13 sections; 5 to 12 are readable",
        ),
        (
            chapter(*(new_code_cell("1") for _ in range(9))),
            "has 12 markdown cells for 9 code cells; at least 1.5 for each",
        ),
        (chapter(new_code_cell("x\n" * 15)), "cell 13: has 15 lines of code; at most 14"),
        (chapter(new_markdown_cell("![](sample.py)")), "cell 13: the picture sample.py has no alt text"),
        (
            chapter(new_markdown_cell('<img src="a.svg">')),
            'cell 13: the picture <img src="a.svg"> has no alt text',
        ),
        (
            chapter(picture(content='<img alt=" " src="a">')),
            'cell 13: the picture <img alt=" " src="a"> has no alt text',
        ),
        (
            chapter(picture("image/svg+xml", "<svg><g/></svg>")),
            "cell 13: the drawing <svg><g/></svg> has neither a title nor an aria-label",
        ),
        (
            chapter(picture("image/png", "iVBOR")),
            "cell 13: a picture (image/png) has no alt text in its metadata",
        ),
        (
            chapter(new_markdown_cell("[x](https://example.com/06_lock.ipynb)")),
            "cell 13: the link [x](https://example.com/06_lock.ipynb) to a notebook should be relative",
        ),
        (
            chapter(new_markdown_cell("[x](http://example.com)")),
            "cell 13: the link [x](http://example.com) should be https, or relative",
        ),
        (
            chapter(new_markdown_cell("[x](/a.md)")),
            "cell 13: the link [x](/a.md) should be https, or relative",
        ),
        (chapter(new_markdown_cell("[x](gone.ipynb)")), "cell 13: the link [x](gone.ipynb) leads nowhere"),
    ],
)
def test_each_broken_promise_is_told(notebook, problem):
    assert problems(notebook, HERE) == [f"05_sample.ipynb: {problem}"]


def test_code_in_a_fence_is_neither_heading_nor_link():
    fenced = new_markdown_cell("```text\n# 1 eni\n## 2 subnet\n[x](y)\n```")
    assert problems(chapter(fenced), HERE) == []


def test_the_opening_chapter_is_free_in_its_structure():
    tour = new_notebook(
        cells=[new_markdown_cell("# Start"), *(new_markdown_cell(f"## {n}") for n in "abcde")]
    )
    assert problems(tour, HERE.with_name("00_start_here.ipynb")) == []


def test_solutions_are_found_by_their_marks_or_by_metadata_alone():
    notebook = new_notebook(
        cells=[exercise(), exercise("answer = 42", "exercise-2"), new_code_cell("answer")]
    )
    assert solutions(notebook) == ['endpoint = make_endpoint(vpc, "Gateway")\n', "answer = 42"]


def test_a_derived_notebook_leaks_nothing():
    answer = new_notebook(cells=[exercise(), exercise("answer = the_answer()", "exercise-2")])
    assert leaks(answer, derive(answer)) == []


def test_a_solution_left_in_the_learners_edition_is_told():
    answer = new_notebook(cells=[exercise()])
    hint = new_notebook(cells=[new_markdown_cell('Try `endpoint = make_endpoint(vpc, "Gateway")`.')])
    assert leaks(answer, hint) == ['endpoint = make_endpoint(vpc, "Gateway")']
