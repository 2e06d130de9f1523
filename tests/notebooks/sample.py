"""Small notebooks for the tests of the build and of the rules."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.notebook_rules import STRUCTURE

SOLVED = """vpc = "vpc-1"
### BEGIN SOLUTION
endpoint = make_endpoint(vpc, "Gateway")
### END SOLUTION
vpc"""


def exercise(source=SOLVED, grade_id="exercise-1", **metadata):
    marks = {"grade": False, "grade_id": grade_id, "locked": False, "schema_version": 3, "solution": True}
    return new_code_cell(
        source, metadata={"nbgrader": {**marks, "task": False, "cell_type": "code", **metadata}}
    )


def chapter(*extra):
    """A notebook that keeps every rule, and the extra cells at its end."""
    text = [new_markdown_cell("# A chapter"), *(new_markdown_cell(f"## {stem}") for stem in STRUCTURE)]
    return new_notebook(cells=[*text, *extra])


def picture(kind="text/html", content="", **metadata):
    return new_code_cell(outputs=[new_output("display_data", {kind: content}, metadata=metadata)])
