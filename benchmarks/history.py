"""The ratios of earlier runs, a line of JSON each, and which of today's got worse."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.ratio import Ratio

FILE = Path(__file__).with_name("history.jsonl")
REMEMBERED = 5
TOLERATED = 1.2


@dataclass(frozen=True, slots=True)
class History:
    """Earlier runs, the oldest first: each has a ``date``, a ``python`` version and ``ratios`` by name."""

    runs: tuple[dict[str, object], ...]

    @classmethod
    def read(cls, file: Path = FILE) -> History:
        """What the file holds."""
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return cls(tuple(json.loads(line) for line in lines))

    def add(self, ratios: Iterable[Ratio], file: Path = FILE) -> None:
        """Write one more run at the file's end."""
        run = {
            "date": datetime.now(UTC).date().isoformat(),
            "python": platform.python_version(),
            "ratios": {ratio.name: round(ratio.value, 3) for ratio in ratios},
        }
        with file.open("a", encoding="utf-8", newline="\n") as history:
            history.write(json.dumps(run, ensure_ascii=False) + "\n")

    def usual(self, name: str) -> float | None:
        """The median of the last five runs that measured it; ``None`` for what is new."""
        found = [run["ratios"][name] for run in self.runs if name in run["ratios"]]  # type: ignore[index,operator]
        return median(found[-REMEMBERED:]) if found else None

    def worse(self, ratios: Iterable[Ratio]) -> list[Ratio]:
        """Those that are worse by more than a fifth."""
        known = [(ratio, self.usual(ratio.name)) for ratio in ratios]
        return [ratio for ratio, usual in known if usual is not None and ratio.value > TOLERATED * usual]
