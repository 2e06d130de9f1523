"""The newest recorded run as a table in ``benchmarks/README.md``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from benchmarks.ratio import Ratio

FILE = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
HEAD = ("| what | ratio | goal | ours | floor | the floor is |", "| --- | --- | --- | --- | --- | --- |")
_ROW = re.compile(r"\| (?P<name>[^|]+) \| (?P<ratio>[\d.]+) \| (?:[\d.]*) ?\|.*")


def write(ratios: Iterable[Ratio], file: Path = FILE) -> None:
    """Put a run's figures in the place of the last one's; rows of what this run did not measure stay."""
    text = file.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    rows = {match["name"]: match[0] for line in old.splitlines() if (match := _ROW.fullmatch(line))}
    rows |= {ratio.name: _row(ratio) for ratio in ratios}
    table = "\n".join((BEGIN, *HEAD, *rows.values(), END))
    file.write_text(before + table + after, encoding="utf-8", newline="\n")


def read(file: Path = FILE) -> dict[str, float]:
    """The ratios that the table shows, by name."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {match["name"]: float(match["ratio"]) for line in lines if (match := _ROW.fullmatch(line))}


def _row(ratio: Ratio) -> str:
    goal = "" if ratio.goal is None else f"{ratio.goal:g}"
    costs = f"{ratio.ours:.3g} {ratio.unit} | {ratio.floor:.3g} {ratio.unit}"
    return f"| {ratio.name} | {ratio.value:.3f} | {goal} | {costs} | {ratio.floor_name} |"
