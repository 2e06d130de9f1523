"""What is wrong with a policy document: where, what, and what would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lab_env.errors import InvalidInput


class Code(Enum):
    """What kind of fault it is.

    AWS stores a policy with an ``UNKNOWN_…`` name without a word, unless the service that keeps it checks (S3 does);
    it then never does what its author meant. ``ADVICE`` is what AWS stores and what is seldom meant. Everything else
    AWS refuses.
    """

    SYNTAX = "syntax"
    STRUCTURE = "structure"
    UNKNOWN_ELEMENT = "unknown element"
    OPERATOR = "operator"
    VALUE = "value"
    ARN = "arn"
    PRINCIPAL = "principal"
    DUPLICATE = "duplicate"
    VARIABLE = "variable"
    UNKNOWN_ACTION = "unknown action"
    UNKNOWN_KEY = "unknown key"
    ADVICE = "advice"


STORED_BY_AWS = frozenset({Code.UNKNOWN_ACTION, Code.UNKNOWN_KEY, Code.ADVICE})
"""Faults with which AWS stores an identity policy all the same."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Attributes:
        code: its kind.
        where: the place: ``Statement[0].Condition.StringEquals``.
        what: what is wrong, a sentence.
        do: what would do; empty where nothing can be said.
        line: the line of the text it stands in; 0 when the policy was not given as text.
    """

    code: Code
    where: str
    what: str
    do: str = ""
    line: int = 0

    def __str__(self) -> str:
        line = f"line {self.line}, " if self.line else ""
        place = f"{line}{self.where}" if self.where else line.rstrip(", ")
        return f"{place}: {self.what} {self.do}".strip() if place else f"{self.what} {self.do}".strip()


class MalformedPolicy(InvalidInput):
    """A policy document that cannot be used.

    Args:
        findings: its faults, in the order in which they stand; the first makes the message.
        source: the policy's name.
    """

    def __init__(self, findings: Sequence[Finding], source: str = "") -> None:
        self.findings = tuple(findings)
        first, more = self.findings[0], len(self.findings) - 1
        line = f"line {first.line}" if first.line else ""
        where = ", ".join(part for part in (source, line, first.where) if part)
        others = f"(and {more} more)" if more else ""
        super().__init__(first.what, where=where, do=f"{first.do} {others}".strip())
