"""Policy variables: ``${aws:username}``, with a default ``${aws:userid, 'anonymous'}``, and the escapes ``${*}``.

*IAM policy elements: Variables and tags*. They exist in policies of version 2012-10-17 only; before, the same
characters stand for themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from lab_env.policy.patterns import Piece

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_INSIDE = re.compile(r"(?P<key>[^\s,'{}]+)(?:, ?'(?P<default>[^']*)')?")
_ESCAPES = ("*", "?", "$")


class Values(Protocol):
    """What a variable is looked up in."""

    def single(self, key: str) -> str | None:
        """The value of a key that has exactly one; ``None`` otherwise."""


@dataclass(frozen=True, slots=True)
class Variable:
    """``${key, 'default'}``; ``default`` is ``None`` where none is given."""

    key: str
    default: str | None = None

    def value(self, values: Values) -> str | None:
        """Its value in a request; a multivalued key cannot be a variable and counts as absent."""
        found = values.single(self.key)
        return self.default if found is None else found


@dataclass(frozen=True, slots=True)
class Template:
    """A policy's text, cut at its variables. Text parts come with whether their wildcards count."""

    parts: tuple[Piece | Variable, ...]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables in it, in order."""
        return tuple(part for part in self.parts if isinstance(part, Variable))

    def pieces(self, values: Values) -> list[Piece] | None:
        """The text with each variable's value in place; ``None`` when one cannot be resolved."""
        found: list[Piece] = []
        for part in self.parts:
            if isinstance(part, Variable):
                value = part.value(values)
                if value is None:
                    return None
                found.append((value, False))
            else:
                found.append(part)
        return found

    def unresolved(self, values: Values) -> tuple[str, ...]:
        """The keys of the variables that cannot be resolved."""
        return tuple(part.key for part in self.variables if part.value(values) is None)


def template(text: str, *, variables: bool = True) -> Template:
    """``text`` as a template.

    Args:
        text: as it stands in the policy.
        variables: whether the policy's version has variables.

    Raises:
        ValueError: a variable is malformed; the message says which.
    """
    if not variables or "${" not in text:
        return Template(((text, True),))
    parts: list[Piece | Variable] = []
    place = 0
    for match in _VARIABLE.finditer(text):
        _add_text(parts, text[place : match.start()])
        parts.append(_variable(match[1]))
        place = match.end()
    _add_text(parts, text[place:])
    return Template(tuple(parts))


def _add_text(parts: list[Piece | Variable], text: str) -> None:
    if "${" in text:
        raise ValueError(f"the variable in {text!r} is not closed")
    if text:
        parts.append((text, True))


def _variable(inside: str) -> Piece | Variable:
    if inside in _ESCAPES:
        return (inside, False)
    match = _INSIDE.fullmatch(inside)
    if match is None:
        raise ValueError(f"${{{inside}}} is no variable; write ${{prefix:key}} or ${{prefix:key, 'default'}}")
    return Variable(match["key"], match["default"])
