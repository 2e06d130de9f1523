"""The checks of chapter 06's exercises, on clouds whose policies were written by boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course import Status
from lab_env.scenario import chapter06 as steps
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    Row,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    nothing,
)

BUCKETS = scenario.LOCKED_BUCKETS
ARNS = [f"arn:aws:s3:::{bucket}" for bucket in BUCKETS]
OBJECT_ACTIONS = ["s3:GetObject", "s3:PutObject"]
EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The chapter where its exercises begin: the sandbox stands beside what chapter 05 left."""
    opened = Lab.start(chapter=6)
    scenario.build_sandbox(boto3.client("ec2"))
    yield opened
    opened.stop()


def statement(effect: str, action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def guard(lab: Lab, *statements: dict[str, Any]) -> None:
    """Give the endpoint a policy."""
    boto3.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=lab.names.s3_endpoint, PolicyDocument=document(*statements)
    )


def through(*resources: str, **condition: Any) -> dict[str, Any]:
    when = {"Condition": condition} if condition else {}
    return statement("Allow", "s3:*", list(resources), Principal="*", **when)


def by_names(lab: Lab) -> None:
    guard(lab, through(*ARNS, *(f"{arn}/*" for arn in ARNS)))


def by_account(lab: Lab) -> None:
    guard(lab, through("*", StringEquals={"aws:ResourceAccount": lab.names.account}))


def by_a_pattern(lab: Lab) -> None:
    guard(lab, through("arn:aws:s3:::meridian-*"))


def without_objects(lab: Lab) -> None:
    guard(lab, through(*ARNS))


def without_the_model(lab: Lab) -> None:
    guard(lab, through(ARNS[0], f"{ARNS[0]}/*"))


def only_a_deny(lab: Lab) -> None:
    """A policy with nothing but a Deny allows nothing."""
    guard(lab, statement("Deny", "s3:*", "arn:aws:s3:::totally-legit-backups/*", Principal="*"))


def an_account_s_principals(lab: Lab) -> None:
    """Whose keys, and not which bucket: the job's keys still reach strangers' buckets, the attacker's none."""
    guard(lab, through("*", StringEquals={"aws:PrincipalAccount": lab.names.account}))


def lock(*statements: dict[str, Any], buckets: tuple[str, ...] = BUCKETS) -> None:
    """Give the buckets a policy; ``ARN`` in a resource stands for the bucket's."""
    for bucket in buckets:
        text = document(*statements).replace("ARN", f"arn:aws:s3:::{bucket}")
        boto3.client("s3").put_bucket_policy(Bucket=bucket, Policy=text)


def unless(lab: Lab, **more: Any) -> dict[str, Any]:
    return {"StringNotEquals": {"aws:SourceVpce": lab.names.s3_endpoint}, **more}


def deny(action: Any, resource: Any, condition: dict[str, Any]) -> dict[str, Any]:
    return statement("Deny", action, resource, Principal="*", Condition=condition)


BUT_BREAK_GLASS = {"ArnNotEquals": {"aws:PrincipalArn": steps.BREAK_GLASS_ARN}}


def objects_by_endpoint(lab: Lab) -> None:
    scenario.make_break_glass_role(boto3.client("iam"))
    lock(deny(OBJECT_ACTIONS, "ARN/*", unless(lab, **BUT_BREAK_GLASS)))


def objects_by_vpc(lab: Lab) -> None:
    """``aws:SourceVpc`` serves as well."""
    inside = {"StringNotEquals": {"aws:SourceVpc": lab.names.vpc}}
    lock(deny(["s3:GetObject*", "s3:PutObject*"], "ARN/*", {**inside, **BUT_BREAK_GLASS}))


def break_glass_forgotten(lab: Lab) -> None:
    scenario.make_break_glass_role(boto3.client("iam"))
    lock(deny(OBJECT_ACTIONS, "ARN/*", unless(lab)))


def naive(lab: Lab) -> None:
    lock(deny("s3:*", ["ARN", "ARN/*"], unless(lab)), buckets=BUCKETS[:1])


def reads_only(lab: Lab) -> None:
    lock(deny("s3:GetObject", "ARN/*", unless(lab)))


def one_bucket(lab: Lab) -> None:
    lock(deny(OBJECT_ACTIONS, "ARN/*", unless(lab)), buckets=BUCKETS[:1])


