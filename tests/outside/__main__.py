"""Our audit beside Prowler, a scanner that others wrote, over three states of the firm's cloud.

``python -m tests.outside PROWLER`` (the program's path; CONTRIBUTING.md says how to get it) prints where the two agree,
where they differ, and what Prowler says beyond. Exit 1: a difference without a reason in ``reasons.toml``, or a reason
without its difference. ``--write`` puts what is printed into docs/outside_opinion.md.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
from moto.core.models import botocore_stubber

from lab_env import Lab, scenario
from lab_env.compliance import Report, Status
from lab_env.compliance.controls import CONTROLS
from lab_env.dataplane.local_endpoint import LocalEndpoint
from lab_env.scenario import chapter07
from tests.compliance import hardening

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "outside_opinion.md"
SERVICES = ("s3", "vpc", "kms", "cloudtrail", "sagemaker", "iam", "ec2")
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION")
# What is judged at the end of chapters 05, 06 and 07; a chapter opens with what its parents left.
# Not judged by our controls: the bucket for logs, and those who keep the account.
LEFT_OUT = (scenario.LOG_BUCKET, "MeridianAdmin", "MeridianBreakGlass")
STATES = {"05": 6, "06": 7, "07": 7}


@dataclass(frozen=True)
class Found:
    """One finding of Prowler's."""

    check: str
    holds: bool
    resource: str
    sentence: str


def main(program: str, *flags: str) -> int:
    """Scan, compare, print; see the module's docstring."""
    seen = {state: judged(state, program) for state in STATES}
    reasons = tomllib.loads((HERE / "reasons.toml").read_text(encoding="utf-8"))
    differing = set(differences(seen))
    text = "\n".join(
        [*head(), *table(seen, reasons["differs"]), "", *beyond(seen["07"][1], reasons["beyond"])]
    )
    print(text)  # noqa: T201
    if "--write" in flags:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text + "\n", encoding="utf-8")
    beside = {reason_of(check, reasons["beyond"]) or check for check in failing_beyond(seen["07"][1])}
    wrong = differing ^ set(reasons["differs"]) | beside ^ set(reasons["beyond"])
    for check in sorted(wrong):
        print(f"{check}: the difference and its reason in reasons.toml do not match", file=sys.stderr)  # noqa: T201
    return 1 if wrong else 0


def judged(state: str, program: str) -> tuple[Report, list[Found]]:
    """What our audit and Prowler say of one state, with a training job run in it."""
    lab = Lab.start(STATES[state])
    try:
        if state == "07":
            chapter07.record(boto3.client)
        boto3.client("sagemaker").create_training_job(
            **(lab.job if state == "05" else hardening.good_job(lab))
        )
        lab.wait(lab.job["TrainingJobName"])
        return lab.audit(), list(scan(program))
    finally:
        lab.stop()


