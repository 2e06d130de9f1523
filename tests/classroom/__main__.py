"""A class of simulated learners on a real JupyterHub, all in chapters 01 to 06 at once.

``make test-classroom`` runs this as ``python -m tests.classroom PROGRAMS`` (the folder of the hub's environment's
programs). First nbgrader's exchange, with two learners; then where a hub breaks, and what it says; then classes of 1,
2, 4 and 8, each measured. Exit 1: a cell failed, a grade is wrong, or a break says something else than it should.

``--learners 16`` measures that class alone, ``1k`` one learner who keeps every chapter's kernel open; ``--only
exchange,breaks,classes`` leaves the others out; ``--write`` puts what was measured into ``measured.json`` and
docs/classroom.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from tests.classroom import breaking, exchange, measure, report
from tests.classroom.hub import Missing, Refused, install


def main(arguments=None):
    """Run what is asked for; see the module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("programs", type=Path)
    parser.add_argument("--learners", default="1,2,4,8,1k")
    parser.add_argument("--only", default="exchange,breaks,classes")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    try:
        install()
    except Missing as error:
        sys.stderr.write(f"{error}\n")
        return 2
    parts = {"exchange": graded, "breaks": broken, "classes": measured}
    holds = [parts[name](options) for name in options.only.split(",")]
    return 0 if all(holds) else 1


def say(line):
    """Print at once: a class takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def graded(options):
    """Whether the exchange gives both learners the points that they earned."""
    try:
        points, most = asyncio.run(exchange.grades(options.programs))
    except Refused as error:
        say(f"exchange: {error}")
        return False
    say(
        f"exchange: of {most} points, the learner who solved has {points['solver']:g}, the other {points['other']:g}"
    )
    return points == {"solver": most, "other": 0}


def broken(options):
    """Whether every break says what it should."""
    holds = True
    for case, expected in breaking.CASES.items():
        try:
            said = asyncio.run(case(options.programs))
        except (Refused, TimeoutError) as error:
            said = f"{type(error).__name__}: {error}"
        ok = expected in said
        say(f"{case.__name__}: {said}" + ("" if ok else f"\n  expected: {expected}"))
        holds &= ok
    return holds


def measured(options):
    """Whether every cell of every learner ran."""
    holds = True
    for word in options.learners.split(","):
        # "1k": one learner, whose kernels all stay open.
        learners, keep = int(word.rstrip("k")), word.endswith("k")
        result = asyncio.run(measure.a_class(options.programs, learners, keep=keep)).as_data()
        for pupil in result["pupils"]:
            holds &= not pupil["failures"]
            for failure in pupil["failures"]:
                say(f"{failure['chapter']}, cell {failure['cell']}: {failure['said']}")
        say(report.line(result))
        if options.write:
            report.store(result, cores=os.cpu_count())
    if options.write:
        report.write()
    return holds


if __name__ == "__main__":
    sys.exit(main())
