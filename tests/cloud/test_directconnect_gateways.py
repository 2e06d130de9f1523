"""Direct Connect gateways of the whole account, joined with virtual private gateways."""

import boto3
import pytest

from lab_env.errors import NotModelled
from tests.cloud.direct_connect import Estate

CLIENT = "DirectConnectClientException"
NOWHERE = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def estate(cloud, ec2):
    return Estate(boto3.client("directconnect"), ec2)


def gateways(estate, **which):
    return estate.dx.describe_direct_connect_gateways(**which)["directConnectGateways"]


def associations(estate, **which):
    return estate.dx.describe_direct_connect_gateway_associations(**which)["directConnectGatewayAssociations"]


def test_a_gateway(estate):
    identifier = estate.gateway(amazonSideAsn=64600, tags=[{"key": "Name", "value": "x"}])
    assert gateways(estate) == [
        {
            "directConnectGatewayId": identifier,
            "directConnectGatewayName": "meridian",
            "amazonSideAsn": 64600,
            "ownerAccount": "123456789012",
            "directConnectGatewayState": "available",
            "tags": [{"key": "Name", "value": "x"}],
        }
    ]
    assert len(identifier) == len(NOWHERE)


def test_one_gateway_of_several(estate):
    first, second = estate.gateway(), estate.gateway()
    for wanted in (first, second):
        (found,) = gateways(estate, directConnectGatewayId=wanted)
        assert found["directConnectGatewayId"] == wanted
    assert gateways(estate, directConnectGatewayId=NOWHERE) == []


def test_every_region_tells_the_same(estate):
    identifier = estate.gateway()
    elsewhere = boto3.client("directconnect", region_name="eu-west-1")
    (found,) = elsewhere.describe_direct_connect_gateways()["directConnectGateways"]
    assert (found["directConnectGatewayId"], found["amazonSideAsn"]) == (identifier, 64512)


@pytest.mark.parametrize(
    ("asn", "fits"), [(64511, False), (65534, True), (65535, False), (4_200_000_000, True)]
)
def test_amazons_asn_is_private(estate, refused, asn, fits):
    if fits:
        assert gateways(estate, directConnectGatewayId=estate.gateway(amazonSideAsn=asn))
    else:
        asked = {"directConnectGatewayName": "g", "amazonSideAsn": asn}
        assert refused(estate.dx.create_direct_connect_gateway, **asked)[0] == CLIENT


def test_a_gateway_is_deleted(estate, refused):
    identifier, other = estate.gateway(), estate.gateway()
    estate.private(directConnectGatewayId=other)
    asked = {"directConnectGatewayId": identifier}
    gone = estate.dx.delete_direct_connect_gateway(**asked)["directConnectGateway"]
    assert gone["directConnectGatewayState"] == "deleting"
    assert [item["directConnectGatewayId"] for item in gateways(estate)] == [other]
    told = refused(estate.dx.delete_direct_connect_gateway, **asked)
    assert told == (CLIENT, f"Direct Connect Gateway {identifier} does not exist.")


@pytest.mark.parametrize("use", ["association", "virtual interface"])
def test_a_gateway_in_use_takes_the_call_and_stays(estate, use):
    """As AWS does: it is available again a little later, and says why."""
    identifier = estate.gateway()
    if use == "association":
        estate.join(identifier)
    else:
        estate.private(directConnectGatewayId=identifier)
    estate.dx.delete_direct_connect_gateway(directConnectGatewayId=identifier)
    (found,) = gateways(estate)
    assert (found["directConnectGatewayState"], "stateChangeError" in found) == ("available", True)


def test_an_association_announces_the_vpcs_own_blocks(estate):
    identifier = estate.gateway()
    made = estate.join(identifier)
    assert made["associationState"] == "associating"
    (found,) = associations(estate, directConnectGatewayId=identifier)
    assert found == made | {"associationState": "associated"}
    assert found["associatedGateway"] == {
        "id": estate.vgw,
        "type": "virtualPrivateGateway",
        "ownerAccount": "123456789012",
        "region": "us-east-1",
    }
    assert found["allowedPrefixesToDirectConnectGateway"] == [{"cidr": "10.20.0.0/16"}]


def test_allowed_prefixes_are_kept_as_given(estate):
    wanted = [{"cidr": "10.0.0.0/8"}, {"cidr": "172.16.0.0/12"}]
    made = estate.join(estate.gateway(), addAllowedPrefixesToDirectConnectGateway=wanted)
    assert made["allowedPrefixesToDirectConnectGateway"] == wanted


