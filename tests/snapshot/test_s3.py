"""Buckets as S3 answers for them."""

from __future__ import annotations

import boto3
import pytest

from lab_env.policy import Kind
from lab_env.snapshot.s3 import bucket_names, read_bucket
from lab_env.snapshot.state import Bucket, BucketEncryption, PublicAccessBlock
from tests.snapshot.clouds import ACCOUNT, ATTACKER, by_client, by_cloud, policy

NAME = "meridian-phi-training"
CLOSED = PublicAccessBlock(
    block_public_acls=True, ignore_public_acls=True, block_public_policy=True, restrict_public_buckets=True
)


@pytest.fixture
def s3(cloud):
    client = boto3.client("s3")
    client.create_bucket(Bucket=NAME)
    return client


@pytest.fixture(params=["cloud", "client"])
def describe(request, cloud, s3):
    return by_cloud(cloud, "s3") if request.param == "cloud" else by_client("s3")


def test_a_new_bucket_is_as_aws_makes_it(describe):
    """Closed, owned by its owner, encrypted by S3, and nothing more."""
    assert read_bucket(describe, NAME, ACCOUNT) == Bucket(NAME, ACCOUNT, "us-east-1", public_access=CLOSED)


def test_every_setting(s3, describe):
    """Each of the settings, when it was made."""
    s3.create_bucket(Bucket="meridian-audit-logs")
    logging = {"Service": "logging.s3.amazonaws.com"}
    deliver = policy("s3:PutObject", "arn:aws:s3:::meridian-audit-logs/*", Principal=logging)
    s3.put_bucket_policy(Bucket="meridian-audit-logs", Policy=deliver)
    text = policy("s3:*", f"arn:aws:s3:::{NAME}/*", "Deny", Principal="*")
    s3.put_bucket_policy(Bucket=NAME, Policy=text)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/meridian-phi"}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=NAME, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_ownership_controls(
        Bucket=NAME, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    s3.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    target = {"TargetBucket": "meridian-audit-logs", "TargetPrefix": "s3/"}
    s3.put_bucket_logging(Bucket=NAME, BucketLoggingStatus={"LoggingEnabled": target})
    bucket = read_bucket(describe, NAME, ACCOUNT)
    assert (bucket.policy.kind, bucket.policy.source) == (Kind.RESOURCE, NAME)
    assert bucket.encryption == BucketEncryption("aws:kms", "alias/meridian-phi", bucket_key=True)
    assert (bucket.versioning, bucket.ownership) == ("Enabled", "BucketOwnerPreferred")
    assert bucket.public_access == PublicAccessBlock(block_public_policy=True)
    assert (bucket.log_bucket, bucket.log_prefix) == ("meridian-audit-logs", "s3/")


def test_settings_that_were_taken_away(s3, describe):
    """S3 says with an error code that a setting was never made: what holds then is open."""
    s3.delete_public_access_block(Bucket=NAME)
    s3.delete_bucket_ownership_controls(Bucket=NAME)
    s3.delete_bucket_encryption(Bucket=NAME)
    bucket = read_bucket(describe, NAME, ACCOUNT)
    assert bucket.public_access == PublicAccessBlock()
    assert bucket.ownership == "ObjectWriter"
    assert bucket.encryption == BucketEncryption()


def test_no_such_bucket(describe):
    assert read_bucket(describe, "nobodys-bucket", ACCOUNT) is None


def test_a_bucket_in_another_region(cloud, s3):
    """A client follows the redirect; the cloud's own way asks in the bucket's Region."""
    abroad = boto3.client("s3", region_name="eu-west-1")
    abroad.create_bucket(
        Bucket="meridian-eu-archive", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    expected = Bucket("meridian-eu-archive", ACCOUNT, "eu-west-1", public_access=CLOSED)
    assert read_bucket(by_cloud(cloud, "s3", "eu-west-1"), expected.name, ACCOUNT) == expected
    assert read_bucket(by_client("s3"), expected.name, ACCOUNT) == expected


def test_an_accounts_own_buckets(cloud, describe):
    """The attacker's are not in the list."""
    by_cloud(cloud, "s3", account=ATTACKER)("CreateBucket", {"Bucket": "totally-legit-backups"})
    assert list(bucket_names(describe)) == [NAME]
