"""The checks of chapter 04's exercises, on states built by boto3."""

from __future__ import annotations

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course import Status
from lab_env.options import ANYWHERE, OPEN_DATA_CENTRE
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

FIRM = scenario.ON_PREMISES_CIDR


@pytest.fixture
def lab(lab: Lab) -> Lab:
    """The chapter where its exercises begin: the hairpin stands."""
    scenario.join_data_centre(boto3.client)
    scenario.add_public_interface(boto3.client)
    lab.on_premises(prefixes=[FIRM, ANYWHERE], internet_exit=True)
    return lab


def tables(lab: Lab) -> tuple[str, str]:
    found = [lab.network.route_table_of(subnet) for subnet in (lab.names.subnet_a, lab.names.subnet_b)]
    assert found[0] is not None
    assert found[1] is not None
    return found[0].id, found[1].id


def stop_propagation(lab: Lab, *chosen: str) -> None:
    for table in chosen:
        gateway = lab.names.vpn_gateway
        boto3.client("ec2").disable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)


def static(lab: Lab, destination: str, *chosen: str) -> None:
    for table in chosen:
        boto3.client("ec2").create_route(
            RouteTableId=table, DestinationCidrBlock=destination, GatewayId=lab.names.vpn_gateway
        )


def propagate_to_b(lab: Lab) -> None:
    del lab
    scenario.propagate_to_second_table(boto3.client)


def propagate_to_b_and_close_a(lab: Lab) -> None:
    propagate_to_b(lab)
    stop_propagation(lab, tables(lab)[0])


def without_the_interface(lab: Lab) -> None:
    propagate_to_b(lab)
    dx = boto3.client("directconnect")
    for item in dx.describe_virtual_interfaces()["virtualInterfaces"]:
        dx.delete_virtual_interface(virtualInterfaceId=item["virtualInterfaceId"])


def pin_only_a(lab: Lab) -> None:
    propagate_to_b(lab)
    stop_propagation(lab, tables(lab)[0])
    static(lab, FIRM, tables(lab)[0])


def pin_both(lab: Lab) -> None:
    static(lab, FIRM, *tables(lab))
    stop_propagation(lab, *tables(lab))


def pin_b(lab: Lab) -> None:
    static(lab, FIRM, tables(lab)[1])


def static_default(lab: Lab) -> None:
    """Static beats propagated, and leads to the same gateway."""
    stop_propagation(lab, *tables(lab))
    static(lab, FIRM, *tables(lab))
    static(lab, ANYWHERE, *tables(lab))


def withdrawn(lab: Lab) -> None:
    propagate_to_b(lab)
    lab.on_premises(prefixes=[FIRM], internet_exit=False)


def no_exit(lab: Lab) -> None:
    """The data centre lets nothing out; the packets set out for it all the same."""
    propagate_to_b(lab)
    lab.on_premises(internet_exit=False)


def shut(lab: Lab) -> None:
    propagate_to_b(lab)
    scenario.close_ssh_from_data_centre(boto3.client("ec2"))


def open_more(lab: Lab) -> None:
    """The rule for SSH is gone, and another one lets the whole data centre in to HTTPS."""
    shut(lab)
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    group = lab.names.training_security_group
    boto3.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def shut_all(lab: Lab) -> None:
    propagate_to_b(lab)
    ec2, group = boto3.client("ec2"), lab.names.training_security_group
    rules = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=rules)


CASES: dict[str, Row] = {
    "4.3 untouched": ("4.3", propagate_to_b, NOT_ATTEMPTED, "is reached on port 22"),
    "4.3 shut": ("4.3", shut, DONE, "nobody there reaches a job"),
    "4.3 another door": ("4.3", open_more, NOT_YET, "still reached on port 443"),
    "4.3 members shut out too": ("4.3", shut_all, NOT_YET, "no longer reach one another"),
    "4.3 the line cut": ("4.3", propagate_to_b_and_close_a, NOT_YET, "from subnet A"),
    "4.1 untouched": ("4.1", nothing, NOT_ATTEMPTED, "knows nothing of vgw-"),
    "4.1 propagated": ("4.1", propagate_to_b, DONE, "s3.us-east-1.amazonaws.com and internet.example too"),
    "4.1 a static route": ("4.1", pin_b, DONE, "by a static route"),
    "4.1 nothing else announced": ("4.1", withdrawn, DONE, "by a propagated route to vgw-"),
    "4.1 A cut off": ("4.1", propagate_to_b_and_close_a, NOT_YET, "from subnet A"),
    "4.1 no interface": ("4.1", without_the_interface, NOT_YET, "from subnet B"),
    "4.2 untouched": ("4.2", propagate_to_b, NOT_ATTEMPTED, "both subnets still send"),
    "4.2 A only": ("4.2", pin_only_a, NOT_YET, "from subnet B, a packet for s3"),
    "4.2 both": ("4.2", pin_both, DONE, "no other address"),
    "4.2 by a static default": ("4.2", static_default, NOT_ATTEMPTED, "both subnets still send"),
    "4.2 the announcement withdrawn": ("4.2", withdrawn, DONE, "no other address"),
    "4.2 only the exit closed": ("4.2", no_exit, NOT_ATTEMPTED, "both subnets still send"),
    "4.2 A cut off": ("4.2", propagate_to_b_and_close_a, NOT_YET, "from subnet A, 192.168.10.10 is not"),
}


@each(CASES)
def test_a_check(lab: Lab, exercise: str, do: Did, status: Status, words: str) -> None:
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize("exercise", ["4.1", "4.2"])
@pytest.mark.parametrize("do", [nothing, propagate_to_b, pin_only_a, pin_both, static_default])
def test_catching_up(lab: Lab, exercise: str, do: Did) -> None:
    do(lab)
    assert_catches_up(lab, exercise)


@pytest.mark.parametrize("do", [nothing, shut, pin_both])
def test_catching_up_with_4_3(lab: Lab, do: Did) -> None:
    do(lab)
    assert_catches_up(lab, "4.3")


@pytest.mark.parametrize("exercise", ["4.1", "4.2", "4.3"])
def test_before_the_chapter_s_cells(exercise: str) -> None:
    assert_sound_before_the_chapter(4, exercise, lambda lab: lab.on_premises())


def test_the_open_data_centre_is_the_one_the_chapter_makes(lab: Lab) -> None:
    assert lab.network.on_premises == (OPEN_DATA_CENTRE,)
