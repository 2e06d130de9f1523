"""``/opt/ml`` as a script finds it: Python's own file functions, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lab_env.training.paths import Paths

WAYS = [
    'open("/opt/ml/a/x.txt").read()',
    'io.open("/opt/ml/a/x.txt").read()',
    'pathlib.Path("/opt/ml/a/x.txt").read_text()',
    'pathlib.Path("/opt/ml/a/../a/x.txt").read_text()',
    'open(file="/opt/ml/a/x.txt", mode="r").read()',
    'os.read(os.open("/opt/ml/a/x.txt", os.O_RDONLY), 9).decode()',
    'open(next(iter(glob.glob("/opt/ml/*/x.txt")))).read()',
    '(shutil.copy("/opt/ml/a/x.txt", "/opt/ml/b.txt"), open("/opt/ml/b.txt").read())[1]',
    '(shutil.copytree("/opt/ml/a", "/opt/ml/c"), open("/opt/ml/c/x.txt").read())[1]',
    '(os.rename("/opt/ml/a/x.txt", "/opt/ml/y.txt"), open("/opt/ml/y.txt").read())[1]',
    '(os.chdir("/opt/ml/a"), open("x.txt").read())[1]',
    '[open(os.path.join(top, name)).read() for top, _, names in os.walk("/opt/ml/a") for name in names][0]',
    '(os.makedirs("/opt/ml/d/e"), pathlib.Path("/opt/ml/d/e/z").write_text("x"), open("/opt/ml/d/e/z").read())[2]',
    'str(numpy.loadtxt("/opt/ml/a/x.txt", dtype=str))',
    '(numpy.save("/opt/ml/n.npy", numpy.array(["x"])), str(numpy.load("/opt/ml/n.npy")[0]))[1]',
    '"x" if os.path.isdir("/opt/ml/a") and pathlib.Path("/opt/ml/a/x.txt").is_file() else ""',
    '"x" if os.path.getsize("/opt/ml/a/x.txt") == 1 and not os.path.exists("/opt/ml/none") else ""',
    '(shutil.rmtree("/opt/ml/a"), "x" if not os.path.exists("/opt/ml/a") else "")[1]',
]


@pytest.mark.parametrize("way", WAYS)
def test_a_way_to_a_file(way: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("x")
    script = (
        "from lab_env.training.paths import Paths\n"
        f"Paths({str(tmp_path)!r}).follow()\nimport glob, io, os, pathlib, shutil, numpy\nprint({way})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "x\n"


OTHERS = ["/opt/mlx/a", "/opt", "relative", b"/opt/ml/a", 3, None]


@pytest.mark.parametrize("path", OTHERS)
def test_any_other_path_stays(path: object) -> None:
    assert Paths("/here").local(path) == path
