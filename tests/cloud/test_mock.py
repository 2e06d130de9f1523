"""The mock cloud: one seam for every kind of client, and no trace of it afterwards."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import boto3
import botocore.session
import pytest
import requests
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.models import botocore_stubber

from lab_env.cloud.call import ApiCall
from lab_env.cloud.mock import MockCloud
from lab_env.cloud.refusals import AwsError
from lab_env.errors import LabError, NotModelled

TIMEOUT = ConnectTimeoutError(endpoint_url="https://s3.us-east-1.amazonaws.com")


@pytest.fixture
def seen(cloud):
    """The calls that pass the gate, which lets all of them through."""
    calls = []

    def gate(request, answer):
        calls.append(ApiCall.of(request))
        return answer(request)

    cloud.gate = gate
    return calls


def refuse(cloud, error):
    def gate(request, answer):
        raise error

    cloud.gate = gate


def test_every_client_call_passes_the_gate(ec2, s3, seen):
    ec2.describe_vpcs()
    s3.create_bucket(Bucket="meridian")
    assert [(call.service, call.operation) for call in seen] == [
        ("ec2", "DescribeVpcs"),
        ("s3", "CreateBucket"),
    ]


def test_the_transfer_managers_threads_pass_the_gate(s3, seen, tmp_path):
    s3.create_bucket(Bucket="meridian")
    big = tmp_path / "big"
    big.write_bytes(b"x" * (9 * 1024 * 1024))
    s3.upload_file(str(big), "meridian", "big")
    s3.download_file("meridian", "big", str(tmp_path / "back"))
    operations = {call.operation for call in seen}
    assert {"CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "GetObject"} <= operations
    assert (tmp_path / "back").read_bytes() == big.read_bytes()


def test_presigned_urls_fetched_by_requests_pass_the_gate(s3, seen):
    s3.create_bucket(Bucket="meridian")
    s3.put_object(Bucket="meridian", Key="scan", Body=b"bytes")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "meridian", "Key": "scan"})
    assert requests.get(url, timeout=5).content == b"bytes"
    assert (seen[-1].operation, seen[-1].bucket, seen[-1].key) == ("GetObject", "meridian", "scan")
    assert seen[-1].access_key == os.environ["AWS_ACCESS_KEY_ID"]


def test_a_refused_call_never_reaches_moto(cloud, s3):
    s3.create_bucket(Bucket="meridian")
    refuse(cloud, TIMEOUT)
    with pytest.raises(ConnectTimeoutError):
        s3.put_object(Bucket="meridian", Key="scan", Body=b"bytes")
    cloud.gate = None
    assert s3.list_objects_v2(Bucket="meridian")["KeyCount"] == 0


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (TIMEOUT, requests.exceptions.ConnectTimeout),
        (ReadTimeoutError(endpoint_url="https://s3"), requests.exceptions.ReadTimeout),
        (EndpointConnectionError(endpoint_url="https://s3"), requests.exceptions.ConnectionError),
    ],
)
def test_requests_sees_its_own_errors(cloud, s3, raised, expected):
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "meridian", "Key": "scan"})
    refuse(cloud, raised)
    with pytest.raises(expected):
        requests.get(url, timeout=5)


def test_internal_calls_pass_no_gate(cloud, ec2):
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    refuse(cloud, TIMEOUT)
    answer = cloud.describe("ec2", "DescribeVpcs", {"VpcIds": [vpc]})
    assert [item["CidrBlock"] for item in answer["Vpcs"]] == ["10.20.0.0/16"]


def test_internal_calls_answer_as_a_client_would(cloud, ec2, s3):
    s3.create_bucket(Bucket="meridian")
    s3.put_object(Bucket="meridian", Key="a/b c", Body=b"no text: \xff")
    assert (
        cloud.describe("s3", "GetObject", {"Bucket": "meridian", "Key": "a/b c"})["Body"] == b"no text: \xff"
    )
    ec2.create_vpc(CidrBlock="10.20.0.0/16")
    theirs = ec2.describe_route_tables()
    del theirs["ResponseMetadata"]
    assert cloud.describe("ec2", "DescribeRouteTables") == theirs
    assert cloud.describe("sts", "GetCallerIdentity")["Account"] == "123456789012"
    assert cloud.describe("iam", "ListRoles")["Roles"] == []
    assert cloud.describe("sagemaker", "ListTrainingJobs")["TrainingJobSummaries"] == []
    assert cloud.describe("directconnect", "DescribeConnections")["connections"] == []


def test_internal_calls_reach_other_regions_and_accounts(cloud):
    cloud.describe("ec2", "CreateVpc", {"CidrBlock": "10.1.0.0/16"}, region="eu-west-1")
    cloud.describe("ec2", "CreateVpc", {"CidrBlock": "10.2.0.0/16"}, account="999988887777")
    theirs = [
        cloud.describe("ec2", "DescribeVpcs", region="eu-west-1")["Vpcs"],
        cloud.describe("ec2", "DescribeVpcs", account="999988887777")["Vpcs"],
        cloud.describe("ec2", "DescribeVpcs")["Vpcs"],
    ]
    assert [[vpc["CidrBlock"] for vpc in vpcs] for vpcs in theirs] == [["10.1.0.0/16"], ["10.2.0.0/16"], []]


def test_internal_errors_are_client_errors(cloud):
    with pytest.raises(ClientError) as caught:
        cloud.describe("ec2", "DescribeVpcs", {"VpcIds": ["vpc-0123456789abcdef0"]})
    assert caught.value.response["Error"]["Code"] == "InvalidVpcID.NotFound"
    assert caught.value.operation_name == "DescribeVpcs"


def test_endpoint_specific_names_reach_the_same_service(cloud, s3, seen):
    s3.create_bucket(Bucket="meridian")
    s3.put_object(Bucket="meridian", Key="scan", Body=b"bytes")
    name = "vpce-0a1b2c3d4e5f60718-abcdefgh"
    through = boto3.client("s3", endpoint_url=f"https://bucket.{name}.s3.us-east-1.vpce.amazonaws.com")
    assert through.get_object(Bucket="meridian", Key="scan")["Body"].read() == b"bytes"
    sts = boto3.client("sts", endpoint_url=f"https://{name}.sts.us-east-1.vpce.amazonaws.com")
    assert sts.get_caller_identity()["Account"] == "123456789012"
    assert [call.service for call in seen[-2:]] == ["s3", "sts"]


def test_what_neither_moto_nor_the_lab_answers_is_named(cloud, ec2):
    with pytest.raises(NotModelled, match="ec2 CreateVerifiedAccessInstance"):
        ec2.create_verified_access_instance()
    with pytest.raises(NotModelled, match="us-east-1"):
        boto3.client("braket").search_jobs(filters=[])


def test_the_gate_holds_no_lock(cloud, ec2):
    """A call that waits at the gate lets another one through."""
    waiting, go_on = threading.Event(), threading.Event()

    def gate(request, answer):
        if ApiCall.of(request).operation == "DescribeVpcs":
            waiting.set()
            assert go_on.wait(5)
        return answer(request)

    cloud.gate = gate
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(ec2.describe_vpcs)
        assert waiting.wait(5)
        assert ec2.describe_subnets()["Subnets"] == []
        go_on.set()
        assert slow.result(5)["Vpcs"] == []


def test_stop_leaves_no_trace_and_start_begins_anew():
    before = dict(os.environ), boto3.DEFAULT_SESSION, vars(AccountSpecificBackend)["__getitem__"]
    loader = botocore.session.create_loader
    first = MockCloud.start(seed=1)
    try:
        boto3.client("ec2").create_vpc(CidrBlock="10.20.0.0/16")
    finally:
        first.stop()
        first.stop()
    assert (dict(os.environ), boto3.DEFAULT_SESSION, vars(AccountSpecificBackend)["__getitem__"]) == before
    assert botocore.session.create_loader is loader
    assert set(vars(botocore_stubber)) == {"enabled"}
    assert not botocore_stubber.enabled
    second = MockCloud.start(seed=1)
    try:
        assert boto3.client("ec2").describe_vpcs()["Vpcs"] == []
    finally:
        second.stop()


def ec2_store():
    return import_module("moto.ec2.models").ec2_backends


def test_canary_a_reset_of_motos_leaves_a_store_filled(bare):
    """Route 53 Resolver's store, reset after EC2's, asks EC2's again."""
    bare("ec2").describe_vpcs()
    bare("route53resolver").list_resolver_endpoints()
    BackendDict.reset()
    assert dict(ec2_store()) != {}


