"""What a picture points at: the nodes and routes that are not as they were in an earlier network."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.network.model import Network
from lab_env.views.names import KINDS
from lab_env.views.scene import Marks, Scene


def marks(before: Network, after: Network, scene: Scene) -> Marks:
    """The marks over the scene of ``after``: what is new there, and what stands otherwise than in ``before``.

    Security groups and network ACLs have no node; what was removed has none any more. `network_diff` tells of both.
    """
    new, changed = set(_new(before, after)), set(_changed(before, after))
    words = {}
    for own, ids in _drawn(scene):
        if own in new:
            words[own] = "new"
        elif ids & (new | changed):
            words[own] = "changed"
    tables = {table.id: table.routes for table in before.route_tables}
    rows = frozenset(
        (table.id, number)
        for table in after.route_tables
        for number, route in enumerate(table.routes)
        if table.id in tables and route not in tables[table.id]
    )
    return Marks(words, rows)


def _drawn(scene: Scene) -> Iterator[tuple[str, set[str]]]:
    for box in scene.every_box():
        yield box.id, {box.id}
    for node in scene.nodes():
        yield node.id, {node.id, *node.members}


def _new(before: Network, after: Network) -> Iterator[str]:
    for kind in KINDS:
        old = {_id(item) for item in getattr(before, kind)}
        yield from (own for own in map(_id, getattr(after, kind)) if own not in old)


def _changed(before: Network, after: Network) -> Iterator[str]:
    for kind in KINDS:
        old = {_id(item): item for item in getattr(before, kind)}
        for item in getattr(after, kind):
            if old.get(_id(item), item) != item:
                yield _id(item)


def _id(item: object) -> str:
    return str(getattr(item, "id", None) or getattr(item, "name", ""))
