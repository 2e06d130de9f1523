"""What was measured, as lines and as the tables of docs/classroom.md."""

from __future__ import annotations

import json
from statistics import median

from tests.classroom.hub import HERE

MEASURED = HERE / "measured.json"
PAGE = HERE.parents[1] / "docs" / "classroom.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->"


def middle(result, what):
    """The median learner's figure."""
    return median(pupil[what] for pupil in result["pupils"])


def chapters(result):
    """The median learner's seconds, chapter by chapter."""
    return [median(column) for column in zip(*(pupil["chapters"] for pupil in result["pupils"]), strict=True)]


def others(result):
    """Of the machine's time while the class ran, what other work took, from 0 to 1."""
    return result["others"] / (result["seconds"] * result["cores"])


def line(result):
    """One class in one line."""
    failed = sum(len(pupil["failures"]) for pupil in result["pupils"])
    return (
        f"{result['learners']} learners, {result['open_kernels']} kernels open: {result['seconds']:.0f} s; "
        f"each {middle(result, 'processor'):.0f} CPU s, at rest {middle(result, 'at_rest'):.0f} MiB, "
        f"at most {middle(result, 'most'):.0f} MiB; all at one time at most {result['together']:.0f} MiB; "
        f"{failed} cells failed"
    )


def store(result, cores):
    """Put a class into ``measured.json``, in the place of an earlier one of its size."""
    kept = json.loads(MEASURED.read_text("utf-8")) if MEASURED.exists() else []
    key = (result["learners"], result["open_kernels"])
    kept = [one for one in kept if (one["learners"], one["open_kernels"]) != key]
    kept = sorted([*kept, result | {"cores": cores}], key=lambda one: (one["open_kernels"], one["learners"]))
    MEASURED.write_text(json.dumps(_rounded(kept), indent=1) + "\n", "utf-8")


def _rounded(value):
    """Tenths are enough."""
    if isinstance(value, float):
        return round(value, 1)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return value


def write():
    """Put the figures into the page."""
    text = PAGE.read_text("utf-8")
    head, rest = text.split(BEGIN)
    PAGE.write_text(head + BEGIN + figures() + END + rest.split(END)[1], "utf-8")


def figures():
    """The tables of the page."""
    return ""
