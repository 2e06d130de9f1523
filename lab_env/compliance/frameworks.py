"""The laws that controls serve, from ``frameworks.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lab_env.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Requirement:
    """One paragraph of a law.

    Attributes:
        id: as the law writes it.
        title: its heading.
        level: ``standard``, ``required``, ``addressable``, ``article`` or ``family``.
        controls: ids of the controls that serve it.
    """

    id: str
    title: str
    level: str
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """A law, and the requirements of it that the controls serve.

    Attributes:
        id: its short name.
        title: its name.
        url: where to read it.
        note: what a reader of a report should not take it for.
        requirements: its paragraphs.
    """

    id: str
    title: str
    url: str
    note: str
    requirements: tuple[Requirement, ...]


@cache
def load_frameworks() -> tuple[Framework, ...]:
    """Every framework, in the order of the file."""
    text = files(__package__).joinpath("frameworks.toml").read_text(encoding="utf-8")
    return tuple(
        Framework(
            item["id"],
            item["title"],
            item["url"],
            " ".join(item["note"].split()),
            tuple(
                Requirement(one["id"], one["title"], one["level"], tuple(one["controls"]))
                for one in item["requirements"]
            ),
        )
        for item in tomllib.loads(text)["frameworks"]
    )


def framework_named(name: str) -> Framework:
    """The framework with this id.

    Raises:
        InvalidInput: there is none.
    """
    for framework in load_frameworks():
        if framework.id == name:
            return framework
    known = ", ".join(item.id for item in load_frameworks())
    raise InvalidInput("no such law.", where=name, do=f"There are {known}.")
