"""The checks of chapter 08's exercises, on endpoints built by boto3."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course import EXERCISES
from lab_env.scenario import chapter06
from lab_env.scenario import chapter08 as steps
from lab_env.scenario.lookups import named_endpoint, named_group, table_named
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    judged,
    nothing,
)

INBOUND_ONLY = "PrivateDnsOnlyForInboundResolverEndpoint"
BUCKETS = scenario.LOCKED_BUCKETS
# A client takes as long to make as several calls.
client = cache(boto3.client)
Document = dict[str, Any]


@pytest.fixture(scope="module")
def opened() -> Iterator[Lab]:
    """The chapter where it begins: the end of chapter 06."""
    opened = Lab.start(chapter=8)
    client.cache_clear()
    yield opened
    opened.stop()


@pytest.fixture
def lab(opened: Lab) -> Lab:
    """The same lab for every case, as it was; the data centre's line, once laid, stays."""
    standing = [item["VpcEndpointId"] for item in ec2().describe_vpc_endpoints()["VpcEndpoints"]]
    # One refuses to go before another that needs it.
    for one in reversed(standing):
        ec2().delete_vpc_endpoints(VpcEndpointIds=[one])
    groups = ec2().describe_security_groups(
        Filters=[{"Name": "group-name", "Values": [steps.ENDPOINT_GROUP]}]
    )
    for group in groups["SecurityGroups"]:
        ec2().delete_security_group(GroupId=group["GroupId"])
    scenario.build_endpoint(client)
    chapter06.limit_endpoint(ec2())
    chapter06.limit_egress(ec2())
    # A learner's policy may have locked everybody out but the root user.
    chapter06.limit_buckets(lambda name: opened.root().client(name) if name == "s3" else client(name))
    return opened


def ec2() -> Any:
    return client("ec2")


def endpoint(name: str) -> str:
    return str(named_endpoint(ec2(), name)["VpcEndpointId"])


def modify(name: str, **change: Any) -> None:
    ec2().modify_vpc_endpoint(VpcEndpointId=endpoint(name), **change)


def then(*acts: Callable[[], object]) -> Did:
    """What a learner did, one after the other."""

    def do(lab: Lab) -> None:
        del lab
        for act in acts:
            act()

    return do


# --- 8.1 --------------------------------------------------------------------------------------------------------------


def for_everybody() -> None:
    """As the chapter leaves it before the exercise: private DNS in full."""
    steps.build_s3_interface(ec2(), inbound_only=False)


def for_inbound() -> None:
    modify(steps.S3_INTERFACE, DnsOptions={INBOUND_ONLY: True})


def dns_off() -> None:
    modify(steps.S3_INTERFACE, PrivateDnsEnabled=False)


def deleted() -> None:
    ec2().delete_vpc_endpoints(VpcEndpointIds=[endpoint(steps.S3_INTERFACE)])


def let_jobs_out() -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": scenario.VPC_CIDR}]}
    ec2().authorize_security_group_egress(
        GroupId=named_group(ec2(), "meridian-training")["GroupId"], IpPermissions=[rule]
    )


def shut_jobs_in() -> None:
    group = named_group(ec2(), "meridian-training")
    ec2().revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])


def without_table_b() -> None:
    table = table_named(ec2(), "meridian-private-b")["RouteTableId"]
    modify("meridian-s3", RemoveRouteTableIds=[table])


NAMES = {
    "8.1 before the cells": ("8.1", nothing, NOT_ATTEMPTED, "not have both kinds"),
    "8.1 untouched": ("8.1", then(for_everybody), NOT_ATTEMPTED, "billed by the GB"),
    "8.1 as it should be": ("8.1", then(for_everybody, for_inbound), DONE, "keeps its private names"),
    "8.1 private DNS off": ("8.1", then(for_everybody, dns_off), NOT_YET, "is off, for the data centre"),
    "8.1 deleted": ("8.1", then(for_everybody, deleted), NOT_ATTEMPTED, "not have both kinds"),
    "8.1 a wider group": (
        "8.1",
        then(for_everybody, for_inbound, let_jobs_out),
        NOT_YET,
        "lets out to vpce-",
    ),
    "8.1 no group": ("8.1", then(for_everybody, for_inbound, shut_jobs_in), NOT_YET, "does not let it out"),
    "8.1 one table": ("8.1", then(for_everybody, for_inbound, without_table_b), NOT_YET, "in subnet B"),
}

