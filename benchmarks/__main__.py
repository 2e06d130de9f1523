"""``python -m benchmarks``: every ratio, in one run; ``--check`` holds them against the history.

python -m benchmarks                 all but the notebooks
python -m benchmarks seam start      some of them
python -m benchmarks --all           the notebooks too (minutes)
python -m benchmarks --check         exits with 1 when a ratio is worse by a fifth than the history's median
python -m benchmarks --record        adds this run to the history, benchmarks/history.jsonl
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from benchmarks.history import History
from benchmarks.ratio import Ratio

QUICK = ("seam", "start", "memory", "decisions", "scale", "audit", "job_reads")
# Widgets are held against a goal in milliseconds, which is the machine's too: not for the history.
SLOW = ("notebooks", "widgets")


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for; 1 when a ratio got worse."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", choices=[*QUICK, *SLOW, []], metavar="NAME", help=", ".join(QUICK + SLOW)
    )
    parser.add_argument("--all", action="store_true", help="the notebooks too")
    parser.add_argument("--check", action="store_true", help="compare with the history")
    parser.add_argument("--record", action="store_true", help="add this run to the history")
    options = parser.parse_args(arguments)
    names = options.names or [*QUICK, *(SLOW if options.all else ())]
    found = {name: measured(name) for name in names}
    history = History.read()
    if options.record:
        history.add([ratio for ratios in found.values() for ratio in ratios])
    return _check(history, found) if options.check else 0


def measured(name: str) -> list[Ratio]:
    """The ratios of one benchmark, printed as they come."""
    ratios: list[Ratio] = import_module(f"benchmarks.{name}").ratios()
    for ratio in ratios:
        print(ratio, flush=True)
    return ratios


def _check(history: History, found: dict[str, list[Ratio]]) -> int:
    worse = {name: history.worse(ratios) for name, ratios in found.items()}
    # A neighbour's burst may spoil one run: what got worse is measured once more, and the better run counts.
    again = {name: history.worse(measured(name)) for name in worse if worse[name]}
    lost = [
        ratio for name in again for ratio in again[name] if ratio.name in {one.name for one in worse[name]}
    ]
    for ratio in lost:
        print(
            f"worse: {ratio.name} is {ratio.value:.2f}, and was {history.usual(ratio.name):.2f}",
            file=sys.stderr,
        )
    print(f"{len(lost)} of {sum(map(len, found.values()))} ratios got worse by more than a fifth")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
