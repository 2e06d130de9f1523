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

from benchmarks.apart import measured
from benchmarks.history import History
from benchmarks.ratio import Ratio
from benchmarks.table import write

QUICK = ("seam", "start", "memory", "decisions", "scale", "audit", "job_reads")
# Widgets are held against a goal in milliseconds, which is the machine's too: not for the history.
SLOW = ("notebooks", "widgets")
AGAIN = 3


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
        every = [ratio for ratios in found.values() for ratio in ratios]
        history.add(every)
        write(every)
    return _check(history, found) if options.check else 0


def _check(history: History, found: dict[str, list[Ratio]]) -> int:
    least = {ratio.name: ratio for ratios in found.values() for ratio in ratios}
    # A neighbour's burst may spoil one run: what got worse is measured again, and the best run counts.
    for _ in range(AGAIN):
        worse = {ratio.name for ratio in history.worse(least.values())}
        for name in [name for name, ratios in found.items() if worse & {ratio.name for ratio in ratios}]:
            for ratio in measured(name):
                least[ratio.name] = min(ratio, least[ratio.name], key=lambda each: each.value)
    lost = history.worse(least.values())
    for ratio in lost:
        print(
            f"worse: {ratio.name} is {ratio.value:.2f}, and was {history.usual(ratio.name):.2f}",
            file=sys.stderr,
        )
    print(f"{len(lost)} of {len(least)} ratios got worse by more than a fifth")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
