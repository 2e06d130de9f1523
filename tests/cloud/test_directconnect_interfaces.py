"""Private, public and transit virtual interfaces: what each ends at, and what AWS asks of it."""

import boto3
import pytest

from lab_env.errors import NotModelled
from tests.cloud.direct_connect import Estate

CLIENT = "DirectConnectClientException"
NOWHERE = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def estate(cloud, ec2):
    return Estate(boto3.client("directconnect"), ec2)


def test_a_private_one_to_a_virtual_private_gateway(estate):
    made = estate.private(tags=[{"key": "Name", "value": "p"}])
    assert made["virtualInterfaceState"] == "pending"
    (found,) = estate.interfaces()
    peer = {
        "asn": 65000,
        "asnLong": 65000,
        "addressFamily": "ipv4",
        "amazonAddress": "169.254.255.1/30",
        "customerAddress": "169.254.255.2/30",
    }
    (told,) = found.pop("bgpPeers")
    assert told.pop("bgpPeerId").startswith("dxpeer-f")
    assert told == peer | {"bgpPeerState": "available", "bgpStatus": "up"}
    assert found == peer | {
        "virtualInterfaceId": made["virtualInterfaceId"],
        "virtualInterfaceType": "private",
        "virtualInterfaceName": "meridian",
        "virtualInterfaceState": "available",
        "virtualGatewayId": estate.vgw,
        "connectionId": estate.connection,
        "ownerAccount": "123456789012",
        "region": "us-east-1",
        "location": "EqDC2",
        "vlan": 101,
        "amazonSideAsn": 64512,
        "mtu": 1500,
        "tags": [{"key": "Name", "value": "p"}],
    }
    assert made["virtualInterfaceId"].startswith("dxvif-f")


def test_a_private_one_to_a_direct_connect_gateway(estate):
    gateway = estate.gateway(amazonSideAsn=64700)
    made = estate.private(directConnectGatewayId=gateway, amazonAddress="10.9.0.1/30", mtu=8500)
    assert (made["directConnectGatewayId"], made["amazonSideAsn"]) == (gateway, 64700)
    assert (made["amazonAddress"], made["mtu"], "virtualGatewayId" in made) == ("10.9.0.1/30", 8500, False)


def test_each_link_has_addresses_of_its_own(estate):
    assert estate.private()["amazonAddress"] != estate.private()["amazonAddress"]


def test_a_public_one_ends_at_the_connection(estate):
    made = estate.public()
    assert made["virtualInterfaceState"] == "verifying"
    (found,) = estate.interfaces(connectionId=estate.connection)
    assert (found["virtualInterfaceType"], found["virtualInterfaceState"]) == ("public", "available")
    assert found["routeFilterPrefixes"] == [{"cidr": "203.0.113.16/28"}]
    assert (found["customerAddress"], found["amazonSideAsn"]) == ("203.0.113.2/30", 7224)
    assert {"virtualGatewayId", "directConnectGatewayId"} & set(found) == set()


def test_a_transit_one_to_a_direct_connect_gateway(estate):
    gateway = estate.gateway()
    made = estate.transit(directConnectGatewayId=gateway)
    assert made["virtualInterfaceState"] == "pending"
    (found,) = estate.interfaces(virtualInterfaceId=made["virtualInterfaceId"])
    told = (found["virtualInterfaceType"], found["virtualInterfaceState"], found["directConnectGatewayId"])
    assert told == ("transit", "available", gateway)


def test_they_belong_to_their_connection_and_region(estate):
    made, other = estate.private(), estate.connect("second")
    assert estate.interfaces(connectionId=other) == []
    elsewhere = boto3.client("directconnect", region_name="eu-west-1")
    assert elsewhere.describe_virtual_interfaces()["virtualInterfaces"] == []
    assert estate.interfaces()[0]["virtualInterfaceId"] == made["virtualInterfaceId"]


