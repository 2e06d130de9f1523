"""The firm's template before cfn-lint and checkov, which others wrote.

``python -m tests.cloudformation FOLDER`` (where the two programs are; CONTRIBUTING.md says how to get them). Exit 1:
cfn-lint complains; checkov has a finding that lab_env/scenario/accepted.toml does not accept; or a reason there has no
finding any more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from lab_env import Lab
from lab_env.scenario import chapter07
from lab_env.scenario.exported import accepted


def main(folder: str) -> int:
    """Lint, scan, compare; see the module's docstring."""
    with TemporaryDirectory() as place:
        file = Path(place) / "template.json"
        file.write_text(template(), encoding="utf-8")
        bare = Path(place) / "bare.json"
        bare.write_text(without_skips(file.read_text("utf-8")), encoding="utf-8")
        linted = run(folder, "cfn-lint", str(file))
        print(linted.stdout or "cfn-lint: nothing to complain of")  # noqa: T201
        left, (found, passed) = scan(folder, file)[0], scan(folder, bare)
    reasons = {(name, check) for name, own in accepted().items() for check in own}
    print(f"checkov: {passed} checks pass, {len(found)} findings, {len(reasons)} with a reason")  # noqa: T201
    faults = [*(f"{pair}: no reason" for pair in left | found - reasons)]
    faults += [f"{pair}: a reason, and no finding" for pair in reasons - found]
    for fault in sorted(faults):
        print(fault, file=sys.stderr)  # noqa: T201
    return 1 if faults or linted.returncode else 0


def template() -> str:
    """The solved state's."""
    lab = Lab.start(chapter=7)
    try:
        chapter07.record(boto3.client)
        return lab.export_cloudformation().json()
    finally:
        lab.stop()


def without_skips(text: str) -> str:
    """The same, without what it says of accepted findings."""
    document = json.loads(text)
    for item in document["Resources"].values():
        item.pop("Metadata", None)
    return json.dumps(document, indent=2)


def scan(folder: str, file: Path) -> tuple[set[tuple[str, str]], int]:
    """checkov's findings, as pairs of logical id and check, and how many checks passed."""
    words = ("-f", str(file), "--framework", "cloudformation", "-o", "json", "--skip-download", "--quiet")
    done = run(folder, "checkov", *words)
    told: dict[str, Any] = json.loads(done.stdout)
    summary = told["summary"]
    if summary["parsing_errors"] or not summary["passed"]:
        sys.exit(f"checkov could not read the template:\n{done.stdout}{done.stderr}")
    return set(_failed(told)), int(summary["passed"])


def _failed(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for one in told["results"]["failed_checks"]:
        yield one["resource"].rpartition(".")[2], one["check_id"]


def run(folder: str, program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the two, with nothing of the user's own around it."""
    with TemporaryDirectory() as home:
        own = {"PATH": os.environ["PATH"], "HOME": home, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(
            [str(Path(folder).absolute() / program), *words],
            env=own,
            capture_output=True,
            encoding="utf-8",
            check=False,
            cwd=home,
        )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
