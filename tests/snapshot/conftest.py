"""A cloud to read; and, at the end of a run, a word when facts that age are older than half a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lab_env.cloud.mock import MockCloud
from lab_env.snapshot.internet import published

MAXIMUM_AGE = timedelta(days=180)


def pytest_terminal_summary(terminalreporter):
    """Warn, and never fail: the ranges still trace correctly, they are only no longer complete."""
    age = datetime.now(tz=UTC).date() - published()
    if age > MAXIMUM_AGE:
        terminalreporter.write_line(
            f"note: lab_env/snapshot/aws_ranges.toml holds AWS's list of {published()}, "
            f"{age.days} days old; refresh it from the address it names."
        )


@pytest.fixture
def cloud():
    """A mock cloud with nothing in it."""
    started = MockCloud.start(seed=7)
    yield started
    started.stop()