def another_endpoint(lab: Lab) -> None:
    """The id of an endpoint that is no more: nobody gets in."""
    lock(deny(OBJECT_ACTIONS, "ARN/*", {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}))


def any_endpoint(lab: Lab) -> None:
    """Through *an* endpoint is not through the firm's: the sandbox has one."""
    lock(deny(OBJECT_ACTIONS, "ARN/*", {"Null": {"aws:SourceVpce": "true"}}))


def make_key(lab: Lab) -> str:
    key = steps.make_key(boto3.client("kms"))
    steps.encrypt_by_default(boto3.client("s3"), key)
    return key


def allow_role(lab: Lab, *statements: dict[str, Any]) -> None:
    iam, role = boto3.client("iam"), scenario.TRAINING_ROLE
    iam.put_role_policy(RoleName=role, PolicyName="mine", PolicyDocument=document(*statements))
    iam.delete_role_policy(RoleName=role, PolicyName="broad")


def needed(key: str, objects: Any = "/train/*") -> list[dict[str, Any]]:
    read = [f"{ARNS[0]}/code/*", f"{ARNS[0]}{objects}"]
    return [
        statement("Allow", "s3:ListBucket", ARNS[0]),
        statement("Allow", "s3:GetObject", read),
        statement("Allow", "s3:PutObject", f"{ARNS[1]}/readmission/*"),
        statement("Allow", ["kms:Decrypt", "kms:GenerateDataKey"], key),
    ]


def only_the_key(lab: Lab) -> None:
    make_key(lab)


def least(lab: Lab) -> None:
    allow_role(lab, *needed(make_key(lab)))


def beside_broad(lab: Lab) -> None:
    """The right policy, and the old one still there."""
    least(lab)
    broad = json.dumps(scenario.BROAD_ACCESS)
    boto3.client("iam").put_role_policy(
        RoleName=scenario.TRAINING_ROLE, PolicyName="broad", PolicyDocument=broad
    )


def without_the_key(lab: Lab) -> None:
    allow_role(lab, *needed(make_key(lab))[:-1])


def without_the_code(lab: Lab) -> None:
    list_, _, write, use = needed(make_key(lab))
    allow_role(lab, list_, statement("Allow", "s3:GetObject", f"{ARNS[0]}/train/*"), write, use)


def writes_anywhere(lab: Lab) -> None:
    allow_role(lab, *needed(make_key(lab)), statement("Allow", "s3:PutObject", "*"))


def mends_policies(lab: Lab) -> None:
    allow_role(lab, *needed(make_key(lab)), statement("Allow", "s3:*BucketPolicy", ARNS[0]))


def let_out(lab: Lab, *rules: dict[str, Any]) -> None:
    ec2, group = boto3.client("ec2"), lab.names.training_security_group
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[EVERYTHING])
    if rules:
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=list(rules))


def tcp(first: int, last: int, **peers: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **peers}


def s3_list(lab: Lab) -> dict[str, Any]:
    lists = lab.network.prefix_lists
    found = next(item.id for item in lists if item.name == "com.amazonaws.us-east-1.s3")
    return {"PrefixListIds": [{"PrefixListId": found}]}


def s3_alone(lab: Lab) -> None:
    let_out(lab, tcp(443, 443, **s3_list(lab)))


def http_too(lab: Lab) -> None:
    let_out(lab, tcp(80, 443, **s3_list(lab)))


def any_https(lab: Lab) -> None:
    let_out(lab, tcp(443, 443, IpRanges=[{"CidrIp": "0.0.0.0/0"}]))


def the_vpc_too(lab: Lab) -> None:
    let_out(lab, tcp(443, 443, **s3_list(lab)), tcp(22, 22, IpRanges=[{"CidrIp": "10.20.0.0/16"}]))


def shut(lab: Lab) -> None:
    let_out(lab)


