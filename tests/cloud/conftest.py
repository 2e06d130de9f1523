"""A fresh cloud for each test, and clients of it; moto as it comes, for the canaries."""

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

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


@pytest.fixture
def bare(monkeypatch):
    """Clients of moto without any of the lab's patches.

    Each canary pins one behaviour that the lab corrects: a moto that mends it fails here, by name.
    """
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield lambda service, region="us-east-1": boto3.client(service, region_name=region)


@pytest.fixture
def refused():
    """Call and answer AWS's error code and message."""

    def call(operation, **params):
        with pytest.raises(ClientError) as caught:
            operation(**params)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call
