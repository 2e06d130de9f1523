"""What a picture of a network shows, as values: boxes in boxes, nodes, and the links that really exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One route of a table as the picture lists it; ``target`` is the node it leads to, empty for ``local``."""

    destination: str
    via: str
    target: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """One thing that a packet may meet.

    Attributes:
        id: the resource's id; ``internet`` or ``s3.us-east-1`` for what stands outside.
        kind: which icon stands for it (`lab_env.views.icons`).
        title: its name.
        detail: its id, its addresses.
        routes: a route table's routes.
        members: ids of the resources it stands for besides its own.
        state: words for a state that is not the usual one (``failed``), else empty.
    """

    id: str
    kind: str
    title: str
    detail: str = ""
    routes: tuple[RouteRow, ...] = ()
    members: tuple[str, ...] = ()
    state: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A VPC, an Availability Zone or a subnet, with what stands in it.

    ``kind`` is ``vpc``, ``zone``, ``private-subnet`` or ``public-subnet``; ``zone`` is a subnet's Availability Zone.
    """

    id: str
    kind: str
    title: str
    detail: str
    children: tuple[Box | Node, ...]
    zone: str = ""

    def nodes(self) -> Iterator[Node]:
        """All nodes in this box and in the boxes within it."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
            else:
                yield from child.nodes()


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two nodes.

    ``kind`` is ``rules`` (a subnet and its route table), ``route`` (row ``row`` of a route table and its target) or
    ``beyond`` (a gateway or an endpoint and what lies behind it).
    """

    tail: str
    head: str
    kind: str
    row: int = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One hop of a trace, told at the node where it happened.

    ``number`` is ``↩`` on the way back; ``kind`` is ``met``, ``blocked``, or ``unmet`` when the packet died before.
    """

    number: str
    text: str
    kind: str = "met"


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where the packet, or its answer, dies.

    ``lines`` say why in a few words; ``port`` is the row it happens in (``r0`` a route, ``s1`` a step).
    """

    node: str
    lines: tuple[str, ...]
    port: str = "h"


@dataclass(frozen=True, slots=True)
class Path:
    """A trace laid over a scene.

    Attributes:
        steps: by node, what is told under it.
        matched: by table and number of the route, the step that took it.
        ways: pairs of nodes between which the packet went, in its direction.
        stops: where it, or its answer, dies.
        here: the node of the hop that was told last, and the row of it (``r0`` a route, ``s1`` a step).
    """

    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    matched: Mapping[tuple[str, int], Step] = field(default_factory=dict)
    ways: tuple[tuple[str, str], ...] = ()
    stops: tuple[Stop, ...] = ()
    here: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a picture points at because it is not as it was.

    Attributes:
        words: by id of a node or a box, ``new`` or ``changed``.
        rows: by table and number, the routes that were not there.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    rows: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a picture shows, before anything is placed."""

    boxes: tuple[Box, ...]
    outside: tuple[Node, ...]
    links: tuple[Link, ...]

    def every_box(self) -> Iterator[Box]:
        """Every box, each before those within it."""
        waiting: list[Box | Node] = list(reversed(self.boxes))
        while waiting:
            found = waiting.pop()
            if isinstance(found, Box):
                yield found
                waiting += reversed(found.children)

    def nodes(self) -> Iterator[Node]:
        """Every node, inside first."""
        for box in self.boxes:
            yield from box.nodes()
        yield from self.outside
