"""Which records a flow log takes, how it writes them, and what interfaces behind the client's own see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import boto3
import pytest

from lab_env import Lab, options, scenario
from lab_env.errors import NotModelled
from lab_env.evidence.events import flow_records
from lab_env.evidence.flow_logs import FlowLogWriter, aggregated, interval_end
from lab_env.evidence.flows import FlowRecord

TIME = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
RECORD = FlowRecord(
    "eni-1",
    "vpc-1",
    "subnet-1",
    ip_address("10.20.1.5"),
    ip_address("3.5.0.9"),
    40000,
    443,
    6,
    2,
    500,
    TIME,
    TIME,
    accepted=True,
    egress=True,
    packet_source=ip_address("10.20.1.5"),
    packet_destination=ip_address("3.5.0.9"),
    path=7,
)
LOG = FlowLogWriter("fl-1", "123456789012", "us-east-1", "vpc-1", bucket="logs")


@pytest.mark.parametrize(
    ("resource", "traffic", "accepted", "taken"),
    [
        ("vpc-1", "ALL", True, True),
        ("vpc-1", "ALL", False, True),
        ("subnet-1", "ALL", True, True),
        ("eni-1", "ALL", True, True),
        ("vpc-2", "ALL", True, False),
        ("vpc-1", "ACCEPT", True, True),
        ("vpc-1", "ACCEPT", False, False),
        ("vpc-1", "REJECT", True, False),
        ("vpc-1", "REJECT", False, True),
    ],
)
def test_what_it_takes(resource, traffic, accepted, taken):
    log = replace(LOG, resource=resource, traffic=traffic)
    assert log.takes(replace(RECORD, accepted=accepted)) is taken


def test_the_default_format():
    begun = int(TIME.timestamp())
    assert list(LOG.lines([RECORD])) == [
        f"2 123456789012 eni-1 10.20.1.5 3.5.0.9 40000 443 6 2 500 {begun} {begun} ACCEPT OK"
    ]


@pytest.mark.parametrize(
    ("field", "record", "written"),
    [
        ("version", RECORD, "5"),
        ("vpc-id", RECORD, "vpc-1"),
        ("subnet-id", RECORD, "subnet-1"),
        ("flow-direction", RECORD, "egress"),
        ("flow-direction", replace(RECORD, egress=False), "ingress"),
        ("traffic-path", RECORD, "7"),
        ("traffic-path", replace(RECORD, egress=False, path=None), "-"),
        ("pkt-srcaddr", replace(RECORD, packet_source=ip_address("10.20.1.9")), "10.20.1.9"),
        ("pkt-dstaddr", RECORD, "3.5.0.9"),
        ("action", replace(RECORD, accepted=False), "REJECT"),
        ("type", RECORD, "IPv4"),
        ("region", RECORD, "us-east-1"),
    ],
)
def test_a_field_of_a_custom_format(field, record, written):
    assert list(replace(LOG, format=f"${{{field}}}").lines([record])) == [written]


def test_a_field_that_is_not_known():
    with pytest.raises(NotModelled, match="ecs-task-id"):
        replace(LOG, format="${ecs-task-id}").fields  # noqa: B018


@pytest.mark.parametrize(
    ("other", "interval", "packets"),
    [
        ({}, 600, [4]),
        ({"start": TIME + timedelta(seconds=50), "end": TIME + timedelta(seconds=50)}, 600, [4]),
        ({"start": TIME + timedelta(seconds=54), "end": TIME + timedelta(seconds=54)}, 60, [2, 2]),
        ({"start": TIME + timedelta(minutes=9)}, 600, [2, 2]),
        ({"source_port": 40001}, 600, [2, 2]),
        ({"accepted": False}, 600, [2, 2]),
        ({"interface": "eni-2"}, 600, [2, 2]),
        ({"egress": False}, 600, [2, 2]),
    ],
)
def test_aggregation(other, interval, packets):
    found = list(aggregated([RECORD, replace(RECORD, **other)], interval))
    assert [record.packets for record in found] == packets
    if len(found) == 1:
        assert found[0].octets == 1000
        assert found[0].end == replace(RECORD, **other).end


@pytest.mark.parametrize(("seconds", "end"), [(600, "05:10:00"), (60, "05:07:00")])
def test_the_end_of_an_interval(seconds, end):
    assert f"{interval_end(TIME, seconds):%H:%M:%S}" == end


@pytest.mark.parametrize(("prefix", "folder"), [("", ""), ("flows", "flows/")])
def test_the_key_of_a_file(prefix, folder):
    assert replace(LOG, prefix=prefix).key(TIME, "0123abcd") == (
        f"{folder}AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/03/04/"
        "123456789012_vpcflowlogs_us-east-1_fl-1_20260304T0506Z_0123abcd.log.gz"
    )


OPTIONS = {item.key: item for item in options.OPTIONS}


def seen(lab: Lab) -> list[FlowRecord]:
    """The records of one read of S3 from subnet A."""
    groups = [lab.names.training_security_group]
    with lab.session_in(lab.names.subnet_a, role=scenario.TRAINING_ROLE, security_groups=groups) as inside:
        inside.client("s3").get_object(Bucket=scenario.TRAINING_BUCKET, Key="train/2025-01.csv")
    number, attempt = lab.ledger.since(lab.ledger.total - 1)[0]
    return list(flow_records(attempt, number))


def test_a_nat_gateway_shows_both_its_sides():
    """*Flow log record examples*, traffic through a NAT gateway: pkt-srcaddr tells whose it is."""
    lab = Lab.start(2)
    OPTIONS["b-public"].build(boto3.client)
    client, *gateway, answer = seen(lab)
    own = gateway[0].destination
    s3, host = client.destination, client.source
    assert [
        (item.source, item.destination, item.packet_source, item.packet_destination) for item in gateway
    ] == [
        (host, own, host, s3),
        (own, s3, own, s3),
        (s3, own, s3, own),
        (own, host, s3, host),
    ]
    assert {item.interface for item in gateway} != {client.interface}
    assert [item.path for item in (client, *gateway, answer)] == [1, None, 8, None, None, None]
    lab.stop()


def test_an_interface_endpoint_sees_what_comes_to_it():
    lab = Lab.start(2)
    ec2 = boto3.client("ec2")
    ec2.modify_vpc_attribute(VpcId=lab.names.vpc, EnableDnsHostnames={"Value": True})
    made = ec2.create_vpc_endpoint(
        VpcId=lab.names.vpc,
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{scenario.REGION}.s3",
        SubnetIds=[lab.names.subnet_a],
        SecurityGroupIds=[lab.names.training_security_group],
        PrivateDnsEnabled=True,
        DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": False},
    )["VpcEndpoint"]
    (interface,) = made["NetworkInterfaceIds"]
    found = seen(lab)
    assert [(item.interface == interface, item.egress, item.accepted) for item in found] == [
        (False, True, True),
        (True, False, True),
        (True, True, True),
        (False, False, True),
    ]
    assert found[0].path == 1
    lab.stop()
