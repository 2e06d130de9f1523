"""An error of the lab's reaches each kind of client as AWS's own."""

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env.cloud.call import ApiCall
from lab_env.cloud.refusals import AwsError, refusal

DENIED = AwsError(
    "AccessDenied", "User <x> & co. may not", 403, fields={"Extra": "1"}, headers={"x-amz-why": "y"}
)


@pytest.fixture
def closed(cloud):
    cloud.gate = lambda request, answer: refusal(request, ApiCall.of(request), DENIED)


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("s3", "list_objects_v2", {"Bucket": "meridian"}),
        ("ec2", "describe_vpcs", {}),
        ("iam", "list_roles", {}),
        ("sts", "get_caller_identity", {}),
        ("sagemaker", "list_training_jobs", {}),
        ("logs", "describe_log_groups", {}),
    ],
)
def test_in_every_protocol(closed, service, operation, params):
    with pytest.raises(ClientError) as caught:
        getattr(boto3.client(service), operation)(**params)
    error, metadata = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    assert (error["Code"], error["Message"]) == ("AccessDenied", "User <x> & co. may not")
    assert (metadata["HTTPStatusCode"], metadata["HTTPHeaders"]["x-amz-why"]) == (403, "y")


def test_a_head_request_has_no_body(closed, s3):
    with pytest.raises(ClientError, match=r"\(403\) when calling the HeadObject operation: Forbidden"):
        s3.head_object(Bucket="meridian", Key="scan")


def test_it_is_an_error_of_the_labs():
    assert str(DENIED) == "AccessDenied: User <x> & co. may not"
