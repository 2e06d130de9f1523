"""The course's matrix, written down once: every control on clouds that boto3 calls built, and how the job ends."""

from __future__ import annotations

import boto3
import pytest

from lab_env import Lab, options
from lab_env.compliance.controls import CONTROLS
from lab_env.options import OPTIONS, Option
from tests.compliance import hardening

FORMS = {form.key: form for form in OPTIONS}
BESIDE = Option("b-beside", "B", "beside a gateway", options.nat_beside_a_gateway)
LOCKED = Option("d-locked", "D", "locked", hardening.lock)
# NET-1 to 6, IAM-1 to 5, DATA-1 to 4, LOG-1 and 2, JOB-1 and 2, GEO-1; and how the training job ends.
MATRIX = {
    "A": (FORMS["a"], "✗✗✗✗✗✗ –✗✗✗– ✗✗✓✗ ✗✗ ✗✗ ✓", "Failed"),
    "B in private subnet": (FORMS["b-private"], "✗✗–✓✗✗ –✗✗✗– ✗✗✓✗ ✗✗ ✗✗ ✓", "Failed"),
    "B in private subnet beside a gateway": (BESIDE, "✗✗–✓✗✗ –✗✗✗– ✗✗✓✗ ✗✗ ✗✗ ✓", "Failed"),
    "B in public subnet": (FORMS["b-public"], "✗✗✗✗✗✗ –✗✗✗– ✗✗✓✗ ✗✗ ✗✗ ✓", "Completed"),
    "C private VIF": (FORMS["c-private"], "✓✗–✓✗✗ –✗✗✗– ✗✗✓✗ ✗✗ ✗✗ ✓", "Failed"),
    "C hairpin": (FORMS["c-hairpin"], "✗✗✗✗✗✗ –✗✗✗– ✗✗✓✗ ✗✗ ✗✗ ✓", "Completed"),
    "D": (FORMS["d"], "✓✓✓✓✗✗ ✗✗✗✗– ✗✗✓✗ ✗✗ ✗✗ ✓", "Completed"),
    "D locked": (LOCKED, "✓✓✓✓✓✓ ✓✓✓✓– ✓✓✓✓ ✓✓ ✓✓ ✓", "Completed"),
}


@pytest.mark.parametrize(("form", "row", "end"), MATRIX.values(), ids=MATRIX)
def test_matrix(lab: Lab, form: Option, row: str, end: str) -> None:
    """Built, tried with a training job that really runs, and judged."""
    form.build(boto3.client)
    if form.announces:
        site = form.announces
        lab.on_premises(prefixes=[str(block) for block in site.prefixes], internet_exit=site.internet_exit)
    job = hardening.good_job(lab) if form is LOCKED else lab.job
    assert hardening.run(lab, job) == end
    report = lab.audit()
    found = {control.id: report.status(control.id).mark for control in report.controls}
    assert found == dict(zip([control.id for control in CONTROLS], row.replace(" ", ""), strict=True))
    assert report.holds is (form is LOCKED)
    assert lab.trace(job=job["TrainingJobName"]).trace.reached is (end == "Completed")
