"""What DICOM's basic profile does with an attribute: PS3.15 Annex E, Table E.1-1, column *Basic Profile*.

The table is data (``basic_profile.csv``; its README says where it comes from). Its codes:

====== ==========================================================================
D      replace by a dummy value that is not empty
Z      replace by an empty value, or a dummy
X      remove
U      replace by a new UID, the same one wherever the old one stood
Z/D …  whichever of the codes keeps the object valid for its kind (Z type 2, D type 1)
X/Z/U* as above, for sequences that refer to other objects by their UIDs
====== ==========================================================================
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

PRIVATE = "Private element"


@cache
def basic_profile() -> Mapping[str, tuple[str, str]]:
    """Code and name of each attribute, by tag as in the table: ``00100010``, ``60xx3000``."""
    text = files("lab_env.dicom").joinpath("basic_profile.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {row["tag"]: (row["code"], row["name"]) for row in csv.DictReader(text.splitlines())}
    )


def code_of(tag: int) -> str:
    """The basic profile's code for an element: empty when the profile lets it stand.

    Args:
        tag: group and element as one number, e.g. ``0x00100010``.
    """
    return _row(tag)[0]


def name_of(tag: int) -> str:
    """The name of an element that the profile acts on; empty when it does not."""
    return _row(tag)[1]


@cache
def _row(tag: int) -> tuple[str, str]:
    group = tag >> 16
    if group % 2:
        return "X", PRIVATE
    profile, text = basic_profile(), f"{tag:08X}"
    # Curves and overlays repeat, group by group: one row stands for all of them.
    for pattern in (text, f"{text[:2]}xx{text[4:]}", f"{text[:2]}xxxxxx"):
        if pattern in profile:
            return profile[pattern]
    return "", ""