def test_a_store_that_moto_left_filled_does_not_come_along():
    ec2_store()["123456789012"]["us-east-1"].create_vpc("10.99.0.0/16")
    BackendDict._instances.clear()
    cloud = MockCloud.start()
    try:
        assert cloud.describe("ec2", "DescribeVpcs")["Vpcs"] == []
    finally:
        cloud.stop()


def test_two_clouds_at_once_are_refused(cloud):
    with pytest.raises(LabError, match="running"):
        MockCloud.start()


def test_sessions_share_one_loader(cloud):
    loaders = {id(boto3.Session()._loader) for _ in range(3)}
    assert len(loaders) == 1


def handler_of(result):
    def handler(params, call, region):
        if isinstance(result, Exception):
            raise result
        return {"TrainingJobArn": f"arn:aws:sagemaker:{region}:1:{params['TrainingJobName']}"}

    return handler


JOB = {
    "TrainingJobName": "one",
    "RoleArn": "arn:aws:iam::123456789012:role/R",
    "OutputDataConfig": {"S3OutputPath": "s3://b/"},
    "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": "i"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    "StoppingCondition": {"MaxRuntimeInSeconds": 1},
}


def test_an_intercepted_operation_is_the_handlers(cloud):
    cloud.intercept("sagemaker", "CreateTrainingJob", handler_of(None))
    answer = boto3.client("sagemaker").create_training_job(**JOB)
    assert answer["TrainingJobArn"] == "arn:aws:sagemaker:us-east-1:1:one"


