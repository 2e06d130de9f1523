"""A request on a local endpoint is known by its signature: the host found is the one botocore would have called."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import urlsplit

import boto3
import pytest

from lab_env.cloud.call import ApiCall
from lab_env.dataplane.addressee import addressee

KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "x"}


class Caught(Exception):
    """The request, instead of an answer."""


def caught(service, operation, region, **parameters):
    """The signed request of a call, as it would be sent."""

    def catch(request, **_):
        raise Caught(request)

    client = boto3.client(service, region_name=region, **KEYS)
    client.meta.events.register("before-send", catch)
    with pytest.raises(Caught) as stopped:
        getattr(client, operation)(**parameters)
    return stopped.value.args[0]


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def found(request):
    parts = urlsplit(request.url)
    headers = {name: text(value) for name, value in request.headers.items()}
    target = f"{parts.path}?{parts.query}"
    body = request.body or b""
    return addressee(request.method, target, headers, body.encode() if isinstance(body, str) else body)


CALLS = [
    ("s3", "list_buckets"),
    ("ec2", "describe_vpcs"),
    ("iam", "list_roles"),
    ("sts", "get_caller_identity"),
    ("sagemaker", "list_training_jobs"),
    ("logs", "describe_log_groups"),
    ("kms", "list_keys"),
    ("cloudtrail", "describe_trails"),
    ("cloudwatch", "list_metrics"),
    ("directconnect", "describe_connections"),
    ("secretsmanager", "list_secrets"),
    ("ecr", "describe_repositories"),
    ("dynamodb", "list_tables"),
    ("dynamodbstreams", "list_streams"),
    ("organizations", "list_accounts"),
    ("route53", "list_hosted_zones"),
    ("cloudfront", "list_distributions"),
    ("config", "describe_config_rules"),
    ("securityhub", "get_findings"),
    ("cloudformation", "list_stacks"),
    ("sesv2", "list_email_identities"),
    ("lambda", "list_functions"),
    ("events", "list_rules"),
]


@pytest.mark.parametrize(("service", "operation"), CALLS, ids=[service for service, _ in CALLS])
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_the_host_is_botocores(monkeypatch, service, operation, region):
    monkeypatch.setenv("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "regional")
    request = caught(service, operation, region)
    assert found(request) == urlsplit(request.url).netloc


def test_the_service_is_the_one_the_seam_knows():
    request = caught("sagemaker", "list_training_jobs", "us-east-1")
    call = ApiCall.of(SimpleNamespace(**vars(request) | {"url": f"https://{found(request)}/"}))
    assert (call.service, call.operation, call.region) == ("sagemaker", "ListTrainingJobs", "us-east-1")


def test_a_presigned_url_says_it_in_its_query():
    client = boto3.client(
        "s3", region_name="eu-west-1", config=boto3.session.Config(signature_version="s3v4"), **KEYS
    )
    url = urlsplit(client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}))
    assert addressee("GET", f"/b/k?{url.query}", {}, b"") == "s3.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("headers", "body", "host"),
    [
        ({}, b"", "s3.us-east-1.amazonaws.com"),
        ({"Authorization": "AWS AKIAEXAMPLE:c2lnbmF0dXJl"}, b"", "s3.us-east-1.amazonaws.com"),
        ({"Authorization": "nonsense"}, b"", "s3.us-east-1.amazonaws.com"),
        (
            {"Content-Type": "application/x-www-form-urlencoded"},
            b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15",
            "sts.us-east-1.amazonaws.com",
        ),
        (
            {
                "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260105/eu-west-1/dynamodb/aws4_request"
            },
            b"",
            "dynamodb.eu-west-1.amazonaws.com",
        ),
    ],
    ids=["anonymous", "signature version 2", "no signature at all", "unsigned STS", "no target"],
)
def test_without_a_scope(headers, body, host):
    assert addressee("POST", "/bucket/key", headers, body) == host
