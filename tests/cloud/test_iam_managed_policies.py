"""AWS's own policies are there in every account."""

import boto3
import pytest
from botocore.exceptions import ClientError

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
TRUST = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture
def iam(cloud):
    return boto3.client("iam")


@pytest.mark.parametrize(
    "arn",
    [
        ADMINISTRATOR,
        "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
    ],
)
def test_found_by_its_arn(iam, arn):
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    assert (found["Arn"], found["PolicyName"]) == (arn, arn.rpartition("/")[2])
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    assert version["Document"]["Statement"]
    assert found["CreateDate"].year < 2026


@pytest.mark.parametrize("kind", ["Role", "User", "Group"])
def test_attached_like_any_other(iam, kind):
    more = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    one, low = {f"{kind}Name": "it"}, kind.lower()
    getattr(iam, f"create_{low}")(**one, **more)
    getattr(iam, f"attach_{low}_policy")(**one, PolicyArn=ADMINISTRATOR)
    (found,) = getattr(iam, f"list_attached_{low}_policies")(**one)["AttachedPolicies"]
    assert found == {"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}
    getattr(iam, f"detach_{low}_policy")(**one, PolicyArn=ADMINISTRATOR)
    assert getattr(iam, f"list_attached_{low}_policies")(**one)["AttachedPolicies"] == []


def test_its_id_is_the_same_whoever_asks_first(cloud, iam):
    mine = iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]["PolicyId"]
    other = cloud.describe("iam", "GetPolicy", {"PolicyArn": ADMINISTRATOR}, account="999988887777")
    assert other["Policy"]["PolicyId"] == mine


def test_listed(iam):
    """All of AWS's, or the customer's own alone."""
    iam.create_policy(
        PolicyName="own", PolicyDocument=TRUST.replace("[]", '{"Effect":"Deny","Action":"*","Resource":"*"}')
    )

    def names(**how):
        pages = iam.get_paginator("list_policies").paginate(**how)
        return [item["PolicyName"] for page in pages for item in page["Policies"]]

    assert names(Scope="Local") == ["own"]
    assert len(names(Scope="AWS")) > 1000
    assert "AdministratorAccess" in names()
    assert names(OnlyAttached=True) == []


def test_no_such_policy(iam, refused):
    assert refused(iam.get_policy, PolicyArn="arn:aws:iam::aws:policy/NoSuchAccess")[0] == "NoSuchEntity"


def test_canary_moto_leaves_them_out(bare):
    with pytest.raises(ClientError, match="NoSuchEntity"):
        bare("iam").get_policy(PolicyArn=ADMINISTRATOR)
