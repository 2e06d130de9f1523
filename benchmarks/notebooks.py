"""The nbval run of each solved chapter, beside an empty notebook that imports boto3 and moto and makes one call.

Minutes: asked for by name (``python -m benchmarks notebooks``), or with ``--all``.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from benchmarks.ratio import Ratio, interleaved

ANSWERS = Path(__file__).resolve().parent.parent / "answers"
LAPS = 3
CALL = """
import os
os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
import boto3
from moto import mock_aws
with mock_aws():
    boto3.client("s3").list_buckets()
"""


def ratios() -> list[Ratio]:
    """Wall seconds of each chapter and of the empty notebook, in turn."""
    with TemporaryDirectory() as home:
        empty = Path(home, "empty.ipynb")
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CALL)])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(book, empty)
        found = []
        for chapter in sorted(ANSWERS.glob("*.ipynb")):
            work = {"ours": partial(_run, chapter), "empty": partial(_run, empty)}
            took = interleaved(work, LAPS)
            found.append(
                Ratio(f"nbval {chapter.stem}", took["ours"], took["empty"], "s", "an empty notebook")
            )
    return found


def _run(notebook: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n0",
        "-p",
        "no:cacheprovider",
        "--nbval-lax",
        str(notebook),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ANSWERS.parent)