def test_an_intercepted_operations_error_is_awss(cloud):
    error = AwsError("ResourceInUse", "Training job names must be unique.")
    cloud.intercept("sagemaker", "CreateTrainingJob", handler_of(error))
    client = boto3.client("sagemaker")
    with pytest.raises(client.exceptions.ResourceInUse, match="must be unique"):
        client.create_training_job(**JOB)
    cloud.intercept("sagemaker", "CreateTrainingJob", handler_of(AwsError("ValidationException", "no role")))
    with pytest.raises(ClientError) as caught:
        client.create_training_job(**JOB)
    assert caught.value.response["Error"] == {"Code": "ValidationException", "Message": "no role"}


def test_an_interceptor_may_make_calls_itself(cloud, ec2):
    def handler(params, call, region):
        assert not cloud.ids.lock._is_owned()
        vpcs = cloud.describe("ec2", "DescribeVpcs")["Vpcs"]
        return {"TrainingJobArn": f"arn:aws:sagemaker:us-east-1:1:{len(vpcs)}"}

    ec2.create_vpc(CidrBlock="10.20.0.0/16")
    cloud.intercept("sagemaker", "CreateTrainingJob", handler)
    assert boto3.client("sagemaker").create_training_job(**JOB)["TrainingJobArn"].endswith(":1")


def test_interceptors_speak_the_query_protocols_too(cloud, ec2):
    cloud.intercept(
        "ec2", "DescribeVpcs", lambda params, call, region: {"Vpcs": [{"VpcId": params["VpcIds"][0]}]}
    )
    assert ec2.describe_vpcs(VpcIds=["vpc-1"])["Vpcs"][0]["VpcId"] == "vpc-1"
    refused = AwsError("InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist")
    cloud.intercept("ec2", "DescribeVpcs", handler_of(refused))
    with pytest.raises(ClientError) as caught:
        ec2.describe_vpcs(VpcIds=["vpc-1"])
    assert caught.value.response["Error"]["Code"] == "InvalidVpcID.NotFound"
