"""The report as HTML: a table for a notebook, and a page of its own for an auditor. Nothing in either runs a script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lab_env.compliance.frameworks import Framework, load_frameworks
from lab_env.compliance.model import Control, Finding

if TYPE_CHECKING:
    from lab_env.compliance.report import Report

PREFACE = (
    "None of these laws names a feature of AWS: they ask for outcomes appropriate to the risk, and a control is one "
    "way to show one."
)
_CELL = "text-align:left;vertical-align:top;padding:0.25em 0.8em 0.25em 0.4em"
_LINE = f"{_CELL};border-bottom:1px solid rgba(128,128,128,0.35)"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;padding:0 0 0.35em"
_GROUP = f"{_CELL};padding-top:0.9em;font-weight:600"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em; }}
code {{ overflow-wrap: anywhere; }}
summary {{ cursor: pointer; }}
</style>
</head>
<body>
<h1>Compliance report</h1>
{table}
{law}
</body>
</html>
"""


def table(report: Report) -> str:
    """The report as a table: one row a control, which opens where there are several kinds of controls."""
    head = "".join(f'<th scope="col" style="{_LINE}">{name}</th>' for name in ("Control", "Verdict", "Found"))
    caption = f'<caption style="{_CAPTION}">{escape(report.caption)}</caption>'
    return (
        f'<table style="border-collapse:collapse;font-size:0.92em">{caption}'
        f"<thead><tr>{head}</tr></thead>{_bodies(report)}</table>"
    )


def document(report: Report) -> str:
    """The report as a page: the table, and the requirements of each law that the controls serve."""
    asked = {control.id for control in report.controls}
    laws = "".join(_law(report, law, asked) for law in load_frameworks())
    told = f"<h2>By requirement</h2>{laws}<p>{escape(PREFACE)}</p>"
    return _PAGE.format(title=escape(report.caption), table=table(report), law=told)


def _law(report: Report, law: Framework, asked: set[str]) -> str:
    rows = "".join(
        f'<tr><th scope="row" style="{_LINE};font-weight:400">{escape(one.id)} {escape(one.title)}</th>'
        f'<td style="{_LINE}">{escape(one.level)}</td>'
        f'<td style="{_LINE}">{_marks(report, one.controls, asked)}</td></tr>'
        for one in law.requirements
        if asked & set(one.controls)
    )
    if not rows:
        return ""
    head = "".join(
        f'<th scope="col" style="{_LINE}">{name}</th>' for name in ("Requirement", "Level", "Controls")
    )
    return (
        f'<h3>{escape(law.title)}</h3><p>{escape(law.note)}</p><table style="border-collapse:collapse">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _marks(report: Report, controls: tuple[str, ...], asked: set[str]) -> str:
    told = ((one, report.status(one)) for one in controls if one in asked)
    return ", ".join(f"{one} {status.mark} {escape(status.value)}" for one, status in told)


def _bodies(report: Report) -> str:
    groups = report.groups
    if len(groups) == 1 and not report.framework:
        rows = "".join(_row(report, control, _plain(report, control)) for control in groups[0][1])
        return f"<tbody>{rows}</tbody>"
    return "".join(
        f'<tbody><tr><th scope="rowgroup" colspan="3" style="{_GROUP}">{escape(heading)}</th></tr>'
        + "".join(_row(report, control, _opening(report, control)) for control in controls)
        + "</tbody>"
        for heading, controls in groups
    )


def _row(report: Report, control: Control, found: str) -> str:
    status = report.status(control.id)
    return (
        f'<tr><th scope="row" style="{_LINE};font-weight:400">{escape(control.id)} {escape(control.title)}</th>'
        f'<td style="{_LINE};white-space:nowrap">{status.mark} {escape(status.value)}</td>'
        f'<td style="{_LINE}">{found}</td></tr>'
    )


def _plain(report: Report, control: Control) -> str:
    return "".join(f"<p style='margin:0 0 0.3em'>{_finding(item)}</p>" for item in report.of(control.id))


def _opening(report: Report, control: Control) -> str:
    """The finding that decides, and behind it all of them, what they rest on and what the control serves."""
    found = report.of(control.id)
    if not found:
        return ""
    status = report.status(control.id)
    first = next((item for item in found if item.status is status), found[0])
    more = f" (1 of {len(found)})" if len(found) > 1 else ""
    facts = [
        f"<p>{escape(control.question)}</p>",
        *(f"<p>{_finding(item)}</p>{_evidence(item)}" for item in found),
        f"<p>Serves {escape(', '.join(control.citations))}.{escape(_others(control))}</p>",
    ]
    return f"<details><summary>{escape(first.sentence)}{more}</summary>{''.join(facts)}</details>"


def _finding(item: Finding) -> str:
    change = f"<br>change: <code>{escape(item.change)}</code>" if item.change else ""
    return f"{item.status.mark} {escape(item.sentence)}{change}"


def _evidence(item: Finding) -> str:
    rows = "".join(
        f"<li><code>{escape(one.resource)}</code>: {escape(one.seen)}</li>" for one in item.evidence
    )
    return f"<ul>{rows}</ul>" if rows else ""


def _others(control: Control) -> str:
    """What else checks the same, or a part of it."""
    tools = {
        "AWS Config": control.aws_config,
        "Security Hub": control.security_hub,
        "Prowler": control.prowler,
    }
    said = "; ".join(f"{tool} {', '.join(ids)}" for tool, ids in tools.items() if ids)
    return f" Checked in part by {said}." if said else ""
