"""Which call a request is: checked against botocore's own model of every S3 operation, and on real clients."""

import time

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, HeadersDict

from lab_env.cloud.call import ApiCall
from lab_env.cloud.hosts import read_host
from lab_env.cloud.models import request_of, service_model

# One HTTP request stands for both; the newer name is the one IAM and CloudTrail use.
ALIASES = {
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
    "ListDirectoryBuckets": "ListBuckets",
}
# An answer of S3 Object Lambda's, sent to a host of its own.
NO_BUCKET = {"WriteGetObjectResponse"}


def value_of(shape):
    if shape.type_name == "structure":
        return {name: value_of(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [value_of(shape.member)]
    return {"integer": 1, "long": 1, "boolean": True, "timestamp": "2026-01-05T09:00:00Z", "map": {}}.get(
        shape.type_name, "x"
    )


@pytest.mark.parametrize("name", sorted(set(service_model("s3").operation_names) - NO_BUCKET))
def test_every_s3_operation_is_known_by_its_request(name):
    operation = service_model("s3").operation_model(name)
    params = value_of(operation.input_shape) if operation.input_shape else {}
    params |= {"Bucket": "meridian"} if "Bucket" in params else {}
    params |= {"Key": "a/b c"} if "Key" in params else {}
    call = ApiCall.of(request_of("s3", name, params, "us-east-1", {}))
    assert call.operation == ALIASES.get(name, name)
    assert call.service == "s3"
    assert (call.bucket, call.key) == (params.get("Bucket", ""), params.get("Key", ""))


@pytest.mark.parametrize(
    ("service", "operation", "name"),
    [
        ("ec2", "DescribeVpcs", "ec2"),
        ("iam", "GetRole", "iam"),
        ("sts", "AssumeRole", "sts"),
        ("sagemaker", "CreateTrainingJob", "sagemaker"),
        ("logs", "PutLogEvents", "logs"),
        ("kms", "Decrypt", "kms"),
        ("cloudtrail", "LookupEvents", "cloudtrail"),
        ("directconnect", "DescribeConnections", "directconnect"),
        ("ecr", "GetAuthorizationToken", "ecr"),
    ],
)
def test_every_service_is_known_by_its_request(service, operation, name):
    shape = service_model(service).operation_model(operation).input_shape
    request = request_of(service, operation, value_of(shape) if shape else {}, "eu-west-1", {})
    call = ApiCall.of(request)
    region = "us-east-1" if service == "iam" else "eu-west-1"
    assert (call.service, call.operation, call.region) == (name, operation, region)


def test_a_clients_cbor_call_is_known_by_its_path(cloud):
    calls = []

    def gate(request, answer):
        calls.append(ApiCall.of(request))
        return answer(request)

    cloud.gate = gate
    boto3.client("directconnect").describe_connections()
    assert (calls[0].service, calls[0].operation) == ("directconnect", "DescribeConnections")


def request(url, method="GET", headers=(), body=None):
    return AWSPreparedRequest(method, url, HeadersDict(dict(headers)), body, stream_output=False)


@pytest.mark.parametrize(
    ("url", "bucket", "key", "region"),
    [
        ("https://s3.us-east-1.amazonaws.com/b/k", "b", "k", "us-east-1"),
        ("https://b.s3.us-east-1.amazonaws.com/k", "b", "k", "us-east-1"),
        ("https://b.c.s3.eu-west-1.amazonaws.com/k/l", "b.c", "k/l", "eu-west-1"),
        ("https://b.s3.amazonaws.com/k", "b", "k", "us-east-1"),
        ("https://s3.amazonaws.com/b/k%20l", "b", "k l", "us-east-1"),
        ("https://b.s3-eu-west-1.amazonaws.com/k", "b", "k", "eu-west-1"),
        ("https://b.s3.dualstack.us-west-2.amazonaws.com/k", "b", "k", "us-west-2"),
        ("https://s3.us-gov-west-1.amazonaws.com/b/k", "b", "k", "us-gov-west-1"),
        ("https://bucket.vpce-0a1-b2c.s3.us-east-1.vpce.amazonaws.com/b/k", "b", "k", "us-east-1"),
        ("https://b.bucket.vpce-0a1-b2c.s3.us-east-1.vpce.amazonaws.com/k", "b", "k", "us-east-1"),
        ("https://b.s3.us-east-1.amazonaws.com:443/k?versionId=1", "b", "k", "us-east-1"),
    ],
)
def test_both_addressing_styles(url, bucket, key, region):
    call = ApiCall.of(request(url))
    assert (call.bucket, call.key, call.region, call.operation) == (bucket, key, region, "GetObject")


@pytest.mark.parametrize(
    ("host", "service", "region", "endpoint", "regional"),
    [
        ("ec2.us-east-1.amazonaws.com", "ec2", "us-east-1", "", "ec2.us-east-1.amazonaws.com"),
        ("iam.amazonaws.com", "iam", "us-east-1", "", "iam.amazonaws.com"),
        (
            "api.sagemaker.us-east-1.amazonaws.com",
            "sagemaker",
            "us-east-1",
            "",
            "api.sagemaker.us-east-1.amazonaws.com",
        ),
        (
            "runtime.sagemaker.us-east-1.amazonaws.com",
            "sagemaker-runtime",
            "us-east-1",
            "",
            "runtime.sagemaker.us-east-1.amazonaws.com",
        ),
        (
            "123456789012.dkr.ecr.us-east-1.amazonaws.com",
            "ecr-dkr",
            "us-east-1",
            "",
            "123456789012.dkr.ecr.us-east-1.amazonaws.com",
        ),
        (
            "vpce-0a1b-c2d3-us-east-1a.api.sagemaker.us-east-1.vpce.amazonaws.com",
            "sagemaker",
            "us-east-1",
            "vpce-0a1b",
            "api.sagemaker.us-east-1.amazonaws.com",
        ),
        ("vpce-odd.vpce.amazonaws.com", "", "", "", ""),
        ("exfil.example", "", "", "", ""),
        ("amazonaws.com.exfil.example", "", "", "", ""),
        ("127.0.0.1", "", "", "", ""),
    ],
)
def test_hosts(host, service, region, endpoint, regional):
    read = read_host(host)
    assert (read.service, read.region, read.endpoint, read.regional) == (service, region, endpoint, regional)


SIGNED = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260105/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0"


@pytest.mark.parametrize(
    ("url", "headers", "key", "signed_for"),
    [
        ("https://s3.amazonaws.com/b", {"Authorization": SIGNED}, "AKIAEXAMPLE", "eu-west-1"),
        ("https://s3.amazonaws.com/b", {"Authorization": SIGNED.encode()}, "AKIAEXAMPLE", "eu-west-1"),
        ("https://s3.amazonaws.com/b", {"Authorization": "AWS AKIAEXAMPLE:sig="}, "AKIAEXAMPLE", ""),
        ("https://s3.amazonaws.com/b", {"Authorization": "Bearer x"}, "", ""),
        (
            "https://s3.amazonaws.com/b?X-Amz-Credential=AKIAEXAMPLE%2F20260105%2Feu-west-1%2Fs3%2Faws4_request",
            {},
            "AKIAEXAMPLE",
            "eu-west-1",
        ),
        ("https://s3.amazonaws.com/b?AWSAccessKeyId=AKIAEXAMPLE&Signature=x", {}, "AKIAEXAMPLE", ""),
        ("https://s3.amazonaws.com/b", {}, "", ""),
    ],
)
def test_who_signed(url, headers, key, signed_for):
    call = ApiCall.of(request(url, headers=headers))
    assert (call.access_key, call.signing_region) == (key, signed_for)


@pytest.mark.parametrize(
    ("operation", "mutates"),
    [
        ("DescribeVpcs", False),
        ("GetObject", False),
        ("ListBuckets", False),
        ("HeadObject", False),
        ("LookupEvents", False),
        ("QueryObjects", False),
        ("SimulateCustomPolicy", False),
        ("GetSessionToken", True),
        ("AssumeRole", True),
        ("CreateVpc", True),
        ("ModifyVpcEndpoint", True),
        ("PutObject", True),
        ("DeleteObjects", True),
        ("EnableVgwRoutePropagation", True),
        ("RunInstances", True),
    ],
)
def test_what_may_change_state(operation, mutates):
    body = f"Action={operation}&Version=2016-11-15".encode()
    call = ApiCall.of(request("https://ec2.us-east-1.amazonaws.com/", "POST", body=body))
    assert (call.operation, call.mutates) == (operation, mutates)


def test_a_nameless_call_may_change_state_unless_it_reads():
    assert not ApiCall.of(request("https://lambda.us-east-1.amazonaws.com/2015-03-31/functions")).mutates
    assert ApiCall.of(request("https://lambda.us-east-1.amazonaws.com/2015-03-31/functions", "POST")).mutates


def test_the_action_may_stand_in_text_or_in_the_query():
    text = request("https://sts.us-east-1.amazonaws.com/", "POST", body="Version=1&Action=GetCallerIdentity")
    query = request("https://sts.us-east-1.amazonaws.com/?Version=1&Action=GetCallerIdentity")
    assert ApiCall.of(text).operation == ApiCall.of(query).operation == "GetCallerIdentity"


def test_reading_an_s3_get_is_quick():
    get = request("https://meridian.s3.us-east-1.amazonaws.com/a/key", headers={"Authorization": SIGNED})
    ApiCall.of(get)
    best = min(_seconds(get) for _ in range(5))
    assert best < 100e-6


def _seconds(get, times=200):
    began = time.perf_counter()
    for _ in range(times):
        ApiCall.of(get)
    return (time.perf_counter() - began) / times
