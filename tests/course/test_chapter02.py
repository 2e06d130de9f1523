"""The checks of chapter 02's exercises, on states built by boto3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lab_env import Lab
from lab_env.course import Status
from lab_env.course.chapter02 import HOST, RESEARCH
from lab_env.options import ANYWHERE, internet_gateway
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

OPEN = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}


def tcp(port: int) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The chapter where its exercises begin: the gateway, the route, the host, and SSH from anywhere."""
    opened = Lab.start(chapter=2)
    internet_gateway(boto3.client)
    ec2 = boto3.client("ec2")
    ec2.modify_subnet_attribute(SubnetId=opened.names.subnet_a, MapPublicIpOnLaunch={"Value": True})
    made = ec2.create_security_group(GroupName=RESEARCH, Description="Research", VpcId=opened.names.vpc)
    ec2.run_instances(
        ImageId="ami-0c02fb55956c7d316",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=opened.names.subnet_a,
        PrivateIpAddress=HOST,
        SecurityGroupIds=[made["GroupId"]],
    )
    ssh = {**tcp(22), "IpRanges": [{"CidrIp": ANYWHERE}]}
    ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[ssh])
    yield opened
    opened.stop()


def group() -> str:
    by_name = [{"Name": "group-name", "Values": [RESEARCH]}]
    found = boto3.client("ec2").describe_security_groups(Filters=by_name)["SecurityGroups"]
    return str(found[0]["GroupId"])


def shut_out(lab: Lab) -> None:
    """Nothing out any more, S3 included."""
    del lab
    boto3.client("ec2").revoke_security_group_egress(GroupId=group(), IpPermissions=[OPEN])


def to_s3_too(lab: Lab) -> None:
    """The rule for S3 beside the rule for everything."""
    ec2 = boto3.client("ec2")
    lists = lab.network.prefix_lists
    s3 = next(item.id for item in lists if item.name == "com.amazonaws.us-east-1.s3")
    rule = {**tcp(443), "PrefixListIds": [{"PrefixListId": s3}]}
    ec2.authorize_security_group_egress(GroupId=group(), IpPermissions=[rule])


def to_s3_alone(lab: Lab) -> None:
    to_s3_too(lab)
    shut_out(lab)


def no_ssh(lab: Lab) -> None:
    del lab
    ssh = {**tcp(22), "IpRanges": [{"CidrIp": ANYWHERE}]}
    boto3.client("ec2").revoke_security_group_ingress(GroupId=group(), IpPermissions=[ssh])


def narrowed(lab: Lab) -> None:
    to_s3_alone(lab)
    no_ssh(lab)


def any_https(lab: Lab) -> None:
    """Port 443 to anywhere is not S3 alone."""
    shut_out(lab)
    rule = {**tcp(443), "IpRanges": [{"CidrIp": ANYWHERE}]}
    boto3.client("ec2").authorize_security_group_egress(GroupId=group(), IpPermissions=[rule])
    no_ssh(lab)


def one_stranger(lab: Lab) -> None:
    """S3's list, and beside it the few addresses where the attacker's host is."""
    narrowed(lab)
    rule = {**tcp(443), "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}
    boto3.client("ec2").authorize_security_group_egress(GroupId=group(), IpPermissions=[rule])


def no_route(lab: Lab) -> None:
    boto3.client("ec2").delete_route(
        RouteTableId=lab.names.private_route_table, DestinationCidrBlock=ANYWHERE
    )


def no_host(lab: Lab) -> None:
    del lab
    ec2 = boto3.client("ec2")
    for item in ec2.describe_instances()["Reservations"]:
        ec2.terminate_instances(InstanceIds=[item["Instances"][0]["InstanceId"]])


def no_gateway(lab: Lab) -> None:
    no_route(lab)
    no_host(lab)
    ec2 = boto3.client("ec2")
    gateway = lab.network.internet_gateways[0].id
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.names.vpc)


def closed(lab: Lab) -> None:
    no_gateway(lab)
    ec2 = boto3.client("ec2")
    ec2.modify_subnet_attribute(SubnetId=lab.names.subnet_a, MapPublicIpOnLaunch={"Value": False})


