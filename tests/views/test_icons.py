"""Icons: one for each kind of node, small, and where the library says they come from."""

from __future__ import annotations

from base64 import b64decode
from importlib.resources import files
from pathlib import Path
from struct import unpack

import diagrams
import pytest

from lab_env.views.icons import CLASSES, icon_name, icon_uri

NAMES = sorted({icon_name(kind) for kind in CLASSES})


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_is_a_small_png(name):
    content = b64decode(icon_uri(name).partition(",")[2])
    assert content.startswith(b"\x89PNG")
    assert unpack(">II", content[16:24]) == (72, 72)
    assert len(content) <= 2048


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_the_library_carries_the_original(kind):
    original = Path(diagrams.__file__).parent.parent / CLASSES[kind]._icon_dir / CLASSES[kind]._icon
    assert original.is_file()


def test_no_icon_is_left_over():
    there = {path.name for path in files("lab_env.views.icons").iterdir() if path.name.endswith(".png")}
    assert there == {f"{name}.png" for name in NAMES}


def test_a_kind_without_an_icon_has_no_name():
    assert icon_name("nothing") == ""


def test_the_licence_is_noted():
    assert "Amazon Web Services" in files("lab_env.views.icons").joinpath("README.md").read_text(
        encoding="utf-8"
    )