# --- 8.2 --------------------------------------------------------------------------------------------------------------


def joined() -> None:
    """As the chapter leaves it: the endpoint, the line, and a group that knows the VPC alone."""
    steps.build_s3_interface(ec2())
    steps.join(client)


def let_in(*cidrs: str, group: str = steps.ENDPOINT_GROUP, protocol: str = "tcp") -> Callable[[], None]:
    def make() -> None:
        ports = {"FromPort": 443, "ToPort": 443} if protocol == "tcp" else {}
        rule = {"IpProtocol": protocol, **ports, "IpRanges": [{"CidrIp": cidr} for cidr in cidrs]}
        where = named_group(ec2(), group)["GroupId"]
        ec2().authorize_security_group_ingress(GroupId=where, IpPermissions=[rule])

    return make


def vpc_shut_out() -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": scenario.VPC_CIDR}]}
    group = named_group(ec2(), steps.ENDPOINT_GROUP)["GroupId"]
    ec2().revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])


def no_way_back_from_b() -> None:
    gateway = ec2().describe_vpn_gateways()["VpnGateways"][0]["VpnGatewayId"]
    table = table_named(ec2(), "meridian-private-b")["RouteTableId"]
    ec2().disable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)


FIRM = let_in(scenario.ON_PREMISES_CIDR)
ANY_PORT = let_in(scenario.ON_PREMISES_CIDR, protocol="-1")
JOB_GROUP = let_in(scenario.ON_PREMISES_CIDR, group="meridian-training")
GROUP = {
    "8.2 untouched": ("8.2", then(joined), NOT_ATTEMPTED, "is not reached"),
    "8.2 as it should be": ("8.2", then(joined, FIRM), DONE, "nobody else"),
    "8.2 the host alone": ("8.2", then(joined, let_in("192.168.10.10/32")), DONE, "nobody else"),
    "8.2 the job's group": ("8.2", then(joined, JOB_GROUP), NOT_ATTEMPTED, "is not reached"),
    "8.2 the internet": ("8.2", then(joined, let_in("0.0.0.0/0")), NOT_YET, "203.0.113.99"),
    "8.2 too wide": ("8.2", then(joined, FIRM, let_in("10.0.0.0/8")), NOT_YET, "10.99.1.10"),
    "8.2 any port": ("8.2", then(joined, ANY_PORT), NOT_YET, "TCP 22 from the data centre"),
    "8.2 replaced": ("8.2", then(joined, FIRM, vpc_shut_out), NOT_YET, "no longer reach"),
    "8.2 one subnet": ("8.2", then(joined, FIRM, no_way_back_from_b), NOT_YET, "is not reached"),
}

# --- 8.3 --------------------------------------------------------------------------------------------------------------


def both_kinds() -> None:
    steps.build_s3_interface(ec2())


def rewrite(change: Callable[[Document, list[str]], None], *buckets: str) -> Callable[[], None]:
    """Read the buckets' policies, change them, put them back."""

    def make() -> None:
        s3, doors = client("s3"), [endpoint("meridian-s3"), endpoint(steps.S3_INTERFACE)]
        for bucket in buckets or BUCKETS:
            document = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
            change(document, doors)
            s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))

    return make


def unless(document: Document) -> Document:
    condition: Document = document["Statement"][0]["Condition"]
    return condition


def either(document: Document, doors: list[str]) -> None:
    unless(document)["StringNotEquals"]["aws:SourceVpce"] = doors


def the_new_one(document: Document, doors: list[str]) -> None:
    unless(document)["StringNotEquals"]["aws:SourceVpce"] = doors[1]


def any_endpoint(document: Document, doors: list[str]) -> None:
    del doors, unless(document)["StringNotEquals"]
    unless(document)["Null"] = {"aws:SourceVpce": "true"}


def the_vpc(document: Document, doors: list[str]) -> None:
    del doors
    vpc = table_named(ec2(), "meridian-private")["VpcId"]
    unless(document)["StringNotEquals"] = {"aws:SourceVpc": vpc}


def without_tls(document: Document, doors: list[str]) -> None:
    either(document, doors)
    del document["Statement"][1]


def nobody_spared(document: Document, doors: list[str]) -> None:
    either(document, doors)
    del unless(document)["ArnNotEquals"]


def everything_denied(document: Document, doors: list[str]) -> None:
    either(document, doors)
    document["Statement"][0] |= {"Action": "s3:*", "Resource": document["Statement"][1]["Resource"]}


