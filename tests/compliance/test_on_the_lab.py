"""The same controls on clouds that boto3 calls built."""

from __future__ import annotations

from tests.compliance.states import PATH


def row(report):
    return "".join(report.status(control.id).mark for control in report.controls)


def test_the_private_vpc(lab):
    """Chapter 01's end: private, and useless."""
    assert row(lab.audit(*PATH)) == "✓✗–✓"


def test_the_endpoint(solved):
    """Chapter 05's end: option D."""
    assert row(solved.audit(*PATH)) == "✓✓✓✓"
