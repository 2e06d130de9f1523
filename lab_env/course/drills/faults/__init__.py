"""The faults, one file each. A file is registered by being here; its name and its fault's id agree."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from lab_env.course.drills.fault import Fault

__all__ = ["FAULTS"]


def _found() -> dict[str, Fault]:
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").FAULT for name in names}


FAULTS: Mapping[str, Fault] = MappingProxyType(_found())
"""By id, in alphabetical order."""
