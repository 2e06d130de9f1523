"""The controls' own citations and the map of frameworks say the same, and a control's parts agree."""

from __future__ import annotations

import importlib
import tomllib
from datetime import date
from pathlib import Path

import pytest

import lab_env.compliance.controls as package
from lab_env.compliance.controls import CONTROLS
from lab_env.compliance.frameworks import load_frameworks

FILE = Path(package.__file__).parent.parent / "frameworks.toml"
LEVELS = {"standard", "required", "addressable", "article", "family"}
IDS = [control.id for control in CONTROLS]


def test_the_file_has_its_shape():
    """Every key that the reader takes is there, of its type, and no other."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert set(data) == {"source", "frameworks"}
    assert isinstance(data["source"]["reviewed"], date)
    for framework in data["frameworks"]:
        assert set(framework) == {"id", "title", "url", "note", "requirements"}
        assert framework["url"].startswith("https://")
        for requirement in framework["requirements"]:
            assert set(requirement) == {"id", "title", "level", "controls"}
            assert requirement["level"] in LEVELS
            assert requirement["controls"] == sorted(set(requirement["controls"]))
            assert requirement["controls"]


def test_the_map_names_only_controls_that_exist():
    """A requirement without its control would be an empty promise."""
    named = {
        one for item in load_frameworks() for requirement in item.requirements for one in requirement.controls
    }
    assert named <= set(IDS)


@pytest.mark.parametrize("control", CONTROLS, ids=IDS)
def test_citations_and_map_agree(control):
    """What a control cites is where the map lists it, and nowhere else."""
    mapped = {
        f"{item.id} {requirement.id}"
        for item in load_frameworks()
        for requirement in item.requirements
        if control.id in requirement.controls
    }
    assert set(control.citations) == mapped


@pytest.mark.parametrize("control", CONTROLS, ids=IDS)
def test_id_file_and_title_agree(control):
    """NET-1 stands in net_1.py, whose first line is its id and title; its question is a question."""
    module = importlib.import_module(f"lab_env.compliance.controls.{control.id.lower().replace('-', '_')}")
    assert module.CONTROL is control
    assert control.id == module.ID
    assert module.__doc__.splitlines()[0] == f"{control.id}: {control.title}."
    assert control.question.endswith("?")


def test_every_control_file_is_registered():
    """A control that nobody lists would never be asked."""
    files = sorted(
        path.stem for path in Path(package.__file__).parent.glob("*_*.py") if path.stem != "__init__"
    )
    assert files == sorted(one.lower().replace("-", "_") for one in IDS)


def test_the_controls_stand_in_the_order_of_a_report():
    """Kind by kind, and by number within a kind."""
    kinds = ("NET", "IAM", "DATA", "LOG", "JOB", "GEO")
    assert sorted(IDS, key=lambda one: (kinds.index(one[:-2]), one)) == IDS
