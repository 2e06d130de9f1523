"""Run every check of the project, in order, and say how many of each passed.

``python tools/check.py`` is what ``make test`` runs, on every system: linters, types, layers, unit tests, then each
cell of the solved notebooks compared with its stored output, then each cell of the learner's notebooks run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
PYTHON_M = (sys.executable, "-m")

LINTERS = {
    "ruff check": (*PYTHON_M, "ruff", "check", "--quiet", "."),
    "ruff format": (*PYTHON_M, "ruff", "format", "--quiet", "--check", "."),
    "mypy": (*PYTHON_M, "mypy", "--no-error-summary"),
    "layers": (
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-logo",
    ),
}


# One worker a core; a file's tests, and a notebook's cells, stay together and in their order.
SPREAD = ("--numprocesses=auto", "--dist=loadfile")

# What ``--quick`` runs: the engines, which need no mock cloud, no job's process and no notebook.
ENGINES = tuple(
    f"tests/{name}" for name in ("network", "policy", "snapshot", "costs", "compliance", "real_aws")
)
ON_CLOUDS = tuple(f"tests/compliance/test_{name}.py" for name in ("matrix_clouds", "on_the_lab", "undo"))


@dataclass(frozen=True, slots=True)
class Result:
    """How one check ended: its name, what passed and failed, and how many seconds it took."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float


def main(arguments: list[str] | None = None) -> int:
    """Run the checks that the arguments ask for; 0 when all of them hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lint", action="store_true", help="linters, types and layers only")
    parser.add_argument("--quick", action="store_true", help="linters, and the tests of the engines alone")
    options = parser.parse_args(arguments)

    results = [_lint(name, command) for name, command in LINTERS.items()]
    if options.quick:
        results.append(_pytest("engines", *ENGINES, *(f"--ignore={path}" for path in ON_CLOUDS)))
    elif not options.lint:
        results.append(_pytest("unit tests", "tests"))
        results += _notebooks("answers, compared", "answers", "--nbval")
        results += _notebooks("notebooks, run", "notebooks", "--nbval-lax")
    return _report(results)


def _lint(name: str, command: tuple[str, ...]) -> Result:
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    return Result(name, int(code == 0), int(code != 0), 0, time.monotonic() - started)


def _notebooks(name: str, folder: str, option: str) -> list[Result]:
    if not any((ROOT / folder).glob("*.ipynb")):
        return []
    return [_pytest(name, option, folder)]


def _pytest(name: str, *arguments: str) -> Result:
    """Run pytest and read the counts from its own report; a run that ends without one has failed."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = (*PYTHON_M, "pytest", "-q", *SPREAD, f"--junitxml={report}", *arguments)
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        seconds = time.monotonic() - started
        if not report.exists():
            return Result(name, 0, 1, 0, seconds)
        counts = [suite.attrib for suite in ET.parse(report).getroot().iter("testsuite")]  # noqa: S314 - pytest wrote it
    total, failures, errors, skipped = (
        sum(int(count[key]) for count in counts) for key in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors or int(code != 0)
    return Result(name, total - failures - errors - skipped, failed, skipped, seconds)


def _report(results: list[Result]) -> int:
    print()
    for result in results:
        skipped = f", {result.skipped} skipped" if result.skipped else ""
        counts = f"{result.passed} passed, {result.failed} failed{skipped}"
        print(f"{result.name:<20} {counts:<32} {result.seconds:6.1f} s")
    passed, failed = sum(r.passed for r in results), sum(r.failed for r in results)
    print(f"total: {passed} passed, {failed} failed", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
