"""``start``: JupyterLab on the course."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import lab_env
from lab_env.errors import InvalidInput, NotFound

# The course needs no answer from outside, so nothing asks for one: no update check, no news, no extension catalogue.
QUIET = (
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
    "--LabApp.extension_manager=readonly",
)


def add_to(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "start", help="open the course in JupyterLab", description="Open the course in JupyterLab."
    )
    parser.add_argument(
        "--chapter", type=int, default=0, metavar="N", help="which chapter to open (default 0)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=int, help="port of 127.0.0.1 to serve on")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve the notebooks until interrupted."""
    import_module("jupyterlab.labapp").LabApp.launch_instance(lab_arguments(options))
    return 0


def lab_arguments(options: argparse.Namespace) -> list[str]:
    """What JupyterLab is started with."""
    folder = notebooks()
    chapter = chapter_file(folder, options.chapter)
    arguments = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{chapter}", *QUIET]
    if options.no_browser:
        arguments.append("--no-browser")
    if options.port is not None:
        arguments.append(f"--ServerApp.port={options.port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container one is root, and JupyterLab, which serves 127.0.0.1 only, would refuse to start.
        arguments.append("--allow-root")
    return arguments


def notebooks(package: Path | None = None) -> Path:
    """The folder of the learner's notebooks, beside the package in a clone of the project.

    Raises:
        NotFound: the package was installed without the clone around it.
    """
    root = (package or Path(lab_env.__file__).parent).resolve().parent
    folder = root / "notebooks"
    if not any(folder.glob("*.ipynb")):
        raise NotFound(
            "the notebooks are not beside the installed package.",
            where=str(folder),
            do=f"Install the package from a clone of the project: {Path(sys.executable).name} -m pip install -e .",
        )
    return folder


def chapter_file(folder: Path, number: int) -> str:
    """The name of a chapter's notebook.

    Raises:
        InvalidInput: there is no such chapter yet.
    """
    chapters = {int(path.name[:2]): path.name for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}
    if number not in chapters:
        there = ", ".join(map(str, chapters))
        raise InvalidInput("there is no such chapter.", where=f"--chapter {number}", do=f"There are {there}.")
    return chapters[number]
