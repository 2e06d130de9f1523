"""The learner's own AWS set-up is neither used nor lost: a decoy for every variable that could lead out."""

import os

import boto3
import pytest

from lab_env.cloud.environment import OPERATOR_ACCESS_KEY, Environment
from lab_env.cloud.mock import MockCloud

DECOYS = {
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_SECURITY_TOKEN": "real",
    "AWS_PROFILE": "real",
    "AWS_DEFAULT_PROFILE": "real",
    "AWS_REGION": "ap-southeast-2",
    "AWS_DEFAULT_REGION": "ap-southeast-2",
    "AWS_CONFIG_FILE": "real",
    "AWS_SHARED_CREDENTIALS_FILE": "real",
    "AWS_ENDPOINT_URL": "https://decoy.example",
    "AWS_ENDPOINT_URL_S3": "https://decoy.example",
    "AWS_CA_BUNDLE": "/nowhere",
    "REQUESTS_CA_BUNDLE": "/nowhere",
    "CURL_CA_BUNDLE": "/nowhere",
    "AWS_ROLE_ARN": "arn:aws:iam::1:role/real",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/real",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://decoy.example",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "real",
    "AWS_MAX_ATTEMPTS": "9",
    "AWS_RETRY_MODE": "adaptive",
    "AWS_DATA_PATH": "/nowhere",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_EC2_METADATA_DISABLED": "false",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "legacy",
    "BOTO_CONFIG": "/nowhere",
    "HTTP_PROXY": "http://decoy.example:1",
    "HTTPS_PROXY": "http://decoy.example:1",
    "ALL_PROXY": "http://decoy.example:1",
    "NO_PROXY": "decoy.example",
    "http_proxy": "http://decoy.example:1",
    "https_proxy": "http://decoy.example:1",
    "all_proxy": "http://decoy.example:1",
    "no_proxy": "decoy.example",
    "MOTO_ACCOUNT_ID": "111111111111",
    "MOTO_S3_CUSTOM_ENDPOINTS": "https://decoy.example",
}


@pytest.fixture
def decoys(monkeypatch):
    for name, value in DECOYS.items():
        monkeypatch.setenv(name, value)


def test_every_decoy_is_out_of_the_way_and_comes_back(decoys):
    before = dict(os.environ)
    environment = Environment()
    environment.enter()
    left = {name: value for name, value in os.environ.items() if DECOYS.get(name) == value}
    environment.leave()
    assert left == {}
    assert dict(os.environ) == before
    environment.leave()
    assert dict(os.environ) == before


def test_what_the_learner_sets_in_the_lab_stays(monkeypatch):
    monkeypatch.delenv("UNRELATED", raising=False)
    environment = Environment()
    environment.enter()
    monkeypatch.setenv("UNRELATED", "kept")
    environment.leave()
    assert os.environ["UNRELATED"] == "kept"


def test_a_plain_client_is_the_labs(decoys, tmp_path, monkeypatch):
    home = tmp_path / ".aws"
    home.mkdir()
    (home / "config").write_text("[default]\nregion = ap-southeast-2\nendpoint_url = https://decoy.example\n")
    (home / "credentials").write_text("[default]\naws_access_key_id = real\naws_secret_access_key = real\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    cloud = MockCloud.start()
    try:
        session = boto3.Session()
        keys = session.get_credentials()
        assert (keys.access_key, keys.token, session.region_name) == (OPERATOR_ACCESS_KEY, None, "us-east-1")
        client = session.client("s3")
        assert client.meta.endpoint_url == "https://s3.us-east-1.amazonaws.com"
        assert client._endpoint.http_session._proxy_config._proxies in (None, {})
        assert client.meta.config.retries == {"mode": "standard"}
        assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
    finally:
        cloud.stop()


def test_the_regional_name_is_asked_in_us_east_1(cloud):
    """Canary: botocore still sends us-east-1's plain S3 client to the legacy global name by default."""
    assert boto3.client("s3").meta.endpoint_url == "https://s3.us-east-1.amazonaws.com"
    del os.environ["AWS_S3_US_EAST_1_REGIONAL_ENDPOINT"]
    assert boto3.Session().client("s3").meta.endpoint_url == "https://s3.amazonaws.com"
