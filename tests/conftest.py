"""Fixtures for tests that need a whole lab."""

from collections.abc import Iterator

import pytest

from lab_env import Lab, scenario


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
