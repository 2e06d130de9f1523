"""S3: closed by default, each bucket in its own Region, ranges read from where they lie, no verdict of moto's."""

import json
import os
import tracemalloc

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from lab_env.cloud.call import ApiCall

DENY_ALL = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::home", "arn:aws:s3:::home/*"],
                "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
            }
        ],
    }
)


@pytest.fixture
def home(s3):
    s3.create_bucket(Bucket="home")
    s3.put_object(Bucket="home", Key="scan", Body=b"0123456789")
    return s3


@pytest.fixture
def away(cloud):
    """A bucket in eu-west-1, and the hosts that are asked from now on."""
    there = boto3.client("s3", region_name="eu-west-1")
    there.create_bucket(Bucket="away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    there.put_object(Bucket="away", Key="scan", Body=b"0123456789")
    hosts = []

    def gate(request, answer):
        hosts.append(ApiCall.of(request).host)
        return answer(request)

    cloud.gate = gate
    return hosts


def test_a_new_bucket_is_closed(home):
    blocked = home.get_public_access_block(Bucket="home")["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    assert len(blocked) == 4
    owner = home.get_bucket_ownership_controls(Bucket="home")["OwnershipControls"]
    assert owner == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_a_bucket_is_always_encrypted(home):
    def algorithm():
        (rule,) = home.get_bucket_encryption(Bucket="home")["ServerSideEncryptionConfiguration"]["Rules"]
        return rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]

    assert algorithm() == "AES256"
    assert home.head_object(Bucket="home", Key="scan")["ServerSideEncryption"] == "AES256"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}
    home.put_bucket_encryption(Bucket="home", ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert algorithm() == "aws:kms"
    home.delete_bucket_encryption(Bucket="home")
    assert algorithm() == "AES256"


def test_boto3_follows_a_redirect_to_the_buckets_region(s3, away):
    assert s3.get_object(Bucket="away", Key="scan")["Body"].read() == b"0123456789"
    assert away == ["away.s3.us-east-1.amazonaws.com", "away.s3.eu-west-1.amazonaws.com"]


def test_boto3_follows_a_redirect_without_a_body(s3, away):
    assert s3.head_object(Bucket="away", Key="scan")["ContentLength"] == 10
    assert away[0] == "away.s3.us-east-1.amazonaws.com"
    assert away[-1] == "away.s3.eu-west-1.amazonaws.com"


def test_the_legacy_name_wants_the_right_signature(cloud, away):
    legacy = boto3.client("s3", endpoint_url="https://s3.amazonaws.com")
    seen = []
    legacy.meta.events.register(
        "response-received.s3", lambda parsed_response, **_: seen.append(parsed_response)
    )
    assert legacy.list_objects_v2(Bucket="away")["KeyCount"] == 1
    assert seen[0]["Error"] == {
        "Code": "AuthorizationHeaderMalformed",
        "Message": "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
        "Region": "eu-west-1",
    }


def test_the_redirect_itself(cloud, away):
    with pytest.raises(ClientError) as caught:
        cloud.describe("s3", "ListObjectsV2", {"Bucket": "away"})
    error, metadata = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    assert (error["Code"], error["Endpoint"]) == ("PermanentRedirect", "away.s3.eu-west-1.amazonaws.com")
    assert metadata["HTTPStatusCode"] == 301
    assert metadata["HTTPHeaders"]["x-amz-bucket-region"] == "eu-west-1"


def test_listing_names_the_region(cloud, home, away):
    listed = home.list_objects_v2(Bucket="home")
    assert listed["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-east-1"


def test_another_accounts_bucket_redirects_too(cloud, s3):
    cloud.describe(
        "s3",
        "CreateBucket",
        {"Bucket": "theirs", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}},
        region="eu-west-1",
        account="999988887777",
    )
    with pytest.raises(ClientError, match="PermanentRedirect"):
        cloud.describe("s3", "ListObjectsV2", {"Bucket": "theirs"})


def test_what_needs_no_redirect(cloud, s3, away):
    assert s3.get_bucket_location(Bucket="away")["LocationConstraint"] == "eu-west-1"
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.list_objects_v2(Bucket="nowhere")
    assert len(away) == 2


@pytest.mark.parametrize(
    ("region", "constraint", "code"),
    [
        ("us-east-1", "us-east-1", "InvalidLocationConstraint"),
        ("eu-west-1", None, "IllegalLocationConstraintException"),
        ("eu-west-1", "us-west-2", "IllegalLocationConstraintException"),
    ],
)
def test_where_a_bucket_may_be_made(cloud, region, constraint, code):
    client = boto3.client("s3", region_name=region)
    params = {"CreateBucketConfiguration": {"LocationConstraint": constraint}} if constraint else {}
    with pytest.raises(ClientError) as caught:
        client.create_bucket(Bucket="meridian", **params)
    assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("asked", "body", "told"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=5-99", b"56789", "bytes 5-9/10"),
        ("bytes=0-1,3-4", b"0123456789", None),
        ("bytes=x", b"0123456789", None),
    ],
)
def test_ranges(home, asked, body, told):
    answer = home.get_object(Bucket="home", Key="scan", Range=asked)
    assert (answer["Body"].read(), answer.get("ContentRange")) == (body, told)


def test_a_range_beyond_the_end(home):
    with pytest.raises(ClientError, match="InvalidRange"):
        home.get_object(Bucket="home", Key="scan", Range="bytes=10-")


def test_a_range_of_a_key_that_is_not_there(home):
    with pytest.raises(home.exceptions.NoSuchKey):
        home.get_object(Bucket="home", Key="none", Range="bytes=0-1")


def range_cost(client):
    """Bytes that one small range of a large object takes at its peak."""
    client.put_object(Bucket="home", Key="volume", Body=os.urandom(16 * 1024 * 1024))
    client.get_object(Bucket="home", Key="volume", Range="bytes=0-1")
    tracemalloc.start()
    try:
        client.get_object(Bucket="home", Key="volume", Range="bytes=1000-1999")["Body"].read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_range_reads_only_itself(home):
    assert range_cost(home) < 1024 * 1024


def test_motos_own_verdict_is_off(home):
    home.put_bucket_policy(Bucket="home", Policy=DENY_ALL)
    assert home.get_object(Bucket="home", Key="scan")["Body"].read() == b"0123456789"
    home.put_object(Bucket="home", Key="more", Body=b"x")
    answer = requests.get("https://home.s3.us-east-1.amazonaws.com/scan", timeout=5)
    assert (answer.status_code, answer.content) == (200, b"0123456789")


def test_canary_moto_opens_new_buckets(bare):
    s3 = bare("s3")
    s3.create_bucket(Bucket="home")
    for ask in (s3.get_public_access_block, s3.get_bucket_ownership_controls, s3.get_bucket_encryption):
        with pytest.raises(ClientError):
            ask(Bucket="home")


def test_canary_moto_answers_for_a_bucket_elsewhere(bare):
    constraint = {"LocationConstraint": "eu-west-1"}
    bare("s3", "eu-west-1").create_bucket(Bucket="away", CreateBucketConfiguration=constraint)
    assert bare("s3").list_objects_v2(Bucket="away")["KeyCount"] == 0


def test_canary_moto_reads_a_whole_object_for_a_range(bare):
    s3 = bare("s3")
    s3.create_bucket(Bucket="home")
    assert range_cost(s3) > 16 * 1024 * 1024


def test_canary_moto_decides_by_bucket_policies_without_their_conditions(bare):
    s3 = bare("s3")
    s3.create_bucket(Bucket="home")
    s3.put_object(Bucket="home", Key="scan", Body=b"x")
    s3.put_bucket_policy(Bucket="home", Policy=DENY_ALL)
    with pytest.raises(ClientError, match="403"):
        s3.get_object(Bucket="home", Key="scan")


def test_canary_moto_judges_anonymous_requests_by_acl(bare):
    s3 = bare("s3")
    s3.create_bucket(Bucket="home")
    s3.put_object(Bucket="home", Key="scan", Body=b"x")
    answer = requests.get("https://home.s3.us-east-1.amazonaws.com/scan", timeout=5)
    assert answer.status_code == 403
