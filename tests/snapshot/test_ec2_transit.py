"""Transit gateways and shared subnets from exported answers, of one account or of several."""

from __future__ import annotations

import json
from ipaddress import ip_network

import pytest

from lab_env.errors import InvalidInput
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.network.model import TransitGatewayRoute
from lab_env.snapshot.ec2 import Source, network_from_sources
from lab_env.snapshot.files import read_path

GATEWAY = {"TransitGatewayId": "tgw-1", "State": "available", "OwnerId": "1" * 12}
ROUTES = {
    "Routes": [
        {"DestinationCidrBlock": "10.9.0.0/16", "Type": "static", "State": "active",
         "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]},
        {"DestinationCidrBlock": "10.8.0.0/16", "Type": "static", "State": "blackhole"},
        {"PrefixListId": "pl-1", "Type": "propagated", "State": "active",
         "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]},
    ],
    "AdditionalRoutesAvailable": False,
}  # fmt: skip
LEARNS = {
    "TransitGatewayRouteTablePropagations": [
        {"TransitGatewayAttachmentId": "tgw-attach-1", "State": "enabled"},
        {"TransitGatewayAttachmentId": "tgw-attach-2", "State": "disabling"},
    ]
}
TABLE = {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "State": "available"}


def attachment(name="tgw-attach-1", vpc="vpc-1", **more):
    return {
        "TransitGatewayAttachmentId": name,
        "TransitGatewayId": "tgw-1",
        "ResourceType": "vpc",
        "ResourceId": vpc,
        "State": "available",
        **more,
    }


def exported(folder, **files):
    """The answers in files of those names."""
    answers = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16"}]},
        "gateways": {"TransitGateways": [GATEWAY]},
        "tables": {"TransitGatewayRouteTables": [TABLE]},
        "ends": {"TransitGatewayAttachments": [attachment()]},
    }
    for name, answer in (answers | files).items():
        folder.joinpath(f"{name}.json").write_text(json.dumps(answer))
    return read_path(folder, region="us-east-1")


def test_answers_of_the_cli_are_told_by_the_table_in_their_path(tmp_path):
    """``search-transit-gateway-routes`` and ``get-…-propagations`` name no table themselves."""
    network = exported(tmp_path, **{"routes-tgw-rtb-1": ROUTES, "learns-tgw-rtb-1": LEARNS})
    (table,) = network.transit_gateway_tables
    assert table.routes == (
        TransitGatewayRoute(ip_network("10.9.0.0/16"), "tgw-attach-1"),
        TransitGatewayRoute(ip_network("10.8.0.0/16"), "", "blackhole"),
        TransitGatewayRoute("pl-1", "tgw-attach-1", kind="propagated"),
    )
    assert table.propagations == ("tgw-attach-1",)
    assert network.transit_gateways[0].region == "us-east-1"


def test_what_was_not_exported_is_not_known(tmp_path):
    network = exported(tmp_path)
    (table,) = network.transit_gateway_tables
    assert (table.routes, table.propagations) == (None, None)
    assert network.transit_gateway_attachments[0].subnets is None


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"routes": ROUTES}, "Put the id of the table"),
        ({"routes-tgw-rtb-1": {"Routes": [], "AdditionalRoutesAvailable": True}}, "cut short"),
        ({"routes-tgw-rtb-1": {"Routes": [{"DestinationCidrBlock": "x"}]}}, "'x' is no CIDR block"),
        ({"routes-tgw-rtb-1": {"Routes": 7}}, "expected a list"),
        ({"ends": {"TransitGatewayAttachments": [{"TransitGatewayId": "tgw-1"}]}}, "this key is missing"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, files, says):
    with pytest.raises(InvalidInput, match=says):
        exported(tmp_path, **files)


def test_an_association_that_ended_counts_no_more(tmp_path):
    ended = {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "disassociating"}
    network = exported(tmp_path, ends={"TransitGatewayAttachments": [attachment(Association=ended)]})
    assert network.transit_gateway_attachments[0].table == ""


@pytest.mark.parametrize("turned", [False, True])
def test_owner_and_user_of_a_shared_transit_gateway_add_to_each_other(turned):
    """The owner knows the association, the VPC's account the subnets; a peering has an end at each gateway."""
    association = {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}
    peering = {"ResourceType": "peering", "ResourceId": "tgw-2"}
    owner = {
        "TransitGateways": [GATEWAY],
        "TransitGatewayAttachments": [
            attachment(Association=association),
            attachment("tgw-attach-p") | peering,
            attachment("tgw-attach-p")
            | {"TransitGatewayId": "tgw-2", "ResourceType": "peering", "ResourceId": "tgw-1"},
        ],
    }
    user = {
        "TransitGateways": [GATEWAY],
        "TransitGatewayAttachments": [attachment()],
        "TransitGatewayVpcAttachments": [
            {"TransitGatewayAttachmentId": "tgw-attach-1", "SubnetIds": ["subnet-1"]}
        ],
    }
    sources = [Source("us-east-1", owner, account="1" * 12), Source("us-east-1", user, account="2" * 12)]
    network = network_from_sources(sources[::-1] if turned else sources)
    found = network.transit_gateway_attachment["tgw-1", "tgw-attach-1"]
    assert (found.table, found.subnets) == ("tgw-rtb-1", ("subnet-1",))
    ends = [end.gateway for end in network.transit_gateway_attachments if end.id == "tgw-attach-p"]
    assert sorted(ends) == ["tgw-1", "tgw-2"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_shared_subnet(turned):
    """A participant's host in the owner's subnet: both describe the subnet, each its own interfaces and groups."""
    subnet = {
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "CidrBlock": "10.1.1.0/24",
        "AvailabilityZone": "us-east-1a",
    }
    everything = {"CidrBlock": "0.0.0.0/0", "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}
    shared = {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16", "OwnerId": "1" * 12}],
        "Subnets": [subnet],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True}],
                         "Routes": [{"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local"}]}],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-1"}],
                         "Entries": [everything | {"Egress": way} for way in (True, False)]}],
        "NatGateways": [],
        "VpcEndpoints": [],
    }  # fmt: skip

    def of(number, account):
        rules = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}]
        return Source("us-east-1", shared | {
            "NetworkInterfaces": [{"NetworkInterfaceId": f"eni-{number}", "VpcId": "vpc-1", "SubnetId": "subnet-1",
                                   "PrivateIpAddress": f"10.1.1.{number}", "Groups": [{"GroupId": f"sg-{number}"}],
                                   "OwnerId": account}],
            "SecurityGroups": [{"GroupId": f"sg-{number}", "VpcId": "vpc-1", "OwnerId": account,
                                "IpPermissions": rules, "IpPermissionsEgress": rules}],
        }, account=account)  # fmt: skip

    sources = [of(10, "1" * 12), of(11, "2" * 12)]
    network = network_from_sources(sources[::-1] if turned else sources)
    assert [item.id for item in network.subnets] == ["subnet-1"]
    assert network.vpcs[0].owner == "1" * 12
    assert trace(network, Flow(InterfaceSource("eni-11"), "10.1.1.10", "tcp", 22)).reached
    assert trace(network, Flow(InterfaceSource("eni-10"), "10.1.1.11", "icmp")).reached
