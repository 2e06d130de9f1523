"""The functions of a CloudFormation template: what each refers to, and what it comes to.

*Intrinsic function reference*, *Pseudo parameters reference*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lab_env.errors import NotModelled

_IN_TEXT = re.compile(r"\$\{(!?)([^}]+)\}")
_KNOWN = frozenset({"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Select", "Fn::GetAZs", "Fn::Join"})


@dataclass(frozen=True, slots=True)
class Made:
    """A resource that stands.

    Attributes:
        ref: what ``Ref`` gives, which is also its physical id.
        attributes: what ``Fn::GetAtt`` gives, by the attribute's name.
    """

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


def references(value: Any) -> Iterator[str]:
    """The names that a value refers to: of resources, parameters and pseudo parameters.

    Raises:
        NotModelled: a function that the lab does not know.
    """
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        name, told = _function(value)
        yield from _told(name, told)
        for item in value.values():
            yield from references(item)


def _told(name: str, told: Any) -> Iterator[str]:
    if name == "Ref":
        yield told
    elif name == "Fn::GetAtt":
        yield (told.partition(".")[0] if isinstance(told, str) else told[0])
    elif name == "Fn::Sub":
        text, own = (told, {}) if isinstance(told, str) else told
        yield from (
            target.partition(".")[0]
            for literal, target in _IN_TEXT.findall(text)
            if not literal and target not in own
        )


def _function(value: Mapping[str, Any]) -> tuple[str, Any]:
    """The function that a value calls, and its argument; empty when it is an ordinary object."""
    if len(value) != 1:
        return "", None
    ((name, told),) = value.items()
    if name.startswith("Fn::") and name not in _KNOWN:
        raise NotModelled("this function of a template is not modelled.", where=name)
    return (name, told) if name in _KNOWN else ("", None)


@dataclass(frozen=True, slots=True)
class Values:
    """What the references of one deployment come to.

    Attributes:
        parameters: parameters and pseudo parameters.
        zones: the Region's Availability Zones.
        made: resources by their logical ids, as they come to stand.
    """

    parameters: Mapping[str, str]
    zones: tuple[str, ...]
    made: dict[str, Made] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        """A value without functions. What it refers to has to stand."""
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        name, told = _function(value)
        if name:
            return self._call(name, told)
        return {key: self.resolve(item) for key, item in value.items()}

    def _call(self, name: str, told: Any) -> Any:
        if name == "Ref":
            return self._target(told)
        if name == "Fn::GetAtt":
            return self._target(told if isinstance(told, str) else ".".join(told))
        if name == "Fn::Sub":
            return self._text(told)
        if name == "Fn::GetAZs":
            return list(self.zones)
        first, second = told
        if name == "Fn::Select":
            return self.resolve(second)[int(first)]
        return str(first).join(self.resolve(second))

    def _text(self, told: Any) -> str:
        text, own = (told, {}) if isinstance(told, str) else told

        def found(hit: re.Match[str]) -> str:
            literal, target = hit.groups()
            if literal:
                return f"${{{target}}}"
            return str(self.resolve(own[target]) if target in own else self._target(target))

        return _IN_TEXT.sub(found, text)

    def _target(self, target: str) -> str:
        if target in self.parameters:
            return self.parameters[target]
        name, dot, attribute = target.partition(".")
        made = self.made[name]
        if dot and attribute not in made.attributes:
            raise NotModelled("the lab does not know this attribute of a resource.", where=target)
        return made.attributes[attribute] if dot else made.ref
