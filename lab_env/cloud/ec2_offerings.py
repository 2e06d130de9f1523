"""Which instance types AWS offers where, read when it is asked for, a Region at a time.

moto reads the lists of all Regions as its EC2 is imported: a tenth of a second and 58 MB in every kernel, for what no
chapter asks for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import PurePath
from typing import Any

from moto.utilities import utils

_MODULE = "moto.ec2.models.instance_types"
_FOLDER = "instance_type_offerings"


def import_ec2() -> None:
    """Import moto's EC2 without those lists, and let it find each when it looks for it.

    Where it was imported already, all of them are there.
    """
    if _MODULE in sys.modules:
        return
    found: dict[str, dict[str, str]] = {}
    load = utils.load_resource

    def load_others(resource: str) -> Any:
        path = PurePath(resource)
        if path.parent.parent.name != _FOLDER:
            return load(resource)
        found.setdefault(path.parent.name, {})[path.name.partition(".")[0]] = resource
        return []

    utils.load_resource = load_others
    try:
        module = import_module(_MODULE)
    finally:
        utils.load_resource = load
    module.INSTANCE_TYPE_OFFERINGS.update({kind: _Offers(kind, found[kind]) for kind in found})


class _Offers(Mapping[str, list[dict[str, str]]]):
    """The lists for one kind of location, by Region.

    Args:
        kind: ``region``, ``availability-zone`` or ``availability-zone-id``.
        resources: moto's file for each Region.
    """

    def __init__(self, kind: str, resources: Mapping[str, str]) -> None:
        self._kind, self._resources = kind, resources

    def __getitem__(self, region: str) -> list[dict[str, str]]:
        return _read(self._kind, self._resources[region])

    def __iter__(self) -> Iterator[str]:
        return iter(self._resources)

    def __len__(self) -> int:
        return len(self._resources)


@cache
def _read(kind: str, resource: str) -> list[dict[str, str]]:
    return [{**offer, "LocationType": kind} for offer in utils.load_resource(resource)]
