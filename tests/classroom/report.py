"""What was measured, as lines and as the tables of docs/classroom.md."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent

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


def figures(kept=None):
    """The tables of the page, from what was measured."""
    kept = kept or json.loads(MEASURED.read_text("utf-8"))
    one = [result for result in kept if result["open_kernels"] == 1]
    open_ones = [result for result in kept if result["open_kernels"] > 1]
    return "\n".join([*_times(one), "", *_memories(one, open_ones), "", *_room(one[-1], open_ones[-1]), ""])


def _times(classes):
    """How long the chapters take, by the size of the class."""
    head = [
        "learners",
        "enter",
        *(f"0{number}" for number in range(1, 7)),
        "all six",
        "CPU s each",
        "other work",
    ]
    rows = [
        [
            result["learners"],
            f"{middle(result, 'entering'):.0f} s",
            *(f"{seconds:.0f} s" for seconds in chapters(result)),
            f"{result['seconds']:.0f} s",
            f"{middle(result, 'processor'):.0f}",
            f"{others(result):.0%}",
        ]
        for result in classes
    ]
    return _table(head, rows)


def _memories(one, open_ones):
    """What memory the learners take, by the size of the class."""
    head = [
        "learners",
        "kernels open",
        "server alone",
        "at rest",
        "at most",
        "all together at most",
        "hub and proxy",
    ]
    rows = [
        [
            result["learners"],
            result["open_kernels"],
            *(f"{middle(result, what):.0f} MiB" for what in ("server_alone", "at_rest", "most")),
            f"{result['together']:.0f} MiB",
            f"{result['hub_memory']:.0f} MiB",
        ]
        for result in [*one, *open_ones]
    ]
    return _table(head, rows)


# A machine for a class, of which the system keeps a part; and a class that gives the six chapters three hours.
CORES, GIB, SYSTEM_GIB, HOURS = 2, 24, 2, 3


def seats(result):
    """How many learners of such a class the memory of the machine holds, all at their most at one time."""
    free = (GIB - SYSTEM_GIB) * 1024 - result["hub_memory"]
    return int(free // middle(result, "most"))


def _room(one, open_one):
    """What follows for one machine."""
    processor, both = middle(one, "processor"), (one, open_one)
    head = ["", "one kernel open", "six kernels open"]
    rows = [
        [
            "learners in 1 GiB, at rest",
            *(f"{1024 / middle(result, 'at_rest'):.1f}" for result in both),
        ],
        [
            "learners in 1 GiB, all at their most",
            *(f"{1024 / middle(result, 'most'):.1f}" for result in both),
        ],
        [
            f"learners in {GIB} GiB, all at their most, {SYSTEM_GIB} GiB kept free",
            seats(one),
            seats(open_one),
        ],
        [f"learners on a core, chapters 01 to 06 in {HOURS} hours", f"{HOURS * 3600 / processor:.0f}", ""],
        [
            f"{seats(one)} learners who all run all six chapters without a pause, {CORES} cores",
            f"{seats(one) * processor / CORES / 60:.0f} min",
            "",
        ],
    ]
    return _table(head, rows)


def _table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(map(str, cells))} |" for cells in lines]


if __name__ == "__main__":
    write()