def policies_gone() -> None:
    for bucket in BUCKETS:
        client("s3").delete_bucket_policy(Bucket=bucket)


ONE_BUCKET = rewrite(either, scenario.TRAINING_BUCKET)
POLICIES = {
    "8.3 untouched": ("8.3", then(both_kinds), NOT_ATTEMPTED, "is denied"),
    "8.3 as it should be": ("8.3", then(both_kinds, rewrite(either)), DONE, "either S3 endpoint"),
    "8.3 the whole VPC": ("8.3", then(both_kinds, rewrite(the_vpc)), DONE, "either S3 endpoint"),
    "8.3 exchanged": ("8.3", then(both_kinds, rewrite(the_new_one)), NOT_YET, "is denied"),
    "8.3 one bucket": ("8.3", then(both_kinds, ONE_BUCKET), NOT_YET, scenario.MODEL_BUCKET),
    "8.3 any endpoint": ("8.3", then(both_kinds, rewrite(any_endpoint)), NOT_YET, "of another account"),
    "8.3 no policy": ("8.3", then(both_kinds, policies_gone), NOT_YET, "from the internet"),
    "8.3 without TLS": ("8.3", then(both_kinds, rewrite(without_tls)), NOT_YET, "without TLS"),
    "8.3 break-glass": ("8.3", then(both_kinds, rewrite(nobody_spared)), NOT_YET, "break-glass role"),
    "8.3 locked out": ("8.3", then(both_kinds, rewrite(everything_denied)), NOT_YET, "cannot change"),
}

# --- 8.4 --------------------------------------------------------------------------------------------------------------


def logs() -> None:
    steps.interface_endpoint(ec2(), "logs", "b", "meridian-logs")


def logs_may(action: object = steps.READ_LOGS, **condition: str) -> Callable[[], None]:
    def make() -> None:
        allow = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
        if condition:
            allow["Condition"] = {"StringEquals": {f"aws:{key}": value for key, value in condition.items()}}
        document = {"Version": "2012-10-17", "Statement": [allow]}
        modify("meridian-logs", PolicyDocument=json.dumps(document))

    return make


def logs_named_publicly() -> None:
    modify("meridian-logs", PrivateDnsEnabled=False)


OURS = {"PrincipalAccount": scenario.ACCOUNT}
LOGS = {
    "8.4 before the cells": ("8.4", nothing, NOT_ATTEMPTED, "no endpoint for CloudWatch Logs"),
    "8.4 untouched": ("8.4", then(logs), NOT_ATTEMPTED, "in their account succeeds"),
    "8.4 as it should be": ("8.4", then(logs, logs_may(**OURS)), DONE, "read logs"),
    "8.4 by whose logs": ("8.4", then(logs, logs_may(ResourceAccount=scenario.ACCOUNT)), DONE, "read logs"),
    "8.4 everybody reads": ("8.4", then(logs, logs_may()), NOT_YET, "logs:GetLogEvents still succeeds"),
    "8.4 we write": ("8.4", then(logs, logs_may("logs:*", **OURS)), NOT_YET, "may still logs:PutLogEvents"),
    "8.4 too little": ("8.4", then(logs, logs_may("logs:GetLogEvents", **OURS)), NOT_YET, "is denied"),
    "8.4 no names": ("8.4", then(logs, logs_named_publicly), NOT_YET, "do not reach"),
}

# --- 8.5 --------------------------------------------------------------------------------------------------------------


def dynamodb(*tables: str) -> Callable[[], None]:
    def make() -> None:
        found = [table_named(ec2(), name) for name in tables]
        ec2().create_vpc_endpoint(
            VpcId=found[0]["VpcId"],
            ServiceName="com.amazonaws.us-east-1.dynamodb",
            RouteTableIds=[table["RouteTableId"] for table in found],
        )

    return make


def dynamodb_interface(*, names: bool = True) -> Callable[[], None]:
    def make() -> None:
        options: dict[str, Any] = {"PrivateDnsEnabled": names}
        if names:
            options["DnsOptions"] = {INBOUND_ONLY: False}
        steps.interface_endpoint(ec2(), "dynamodb", "ab", "meridian-dynamodb", **options)

    return make


