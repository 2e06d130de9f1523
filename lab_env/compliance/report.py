"""The report: every control's word on a state, as text, as a page and as data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

from lab_env.compliance import page
from lab_env.compliance.frameworks import Framework, framework_named, load_frameworks
from lab_env.compliance.model import Control, Finding, Status
from lab_env.errors import InvalidInput, writing

_WIDTH = 118
_FAMILIES = {
    "NET": "Network",
    "IAM": "Who may do what",
    "DATA": "The data itself",
    "LOG": "What is recorded",
    "JOB": "Training jobs",
    "GEO": "Where the data is",
}
_SAID = {
    Status.HOLDS: ("holds", "hold"),
    Status.DOES_NOT_HOLD: ("does not hold", "do not hold"),
    Status.NOTHING_TO_JUDGE: ("has nothing to judge", "have nothing to judge"),
    Status.CANNOT_TELL: ("cannot be told", "cannot be told"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What the controls found, control by control.

    Attributes:
        controls: the controls that were asked, in order.
        findings: what they found: by control, then by what each judged.
        framework: id of the law by whose requirements the report is grouped; empty: by kind of control.
    """

    controls: tuple[Control, ...]
    findings: tuple[Finding, ...]
    framework: str = ""

    def of(self, control: str) -> tuple[Finding, ...]:
        """The findings of one control."""
        return tuple(item for item in self.findings if item.control == control)

    def status(self, control: str) -> Status:
        """A control's verdict on the whole state: it holds only where nothing speaks against it.

        Raises:
            InvalidInput: the audit did not ask that control.
        """
        if control not in {item.id for item in self.controls}:
            raise InvalidInput("this audit did not ask that control.", where=control)
        found = {item.status for item in self.of(control)}
        weighed = (Status.DOES_NOT_HOLD, Status.CANNOT_TELL, Status.HOLDS)
        return next((status for status in weighed if status in found), Status.NOTHING_TO_JUDGE)

    @property
    def holds(self) -> bool:
        """Whether no control speaks against the state, and none lacked what it had to see."""
        against = (Status.DOES_NOT_HOLD, Status.CANNOT_TELL)
        return all(item.status not in against for item in self.findings)

    @property
    def caption(self) -> str:
        """How many controls were asked, and how they came out."""
        count = {status: sum(self.status(one.id) is status for one in self.controls) for status in Status}
        said = ", ".join(
            f"{number} {_SAID[status][number > 1]}" for status, number in count.items() if number
        )
        return f"Audit of {_controls(len(self.controls))}: {said}"

    @property
    def groups(self) -> tuple[tuple[str, tuple[Control, ...]], ...]:
        """The controls under their headings: the requirements of the law, or kinds of control."""
        if self.framework:
            return tuple(self._requirements(framework_named(self.framework)))
        kinds = dict.fromkeys(item.id.partition("-")[0] for item in self.controls)
        return tuple(
            (_FAMILIES[kind], tuple(item for item in self.controls if item.id.startswith(f"{kind}-")))
            for kind in kinds
        )

    def _requirements(self, law: Framework) -> Iterator[tuple[str, tuple[Control, ...]]]:
        for one in law.requirements:
            serving = tuple(item for item in self.controls if item.id in one.controls)
            if serving:
                yield f"{law.id} {one.id}: {one.title} ({one.level})", serving

    def __str__(self) -> str:
        lines = [self.caption, "─" * _WIDTH]
        told: set[str] = set()
        for heading, controls in self.groups:
            if len(self.groups) > 1 or self.framework:
                lines.append(heading)
            for control in controls:
                lines += _block(f"{control.id:<7}{self.status(control.id).mark} ", control.title)
                if control.id not in told:
                    lines += [line for item in self.of(control.id) for line in _finding_lines(item)]
                told.add(control.id)
        if self.framework:
            lines += wrap(f"{framework_named(self.framework).note} {page.PREFACE}", _WIDTH)
        return "\n".join(lines)

    __repr__ = __str__

    def by_framework(self) -> str:
        """The same verdicts under the requirements of each law that they serve."""
        asked = {item.id for item in self.controls}
        lines = []
        for framework in load_frameworks():
            rows = [
                f"  {one.id:<22}{one.title:<44}{'  '.join(self._marked(one.controls, asked))}"
                for one in framework.requirements
                if asked & set(one.controls)
            ]
            notes = wrap(framework.note, _WIDTH, initial_indent="  ", subsequent_indent="  ")
            lines += [framework.title, *rows, *notes] if rows else []
        return "\n".join([*lines, *wrap(page.PREFACE, _WIDTH)])

    def _marked(self, controls: Iterable[str], asked: set[str]) -> Iterator[str]:
        return (f"{one} {self.status(one).mark}" for one in controls if one in asked)

    def to_json(self) -> dict[str, Any]:
        """The report as plain data, for programs."""
        return {
            "holds": self.holds,
            "controls": [
                {
                    "id": control.id,
                    "title": control.title,
                    "status": self.status(control.id).value,
                    "citations": list(control.citations),
                    "aws_config": list(control.aws_config),
                    "security_hub": list(control.security_hub),
                    "prowler": list(control.prowler),
                    "findings": [_finding_json(item) for item in self.of(control.id)],
                }
                for control in self.controls
            ],
        }

    def json(self) -> str:
        """The report as a JSON document."""
        return json.dumps(self.to_json(), indent=2, ensure_ascii=False)

    def html(self, path: str | Path) -> Path:
        """Write the report as one HTML file that needs no other.

        Args:
            path: where to write it.

        Returns:
            The path.

        Raises:
            CannotWrite: there is no such folder, no right to write there, or no room.
        """
        written, text = Path(path), page.document(self)
        with writing(written):
            written.write_text(text, encoding="utf-8")
        return written

    def _repr_html_(self) -> str:
        return page.table(self)


def _controls(number: int) -> str:
    return f"{number} control{'' if number == 1 else 's'}"


def _block(start: str, text: str) -> list[str]:
    return wrap(
        start + text,
        _WIDTH,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )


def _finding_lines(item: Finding) -> Iterator[str]:
    yield from _block(f"         {item.status.mark} ", item.sentence)
    if item.change:
        yield from _block("           change: ", item.change)


def _finding_json(item: Finding) -> dict[str, Any]:
    return {
        "status": item.status.value,
        "resource": item.resource,
        "sentence": item.sentence,
        "change": item.change or None,
        "evidence": [{"resource": one.resource, "seen": one.seen} for one in item.evidence],
    }
