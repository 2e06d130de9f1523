"""The command line: ``python -m lab_env``, also installed as ``private-path``.

Every command prints text for people, and with ``--json`` one JSON document for programs. It exits with 0 when the
answer is yes (reached, ready), 1 when it is no, and 2 when the input cannot be used, with one line that says why.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from lab_env.cli import audit, decide, doctor, drill, exam, export, serve, start, trace
from lab_env.errors import LabError

BAD_INPUT = 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the command line without the program's name; by default this process's own.

    Returns:
        The exit code: 0 yes, 1 no, 2 bad input.
    """
    for stream in (sys.stdout, sys.stderr):
        # A Windows console that writes in a code page of its own has no ✓ and no →.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except LabError as error:
        print(f"private-path: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="private-path", description="Private Path: the course, and its engine for your own snapshots."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (start, doctor, trace, decide, audit, serve, drill, exam, export):
        command.add_to(commands)
    return parser
