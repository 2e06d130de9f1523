"""The exercises of chapter 14: build the answer to a stem, and be judged by the criteria that prove its key."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lab_env import scenario
from lab_env.course.exam import prove, question_named
from lab_env.course.exam.own_cloud import judged, price
from lab_env.course.exercise import Exercise, State, Status
from lab_env.scenario.lookups import named

BOTH, PASS = "both-kinds-of-endpoint", "pass-the-role"
SCIENTIST = "Scientist"
CREATE = {"Effect": "Allow", "Action": "sagemaker:CreateTrainingJob", "Resource": "*"}
TRUST = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{scenario.ACCOUNT}:root"},
    "Action": "sts:AssumeRole",
}
Answer = tuple[Status, str, str]
Client = Callable[[str], Any]
Find = Callable[[str], str | None]


def _serve_both(state: State) -> Answer:
    if not state.network.virtual_interfaces:
        return (
            Status.NOT_ATTEMPTED,
            "no data centre is joined to the VPC yet.",
            "Run the cell with scenario.join_data_centre above.",
        )
    asked = question_named(BOTH)
    service = f"com.amazonaws.{scenario.REGION}.s3"
    own = [item for item in state.network.endpoints if item.kind == "Interface" and item.service == service]
    if not own:
        return (
            Status.NOT_ATTEMPTED,
            "the VPC has no interface endpoint for S3.",
            "The data centre needs one: nothing outside the VPC can use the gateway endpoint.",
        )
    wrong = next((item for item in judged(state, asked) if not item.holds), None)
    if wrong is not None:
        return (
            Status.NOT_YET,
            f"the stem asks: {wrong.wanted}. {wrong.seen}",
            "The last hop that is named decides.",
        )
    bill, least = price(state, asked), _least()
    if Decimal(bill.usd) > least:
        return (
            Status.NOT_YET,
            f"both reach S3. But {bill.seen} The proof's answer costs {least:f}.",
            "Which way do the jobs take now? Look at DnsOptions.",
        )
    return Status.DONE, f"the jobs and the data centre reach S3 by private addresses. {bill.seen}", ""


def _least() -> Decimal:
    """What the right answer costs, as the question's own proof has it."""
    proof = prove(question_named(BOTH))
    right = next(item for item in proof.tried if item.right)
    return next(Decimal(item.usd) for item in right.evidence if item.usd)


def _pass_one_role(state: State) -> Answer:
    asked = question_named(PASS)
    names = [role["RoleName"] for role in state.describe("iam", "ListRoles", {})["Roles"]]
    if SCIENTIST not in names:
        return (
            Status.NOT_ATTEMPTED,
            f"there is no role {SCIENTIST} yet.",
            "Run the cell with create_role above.",
        )
    creates, to_ec2, other_role = judged(state, asked)
    if not creates.holds and to_ec2.holds and other_role.holds:
        return (
            Status.NOT_ATTEMPTED,
            f"{SCIENTIST} cannot create a job yet: {creates.seen}",
            "The message names the action that is missing.",
        )
    wrong = next((item for item in (creates, to_ec2, other_role) if not item.holds), None)
    if wrong is not None:
        return (
            Status.NOT_YET,
            f"the stem asks: {wrong.wanted}. {wrong.seen}",
            "One role, handed to one service.",
        )
    return (
        Status.DONE,
        f"{SCIENTIST} hands {scenario.TRAINING_ROLE} to SageMaker, and no role to anybody else.",
        "",
    )


def _build_both(client: Client, find: Find) -> None:
    ec2 = client("ec2")
    if not client("directconnect").describe_virtual_interfaces()["virtualInterfaces"]:
        scenario.join_data_centre(client)
    made = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    for endpoint in made:
        if endpoint["VpcEndpointType"] == "Interface" and endpoint["ServiceName"].endswith(".s3"):
            ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    vpc, tag = find("vpc"), "meridian-data-centre"
    groups = ec2.describe_security_groups(Filters=[{"Name": "tag:Name", "Values": [tag]}])["SecurityGroups"]
    group = groups[-1]["GroupId"] if groups else _group(ec2, str(vpc), tag)
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{scenario.REGION}.s3",
        VpcEndpointType="Interface",
        SubnetIds=[find("subnet_a")],
        SecurityGroupIds=[group],
    )


def _group(ec2: Any, vpc: str, name: str) -> str:
    made = ec2.create_security_group(
        GroupName=name,
        Description="S3 for the data centre",
        VpcId=vpc,
        TagSpecifications=named("security-group", name),
    )["GroupId"]
    allowed = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ranges = [{"CidrIp": scenario.ON_PREMISES_CIDR}]
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[{**allowed, "IpRanges": ranges}])
    return str(made)


def _build_pass(client: Client, find: Find) -> None:
    del find
    iam = client("iam")
    if SCIENTIST not in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
        iam.create_role(RoleName=SCIENTIST, AssumeRolePolicyDocument=_document(TRUST))
    for policy in iam.list_role_policies(RoleName=SCIENTIST)["PolicyNames"]:
        iam.delete_role_policy(RoleName=SCIENTIST, PolicyName=policy)
    hand_over = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.TRAINING_ROLE}",
        "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    }
    iam.put_role_policy(RoleName=SCIENTIST, PolicyName="train", PolicyDocument=_document(CREATE, hand_over))


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


EXERCISES = (
    Exercise(
        "14.1",
        "S3 for the jobs and for the data centre, at the lowest price",
        3,
        _serve_both,
        _build_both,
        hints=(
            "Two kinds of endpoint may stand side by side. Which of them can be reached from outside the VPC?",
            "Its security group must let the data centre in. The jobs must not move to it: that is a matter of DNS.",
            (
                "Type Interface, service com.amazonaws.us-east-1.s3, subnet A, a group that lets in TCP 443 from "
                "192.168.0.0/16, and no private DNS for the VPC's own hosts."
            ),
        ),
    ),
    Exercise(
        "14.2",
        "One role, handed to one service",
        2,
        _pass_one_role,
        _build_pass,
        hints=(
            "Creating a job hands a role to a service. That takes a permission of its own.",
            "iam:PassRole on one role's ARN. A condition key says to which service it may go.",
            (
                "Beside the first statement: Allow iam:PassRole on MeridianTrainingRole, with StringEquals "
                "iam:PassedToService sagemaker.amazonaws.com."
            ),
        ),
    ),
)
