"""Roles and users as IAM answers them, from the mock cloud and from a client alike."""

from __future__ import annotations

import json

import boto3
import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from lab_env.policy import Kind, MalformedPolicy
from lab_env.snapshot.iam import identity_arns, read_identity
from lab_env.snapshot.policies import stored_policy
from tests.snapshot.clouds import ACCOUNT, ATTACKER, by_client, by_cloud, policy, trust

ROLE = f"arn:aws:iam::{ACCOUNT}:role/science/Reader"
USER = f"arn:aws:iam::{ACCOUNT}:user/ada"


@pytest.fixture
def iam(cloud):
    """A role and a user, each with every kind of policy that can be attached to it."""
    client = boto3.client("iam")

    def managed(name, action):
        return client.create_policy(PolicyName=name, PolicyDocument=policy(action))["Policy"]["Arn"]

    client.create_role(Path="/science/", RoleName="Reader", AssumeRolePolicyDocument=trust())
    client.put_role_policy(RoleName="Reader", PolicyName="inline", PolicyDocument=policy("s3:GetObject"))
    client.attach_role_policy(RoleName="Reader", PolicyArn=managed("attached", "s3:PutObject"))
    client.put_role_permissions_boundary(RoleName="Reader", PermissionsBoundary=managed("limit", "s3:*"))
    client.create_user(UserName="ada")
    client.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=policy("s3:ListBucket"))
    client.attach_user_policy(UserName="ada", PolicyArn=managed("lent", "kms:Decrypt"))
    client.create_group(GroupName="staff")
    client.put_group_policy(GroupName="staff", PolicyName="shared", PolicyDocument=policy("ec2:*"))
    client.add_user_to_group(GroupName="staff", UserName="ada")
    return client


@pytest.fixture(params=["cloud", "client"])
def describe(request, cloud, iam):
    """Both ways to ask: they differ in how a policy document arrives."""
    return by_cloud(cloud, "iam") if request.param == "cloud" else by_client("iam")


def sources(policies):
    return [item.source for item in policies]


def test_a_role_with_all_that_bears_on_it(describe):
    """Inline and attached policies, the boundary and the trust policy, each of its kind."""
    role = read_identity(describe, ROLE)
    assert (role.arn, role.account) == (ROLE, ACCOUNT)
    assert sources(role.policies) == ["inline", "attached"]
    assert {item.kind for item in role.policies} == {Kind.IDENTITY}
    assert (role.boundary.source, role.boundary.kind) == ("limit", Kind.BOUNDARY)
    assert (role.trust.source, role.trust.kind) == ("trust policy of Reader", Kind.TRUST)


def test_a_user_has_its_groups_policies_too(describe):
    """A user's own first; there is no trust policy on a user."""
    user = read_identity(describe, USER)
    assert sources(user.policies) == ["own", "lent", "shared"]
    assert (user.boundary, user.trust) == (None, None)


def test_a_managed_policy_counts_by_its_version_in_force(iam, describe):
    """Versions that are not the default decide nothing."""
    arn = f"arn:aws:iam::{ACCOUNT}:policy/attached"
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("s3:DeleteObject"), SetAsDefault=True)
    (statement,) = read_identity(describe, ROLE).policies[1].statements
    assert statement.actions.cover("s3:deleteobject")
    assert not statement.actions.cover("s3:putobject")


@pytest.mark.parametrize(
    ("arn", "found"),
    [
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/session", ROLE),
        (f"arn:aws:iam::{ACCOUNT}:role/Reader", None),
        (f"arn:aws:iam::{ACCOUNT}:role/Nobody", None),
        (f"arn:aws:iam::{ACCOUNT}:user/nobody", None),
        (f"arn:aws:iam::{ATTACKER}:role/science/Reader", None),
        (f"arn:aws:sts::{ATTACKER}:assumed-role/Reader/session", None),
        (f"arn:aws:iam::{ACCOUNT}:root", None),
        ("anonymous", None),
    ],
)
def test_what_an_arn_stands_for(describe, arn, found):
    """A session is its role's; a wrong path, account or name is nobody's."""
    identity = read_identity(describe, arn)
    assert (identity and identity.arn) == found


def test_accounts_are_read_apart(cloud, iam):
    """The attacker's role of the same name is another role."""
    other = by_cloud(cloud, "iam", account=ATTACKER)
    other("CreateRole", {"RoleName": "Reader", "AssumeRolePolicyDocument": trust()})
    assert read_identity(other, f"arn:aws:iam::{ATTACKER}:role/Reader").policies == ()
    assert list(identity_arns(other)) == [f"arn:aws:iam::{ATTACKER}:role/Reader"]


def test_services_own_roles_are_left_out(iam, describe):
    """Nobody but AWS can use a service-linked role."""
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    assert list(identity_arns(describe)) == [ROLE, USER]


ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def test_a_policy_of_awss_own(iam, describe):
    """Every account has them: as an attached policy and as a boundary alike."""
    iam.attach_role_policy(RoleName="Reader", PolicyArn=ADMINISTRATOR)
    iam.put_role_permissions_boundary(RoleName="Reader", PermissionsBoundary=ADMINISTRATOR)
    role = read_identity(describe, ROLE)
    assert sources(role.policies) == ["inline", "AdministratorAccess", "attached"]
    assert role.boundary.statements[0].actions.cover("s3:getobject")


# AWS's guide lets a variable stand only after an ARN's fifth colon; this policy of AWS's own has one before.
AGAINST_THE_GUIDE = {"AmazonTimestreamInfluxDBServiceRolePolicy"}


def test_every_policy_of_awss_own_is_understood():
    """None of what AWS itself wrote is refused."""
    refused = set()
    for name, item in json.loads(aws_managed_policies_data).items():
        try:
            stored_policy(item["Document"], Kind.IDENTITY, name)
        except MalformedPolicy:
            refused.add(name)
    assert refused == AGAINST_THE_GUIDE
