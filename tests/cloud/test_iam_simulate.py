"""IAM's policy simulator, asked through boto3: the engine's verdicts in AWS's shapes."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from lab_env.errors import NotModelled

ACCOUNT = "123456789012"
DATE = {"DateGreaterThan": {"aws:CurrentTime": "2018-08-16T12:00:00Z"}}
ANA = f"arn:aws:iam::{ACCOUNT}:user/ana"
SCAN = "arn:aws:s3:::phi/scan.dcm"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
READ = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::phi/*"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def text(*statements, indent=None):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=indent)


@pytest.fixture
def iam(lab):
    return boto3.client("iam")


def custom(iam, policies, actions=("s3:GetObject",), **more):
    answer = iam.simulate_custom_policy(PolicyInputList=list(policies), ActionNames=list(actions), **more)
    del answer["ResponseMetadata"]
    return answer


def refused(call, **more):
    with pytest.raises(ClientError) as caught:
        call(**more)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


# The first two are the examples of the AWS CLI Command Reference, simulate-custom-policy.
BACKUP = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
    '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
)


@pytest.mark.parametrize(
    ("time", "decision", "matched"),
    [
        (
            "2019-04-25T11:00:00Z",
            "allowed",
            [
                {
                    "SourcePolicyId": "PolicyInputList.1",
                    "SourcePolicyType": "IAM Policy",
                    "StartPosition": {"Line": 1, "Column": 38},
                    "EndPosition": {"Line": 1, "Column": 167},
                }
            ],
        ),
        ("2014-04-25T11:00:00Z", "implicitDeny", []),
    ],
)
def test_the_examples_of_the_command_reference(iam, time, decision, matched):
    entry = {"ContextKeyName": "aws:CurrentTime", "ContextKeyValues": [time], "ContextKeyType": "date"}
    assert custom(iam, [BACKUP], ["dynamodb:CreateBackup"], ContextEntries=[entry]) == {
        "EvaluationResults": [
            {
                "EvalActionName": "dynamodb:CreateBackup",
                "EvalResourceName": "*",
                "EvalDecision": decision,
                "MatchedStatements": matched,
                "MissingContextValues": [],
            }
        ],
        "IsTruncated": False,
    }


def test_one_resource_has_a_result_of_its_own(iam):
    (result,) = custom(iam, [text(READ)], ResourceArns=[SCAN])["EvaluationResults"]
    (specific,) = result["ResourceSpecificResults"]
    assert (result["EvalResourceName"], result["EvalDecision"]) == (SCAN, "allowed")
    assert result["EvalDecisionDetails"] == {}
    assert (specific["EvalResourceName"], specific["EvalResourceDecision"]) == (SCAN, "allowed")
    assert specific["MatchedStatements"] == result["MatchedStatements"]


def test_of_several_resources_the_worst_is_the_actions(iam):
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::phi/secret/*"}
    arns = [SCAN, "arn:aws:s3:::phi/secret/x", "arn:aws:s3:::other/x"]
    (result,) = custom(iam, [text(READ, deny)], ResourceArns=arns)["EvaluationResults"]
    assert result["EvalResourceName"] == "arn:aws:s3:::${BucketName}/${KeyName}"
    assert result["EvalDecision"] == "explicitDeny"
    told = {one["EvalResourceName"]: one["EvalResourceDecision"] for one in result["ResourceSpecificResults"]}
    assert told == dict(zip(arns, ["allowed", "explicitDeny", "implicitDeny"], strict=True))


def test_a_deny_is_the_only_statement_told_with_its_lines(iam):
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    policy = text(READ, deny, indent=1)
    (result,) = custom(iam, [policy], ResourceArns=[SCAN])["EvaluationResults"]
    (matched,) = result["MatchedStatements"]
    lines = policy.split("\n")
    assert lines[matched["EndPosition"]["Line"] - 1].strip() == "}"
    assert '"Deny"' in lines[matched["StartPosition"]["Line"]]
    assert lines[matched["StartPosition"]["Line"] - 1].strip() == "{"


@pytest.mark.parametrize(
    ("condition", "resource", "missing"),
    [
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "*", ["aws:SourceVpce"]),
        ({"Null": {"aws:SourceVpce": "true"}}, "*", []),
        ({"StringEquals": {"aws:referer": "${aws:username}"}}, "*", ["aws:referer", "aws:username"]),
        ({}, "arn:aws:s3:::phi/${aws:username}/*", ["aws:username"]),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "arn:aws:s3:::other/*", []),
    ],
)  # fmt: skip
def test_what_a_policy_asks_for_and_is_not_given_is_missing(iam, condition, resource, missing):
    statement = READ | {"Resource": resource} | ({"Condition": condition} if condition else {})
    (result,) = custom(iam, [text(statement)], ResourceArns=[SCAN])["EvaluationResults"]
    assert result["ResourceSpecificResults"][0]["MissingContextValues"] == missing
    assert result["MissingContextValues"] == []


def test_a_list_of_values_is_given_as_a_list(iam):
    asked = READ | {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}}

    def decision(*values):
        entry = {
            "ContextKeyName": "aws:TagKeys",
            "ContextKeyValues": list(values),
            "ContextKeyType": "stringList",
        }
        found = custom(iam, [text(asked)], ResourceArns=[SCAN], ContextEntries=[entry])
        return found["EvaluationResults"][0]["EvalDecision"]

    assert (decision("a", "b"), decision("a", "c")) == ("allowed", "implicitDeny")


@pytest.mark.parametrize(("allowed", "decision"), [(True, "allowed"), (False, "implicitDeny")])
def test_a_permissions_boundary_limits(iam, allowed, decision):
    boundary = READ if allowed else READ | {"Action": "s3:PutObject"}
    given = custom(
        iam, [text(READ)], PermissionsBoundaryPolicyInputList=[text(boundary)], ResourceArns=[SCAN]
    )
    (result,) = given["EvaluationResults"]
    assert result["EvalDecision"] == decision
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": allowed}


def test_a_boundarys_deny_is_named(iam):
    boundary = text({"Effect": "Deny", "Action": "*", "Resource": "*"})
    (result,) = custom(iam, [text(READ)], PermissionsBoundaryPolicyInputList=[boundary])["EvaluationResults"]
    (matched,) = result["MatchedStatements"]
    assert matched["SourcePolicyId"] == "PermissionsBoundaryPolicyInputList.1"
    assert matched["SourcePolicyType"] == "Permissions Boundary Policy"


def test_service_control_policies_limit_level_by_level(iam):
    everything = text({"Effect": "Allow", "Action": "*", "Resource": "*"})
    nothing = text({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})
    for levels, allowed in (([everything], True), ([everything, nothing], False)):
        ordered = [{"ServiceControlPolicyInputList": [level]} for level in levels]
        (result,) = custom(
            iam, [text(READ)], OrderedOrganizationPolicyInputList=ordered, ResourceArns=[SCAN]
        )["EvaluationResults"]
        assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": allowed}
        assert (result["EvalDecision"] == "allowed") is allowed


@pytest.mark.parametrize(
    ("owner", "identity", "bucket", "decision", "details"),
    [
        (None, [READ], "Deny", "explicitDeny", {}),
        (None, [READ | {"Action": "s3:PutObject"}], "Allow", "allowed", {}),
        ("arn:aws:iam::999988887777:root", [READ], "Allow", "allowed",
         {"IAM Policy": "allowed", "Resource Policy": "allowed"}),
        ("arn:aws:iam::999988887777:root", [READ | {"Action": "s3:PutObject"}], "Allow", "implicitDeny",
         {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"}),
    ],
)  # fmt: skip
def test_a_resource_policy_for_a_user(iam, owner, identity, bucket, decision, details):
    statement = {"Effect": bucket, "Principal": {"AWS": ANA}, "Action": "s3:GetObject", "Resource": SCAN}
    more = {"ResourceOwner": owner} if owner else {}
    given = custom(
        iam, [text(*identity)], ResourceArns=[SCAN], CallerArn=ANA, ResourcePolicy=text(statement), **more
    )
    (result,) = given["EvaluationResults"]
    assert (result["EvalDecision"], result["EvalDecisionDetails"]) == (decision, details)
    if bucket == "Deny":
        assert [one["SourcePolicyType"] for one in result["MatchedStatements"]] == ["Resource Policy"]
        assert result["MatchedStatements"][0]["SourcePolicyId"] == "ResourcePolicy"


def test_a_key_is_judged_without_its_policy_when_none_is_given(iam):
    """As on AWS: identity policies alone, although a real key would have to allow by its own policy too."""
    allow = text({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY})
    decisions = [
        custom(iam, [allow], [action], ResourceArns=[KEY])["EvaluationResults"][0]
        for action in ("kms:Decrypt", "kms:Encrypt")
    ]
    assert [one["EvalDecision"] for one in decisions] == ["allowed", "implicitDeny"]
    assert [one["SourcePolicyId"] for one in decisions[0]["MatchedStatements"]] == ["PolicyInputList.1"]


def test_pages(iam):
    actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObjectAcl"]
    pages = list(
        iam.get_paginator("simulate_custom_policy").paginate(
            PolicyInputList=[text(READ)], ActionNames=actions, PaginationConfig={"PageSize": 2}
        )
    )
    assert [len(page["EvaluationResults"]) for page in pages] == [2, 2, 1]
    assert [one["EvalActionName"] for page in pages for one in page["EvaluationResults"]] == actions
    assert [page["IsTruncated"] for page in pages] == [True, True, False]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"PolicyInputList": ["{"]}, "InvalidInput", "PolicyInputList.1"),
        ({"PolicyInputList": [text(READ | {"Efect": "Allow"})]}, "InvalidInput", "there is no policy element 'Efect'"),
        ({"ActionNames": ["s3:Get*"]}, "InvalidInput", "s3:Get*"),
        ({"ActionNames": ["GetObject"]}, "InvalidInput", "GetObject"),
        ({"Marker": "x"}, "ValidationError", "Invalid Marker."),
        ({"CallerArn": f"arn:aws:iam::{ACCOUNT}:role/R"}, "InvalidInput", "is not the ARN of an IAM user"),
        ({"ResourcePolicy": text(READ | {"Principal": "*"})}, "InvalidInput", "CallerArn"),
        (
            {"ContextEntries": [{"ContextKeyName": "aws:username", "ContextKeyValues": ["a", "b"],
                                 "ContextKeyType": "string"}]},
            "InvalidInput",
            "aws:username",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_simulated_is_refused(iam, more, code, said):
    given = {"PolicyInputList": [text(READ)], "ActionNames": ["s3:GetObject"]} | more
    found, message = refused(iam.simulate_custom_policy, **given)
    assert found == code
    assert said in message


@pytest.fixture
def role(iam):
    iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="Reader", PolicyName="read-phi", PolicyDocument=text(READ))
    return f"arn:aws:iam::{ACCOUNT}:role/Reader"


def simulate(iam, arn, actions=("s3:GetObject",), **more):
    given = {"PolicySourceArn": arn, "ActionNames": list(actions), "ResourceArns": [SCAN]} | more
    return iam.simulate_principal_policy(**given)["EvaluationResults"]


def test_a_roles_own_policies_decide(iam, role):
    results = simulate(iam, role, ["s3:GetObject", "s3:PutObject"])
    assert [one["EvalDecision"] for one in results] == ["allowed", "implicitDeny"]
    assert [one["SourcePolicyId"] for one in results[0]["MatchedStatements"]] == ["role_Reader_read-phi"]


def test_further_policies_are_tried_on_top(iam, role):
    deny = text({"Effect": "Deny", "Action": "s3:GetObject", "Resource": SCAN})
    (result,) = simulate(iam, role, PolicyInputList=[deny])
    assert result["EvalDecision"] == "explicitDeny"
    assert [one["SourcePolicyId"] for one in result["MatchedStatements"]] == ["PolicyInputList.1"]


def test_an_attached_policy_keeps_its_name_and_a_boundary_its_word(iam, role):
    made = iam.create_policy(PolicyName="writers", PolicyDocument=text(READ | {"Action": "s3:PutObject"}))
    iam.attach_role_policy(RoleName="Reader", PolicyArn=made["Policy"]["Arn"])
    results = simulate(iam, role, ["s3:PutObject"])
    assert [one["SourcePolicyId"] for one in results[0]["MatchedStatements"]] == ["writers"]
    iam.put_role_permissions_boundary(RoleName="Reader", PermissionsBoundary=made["Policy"]["Arn"])
    results = simulate(iam, role, ["s3:PutObject", "s3:GetObject"])
    assert [one["EvalDecision"] for one in results] == ["allowed", "implicitDeny"]
    assert [one["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"] for one in results] == [
        True,
        False,
    ]


def test_a_user_is_the_caller_that_a_resource_policy_means(iam):
    iam.create_user(UserName="ana")
    statement = {"Effect": "Allow", "Principal": {"AWS": ANA}, "Action": "s3:GetObject", "Resource": SCAN}
    (result,) = simulate(iam, ANA, ResourcePolicy=text(statement))
    assert result["EvalDecision"] == "allowed"


@pytest.mark.parametrize(
    ("arn", "code", "said"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/None", "NoSuchEntity", "The role with name None cannot be found."),
        (f"arn:aws:iam::{ACCOUNT}:user/none", "NoSuchEntity", "The user with name none cannot be found."),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/s", "InvalidInput", "does not clearly define entity type"),
        ("arn:aws:iam::999988887777:role/Reader", "InvalidInput", "does not have access to policies in account"),
    ],
)  # fmt: skip
def test_whom_it_cannot_simulate(iam, arn, code, said):
    found, message = refused(lambda: simulate(iam, arn))
    assert found == code
    assert said in message


def test_what_is_not_modelled_says_so(iam, role):
    with pytest.raises(NotModelled, match="PolicyExclusionList"):
        simulate(iam, role, PolicyExclusionList=[{"PolicyType": "inline"}])
    with pytest.raises(NotModelled, match="ResourceHandlingOption"):
        custom(iam, [text(READ)], ResourceHandlingOption="EC2-VPC-InstanceStore")


@pytest.mark.parametrize(
    ("action", "resource", "decision"),
    [
        ("s3:GetObject", "arn:aws:s3:::meridian-phi-training/x", "allowed"),
        ("ec2:CreateVpc", f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/*", "implicitDeny"),
    ],
)
def test_the_firms_training_role(iam, action, resource, decision):
    arn = f"arn:aws:iam::{ACCOUNT}:role/MeridianTrainingRole"
    assert simulate(iam, arn, [action], ResourceArns=[resource])[0]["EvalDecision"] == decision
