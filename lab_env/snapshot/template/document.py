"""A CloudFormation template as a value (*Template anatomy*)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab_env.errors import NotFound

Resource = Mapping[str, Any]
"""One resource of a template: its ``Type``, its ``Properties`` …"""

VERSION = "2010-09-09"
WIDTH = 100
# The template itself, its sections, and each resource are broken however short they are.
_TOP = 4


def laid_out(value: Any, margin: int = 0, room: int = WIDTH) -> str:
    """JSON for people: what fits into the rest of its line stands in one, everything else is broken.

    Args:
        value: what to write.
        margin: columns before each further line.
        room: columns that are left of the first line.
    """
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or (len(line) <= room and margin > _TOP):
        return line
    inner = " " * (margin + 2)
    if isinstance(value, list):
        items = [laid_out(item, margin + 2, WIDTH - margin - 2) for item in value]
        opening, closing = "[", "]"
    else:
        keys = [f"{json.dumps(key, ensure_ascii=False)}: " for key in value]
        items = [
            key + laid_out(item, margin + 2, WIDTH - margin - 2 - len(key))
            for key, item in zip(keys, value.values(), strict=True)
        ]
        opening, closing = "{", "}"
    body = ",\n".join(inner + item for item in items)
    return f"{opening}\n{body}\n{' ' * margin}{closing}"


@dataclass(frozen=True, slots=True)
class Template:
    """What was written of a state.

    Attributes:
        resources: each resource by its logical id, those first that others need.
        parameters: the declaration of each parameter by its name.
        given: the parameters' values with which the template makes the state that it was written from.
        physical: the id, name or ARN that each resource has there, by its logical id.
        description: what the template says of itself.
    """

    resources: Mapping[str, Resource]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    physical: Mapping[str, str] = field(default_factory=dict)
    description: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """The template as CloudFormation reads it."""
        return {
            "AWSTemplateFormatVersion": VERSION,
            "Description": self.description,
            "Parameters": dict(self.parameters),
            "Resources": dict(self.resources),
        }

    def json(self) -> str:
        """The template's text."""
        return laid_out(self.document) + "\n"

    def text(self, *names: str) -> str:
        """The text of some of its resources, or parameters, by their logical ids.

        Raises:
            NotFound: there is none of that name.
        """
        known = {**self.parameters, **self.resources}
        for name in names:
            if name not in known:
                raise NotFound(
                    "the template has no such resource.", where=name, do=f"It has {', '.join(known)}."
                )
        body = ",\n".join(f"  {json.dumps(name)}: {laid_out(known[name], _TOP - 2, 0)}" for name in names)
        return f"{{\n{body}\n}}"

    def write(self, path: str | Path) -> Path:
        """Write it into a file: the file's path."""
        file = Path(path)
        file.write_text(self.json(), encoding="utf-8")
        return file

    def named(self, text: str) -> str:
        """A text of that state, with each id, name and ARN in it replaced by its logical id in ``<>``.

        Two texts that tell the same of two deployments are then equal.
        """
        for logical, physical in sorted(self.physical.items(), key=lambda item: -len(item[1])):
            text = text.replace(physical, f"<{logical}>")
        return text

    def __str__(self) -> str:
        width = max(map(len, self.resources), default=0)
        kinds = (f"{name:<{width}}  {item['Type']}" for name, item in self.resources.items())
        return "\n".join([f"{len(self.resources)} resources, {len(self.parameters)} parameters", *kinds])

    __repr__ = __str__
