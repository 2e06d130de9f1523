"""The network rows of the course's matrix: written down once, here, and come out by computation."""

from __future__ import annotations

import pytest

from lab_env.compliance import audit
from tests.compliance import states

# Columns: NET-1, NET-2, NET-3, NET-4.
MATRIX = {
    "option_a": (states.option_a, "✗✗✗✗"),
    "option_b_private": (states.option_b_private, "✗✗–✓"),
    "option_b_private_with_gateway": (states.option_b_private_with_gateway, "✗✗–✓"),
    "option_b_public": (states.option_b_public, "✗✗✗✗"),
    "option_c_private": (states.option_c_private, "✓✗–✓"),
    "option_c_hairpin": (states.option_c_hairpin, "✗✗✗✗"),
    "option_d": (states.option_d, "✓✓✓✓"),
    "option_d_locked": (states.option_d_locked, "✓✓✓✓"),
    "private_vpc": (states.private_vpc, "✓✗–✓"),
}


@pytest.mark.parametrize("buckets", [(), states.BUCKETS])
@pytest.mark.parametrize(("state", "row"), MATRIX.values(), ids=MATRIX)
def test_matrix(state, row, buckets):
    """Each option against each network control, by bucket or by S3's own name."""
    report = audit(state(), [states.SITE], states.PATH, buckets=buckets)
    assert "".join(report.status(control.id).mark for control in report.controls) == row
