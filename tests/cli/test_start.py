"""``start``: JupyterLab on the notebooks, asking nothing of the outside."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from types import ModuleType

import pytest

from lab_env.cli import start
from lab_env.errors import InvalidInput, NotFound


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone with three chapters."""
    (tmp_path / "lab_env").mkdir()
    (tmp_path / "notebooks").mkdir()
    for name in ("00_start_here", "01_private_vpc", "05_option_d_vpc_endpoint"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    monkeypatch.setattr(start.lab_env, "__file__", str(tmp_path / "lab_env" / "__init__.py"))
    return tmp_path


def options(**more):
    return Namespace(**({"chapter": 0, "no_browser": False, "port": None} | more))


def test_arguments(clone, monkeypatch):
    """The notebooks' folder, the chapter, and the three switches that keep JupyterLab quiet."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert start.lab_arguments(options(chapter=5)) == [
        f"--ServerApp.root_dir={clone.resolve() / 'notebooks'}",
        "--LabApp.default_url=/lab/tree/05_option_d_vpc_endpoint.ipynb",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
    ]


def test_no_browser_and_port_pass(clone, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert start.lab_arguments(options(no_browser=True, port=8899))[-2:] == [
        "--no-browser",
        "--ServerApp.port=8899",
    ]


def test_as_root(clone, monkeypatch):
    """In a container."""
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert start.lab_arguments(options())[-1] == "--allow-root"


def test_the_command_starts_jupyterlab(clone, command, monkeypatch):
    """With those arguments, and nothing else."""
    started = []

    class LabApp:
        launch_instance = staticmethod(started.append)

    module = ModuleType("jupyterlab.labapp")
    module.LabApp = LabApp
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", module)
    code, _, _ = command("start", "--chapter", "1", "--no-browser")
    assert code == 0
    assert started == [start.lab_arguments(options(chapter=1, no_browser=True))]


def test_jupyterlab_knows_the_switches():
    """Their names are JupyterLab's own; one that it renames would be passed over in silence."""
    from jupyterlab import NeverCheckForUpdate
    from jupyterlab.labapp import LabApp

    for switch in start.QUIET:
        name = switch.removeprefix("--LabApp.").split("=")[0]
        assert LabApp.class_traits()[name].metadata["config"]
    assert NeverCheckForUpdate.__name__ in start.QUIET[0]


def test_a_chapter_that_is_not_there(clone):
    with pytest.raises(InvalidInput, match=r"--chapter 7: there is no such chapter. There are 0, 1, 5."):
        start.lab_arguments(options(chapter=7))


def test_an_installed_package_without_its_notebooks(tmp_path, command, monkeypatch):
    """The error says where it looked and how to install it instead."""
    monkeypatch.setattr(start.lab_env, "__file__", str(tmp_path / "lab_env" / "__init__.py"))
    with pytest.raises(NotFound, match=r"notebooks: the notebooks are not beside .*pip install -e \."):
        start.notebooks()
    code, _, err = command("start")
    assert code == 2
    assert err.count("\n") == 1