def moved_to_b(lab: Lab) -> None:
    """Subnet A's route is gone; subnet B's table has it now."""
    no_route(lab)
    table = lab.network.route_table_of(lab.names.subnet_b)
    assert table is not None
    boto3.client("ec2").create_route(
        RouteTableId=table.id,
        DestinationCidrBlock=ANYWHERE,
        GatewayId=lab.network.internet_gateways[0].id,
    )


CASES: dict[str, Row] = {
    "2.1 untouched": ("2.1", nothing, NOT_ATTEMPTED, "still reaches internet.example"),
    "2.1 no host": ("2.1", no_host, NOT_ATTEMPTED, "no host stands at"),
    "2.1 another rule beside": ("2.1", to_s3_too, NOT_ATTEMPTED, "still reaches internet.example"),
    "2.1 S3 lost": ("2.1", shut_out, NOT_YET, "has lost S3"),
    "2.1 no route": ("2.1", no_route, NOT_YET, "has lost S3"),
    "2.1 any host by HTTPS": ("2.1", any_https, NOT_YET, "still reaches internet.example on port 443"),
    "2.1 one stranger by HTTPS": ("2.1", one_stranger, NOT_YET, "still reaches exfil.example on port 443"),
    "2.1 still open from outside": ("2.1", to_s3_alone, NOT_YET, "on port 22"),
    "2.1 only SSH closed": ("2.1", no_ssh, NOT_YET, "still reaches internet.example"),
    "2.1 both directions": ("2.1", narrowed, DONE, "reaches S3 by way of the internet gateway"),
    "2.2 untouched": ("2.2", nothing, NOT_ATTEMPTED, "NET-1 and NET-4 do not hold"),
    "2.2 the host narrowed": ("2.2", narrowed, NOT_ATTEMPTED, "NET-1 and NET-4 do not hold"),
    "2.2 no route": ("2.2", no_route, NOT_YET, "is still attached"),
    "2.2 subnet B instead": ("2.2", moved_to_b, NOT_YET, "NET-1 and NET-4 do not hold yet"),
    "2.2 public addresses still": ("2.2", no_gateway, NOT_YET, "still gives public addresses"),
    "2.2 closed": ("2.2", closed, DONE, "no internet gateway"),
}


@each(CASES)
def test_a_check(lab: Lab, exercise: str, do: Did, status: Status, words: str) -> None:
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize("exercise", ["2.1", "2.2"])
@pytest.mark.parametrize("do", [nothing, to_s3_alone, any_https, no_host, narrowed, closed])
def test_catching_up(lab: Lab, exercise: str, do: Did) -> None:
    do(lab)
    assert_catches_up(lab, exercise)


@pytest.mark.parametrize("exercise", ["2.1", "2.2"])
def test_before_the_chapter_s_cells(exercise: str) -> None:
    assert_sound_before_the_chapter(2, exercise)


def test_an_instance_s_session_starts_at_its_interface(lab: Lab) -> None:
    instance = boto3.client("ec2").describe_instances()["Reservations"][0]["Instances"][0]
    with lab.session_on_instance(instance["InstanceId"], role="MeridianTrainingRole") as there:
        way = lab.trace(session=there)
        listed = there.client("s3").list_objects_v2(Bucket="meridian-phi-training")
    assert str(way.trace.source_seen) == instance["PublicIpAddress"]
    assert listed["KeyCount"] == 13


def test_a_way_in_is_said_to_lead_through_the_gateway(lab: Lab) -> None:
    instance = boto3.client("ec2").describe_instances()["Reservations"][0]["Instances"][0]
    stranger = lab.session_on_internet(lab.keys("MeridianTrainingRole"))
    way = lab.trace(session=stranger, to=instance["PublicIpAddress"], port=22)
    assert way.sentence.startswith("✓ Reached through an internet gateway; the far side sees 203.0.113.99")
    assert "Outside: Amazon S3 (us-east-1), the internet. The path" in lab.diagram().alt