def jobs_to_dynamodb() -> None:
    by_name = [{"Name": "prefix-list-name", "Values": ["com.amazonaws.us-east-1.dynamodb"]}]
    found = ec2().describe_managed_prefix_lists(Filters=by_name)["PrefixLists"][0]["PrefixListId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": found}]}
    ec2().authorize_security_group_egress(
        GroupId=named_group(ec2(), "meridian-training")["GroupId"], IpPermissions=[rule]
    )


def s3_gone() -> None:
    ec2().delete_vpc_endpoints(VpcEndpointIds=[endpoint("meridian-s3")])


BOTH = dynamodb("meridian-private", "meridian-private-b")
UNNAMED = dynamodb_interface(names=False)
TABLE = {
    "8.5 untouched": ("8.5", nothing, NOT_ATTEMPTED, "from subnet A"),
    "8.5 as it should be": ("8.5", then(BOTH), DONE, "costs nothing"),
    "8.5 one table": ("8.5", then(dynamodb("meridian-private")), NOT_YET, "from subnet B"),
    "8.5 the other table": ("8.5", then(dynamodb("meridian-private-b")), NOT_YET, "from subnet A"),
    "8.5 the other kind": ("8.5", then(dynamodb_interface()), NOT_YET, "by interface-endpoint"),
    "8.5 both kinds": ("8.5", then(BOTH, UNNAMED), NOT_YET, "stands as well"),
    "8.5 jobs too": ("8.5", then(BOTH, jobs_to_dynamodb), NOT_YET, "job's group"),
    "8.5 S3 lost": ("8.5", then(BOTH, s3_gone), NOT_YET, "lost S3"),
}

CASES = {**NAMES, **GROUP, **POLICIES, **LOGS, **TABLE}


@each(CASES)
def test_a_check(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize(
    ("exercise", "do"),
    [
        ("8.1", then(for_everybody)),
        ("8.1", then(for_everybody, dns_off)),
        ("8.2", then(joined, let_in("0.0.0.0/0"))),
        ("8.3", then(both_kinds, policies_gone)),
        ("8.3", then(both_kinds, rewrite(everything_denied))),
        ("8.4", then(logs, logs_may("logs:*"))),
        ("8.5", then(dynamodb("meridian-private-b"))),
        ("8.5", then(dynamodb_interface())),
    ],
)
def test_catching_up(lab, exercise, do):
    do(lab)
    assert_catches_up(lab, exercise)


def test_what_the_gallery_shows_is_done(lab):
    """The steps together, made twice: every exercise is done, and a second time changes nothing."""
    steps.build_both_kinds(client)
    there = lab.network
    assert {judged(lab, f"8.{number}").status for number in range(1, 6)} == {DONE}
    steps.build_s3_interface(ec2())
    steps.build_services(ec2())
    steps.join(client)
    assert lab.network == there


def test_no_door_of_it_leads_into_another_account(lab):
    """IAM-5 sees every door that a host beside the jobs reaches: as AWS makes them, and as the chapter leaves them."""
    steps.build_services(ec2())
    steps.build_dynamodb(ec2())
    group = steps.endpoint_group(ec2())
    with lab.session_in(lab.names.subnet_a, role="MeridianAdmin", security_groups=[group]):
        assert doors(lab) == dict.fromkeys(("api", "sts", "kms", "logs", "dkr", "dynamodb"), "✗")
        steps.limit_services(ec2())
        steps.limit_dynamodb(ec2())
        assert doors(lab) == dict.fromkeys(("api", "sts", "kms", "logs", "dkr", "dynamodb"), "✓")
    assert lab.audit("IAM-5").status("IAM-5").mark == "–"


def doors(lab: Lab) -> dict[str, str]:
    """The verdict on each endpoint, by the last word of its service."""
    services = {item.id: item.service.rpartition(".")[2] for item in lab.network.endpoints}
    return {services[one.resource]: one.status.mark for one in lab.audit("IAM-5").findings}


def test_hints_are_ladders():
    for name in EXERCISES:
        if name.startswith("8."):
            assert len(set(EXERCISES[name].hints)) == 3


@pytest.mark.parametrize("exercise", [name for name in EXERCISES if name.startswith("8.")])
def test_before_the_chapter_s_cells(exercise):
    assert_sound_before_the_chapter(8, exercise)


def test_without_the_data_centre_s_line():
    opened = Lab.start(chapter=8)
    client.cache_clear()
    try:
        assert_judged(opened, "8.2", then(for_everybody), NOT_ATTEMPTED, "line is missing")
    finally:
        opened.stop()