def test_one_is_deleted(estate, refused):
    made = estate.private()["virtualInterfaceId"]
    gone = estate.dx.delete_virtual_interface(virtualInterfaceId=made)
    assert (gone["virtualInterfaceState"], estate.interfaces()) == ("deleting", [])
    for operation in (estate.dx.delete_virtual_interface, estate.dx.describe_virtual_interfaces):
        told = refused(operation, virtualInterfaceId=made)
        assert told == (CLIENT, f"Virtual Interface {made} does not exist.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"virtualGatewayId": "vgw-1"}, "Virtual Gateway vgw-1 does not exist."),
        ({"directConnectGatewayId": NOWHERE}, f"Direct Connect Gateway {NOWHERE} does not exist."),
        ({"virtualGatewayId": ""}, "Specify either a virtualGatewayId or a directConnectGatewayId."),
        (
            {"virtualGatewayId": "vgw-1", "directConnectGatewayId": NOWHERE},
            "Specify either a virtualGatewayId or a directConnectGatewayId.",
        ),
        ({"vlan": 0}, "VLAN 0 is not between 1 and 4094."),
        ({"vlan": 4095}, "VLAN 4095 is not between 1 and 4094."),
        ({"asn": 0}, "Specify an asn or an asnLong."),
        ({"customerAddress": "10.9.0.2/99"}, "Customer Address 10.9.0.2/99 is not valid"),
        (
            {"amazonAddress": "10.9.0.1/30", "customerAddress": "10.9.0.5/30"},
            "Amazon Address and Customer Address must be in the same CIDR",
        ),
    ],
)
def test_what_a_private_one_needs(estate, refused, change, message):
    def create(**params):
        return estate.private(**params)

    assert refused(create, **change) == (CLIENT, message)
    assert estate.interfaces() == []


def test_a_gateway_of_another_region_needs_a_direct_connect_gateway(estate, refused):
    far = boto3.client("ec2", region_name="eu-west-1")
    elsewhere = far.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    told = refused(estate.private, virtualGatewayId=elsewhere)
    assert told == (CLIENT, f"Virtual Gateway {elsewhere} does not exist.")


def test_a_vlan_serves_once_on_a_connection(estate, refused):
    estate.private(vlan=7)
    told = refused(estate.public, vlan=7)
    assert told == (CLIENT, f"VLAN 7 is already in use on connection {estate.connection}.")
    estate.connection = estate.connect("second")
    assert estate.public(vlan=7)["vlan"] == 7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amazonAddress": "10.0.0.1/30"}, "Amazon Address is not allowed to contain a private IP"),
        ({"customerAddress": "192.168.0.2/30"}, "Customer Address is not allowed to contain a private IP"),
        (
            {"customerAddress": "203.0.113.5/30"},
            "Amazon Address and Customer Address must be in the same CIDR",
        ),
        ({"amazonAddress": ""}, "Amazon Address is required for a public virtual interface."),
        ({"routeFilterPrefixes": []}, "Specify the routeFilterPrefixes to advertise."),
        ({"routeFilterPrefixes": [{"cidr": "203.0.113.16/33"}]}, "Invalid CIDR: 203.0.113.16/33"),
    ],
)
def test_what_a_public_one_needs(estate, refused, change, message):
    assert refused(estate.public, **change) == (CLIENT, message)
    assert estate.interfaces() == []


def test_a_transit_one_needs_a_gateway_that_serves_no_vpc(estate, refused):
    joined, attached = estate.gateway(), estate.gateway()
    estate.join(joined)
    estate.private(directConnectGatewayId=attached)
    for gateway in (joined, attached):
        code, message = refused(estate.transit, directConnectGatewayId=gateway)
        assert (code, "already serves a private" in message) == (CLIENT, True)
    assert refused(estate.transit)[1] == "Specify a directConnectGatewayId."


def test_a_private_one_needs_a_gateway_that_serves_no_transit(estate, refused):
    gateway = estate.gateway()
    estate.transit(directConnectGatewayId=gateway)
    code, message = refused(estate.private, directConnectGatewayId=gateway)
    assert (code, "already serves a transit" in message) == (CLIENT, True)


@pytest.mark.parametrize("kind", ["private", "public"])
def test_an_ipv6_peering_is_not_modelled(estate, kind):
    with pytest.raises(NotModelled, match="IPv6 peering"):
        getattr(estate, kind)(addressFamily="ipv6")


def test_an_unknown_connection(estate, refused):
    estate.connection = "dxcon-fffffff1"
    assert refused(estate.private) == (CLIENT, "Could not find Connection with ID dxcon-fffffff1")
