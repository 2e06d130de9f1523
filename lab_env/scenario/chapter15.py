"""What chapter 15 does to a deployment: changes made by hand, and what puts them right."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from lab_env.scenario import chapter05, chapter06, chapter07
from lab_env.scenario.firm import TRAINING_BUCKET
from lab_env.scenario.lookups import named_endpoint, named_group, table_named

AUDITOR_ROLE, AUDITOR_POLICY = "MeridianAuditor", "read"
STACK = "meridian"
CHANGES = 5
"""How many things `drift` changes; each makes a control of its own fail."""

Client = Callable[[str], Any]


def drift(client: Client) -> None:
    """Five changes that people made by hand, each for a reason; a second time changes nothing more.

    Args:
        client: gives a boto3 client by service name.
    """
    ec2, s3 = client("ec2"), client("s3")
    _let_https_out(ec2)
    _leave_subnet_b_out(ec2)
    s3.put_bucket_versioning(Bucket=TRAINING_BUCKET, VersioningConfiguration={"Status": "Suspended"})
    _allow_plain_http(s3)
    client("cloudtrail").stop_logging(Name=chapter07.TRAIL)


def repair(client: Client) -> None:
    """What chapters 06 and 07 set, set again (exercise 15.1).

    Args:
        client: gives a boto3 client by service name.
    """
    chapter06.limit_egress(client("ec2"))
    chapter05.associate_second_table(client("ec2"))
    chapter06.keep_versions(client("s3"))
    chapter06.limit_buckets(client)
    chapter07.record(client)


def make_auditor(iam: Any, document: dict[str, Any]) -> None:
    """The auditor's role with one policy (exercise 15.2).

    Args:
        iam: a client.
        document: the policy.
    """
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    if AUDITOR_ROLE not in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
        wanted = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(RoleName=AUDITOR_ROLE, AssumeRolePolicyDocument=wanted)
    own = {"RoleName": AUDITOR_ROLE}
    for attached in iam.list_attached_role_policies(**own)["AttachedPolicies"]:
        iam.detach_role_policy(**own, PolicyArn=attached["PolicyArn"])
    for name in iam.list_role_policies(**own)["PolicyNames"]:
        iam.delete_role_policy(**own, PolicyName=name)
    iam.put_role_policy(**own, PolicyName=AUDITOR_POLICY, PolicyDocument=json.dumps(document))


def _let_https_out(ec2: Any) -> None:
    """Somebody wanted pip install to work."""
    group = named_group(ec2, "meridian-training")["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    try:
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[rule])
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.Duplicate":
            raise


def _leave_subnet_b_out(ec2: Any) -> None:
    """Somebody tidied up route tables that no job seemed to use."""
    endpoint = named_endpoint(ec2, "meridian-s3")
    table = table_named(ec2, "meridian-private-b")["RouteTableId"]
    if table in endpoint["RouteTableIds"]:
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], RemoveRouteTableIds=[table])


def _allow_plain_http(s3: Any) -> None:
    """Somebody's old tool could not speak TLS."""
    policy = json.loads(s3.get_bucket_policy(Bucket=TRAINING_BUCKET)["Policy"])
    policy["Statement"] = [item for item in policy["Statement"] if item.get("Sid") != "TlsOnly"]
    s3.put_bucket_policy(Bucket=TRAINING_BUCKET, Policy=json.dumps(policy))