CASES: dict[str, Row] = {
    "6.1 untouched": ("6.1", nothing, NOT_ATTEMPTED, "still write to totally-legit-backups"),
    "6.1 by names": ("6.1", by_names, DONE, "no stranger's"),
    "6.1 by the owner's account": ("6.1", by_account, DONE, "no stranger's"),
    "6.1 by a pattern": ("6.1", by_a_pattern, NOT_YET, "write to meridian-phi-training-copy"),
    "6.1 buckets without objects": ("6.1", without_objects, NOT_YET, "the job may not s3:GetObject"),
    "6.1 the model forgotten": ("6.1", without_the_model, NOT_YET, "the job may not s3:PutObject"),
    "6.1 only a Deny": ("6.1", only_a_deny, NOT_YET, "the job may not s3:ListObjectsV2"),
    "6.1 by the caller's account": ("6.1", an_account_s_principals, NOT_YET, "the job's keys still write"),
    "6.2 untouched": ("6.2", nothing, NOT_ATTEMPTED, "the job's keys still read"),
    "6.2 the naive Deny": (
        "6.2",
        naive,
        NOT_YET,
        "cannot read or change the policy of meridian-phi-training",
    ),
    "6.2 objects by the endpoint": ("6.2", objects_by_endpoint, DONE, "the administrators keep the buckets"),
    "6.2 objects by the VPC": ("6.2", objects_by_vpc, DONE, "the administrators keep the buckets"),
    "6.2 break-glass forgotten": ("6.2", break_glass_forgotten, NOT_YET, "the break-glass role is shut out"),
    "6.2 reads only": ("6.2", reads_only, NOT_YET, "still write to meridian-phi-training"),
    "6.2 one bucket": ("6.2", one_bucket, NOT_YET, "still read from meridian-model-artifacts"),
    "6.2 a stale id": ("6.2", another_endpoint, NOT_YET, "the job may not s3:GetObject"),
    "6.2 any endpoint": ("6.2", any_endpoint, NOT_YET, "in another VPC, the job's keys still read"),
    "6.3 untouched": ("6.3", nothing, NOT_ATTEMPTED, "no key alias/meridian-phi"),
    "6.3 the key alone": ("6.3", only_the_key, NOT_ATTEMPTED, "kms:"),
    "6.3 what is needed": ("6.3", least, DONE, "may do nothing else"),
    "6.3 the old policy beside it": ("6.3", beside_broad, NOT_ATTEMPTED, "may still s3:PutObject"),
    "6.3 without the key": ("6.3", without_the_key, NOT_YET, "kms:"),
    "6.3 without the code": ("6.3", without_the_code, NOT_YET, "s3:GetObject meridian-phi-training/code/"),
    "6.3 writing anywhere": ("6.3", writes_anywhere, NOT_YET, "may still s3:PutObject meridian-phi-training"),
    "6.3 the bucket's policy": ("6.3", mends_policies, NOT_YET, "may still s3:PutBucketPolicy"),
    "6.4 untouched": ("6.4", nothing, NOT_ATTEMPTED, "still lets everything out"),
    "6.4 S3 alone": ("6.4", s3_alone, DONE, "and nothing else"),
    "6.4 port 80 too": ("6.4", http_too, NOT_YET, "plain HTTP to S3"),
    "6.4 any host by HTTPS": ("6.4", any_https, NOT_YET, "HTTPS to internet.example"),
    "6.4 the VPC too": ("6.4", the_vpc_too, NOT_YET, "TCP 22 to subnet B"),
    "6.4 everything shut": ("6.4", shut, NOT_YET, "from subnet A, S3 is not reached"),
}


@each(CASES)
def test_a_check(lab: Lab, exercise: str, do: Did, status: Status, words: str) -> None:
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize(
    ("exercise", "do"),
    [
        ("6.1", nothing),
        ("6.1", only_a_deny),
        ("6.2", nothing),
        ("6.2", naive),
        ("6.2", another_endpoint),
        ("6.3", nothing),
        ("6.3", without_the_code),
        ("6.3", beside_broad),
        ("6.4", nothing),
        ("6.4", shut),
        ("6.4", the_vpc_too),
    ],
)
def test_catching_up(lab: Lab, exercise: str, do: Did) -> None:
    do(lab)
    assert_catches_up(lab, exercise)


@pytest.mark.parametrize("exercise", ["6.1", "6.2", "6.3", "6.4"])
def test_before_the_chapter_s_cells(exercise: str) -> None:
    assert_sound_before_the_chapter(6, exercise)


def test_the_replay_holds_for_all_four_exercises(lab: Lab) -> None:
    scenario.lock_down(boto3.client)
    done = {exercise: lab.check(exercise).status for exercise in ("6.1", "6.2", "6.3", "6.4")}  # type: ignore[union-attr]
    assert set(done.values()) == {DONE}, done
