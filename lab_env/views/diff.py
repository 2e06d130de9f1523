"""What changed between two states of a network, and what did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from lab_env.network.model import Network
from lab_env.views.facts import Facts, facts_of
from lab_env.views.names import KINDS, Names
from lab_env.views.table import WIDTH, Table

_WORDS = {"+": "+ added", "-": "- removed", "~": "~ changed"}
_LONG = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``sign`` is ``+``, ``-`` or ``~``; ``kind`` is a key of `KINDS`; ``text`` names the resource."""

    sign: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.sign} {self.text}"


@dataclass(frozen=True, slots=True)
class DiffView:
    """The differences as lines of text and as an accessible HTML table.

    Attributes:
        changes: in the order of `KINDS`, within a kind in the order of the network.
        unchanged: kinds of which there is something, and nothing of it changed.
    """

    changes: tuple[Change, ...]
    unchanged: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __str__(self) -> str:
        lines = [line for change in self.changes for line in wrap(str(change), WIDTH, subsequent_indent="  ")]
        return "\n".join([*lines, *wrap(self.rest, WIDTH)])

    __repr__ = __str__

    @property
    def rest(self) -> str:
        """``nothing else changed: no subnet, no security group`` in the words of AWS."""
        if not self.changes:
            return "nothing changed"
        kinds = ", ".join(f"no {KINDS[kind]}" for kind in self.unchanged)
        return f"nothing else changed: {kinds}" if kinds else "nothing else changed"

    def html(self) -> str:
        """The changes as a table; the sign of each is spelt out."""
        rows = tuple((_WORDS[change.sign], change.text) for change in self.changes)
        return Table(("change", "resource"), rows, "What changed in the network", notes=(self.rest,)).html()

    _repr_html_ = html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        return {"text/plain": str(self), "text/html": self.html()}


def network_diff(before: Network, after: Network) -> DiffView:
    """What was added, removed and changed on the way from ``before`` to ``after``.

    Public address ranges and the hosts of the internet are left out: no call changes them.
    """
    names = Names(before), Names(after)
    by_kind = {kind: tuple(_changes(kind, before, after, names)) for kind in KINDS}
    unchanged = (kind for kind, found in by_kind.items() if not found and getattr(after, kind))
    quiet = {"vpcs", "prefix_lists", "on_premises"}
    return DiffView(
        tuple(change for found in by_kind.values() for change in found),
        tuple(kind for kind in unchanged if kind not in quiet),
    )


def _changes(kind: str, before: Network, after: Network, names: tuple[Names, Names]) -> Iterator[Change]:
    old, new = _by_id(before, kind), _by_id(after, kind)
    for identifier, item in old.items():
        if identifier not in new:
            yield Change("-", kind, f"{names[0].full(identifier)} {facts_of(item, names[0]).headline}")
    for identifier, item in new.items():
        facts = facts_of(item, names[1])
        title = names[1].full(identifier)
        if identifier not in old:
            yield Change("+", kind, f"{title} {facts.headline}")
            yield from (Change("+", kind, f"{title}: {line}") for line in facts.lines)
        elif old[identifier] != item:
            yield from _inside(kind, title, facts_of(old[identifier], names[0]), facts)


def _inside(kind: str, title: str, old: Facts, new: Facts) -> Iterator[Change]:
    yield from (Change("-", kind, f"{title}: {line}") for line in old.lines if line not in new.lines)
    yield from (Change("+", kind, f"{title}: {line}") for line in new.lines if line not in old.lines)
    if old.headline != new.headline:
        yield Change("~", kind, f"{title}: {old.headline} → {new.headline}")
    for name, value in new.settings.items():
        if old.settings[name] != value:
            yield Change("~", kind, f"{title}: {name} {_turned(old.settings[name], value)}")


def _turned(old: str, new: str) -> str:
    # A policy document is too long to be quoted twice in a line.
    return f"{old or 'none'} → {new or 'none'}" if max(len(old), len(new)) < _LONG else "changed"


def _by_id(network: Network, kind: str) -> Mapping[str, Any]:
    return {getattr(item, "id", None) or item.name: item for item in getattr(network, kind)}
