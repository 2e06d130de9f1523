"""Fixtures for tests that need a whole lab."""

import gc
import os
from collections import Counter
from collections.abc import Iterator

import pytest

from lab_env import Lab, scenario
from lab_env.cloud.mock import MockCloud


def pytest_configure(config: pytest.Config) -> None:
    """Run the same on every machine: some tests use boto3 outside the lab, where a profile or a proxy would count.

    That the lab itself heeds none of these is for test_lab.py and cloud/test_environment.py, which set their own.
    """
    for name in list(os.environ):
        if name.upper().startswith("AWS_") or name.upper().endswith("_PROXY"):
            del os.environ[name]
    # Thousands of clouds are built and dropped here; with the default thresholds a quarter of the time is the
    # collector's, which walks boto3, moto and pytest each time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    config.pluginmanager.register(Agreement(), "agreement with the real AWS")


@pytest.fixture(scope="module", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """No file of tests leaves its cloud to the next one, whichever that is."""
    yield
    assert MockCloud._running is None, "a test here does not stop its lab"


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab at the beginning of chapter 05: the private VPC, and nothing that leads out of it."""
    opened = Lab.start(chapter=5)
    yield opened
    opened.stop()


@pytest.fixture
def solved(lab: Lab) -> Lab:
    """A lab at the end of chapter 05: the gateway endpoint serves both private tables."""
    import boto3

    scenario.build_endpoint(boto3.client)
    return lab


class Agreement:
    """Counts what ``tests/real_aws`` reports, in the process that prints the summary."""

    def __init__(self):
        self.counted = {}

    def pytest_runtest_logreport(self, report):
        for name, value in report.user_properties if report.when == "call" else ():
            if name == "real_aws":
                lab, outcome = value
                self.counted.setdefault(lab, Counter())[outcome] += 1

    def pytest_terminal_summary(self, terminalreporter):
        """A line for each lab and one for all of them, for the README to quote."""
        labs = sorted(self.counted.items())
        for lab, found in [*labs, ("real AWS", sum(self.counted.values(), Counter()))] if labs else ():
            terminalreporter.write_line(
                f"{lab}: {found['agrees']} of {found.total()} measured probes predicted, "
                f"{found['known']} known disagreements, {found['differs']} others"
            )
