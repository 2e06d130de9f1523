"""The operator: whoever makes plain boto3 calls while a cloud is open, an administrator of the firm's account."""

from __future__ import annotations

from lab_env import scenario
from lab_env.cloud.lab_time import keep_lab_time
from lab_env.cloud.mock import MockCloud

_ADMINISTRATOR = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
_TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},'
    '"Action":"sts:AssumeRole"}]}'
)


def sign_in_operator(cloud: MockCloud) -> None:
    """Make plain boto3 calls the operator's: a session of the administrators' role.

    Args:
        cloud: the open cloud, in which the role is made.
    """
    ask = cloud.describe
    keep_lab_time(cloud.patches, cloud.clock, "sts")
    role = {"RoleName": scenario.OPERATOR_ROLE}
    made = ask("iam", "CreateRole", role | {"AssumeRolePolicyDocument": _TRUST})["Role"]["Arn"]
    ask("iam", "PutRolePolicy", role | {"PolicyName": "administrator", "PolicyDocument": _ADMINISTRATOR})
    given = ask("sts", "AssumeRole", {"RoleArn": made, "RoleSessionName": "operator"})["Credentials"]
    cloud.sign_in(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
