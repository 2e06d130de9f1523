"""A fresh cloud for each test, and clients of it."""

import boto3
import pytest

from lab_env.cloud.mock import MockCloud


@pytest.fixture
def cloud():
    started = MockCloud.start(seed=7)
    yield started
    started.stop()


@pytest.fixture
def ec2(cloud):
    return boto3.client("ec2")


@pytest.fixture
def s3(cloud):
    return boto3.client("s3")
