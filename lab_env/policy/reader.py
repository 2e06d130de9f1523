"""What every part of the grammar needs: the place of a fault, and the plain forms that elements share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from typing import Any

from lab_env.policy.findings import Code, Finding
from lab_env.policy.json_text import Path, line_of, written
from lab_env.policy.kinds import Kind


class Reader:
    """Notes the faults of one document while it is read.

    Args:
        kind: what the policy is attached to; ``None`` when that is not known.
        source: the policy's name.
        text: the document's text; empty when it was given as a value.

    Attributes:
        findings: the faults found so far.
        variables: whether the policy's version has variables.
        names_principals: whether a policy of this kind says whom it concerns; ``None`` when the kind is not known.
    """

    __slots__ = ("findings", "kind", "names_principals", "source", "text", "variables")

    def __init__(self, kind: Kind | None, source: str = "", text: str = "") -> None:
        self.kind, self.source, self.text = kind, source, text
        self.findings: list[Finding] = []
        self.variables = False
        self.names_principals = None if kind is None else kind.names_principals

    def fault(self, code: Code, path: Path, what: str, do: str = "") -> None:
        """Note a fault at a place of the document."""
        line = line_of(self.text, path) if self.text else 0
        self.findings.append(Finding(code, written(path), what, do, line))

    def unknown(self, item: Mapping[str, object], known: AbstractSet[str], path: Path) -> None:
        """Note every member of an object that is not among the known ones."""
        for name in item:
            if name not in known:
                what = f"there is no policy element {name!r}."
                self.fault(Code.UNKNOWN_ELEMENT, (*path, str(name)), what, meant(str(name), known))

    def one_of(self, item: Mapping[str, object], name: str, twin: str, path: Path) -> str | None:
        """Which of an element and its ``Not…`` twin is there."""
        if twin not in item:
            return name if name in item else None
        if name in item:
            self.fault(Code.STRUCTURE, path, f"{name} and {twin} exclude each other.", "Keep one.")
            return name
        return twin

    def texts(self, value: object, path: Path) -> tuple[str, ...]:
        """The texts of an element that is one text or a list of them."""
        if isinstance(value, str):
            return (value,)
        items: list[Any] = value if isinstance(value, list) else [value]
        try:
            # The quickest way to see that all are text; empty texts are seen one by one.
            if "".join(items):
                return tuple(items)
        except TypeError:
            pass
        if not items:
            self.fault(Code.STRUCTURE, path, "the list is empty.")
        return tuple(self._only_texts(items, path))

    def _only_texts(self, items: Sequence[object], path: Path) -> Iterator[str]:
        for number, item in enumerate(items):
            if isinstance(item, str):
                yield item
            else:
                self.fault(Code.STRUCTURE, (*path, number), f"text is expected, not {shown(item)}.")


def shown(value: object) -> str:
    """A value as a message names it."""
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    return "null" if value is None else _TYPE_NAMES.get(type(value), str(value)[:60])


_TYPE_NAMES = {dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number"}


def meant(name: str, known: Collection[str]) -> str:
    """``Did you mean …?`` for the nearest of some names; empty when none is near."""
    lower = {item.lower(): item for item in known}
    near = get_close_matches(name.lower(), lower, n=1, cutoff=0.6)
    return f"Did you mean {lower[near[0]]}?" if near else ""
