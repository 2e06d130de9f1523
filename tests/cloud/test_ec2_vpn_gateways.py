"""Virtual private gateways: one VPC each, an ASN each, and none deleted in use."""

import pytest


@pytest.fixture
def vpcs(ec2):
    return [ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in (20, 30)]


def make(ec2, **more):
    return ec2.create_vpn_gateway(Type="ipsec.1", **more)["VpnGateway"]


@pytest.mark.parametrize(("given", "asn"), [({}, 64512), ({"AmazonSideAsn": 65001}, 65001)])
def test_every_gateway_has_an_asn(ec2, given, asn):
    made = make(
        ec2,
        **given,
        TagSpecifications=[{"ResourceType": "vpn-gateway", "Tags": [{"Key": "a", "Value": "b"}]}],
    )
    assert (made["AmazonSideAsn"], made["State"], made["Tags"]) == (
        asn,
        "available",
        [{"Key": "a", "Value": "b"}],
    )


def test_a_gateway_serves_one_vpc(ec2, vpcs, refused):
    gateway = make(ec2)["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpcs[0])
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpcs[0])
    told = refused(ec2.attach_vpn_gateway, VpnGatewayId=gateway, VpcId=vpcs[1])
    assert told[0] == "VpnGatewayAttachmentLimitExceeded"
    ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpcs[0])
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpcs[1])


def test_a_gateway_in_use_stays(ec2, vpcs, refused):
    gateway = make(ec2)["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpcs[0])
    assert refused(ec2.delete_vpn_gateway, VpnGatewayId=gateway) == (
        "IncorrectState",
        "The VPN gateway is in use.",
    )
    ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpcs[0])
    ec2.delete_vpn_gateway(VpnGatewayId=gateway)
    assert ec2.describe_vpn_gateways()["VpnGateways"][0]["State"] == "deleted"


def test_an_unknown_gateway(ec2, refused):
    told = refused(ec2.describe_vpn_gateways, VpnGatewayIds=["vgw-1"])
    assert told[0] == "InvalidVpnGatewayID.NotFound"


def test_canary_motos_gateways_move_vanish_and_have_no_asn(bare):
    ec2 = bare("ec2")
    vpcs = [ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in (20, 30)]
    made = make(ec2)
    assert "AmazonSideAsn" not in made
    for vpc in vpcs:
        ec2.attach_vpn_gateway(VpnGatewayId=made["VpnGatewayId"], VpcId=vpc)
    ec2.delete_vpn_gateway(VpnGatewayId=made["VpnGatewayId"])
    assert ec2.describe_vpn_gateways(VpnGatewayIds=["vgw-1"])["VpnGateways"] == []
