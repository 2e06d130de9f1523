"""A template while it is being written: logical ids, and what stands for the ids of the state it is written from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lab_env.errors import NotModelled

Value = Any
_WORD = re.compile(r"[A-Za-z0-9]+")
# What makes another name of a name, when it stands beside it; a dot parts the labels of a host, not those of a bucket.
_BEFORE, _AFTER = r"(?<![A-Za-z0-9{}-])", r"(?![A-Za-z0-9{}-])"


def logical(name: str, kind: str) -> str:
    """A logical id from a resource's own name: ``MeridianPrivateASubnet`` for the subnet meridian-private-a."""
    words = "".join(word[0].upper() + word[1:] for word in _WORD.findall(name))
    return words if words.endswith(kind) else words + kind


class Draft:
    """What the writers of a template share.

    Args:
        account: the account that the state is of; stands as ``${AWS::AccountId}`` in what is written.
        region: its Region; stands as ``${AWS::Region}``.
    """

    def __init__(self, account: str, region: str) -> None:
        self.account, self.region = account, region
        self.resources: dict[str, Mapping[str, Any]] = {}
        self.parameters: dict[str, Mapping[str, Any]] = {}
        self.given: dict[str, str] = {}
        self.physical: dict[str, str] = {}
        self._known: dict[str, str] = {account: "AWS::AccountId", region: "AWS::Region"}
        self._pattern: re.Pattern[str] | None = None

    def name(self, physical: str, name: str, kind: str) -> str:
        """The logical id of what has this id, and a name of its own where it has one."""
        wanted = own = logical(name or physical, kind)
        number = 1
        while own in self.physical:
            number += 1
            own = f"{wanted}{number}"
        self.physical[own] = physical
        return own

    def stands_for(self, text: str, reference: str) -> None:
        """Let a literal of the state be written as a reference: a logical id, ``Logical.Attribute``, a parameter."""
        self._known[text] = reference
        self._pattern = None

    def parameter(self, name: str, value: str, **declared: Any) -> None:
        """Declare a parameter that stands for a literal of the state."""
        self.parameters[name] = {"Type": "String", **declared}
        self.given[name] = value
        self.stands_for(value, name)

    def add(self, name: str, kind: str, properties: Mapping[str, Any], **attributes: Any) -> None:
        """Write a resource. Properties that are ``None`` are left out."""
        kept = {key: self.refer(value) for key, value in properties.items() if value is not None}
        self.resources[name] = {"Type": kind, **attributes, "Properties": kept}

    def refer(self, value: Value) -> Value:
        """A value with references in place of what it repeats of the state."""
        if isinstance(value, Mapping):
            return {key: self.refer(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.refer(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> Value:
        if whole := self._known.get(text):
            return reference(whole)
        if self._pattern is None:
            self._pattern = re.compile(
                "|".join(map(self._bounded, sorted(self._known, key=len, reverse=True)))
            )
        # "${" that is the state's own, such as a policy variable, must not be read as a reference.
        escaped = text.replace("${", "${!")
        found, hits = self._pattern.subn(lambda hit: f"${{{self._known[hit[0]]}}}", escaped)
        return {"Fn::Sub": found} if hits else text

    def _bounded(self, text: str) -> str:
        dot = "" if text == self.region else "."
        return f"{_BEFORE.format(dot)}{re.escape(text)}{_AFTER.format(dot)}"

    def refuse(self, items: Iterable[str], what: str) -> None:
        """Refuse what no template is written of.

        Raises:
            NotModelled: there is such a thing; names the first.
        """
        first = next(iter(items), None)
        if first is not None:
            raise NotModelled(f"{what} cannot be written into a template.", where=first)


def reference(target: str) -> dict[str, Any]:
    """``Ref`` to a logical id or a parameter; ``Fn::GetAtt`` for ``Logical.Attribute``."""
    name, dot, attribute = target.partition(".")
    return {"Fn::GetAtt": [name, attribute]} if dot else {"Ref": name}


def tags(name: str) -> list[dict[str, str]] | None:
    """A Name tag, where there is a name."""
    return [{"Key": "Name", "Value": name}] if name else None