def scan(program: str) -> Iterator[Found]:
    """Prowler's findings on the lab that is open, through a local port."""
    endpoint = LocalEndpoint(botocore_stubber.process_request)
    with TemporaryDirectory() as place:
        # Nothing of the user's own: neither profiles nor proxies.
        own = {"PATH": os.environ["PATH"], "HOME": place, "AWS_ENDPOINT_URL": endpoint.url}
        own |= {name: os.environ[name] for name in CREDENTIALS if name in os.environ}
        command = [program, "aws", "--region", scenario.REGION, "--services", *SERVICES, "--no-banner"]
        command += ["--scan-unused-services", "--ignore-exit-code-3", "-M", "csv", "-o", place, "-F", "said"]
        subprocess.run(command, env=own, check=True, stdout=subprocess.DEVNULL)
        with (Path(place) / "said.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter=";"):
                if row["STATUS"] in ("PASS", "FAIL"):
                    holds = row["STATUS"] == "PASS"
                    yield Found(row["CHECK_ID"], holds, row["RESOURCE_UID"], row["STATUS_EXTENDED"])


def of_check(found: list[Found], check: str) -> list[Found]:
    """Prowler's findings of one check on what our controls judge: neither the log bucket nor the administrator."""
    return [one for one in found if one.check == check and not one.resource.endswith(LEFT_OUT)]


def ours(report: Report, control: str) -> bool | None:
    """Whether a control holds; ``None``: it has nothing to judge."""
    status = report.status(control)
    return None if status not in (Status.HOLDS, Status.DOES_NOT_HOLD) else status is Status.HOLDS


def theirs(found: list[Found], check: str) -> bool | None:
    """Whether a check passes on all that it looked at; ``None``: it looked at nothing."""
    own = of_check(found, check)
    return all(one.holds for one in own) if own else None


def differences(seen: dict[str, tuple[Report, list[Found]]]) -> Iterator[str]:
    """``CONTROL check`` of each pair that does not say the same of every state that both judged."""
    for control, check in pairs(seen):
        said = [(ours(report, control), theirs(found, check)) for report, found in seen.values()]
        if any(None not in both and both[0] is not both[1] for both in said):
            yield f"{control} {check}"


def pairs(seen: dict[str, tuple[Report, list[Found]]]) -> Iterator[tuple[str, str]]:
    """Each control with each of Prowler's checks that it names."""
    for control in seen["07"][0].controls:
        for check in control.prowler:
            yield control.id, check


def head() -> Iterator[str]:
    """What the page is."""
    yield "# An outside opinion"
    yield ""
    yield "Our audit beside Prowler's, at the end of chapters 05, 06 and 07, each with a training job. `tests/outside`"
    yield "writes this page (CONTRIBUTING.md). Ours first, Prowler's second: ✓ holds, ✗ does not, – nothing to judge."
    yield ""


def table(seen: dict[str, tuple[Report, list[Found]]], reasons: dict[str, str]) -> Iterator[str]:
    """Control by control."""
    yield f"| control | Prowler's check | {' | '.join(seen)} | |"
    yield f"|---|---|{'---|' * len(seen)}---|"
    for control, check in pairs(seen):
        said = [(ours(report, control), theirs(found, check)) for report, found in seen.values()]
        marks = [mark(one) + mark(other) for one, other in said]
        alike = "agree" if any(None not in both for both in said) else "nothing that both judge"
        why = reasons.get(f"{control} {check}", alike)
        yield f"| {control} | `{check}` | {' | '.join(marks)} | {why} |"
    alone = [control.id for control in seen["07"][0].controls if not control.prowler]
    yield ""
    yield f"Prowler has no check for {', '.join(alone)}: where a packet would go, and which Region is permitted,"
    yield "no list of settings tells."


def mark(holds: bool | None) -> str:
    """A verdict in one character."""
    return "–" if holds is None else "✓" if holds else "✗"


def failing_beyond(found: list[Found]) -> dict[str, set[str]]:
    """What fails in Prowler's eyes where no control of ours looks: the resources, by check."""
    named = {check for control in CONTROLS for check in control.prowler}
    failing: dict[str, set[str]] = {}
    for one in found:
        if not one.holds and not (one.check in named and one in of_check(found, one.check)):
            failing.setdefault(one.check, set()).add(one.resource.rpartition(":")[2].rpartition("/")[2])
    return failing


def reason_of(check: str, reasons: dict[str, str]) -> str:
    """Where the reason of a check stands: the longest beginning of its name there is; empty: it has none."""
    return max((name for name in reasons if check.startswith(name)), key=len, default="")


def beyond(found: list[Found], reasons: dict[str, str]) -> Iterator[str]:
    """What Prowler finds at the end of chapter 07 where no control of ours looks."""
    yield "## What Prowler finds beyond, at the end of chapter 07"
    yield ""
    yield "| Prowler's check | on | what we say to it |"
    yield "|---|---|---|"
    for check, resources in sorted(failing_beyond(found).items()):
        yield f"| `{check}` | {', '.join(sorted(resources))} | {reasons.get(reason_of(check, reasons), '?')} |"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
