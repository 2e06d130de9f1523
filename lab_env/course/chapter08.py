"""The exercises of chapter 08: names, security group and policies of interface endpoints, and DynamoDB's gateway."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from lab_env import scenario
from lab_env.access import AccessRequest, attempt
from lab_env.course.doors import (
    CALLS,
    S3,
    Doors,
    admits,
    from_vpc,
    interface_endpoint,
    open_host,
    own_name,
    standing,
)
from lab_env.course.exercise import Exercise, State, Status
from lab_env.course.strangers import ADMIN, THIEF_ARN, Attempts, administered
from lab_env.network import Exit, Flow, InterfaceSource, OnPremisesSource, trace
from lab_env.scenario import chapter08 as steps

LOGS, DYNAMODB = f"logs.{scenario.REGION}.amazonaws.com", f"dynamodb.{scenario.REGION}.amazonaws.com"
ELSEWHERE, LOG_GROUP = "internet.example", "/aws/sagemaker/TrainingJobs"
STREAM = {"logGroupName": LOG_GROUP, "logStreamName": "meridian-readmission/algo-1"}
# What a reader of logs calls, and what nobody needs to do through this endpoint.
READS: tuple[tuple[str, dict[str, str]], ...] = (
    ("logs:DescribeLogGroups", {}),
    ("logs:DescribeLogStreams", {"logGroupName": LOG_GROUP}),
    ("logs:GetLogEvents", STREAM),
    ("logs:FilterLogEvents", {"logGroupName": LOG_GROUP}),
)
WRITES = (
    ("logs:PutLogEvents", STREAM),
    ("logs:CreateLogGroup", {"logGroupName": LOG_GROUP}),
    ("logs:DeleteLogGroup", {"logGroupName": LOG_GROUP}),
)
THEIRS = (
    ("logs:CreateLogGroup", {"logGroupName": "/loot"}),
    ("logs:CreateLogStream", {"logGroupName": "/loot", "logStreamName": "x"}),
    ("logs:PutLogEvents", {"logGroupName": "/loot", "logStreamName": "x"}),
    ("logs:GetLogEvents", {"logGroupName": "/loot", "logStreamName": "x"}),
)
CELLS = "Run the chapter's cells above, or start again with lab = lab.restart()."

Answer = tuple[Status, str, str]
Client = Callable[[str], Any]
Find = Callable[[str], str | None]


def _names_given_back(state: State) -> Answer:
    door = interface_endpoint(state, "s3")
    if door is None or state.find("s3_endpoint") is None:
        return Status.NOT_ATTEMPTED, "the VPC does not have both kinds of endpoint for S3.", CELLS
    for letter in "ab":
        subnet = str(state.find(f"subnet_{letter}"))
        way = from_vpc(state, subnet, S3)
        where = f"in subnet {letter.upper()}, S3's own name"
        if way.exit is Exit.INTERFACE_ENDPOINT:
            hint = "DnsOptions holds the setting: private DNS only for inbound Resolver endpoints."
            return Status.NOT_ATTEMPTED, f"{where} leads to {way.endpoint}, which is billed by the GB.", hint
        if way.exit is not Exit.GATEWAY_ENDPOINT or not way.reached:
            hint = "The gateway endpoint has to serve both private route tables."
            return Status.NOT_YET, f"{where} does not lead through the gateway endpoint: {way.reason}", hint
        if not state.probe(subnet, S3).reached:
            hint = "The job's group lets out TCP 443 to S3's prefix list, and needs no more."
            return (
                Status.NOT_YET,
                f"{where} leads the right way, and the job's group does not let it out.",
                hint,
            )
    if not (door.private_dns and door.private_dns_inbound_only):
        hint = "Leave private DNS on; say for whom."
        return Status.NOT_YET, f"private DNS of {door.id} is off, for the data centre's resolver too.", hint
    if state.probe(str(state.find("subnet_a")), own_name(door)).reached:
        hint = "Take that rule away again: with its names back, the job needs S3's prefix list alone."
        return Status.NOT_YET, f"the job's group now lets out to {door.id} as well.", hint
    through = state.find("s3_endpoint")
    return (
        Status.DONE,
        f"S3's own name leads through {through} again, and {door.id} keeps its private names.",
        "",
    )


def _data_centre_let_in(state: State) -> Answer:
    door = interface_endpoint(state, "s3")
    if door is None or not state.network.virtual_interfaces:
        return (
            Status.NOT_ATTEMPTED,
            "the interface endpoint for S3 or the data centre's line is missing.",
            CELLS,
        )
    source = OnPremisesSource(scenario.ON_PREMISES.name, scenario.ON_PREMISES_HOST)
    # Public DNS names every address of the endpoint, and a client takes any of them.
    addresses = (str(state.network.interface[eni].address) for eni in door.interfaces)
    ways = [trace(state.network, Flow(source, address)) for address in addresses]
    way = next((way for way in ways if not way.reached), None)
    if way is not None:
        shut = bool(way.blockers) and way.blockers[0].kind == "security-group"
        return (
            Status.NOT_ATTEMPTED if shut else Status.NOT_YET,
            f"from the data centre {door.id} is not reached: {way.reason}",
            "Whose security group is asked, and what do its inbound rules say?",
        )
    own = from_vpc(state, str(state.find("subnet_a")), own_name(door))
    if not own.reached:
        return (
            Status.NOT_YET,
            f"now hosts of the VPC no longer reach {door.id}: {own.reason}",
            "Add a rule; do not replace the one that stands.",
        )
    for said, address, port in TOO_MUCH:
        if any(admits(state.network, eni, address, port) for eni in door.interfaces):
            return (
                Status.NOT_YET,
                f"the endpoint's group lets in {said} as well.",
                f"TCP 443 from {scenario.ON_PREMISES_CIDR} is enough.",
            )
    return (
        Status.DONE,
        f"the data centre reaches {door.id} on port 443, and so does the VPC; nobody else.",
        "",
    )


# What no rule of the endpoint's group should admit: in words, the sender, the port.
TOO_MUCH = (
    ("HTTPS from 203.0.113.99, somebody on the internet", "203.0.113.99", 443),
    ("HTTPS from 10.99.1.10, another VPC", "10.99.1.10", 443),
    ("TCP 22 from the data centre", str(scenario.ON_PREMISES_HOST), 22),
    ("TCP 22 from the VPC", "10.20.1.250", 22),
)


def _second_endpoint_admitted(state: State) -> Answer:
    door = interface_endpoint(state, "s3")
    if door is None or state.find("s3_endpoint") is None:
        return Status.NOT_ATTEMPTED, "the VPC does not have both kinds of endpoint for S3.", CELLS
    asked = Doors(state, door)
    if not asked.arrives:
        return (
            Status.NOT_YET,
            f"from subnet A, S3 is not reached: {asked.lost}",
            "First the network, then policies.",
        )
    locked = [bucket for bucket in scenario.LOCKED_BUCKETS if not administered(asked.ask, bucket)]
    if locked:
        hint = "The root user can delete it. Then deny object actions, not s3:*."
        return Status.NOT_YET, f"the administrators cannot change the policy of {', '.join(locked)}.", hint
    leak = next(asked.leaks(), "")
    if leak:
        hint = "Keep chapter 06's statements; only the list of endpoints grows."
        return Status.NOT_YET, f"{leak}.", hint
    first, second = (list(asked.refusals(way)) for way in asked.both)
    if refused := [*first, *second]:
        fresh = not first and len(second) == len(CALLS)
        status = Status.NOT_ATTEMPTED if fresh else Status.NOT_YET
        hint = "aws:SourceVpce in a condition takes a list of ids; both buckets have a policy."
        return status, f"{refused[0]}.", hint
    if not asked.glass_is_whole():
        hint = "Exempt it by its name, as chapter 06 did."
        return Status.NOT_YET, "the break-glass role is shut out now.", hint
    return Status.DONE, "objects come and go through either S3 endpoint of the firm's, and no other way.", ""


def _logs_for_reading(state: State) -> Answer:
    door, subnet = interface_endpoint(state, "logs"), state.find("subnet_a")
    if door is None or subnet is None:
        return Status.NOT_ATTEMPTED, "the VPC has no endpoint for CloudWatch Logs.", CELLS
    way = from_vpc(state, subnet, LOGS)
    if way.endpoint != door.id or not way.reached:
        hint = "Private DNS on, and TCP 443 let in from the VPC."
        return Status.NOT_YET, f"hosts of the VPC do not reach {door.id}: {way.reason}", hint
    services = Attempts.on(state).services

    def allowed(who: str, operation: str, params: dict[str, str]) -> bool:
        network, host = open_host(state, subnet)
        asked = AccessRequest(who, operation, params=params)
        return attempt(network, services, InterfaceSource(host), asked).succeeds

    loot = [operation for operation, params in THEIRS if allowed(THIEF_ARN, operation, params)]
    if len(loot) == len(THEIRS):
        hint = "Give the endpoint a policy; aws:PrincipalAccount tells whose keys they are."
        return Status.NOT_ATTEMPTED, f"with a stranger's keys, {loot[-2]} in their account succeeds.", hint
    if loot:
        hint = "No call of theirs has any business here."
        return Status.NOT_YET, f"with a stranger's keys, {loot[0]} still succeeds.", hint
    lost = [operation for operation, params in READS if not allowed(ADMIN, operation, params)]
    if lost:
        hint = "The four reading calls, on whatever log group of the firm's."
        return Status.NOT_YET, f"now the firm's own {lost[0]} is denied.", hint
    excess = [operation for operation, params in WRITES if allowed(ADMIN, operation, params)]
    if excess:
        hint = "Name the actions that read; a job's log is written by SageMaker, not from here."
        return Status.NOT_YET, f"through {door.id} an administrator may still {excess[0]}.", hint
    return (
        Status.DONE,
        f"through {door.id} the firm's principals read logs, and nobody does anything else.",
        "",
    )


def _table_reached(state: State) -> Answer:
    subnets = {letter: state.find(f"subnet_{letter.lower()}") for letter in "AB"}
    if None in subnets.values():
        return Status.NOT_ATTEMPTED, "subnet A or B is missing.", CELLS
    ways = {letter: from_vpc(state, str(subnet), DYNAMODB) for letter, subnet in subnets.items()}
    lost = {letter: way for letter, way in ways.items() if not way.reached}
    if lost:
        letter, way = next(iter(lost.items()))
        some = len(lost) < len(ways) or standing(state, "dynamodb")
        return (
            Status.NOT_YET if some else Status.NOT_ATTEMPTED,
            f"from subnet {letter}, DynamoDB is not reached: {way.reason}",
            "Which route tables rule the two subnets, and which does the endpoint serve?",
        )
    for letter, way in ways.items():
        if way.exit is not Exit.GATEWAY_ENDPOINT:
            return (
                Status.NOT_YET,
                f"subnet {letter} reaches DynamoDB by {way.exit.value}, which is billed.",
                "DynamoDB is the other service with an endpoint of the gateway kind.",
            )
    billed = [item.id for item in standing(state, "dynamodb") if item.kind == "Interface"]
    if billed:
        return Status.NOT_YET, f"{billed[0]} stands as well, and is billed by the hour.", "Delete it."
    for letter, subnet in subnets.items():
        if not state.probe(str(subnet), S3).reached:
            return (
                Status.NOT_YET,
                f"now jobs in subnet {letter} have lost S3.",
                "Keep the S3 endpoint's routes.",
            )
        if from_vpc(state, str(subnet), ELSEWHERE).reached:
            hint = "DynamoDB needs no such route."
            return Status.NOT_YET, f"from subnet {letter} the internet is reached too.", hint
    if state.probe(str(subnets["A"]), DYNAMODB).reached:
        hint = "The host's group lets it out already; leave the job's as it was."
        return Status.NOT_YET, "the job's group now lets out to DynamoDB as well.", hint
    return Status.DONE, f"both subnets reach DynamoDB through {ways['A'].endpoint}, which costs nothing.", ""


def _give_names_back(client: Client, find: Find) -> None:
    del find
    steps.give_names_back(client("ec2"))


def _let_in(client: Client, find: Find) -> None:
    del find
    steps.let_data_centre_in(client)


def _admit(client: Client, find: Find) -> None:
    del find
    try:
        steps.admit_second_endpoint(boto3.client, boto3.client("s3"))
    except ClientError:
        # Locked out at the desk: from inside it still comes through an endpoint.
        steps.admit_second_endpoint(boto3.client, client("s3"))


def _limit_logs(client: Client, find: Find) -> None:
    del find
    steps.limit_logs(client("ec2"))


def _reach_table(client: Client, find: Find) -> None:
    del find
    steps.build_dynamodb(client("ec2"))


_LIST = json.dumps({"aws:SourceVpce": ["vpce-…", "vpce-…"]})
_READS = json.dumps(steps.READ_LOGS)
_OURS = json.dumps({"StringEquals": {"aws:PrincipalAccount": scenario.ACCOUNT}})
EXERCISES = (
    Exercise(
        "8.1",
        "S3's own name leads by the free way again",
        1,
        _names_given_back,
        _give_names_back,
        hints=(
            "Nothing has to be deleted. One setting of the interface endpoint says for whom its private DNS answers.",
            "modify_vpc_endpoint takes DnsOptions. describe_vpc_endpoints shows what stands in it now.",
            "PrivateDnsOnlyForInboundResolverEndpoint in DnsOptions, true, and the id of the interface endpoint.",
        ),
    ),
    Exercise(
        "8.2",
        "The endpoint's security group lets the data centre in",
        1,
        _data_centre_let_in,
        _let_in,
        hints=(
            "A timeout is the network. Read the trace from the data centre to its first ✗.",
            "The group is the endpoint's (meridian-endpoints), not the job's. It lacks an inbound rule.",
            "authorize_security_group_ingress: tcp, 443 to 443, from 192.168.0.0/16, on the endpoint's group.",
        ),
    ),
    Exercise(
        "8.3",
        "The buckets take objects through both endpoints",
        2,
        _second_endpoint_admitted,
        _admit,
        inside=True,
        hints=(
            "A 403 is a policy. Which statement denies, and which value does its condition compare with?",
            "StringNotEquals with a list denies what equals none of its values. Change that value, in both buckets.",
            f"Read each policy, and put it back with {_LIST} in ObjectsOnlyThroughTheEndpoint: both ids.",
        ),
    ),
    Exercise(
        "8.4",
        "Through the Logs endpoint the firm reads logs, and nobody writes",
        2,
        _logs_for_reading,
        _limit_logs,
        hints=(
            "An endpoint without a policy of your own lets anybody's keys do anything.",
            'One Allow statement: Principal "*", the four reading actions, and a condition on whose keys they are.',
            f'Action {_READS}, Resource "*", Condition {_OURS}.',
        ),
    ),
    Exercise(
        "8.5",
        "Both subnets reach DynamoDB, at no price by the hour",
        2,
        _table_reached,
        _reach_table,
        hints=(
            "Two services have endpoints of the gateway kind. Chapter 05 made one for the first.",
            "com.amazonaws.us-east-1.dynamodb. Its endpoint works in the subnets whose route tables it serves.",
            'create_vpc_endpoint with VpcEndpointType="Gateway" and RouteTableIds: the tables of subnet A and of B.',
        ),
    ),
)