def test_an_association_with_a_gateway_of_another_region(estate):
    ec2 = boto3.client("ec2", region_name="eu-west-1")
    far = Estate(boto3.client("directconnect", region_name="eu-west-1"), ec2)
    made = estate.join(estate.gateway(), far.vgw)
    assert made["virtualGatewayRegion"] == "eu-west-1"


@pytest.mark.parametrize(
    "by", ["associationId", "directConnectGatewayId", "associatedGatewayId", "virtualGatewayId"]
)
def test_associations_are_found_by_any_end(estate, by):
    made = estate.join(estate.gateway())
    known = made | {"associatedGatewayId": estate.vgw}
    assert [item["associationId"] for item in associations(estate, **{by: known[by]})] == [
        made["associationId"]
    ]
    assert associations(estate, **{by: NOWHERE}) == []


def test_associations_of_nothing_in_particular(estate, refused):
    code, message = refused(estate.dx.describe_direct_connect_gateway_associations)
    assert (code, message.startswith("The request must contain an associationId")) == (CLIENT, True)


@pytest.mark.parametrize("by", [["associationId"], ["directConnectGatewayId", "virtualGatewayId"]])
def test_an_association_ends(estate, refused, by):
    made = estate.join(estate.gateway())
    asked = {key: made[key] for key in by}
    gone = estate.dx.delete_direct_connect_gateway_association(**asked)["directConnectGatewayAssociation"]
    assert gone["associationState"] == "disassociating"
    assert associations(estate, virtualGatewayId=estate.vgw) == []
    code, message = refused(estate.dx.delete_direct_connect_gateway_association, **asked)
    assert (code, message.startswith("No association exists")) == (CLIENT, True)


def test_no_association_without_saying_which(estate, refused):
    estate.join(estate.gateway())
    assert refused(estate.dx.delete_direct_connect_gateway_association)[0] == CLIENT
    assert len(associations(estate, virtualGatewayId=estate.vgw)) == 1


def test_what_cannot_be_joined(estate, refused):
    """The API reference: attached to a VPC, and not associated with another Direct Connect gateway."""
    join = estate.dx.create_direct_connect_gateway_association
    first, second, alone = estate.gateway(), estate.gateway(), estate.private_gateway()
    estate.join(first)

    def told(gateway, **end):
        code, message = refused(join, directConnectGatewayId=gateway, **end)
        assert code == CLIENT
        return message

    assert told(NOWHERE, gatewayId=estate.vgw) == f"Direct Connect Gateway {NOWHERE} does not exist."
    assert told(first, gatewayId="vgw-1") == "Virtual Gateway vgw-1 does not exist."
    assert told(first, gatewayId=alone) == f"Virtual Gateway {alone} is not attached to a VPC."
    assert "already associated" in told(second, virtualGatewayId=estate.vgw)
    nonsense = {"addAllowedPrefixesToDirectConnectGateway": [{"cidr": "10.20.0.1/16"}]}
    assert told(second, gatewayId=alone, **nonsense) == "Invalid CIDR: 10.20.0.1/16"
    assert told(second) == "The request must contain a gatewayId or a virtualGatewayId."


def test_a_deleted_private_gateway_is_not_there(estate, refused):
    alone = estate.private_gateway()
    estate.ec2.delete_vpn_gateway(VpnGatewayId=alone)
    asked = {"directConnectGatewayId": estate.gateway(), "gatewayId": alone}
    told = refused(estate.dx.create_direct_connect_gateway_association, **asked)
    assert told[1] == f"Virtual Gateway {alone} does not exist."


def test_a_detached_private_gateway_cannot_be_joined(estate, refused):
    estate.ec2.detach_vpn_gateway(VpnGatewayId=estate.vgw, VpcId=estate.vpc)
    asked = {"directConnectGatewayId": estate.gateway(), "gatewayId": estate.vgw}
    told = refused(estate.dx.create_direct_connect_gateway_association, **asked)
    assert told[1] == f"Virtual Gateway {estate.vgw} is not attached to a VPC."


def test_transit_and_private_do_not_mix(estate, refused):
    identifier = estate.gateway()
    estate.transit(directConnectGatewayId=identifier)
    asked = {"directConnectGatewayId": identifier, "gatewayId": estate.vgw}
    code, message = refused(estate.dx.create_direct_connect_gateway_association, **asked)
    assert (code, "transit virtual interface" in message) == (CLIENT, True)


def test_a_transit_gateway_is_not_modelled(estate):
    with pytest.raises(NotModelled, match="transit gateway tgw-1"):
        estate.join(estate.gateway(), "tgw-1")
