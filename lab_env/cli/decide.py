"""``decide``: one decision a line, for a file of requests with their policies."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab_env.errors import InvalidInput, LabError
from lab_env.policy.cases import answer, read_case
from lab_env.policy.json_text import read_json

BAD_INPUT = 2


def add_to(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "decide",
        help="decide requests by their policies",
        description="Decide requests by their policies: a JSON line each, with the request and every policy that bears "
        "on it. Exits with 0 when every line was decided, whatever the decisions, and with 2 when one could not be.",
    )
    parser.add_argument(
        "--cases", required=True, metavar="FILE", help="the JSON lines; - reads standard input"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document a line")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer each line of a file. The first that cannot be decided is told on stderr; the others are decided."""
    faults = 0
    for number, line in _lines(options.cases):
        try:
            found = answer(read_case(read_json(line)))
        except LabError as error:
            faults += 1
            if faults == 1:
                told = " ".join(str(error).split())
                print(f"private-path: {options.cases}, line {number}: {told}", file=sys.stderr)
            continue
        print(json.dumps(found, ensure_ascii=False) if options.json else _text(found))
    return BAD_INPUT if faults else 0


def _lines(name: str) -> Iterator[tuple[int, str]]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"cannot be read: {getattr(error, 'strerror', None) or error}.", where=name
        ) from None
    # Not splitlines: JSON text may hold the other line ends that Unicode knows.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _text(found: dict[str, Any]) -> str:
    name = f"{found['id']}: " if found["id"] else ""
    return f"{name}{found['decision']}. {found['why']}"
