"""Transit gateways in the lab: attachments follow the gateway's options, and the tracer reads what moto answers."""

from __future__ import annotations

import pytest

from lab_env.cloud.mock import MockCloud
from lab_env.network import Exit, Flow, InterfaceSource, trace
from lab_env.snapshot.ec2 import describe_with, read_ec2


def build(ec2, **options):
    """Two VPCs with a host each, attached to one transit gateway, and the routes that lead to it."""
    gateway = ec2.create_transit_gateway(Options=options)["TransitGateway"]["TransitGatewayId"]
    hosts = []
    for number in (20, 30):
        vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.1.0/24", AvailabilityZone="us-east-1a")
        subnet = subnet["Subnet"]["SubnetId"]
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
        table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]
        ec2.create_route(
            RouteTableId=table["RouteTableId"], DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=gateway
        )
        group = ec2.create_security_group(GroupName="all", Description="all", VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
        )
        made = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]
        hosts.append((made["NetworkInterfaceId"], made["PrivateIpAddress"]))
    return hosts


def ask(ec2, hosts):
    network = read_ec2(describe_with(ec2), "us-east-1")
    return trace(network, Flow(InterfaceSource(hosts[0][0]), hosts[1][1]))


def test_attached_vpcs_reach_each_other(ec2):
    """By AWS's defaults an attachment is associated with the default table and propagates to it."""
    found = ask(ec2, build(ec2))
    assert (found.reached, found.exit) == (True, Exit.TRANSIT_GATEWAY)


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("DefaultRouteTablePropagation", "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"),
        ("DefaultRouteTableAssociation", "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"),
    ],
)
def test_what_the_options_turn_off(ec2, option, code):
    """Then nothing is learnt, or no table is asked."""
    assert [hop.code for hop in ask(ec2, build(ec2, **{option: "disable"})).blockers] == [code]


def test_a_static_route_wins(ec2):
    """A blackhole of the same CIDR as a propagated route."""
    hosts = build(ec2)
    table = ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"][0]
    ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=table["TransitGatewayRouteTableId"],
        DestinationCidrBlock="10.30.0.0/16",
        Blackhole=True,
    )
    assert [hop.code for hop in ask(ec2, hosts).blockers] == ["TGW_RTB_BAD_STATE_ROUTE"]


def test_canary_moto_heeds_no_option(bare):
    """When moto propagates by itself, ``cloud/ec2_transit_gateways.py`` has nothing left to do."""
    ec2 = bare("ec2")
    build(ec2, DefaultRouteTableAssociation="disable")
    (table,) = ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
    name = table["TransitGatewayRouteTableId"]
    learnt = ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=name)
    assert learnt["TransitGatewayRouteTablePropagations"] == []
    ends = ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    assert {end["Association"]["TransitGatewayRouteTableId"] for end in ends} == {name}
    assert MockCloud._running is None
