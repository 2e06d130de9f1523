"""Counts how many measurements of the real AWS the tracer predicts, and says so at the end of the run."""

from __future__ import annotations

from collections import Counter

import pytest

TALLY = pytest.StashKey[Counter]()


@pytest.fixture(scope="session")
def tally(pytestconfig):
    """Measurements by what became of them."""
    return pytestconfig.stash.setdefault(TALLY, Counter())


def pytest_terminal_summary(terminalreporter, config):
    """One line, for the README to quote."""
    counted = config.stash.get(TALLY, None)
    if counted:
        terminalreporter.write_line(
            f"real AWS: {counted['agrees']} of {counted.total()} measured probes predicted, "
            f"{counted['known']} known disagreements, {counted['differs']} others"
        )
