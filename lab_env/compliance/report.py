"""The audit: every control's word on a state, as text, as HTML and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

from lab_env.compliance.controls import CONTROLS
from lab_env.compliance.frameworks import load_frameworks
from lab_env.compliance.model import AuditState, Control, Finding, Status, TrainingSite
from lab_env.errors import InvalidInput, NotFound
from lab_env.network.model import Network

_WIDTH = 118
_CELL = "text-align:left;vertical-align:top;padding:0.25em 0.8em 0.25em 0.4em"
_LINE = f"{_CELL};border-bottom:1px solid rgba(128,128,128,0.35)"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;padding:0 0 0.35em"


@dataclass(frozen=True, slots=True)
class Report:
    """What the controls found, control by control.

    Attributes:
        controls: the controls that were asked, in order.
        findings: what they found: by control, then by site as the sites were given.
    """

    controls: tuple[Control, ...]
    findings: tuple[Finding, ...]

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
        if Status.DOES_NOT_HOLD in found:
            return Status.DOES_NOT_HOLD
        return Status.HOLDS if Status.HOLDS in found else Status.NOTHING_TO_JUDGE

    @property
    def holds(self) -> bool:
        """Whether no control speaks against the state."""
        return all(item.status is not Status.DOES_NOT_HOLD for item in self.findings)

    def __str__(self) -> str:
        lines = [self._caption(), "─" * _WIDTH]
        for control in self.controls:
            lines += _block(f"{control.id:<7}{self.status(control.id).mark} ", control.title)
            lines += [line for item in self.of(control.id) for line in _finding_lines(item)]
        return "\n".join(lines)

    __repr__ = __str__

    def by_framework(self) -> str:
        """The same verdicts under the requirements of each law that they serve."""
        asked = {item.id for item in self.controls}
        lines = []
        for framework in load_frameworks():
            rows = [
                f"  {one.id:<16}{one.title:<44}{'  '.join(self._marked(one.controls, asked))}"
                for one in framework.requirements
                if asked & set(one.controls)
            ]
            lines += [framework.title, *rows] if rows else []
        return "\n".join([*lines, *wrap(_PREFACE, _WIDTH)])

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

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="{_LINE}">{name}</th>' for name in ("Control", "Verdict", "Found")
        )
        rows = "".join(self._html_row(control) for control in self.controls)
        caption = f'<caption style="{_CAPTION}">{escape(self._caption())}</caption>'
        return (
            f'<table style="border-collapse:collapse;font-size:0.92em">{caption}'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _html_row(self, control: Control) -> str:
        status = self.status(control.id)
        found = "".join(
            f"<p style='margin:0 0 0.3em'>{_finding_html(item)}</p>" for item in self.of(control.id)
        )
        return (
            f'<tr><th scope="row" style="{_LINE};font-weight:400">{escape(control.id)} {escape(control.title)}</th>'
            f'<td style="{_LINE};white-space:nowrap">{status.mark} {escape(status.value)}</td>'
            f'<td style="{_LINE}">{found}</td></tr>'
        )

    def _caption(self) -> str:
        count = {status: sum(self.status(one.id) is status for one in self.controls) for status in Status}
        said = ", ".join(
            f"{number} {_SAID[status][number > 1]}" for status, number in count.items() if number
        )
        return f"Audit of {len(self.controls)} controls: {said}"


_SAID = {
    Status.HOLDS: ("holds", "hold"),
    Status.DOES_NOT_HOLD: ("does not hold", "do not hold"),
    Status.NOTHING_TO_JUDGE: ("has nothing to judge", "have nothing to judge"),
}
_PREFACE = (
    "None of these laws names a feature of AWS: they ask for outcomes appropriate to the risk, and a control is one "
    "way to show one."
)


def audit(
    network: Network, sites: Sequence[TrainingSite], prefix: str = "NET", *, buckets: Sequence[str] = ()
) -> Report:
    """Judge a network by every control whose id begins with ``prefix``.

    Args:
        network: the state.
        sites: where training jobs run; without any, there is nothing to judge.
        prefix: such as ``NET``, ``NET-2``, or nothing for all controls.
        buckets: names of the buckets with the training data; by default S3 itself is probed.

    Raises:
        InvalidInput: no control's id begins so.
        NotFound: a site's subnet or security group is not in the network.
        IncompleteSnapshot: the network lacks what a control needs.
        NotModelled: a probe came to a part of AWS that is not modelled.
    """
    asked = tuple(control for control in CONTROLS if control.id.startswith(prefix))
    if not asked:
        known = ", ".join(control.id for control in CONTROLS)
        raise InvalidInput("no control's id begins so.", where=prefix, do=f"There are {known}.")
    for site in sites:
        _check(network, site)
    state = AuditState(network, tuple(sites), tuple(buckets))
    return Report(asked, tuple(finding for control in asked for finding in control.judge(state)))


def _check(network: Network, site: TrainingSite) -> None:
    if site.subnet not in network.subnet:
        raise NotFound("no such subnet.", where=site.subnet)
    for group in site.groups:
        if group not in network.security_group:
            raise NotFound("no such security group.", where=group)


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


def _finding_html(item: Finding) -> str:
    change = f"<br>change: <code>{escape(item.change)}</code>" if item.change else ""
    return f"{item.status.mark} {escape(item.sentence)}{change}"


def _finding_json(item: Finding) -> dict[str, Any]:
    return {
        "status": item.status.value,
        "resource": item.resource,
        "sentence": item.sentence,
        "change": item.change or None,
        "evidence": [{"resource": one.resource, "seen": one.seen} for one in item.evidence],
    }
