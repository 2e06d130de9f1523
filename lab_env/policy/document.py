"""Policy documents: parsed, checked, and ready to be evaluated.

*IAM JSON policy elements reference*; *Grammar of the IAM JSON policy language*.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from lab_env.policy.findings import Code, Finding, MalformedPolicy
from lab_env.policy.grammar import read_statements
from lab_env.policy.json_text import read_json
from lab_env.policy.kinds import Kind
from lab_env.policy.names import check_names
from lab_env.policy.reader import Reader
from lab_env.policy.statement import Statement


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy document.

    Attributes:
        statements: its statements.
        kind: what it is attached to; ``None`` when that was not said.
        source: its name in messages and explanations.
        findings: the faults that were tolerated.
        document: the document it was read from: JSON text, or the value it holds.
    """

    statements: tuple[Statement, ...]
    kind: Kind | None = None
    source: str = ""
    findings: tuple[Finding, ...] = ()
    document: str | Mapping[str, object] = field(default="", repr=False, compare=False)

    @classmethod
    def parse(
        cls,
        document: str | Mapping[str, object],
        *,
        kind: Kind | None = None,
        source: str = "",
        tolerate: Collection[Code] = (Code.ADVICE,),
    ) -> Policy:
        """The policy that a document holds.

        Args:
            document: JSON text, or the value it holds.
            kind: what it is attached to, for the rules of that kind.
            source: its name in messages.
            tolerate: faults with which it is taken all the same; `STORED_BY_AWS` takes what AWS itself would store.

        Raises:
            MalformedPolicy: it has any other fault; the message names the line, the place and what would do.
        """
        found, statements = inspect(document, kind=kind, source=source)
        if found:
            faults = [fault for fault in found if fault.code not in tolerate]
            if faults:
                raise MalformedPolicy(faults, source)
        return cls(statements, kind, source, found, document)


def inspect(
    document: str | Mapping[str, object], *, kind: Kind | None = None, source: str = ""
) -> tuple[tuple[Finding, ...], tuple[Statement, ...]]:
    """Every fault of a document, and the statements that have none.

    Raises:
        MalformedPolicy: it is text and not JSON.
    """
    text = document if isinstance(document, str) else ""
    value = read_json(document, source) if isinstance(document, str) else document
    reader = Reader(kind, source, text)
    statements = read_statements(reader, value)
    check_names(reader, statements)
    return tuple(reader.findings), statements
