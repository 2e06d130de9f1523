"""The other evaluator, the npm package ``@cloud-copilot/iam-simulate``, as a process beside this one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent


class Missing(Exception):
    """Something that the comparison needs is not on this machine; the message says what to do."""


def install():
    """Install what ``package-lock.json`` names, unless it is there.

    Raises:
        Missing: there is no Node, or npm could not install.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Missing(
                f"There is no {program} on the path. Install Node.js 20 or newer (Debian and Ubuntu: "
                "apt install nodejs npm; macOS: brew install node), then run this again."
            )
    if (HERE / "node_modules" / ".package-lock.json").exists():
        return
    command = [shutil.which("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"npm ci failed in tests/differential:\n{done.stderr.strip()}")


class Other:
    """The other evaluator with some cases loaded. Use it with ``with``.

    Args:
        cases: in its own form.
    """

    def __init__(self, cases):
        self._folder = TemporaryDirectory()
        file = Path(self._folder.name) / "cases.jsonl"
        file.write_text("\n".join(map(json.dumps, cases)), "utf-8")
        command = [shutil.which("node"), str(HERE / "run.mjs"), str(file)]
        self._process = subprocess.Popen(
            command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._folder.cleanup()

    def ask(self, word):
        """The answer to ``verdicts``, ``anew`` or ``once`` (run.mjs)."""
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())
