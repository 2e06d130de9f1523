"""Direct Connect's answers as values, and a VPC that leads to it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from lab_env.errors import InvalidInput
from lab_env.network.direct_connect import DirectConnectAssociation, DirectConnectGateway, VirtualInterface
from lab_env.snapshot.directconnect import KEYS, read_direct_connect
from lab_env.snapshot.ec2 import Source, network_from_answers, network_from_sources

PRIVATE = {
    "virtualInterfaceId": "dxvif-1",
    "virtualInterfaceType": "private",
    "virtualInterfaceState": "down",
    "connectionId": "dxcon-1",
    "directConnectGatewayId": "dxgw-1",
    "customerAddress": "169.254.0.1/30",
    "virtualInterfaceName": "to the firm",
}
GATEWAY = {
    "directConnectGatewayId": "dxgw-1",
    "amazonSideAsn": 64512,
    "directConnectGatewayState": "available",
    "directConnectGatewayName": "meridian",
}
ASSOCIATION = {
    "associationId": "a-1",
    "directConnectGatewayId": "dxgw-1",
    "associationState": "associating",
    "associatedGateway": {"id": "vgw-1", "type": "virtualPrivateGateway"},
    "allowedPrefixesToDirectConnectGateway": [{"cidr": "10.20.0.0/16"}],
}
CASES = [
    (
        {KEYS[0]: [PRIVATE]},
        "virtual_interfaces",
        VirtualInterface(
            "dxvif-1",
            "private",
            "down",
            "dxcon-1",
            gateway="dxgw-1",
            customer_address=IPv4Address("169.254.0.1"),
            name="to the firm",
        ),
    ),
    (
        {
            KEYS[0]: [
                {
                    "virtualInterfaceId": "dxvif-2",
                    "virtualInterfaceType": "private",
                    "virtualGatewayId": "vgw-1",
                }
            ]
        },
        "virtual_interfaces",
        VirtualInterface("dxvif-2", "private", virtual_gateway="vgw-1"),
    ),
    ({KEYS[1]: [GATEWAY]}, "direct_connect_gateways", DirectConnectGateway("dxgw-1", 64512, name="meridian")),
    (
        {KEYS[2]: [ASSOCIATION]},
        "direct_connect_associations",
        DirectConnectAssociation("dxgw-1", "vgw-1", "associating", (IPv4Network("10.20.0.0/16"),), "a-1"),
    ),
    (
        {KEYS[2]: [{"directConnectGatewayId": "dxgw-1", "virtualGatewayId": "vgw-1"}]},
        "direct_connect_associations",
        DirectConnectAssociation("dxgw-1", "vgw-1"),
    ),
]


@pytest.mark.parametrize(("answers", "part", "expected"), CASES)
def test_item(answers, part, expected):
    """An item as the API answers it becomes this value, whole."""
    assert getattr(network_from_answers(answers, "us-east-1"), part) == (expected,)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({KEYS[0]: [{}]}, r"virtualInterfaces\[0\].virtualInterfaceId: this key is missing"),
        ({KEYS[0]: [PRIVATE | {"customerAddress": "x/30"}]}, r"customerAddress: 'x/30' is no IP address"),
    ],
)
def test_a_bad_item(answers, words):
    """Named by place and key."""
    with pytest.raises(InvalidInput, match=words):
        network_from_answers(answers, "us-east-1")


def test_read_by_calls():
    """Every page; associations gateway by gateway; and then nothing of Direct Connect is missing."""
    asked = []

    def describe(operation, parameters):
        asked.append((operation, parameters))
        if operation == "DescribeDirectConnectGateways":
            page = int(parameters.get("nextToken", 1))
            return {KEYS[1]: [GATEWAY | {"directConnectGatewayId": f"dxgw-{page}"}]} | (
                {"nextToken": "2"} if page == 1 else {}
            )
        if operation == "DescribeVirtualInterfaces":
            return {KEYS[0]: [PRIVATE]}
        return {KEYS[2]: [ASSOCIATION | parameters]}

    before = network_from_answers({"Vpcs": []}, "us-east-1")
    network = read_direct_connect(describe, before)
    assert set(KEYS) <= before.missing
    assert not set(KEYS) & network.missing
    assert [gateway.id for gateway in network.direct_connect_gateways] == ["dxgw-1", "dxgw-2"]
    assert [one.gateway for one in network.direct_connect_associations] == ["dxgw-1", "dxgw-2"]
    assert network.virtual_interfaces[0].id == "dxvif-1"
    assert all(operation.startswith("Describe") for operation, _ in asked)


def test_one_region_answers_for_all():
    """Direct Connect gateways belong to no Region: one folder that describes them is enough."""
    vpc = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}
    whole = {key: [] for key in KEYS}
    network = network_from_sources([Source("us-east-1", vpc | whole), Source("us-west-2", vpc)])
    assert not set(KEYS) & network.missing
