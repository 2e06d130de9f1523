"""Keys as KMS answers for them."""

from __future__ import annotations

import boto3
import pytest

from lab_env.policy import Kind
from lab_env.snapshot.kms import key_arns, read_key
from tests.snapshot.clouds import ACCOUNT, by_client, by_cloud


@pytest.fixture
def kms(cloud):
    return boto3.client("kms")


@pytest.fixture(params=["cloud", "client"])
def describe(request, cloud, kms):
    return by_cloud(cloud, "kms") if request.param == "cloud" else by_client("kms")


@pytest.fixture
def made(kms):
    """A key with an alias."""
    item = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/meridian-phi", TargetKeyId=item["KeyId"])
    return item


def test_a_new_key(describe, made):
    """Enabled, not rotating, with the default key policy."""
    key = read_key(describe, made["KeyId"])
    assert (key.arn, key.id) == (made["Arn"], made["KeyId"])
    assert (key.enabled, key.rotates, key.customer_managed) == (True, False, True)
    assert key.aliases == ("alias/meridian-phi",)
    assert (key.policy.kind, key.policy.statements[0].sid) == (Kind.KEY, "Enable IAM User Permissions")


def test_the_names_of_a_key(describe, made):
    """Id, ARN, alias and the alias's ARN give the same key."""
    alias = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/meridian-phi"
    found = [read_key(describe, name) for name in (made["KeyId"], made["Arn"], "alias/meridian-phi", alias)]
    assert found == found[:1] * 4


@pytest.mark.parametrize("name", ["alias/nobody", "00000000-0000-0000-0000-000000000000"])
def test_no_such_key(describe, name):
    assert read_key(describe, name) is None


def test_rotation_and_state(kms, describe, made):
    kms.enable_key_rotation(KeyId=made["KeyId"])
    assert read_key(describe, made["KeyId"]).rotates
    kms.disable_key(KeyId=made["KeyId"])
    assert not read_key(describe, made["KeyId"]).enabled


def test_a_key_that_aws_manages(describe):
    """No customer can give it a policy, whatever its name is asked by."""
    key = read_key(describe, "alias/aws/s3")
    assert (key.customer_managed, key.policy) == (False, None)


def test_a_regions_keys(describe, made):
    assert list(key_arns(describe)) == [made["Arn"]]
