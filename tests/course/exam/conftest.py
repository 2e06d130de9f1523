"""Counts the exam questions whose keys are proven, and says so at the end of the run."""

from __future__ import annotations

from collections import Counter

import pytest

TALLY = pytest.StashKey[Counter]()


@pytest.fixture(scope="session")
def tally(pytestconfig):
    """Questions, and options tried, by what became of them."""
    return pytestconfig.stash.setdefault(TALLY, Counter())


def pytest_terminal_summary(terminalreporter, config):
    """One line, for the README to quote."""
    counted = config.stash.get(TALLY, None)
    if counted:
        terminalreporter.write_line(
            f"exam bank: {counted['proven']} of {counted['questions']} keys proven by {counted['tried']} builds "
            f"and {counted['evidence']} answers of the engines"
        )
