"""A question of the exam bank: a stem, options, a key, and what decides which options are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from lab_env.course.exam.world import NOTHING, Change

LETTERS = "ABCDEF"
Key = frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands.

    Attributes:
        title: of AWS's page.
        url: its address.
    """

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Attributes:
        letter: as it is shown.
        text: what it says.
        change: what it builds.
        holds: what it claims: criteria of its own.
        trap: why people choose it although it is wrong; may be empty.
    """

    letter: str
    text: str
    change: Change = NOTHING
    holds: tuple[Mapping[str, Any], ...] = ()
    trap: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One question.

    Attributes:
        id: a name that no other question has.
        domain: the exam it would stand in (`DOMAINS`).
        difficulty: 1 to 3.
        concepts: what it is about.
        stem: the text.
        options: in the order in which they are shown.
        key: letters of the right ones.
        together: whether the right options are right only together.
        world: name of the state that the stem describes.
        change: what the stem says beside it.
        criteria: what the stem asks for.
        rule: the rule that the question is about, in a sentence.
        sources: where the rule stands.
    """

    id: str
    domain: str
    difficulty: int
    concepts: tuple[str, ...]
    stem: str
    options: tuple[Option, ...]
    key: Key
    together: bool
    world: str
    change: Change
    criteria: tuple[Mapping[str, Any], ...]
    rule: str
    sources: tuple[Source, ...] = field(default=())

    @property
    def choose(self) -> int:
        """How many options are right; exams say so."""
        return len(self.key)

    def option(self, letter: str) -> Option:
        """The option of a letter."""
        return next(item for item in self.options if item.letter == letter)


DOMAINS: Mapping[str, str] = MappingProxyType(
    {
        "SAA": "Solutions Architect – Associate",
        "SCS": "Security – Specialty",
        "ANS": "Advanced Networking – Specialty",
        "MLA": "Machine Learning Engineer – Associate",
    }
)
