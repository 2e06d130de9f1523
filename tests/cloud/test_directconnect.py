"""Connections with AWS's ids, AWS's errors, and what moto does without the lab."""

import boto3
import pytest

from lab_env.cloud.mock import MockCloud
from tests.cloud.direct_connect import Estate

CLIENT = "DirectConnectClientException"


@pytest.fixture
def estate(cloud, ec2):
    return Estate(boto3.client("directconnect"), ec2)


def test_a_connection_is_available_at_once(estate):
    (found,) = estate.dx.describe_connections(connectionId=estate.connection)["connections"]
    told = ("connectionId", "connectionState", "location", "bandwidth", "ownerAccount", "awsDevice")
    assert [found[key] for key in told] == [
        estate.connection,
        "available",
        "EqDC2",
        "1Gbps",
        "123456789012",
        f"EqDC2-{estate.connection[6:]}",
    ]
    assert {"loaIssueTime", "partnerName"} & set(found) == set()


def test_ids_repeat_whatever_is_read_in_between():
    def story(*, reads):
        cloud = MockCloud.start(seed=3)
        try:
            dx = boto3.client("directconnect")
            estate = Estate(dx, boto3.client("ec2"))
            made = [estate.connection]
            for _ in range(reads):
                dx.describe_connections()
                dx.describe_direct_connect_gateways()
            made += [estate.connect("second"), estate.gateway(), estate.private()["virtualInterfaceId"]]
            return made
        finally:
            cloud.stop()

    first = story(reads=0)
    assert first == story(reads=5)
    assert len(set(first)) == 4
    assert [item.partition("-f")[0] for item in first[:2]] == ["dxcon", "dxcon"]


def test_an_aggregation_group_and_its_connections(estate):
    lag = estate.dx.create_lag(
        numberOfConnections=2, location="EqDC2", connectionsBandwidth="1Gbps", lagName="both"
    )
    assert lag["lagId"].startswith("dxlag-f")
    assert [item["connectionId"][:7] for item in lag["connections"]] == ["dxcon-f", "dxcon-f"]
    asked = {"virtualInterfaceName": "over both", "vlan": 7, "asn": 65000, "virtualGatewayId": estate.vgw}
    made = estate.dx.create_private_virtual_interface(
        connectionId=lag["lagId"], newPrivateVirtualInterface=asked
    )
    assert made["connectionId"] == lag["lagId"]


@pytest.mark.parametrize(
    ("operation", "params", "message"),
    [
        (
            "describe_connections",
            {"connectionId": "dxcon-fffffff1"},
            "Could not find Connection with ID dxcon-fffffff1",
        ),
        (
            "describe_connections",
            {"connectionId": "fake-connection"},
            "Connection ID fake-connection has an invalid format.",
        ),
        (
            "delete_connection",
            {"connectionId": "dxcon-fffffff1"},
            "Could not find Connection with ID dxcon-fffffff1",
        ),
        ("describe_lags", {"lagId": "dxlag-fffffff1"}, "Could not find Lag with ID dxlag-fffffff1"),
    ],
)
def test_unknown_ids(estate, refused, operation, params, message):
    assert refused(getattr(estate.dx, operation), **params) == (CLIENT, message)


def test_a_connection_in_use_stays(estate, refused):
    made = estate.private()["virtualInterfaceId"]
    told = refused(estate.dx.delete_connection, connectionId=estate.connection)
    assert told == (CLIENT, f"Connection {estate.connection} has virtual interfaces: {made}")
    estate.dx.delete_virtual_interface(virtualInterfaceId=made)
    gone = estate.dx.delete_connection(connectionId=estate.connection)
    assert gone["connectionState"] == "deleted"


def test_nothing_runs_over_a_deleted_connection(estate, refused):
    estate.dx.delete_connection(connectionId=estate.connection)
    asked = {"connectionId": estate.connection, "newPrivateVirtualInterface": estate.wanted()}
    asked["newPrivateVirtualInterface"]["virtualGatewayId"] = estate.vgw
    told = refused(estate.dx.create_private_virtual_interface, **asked)
    assert told == (CLIENT, f"Connection {estate.connection} is not available.")


def test_tags_by_arn(estate):
    arn = f"arn:aws:directconnect:us-east-1:123456789012:dxcon/{estate.connection}"
    estate.dx.tag_resource(resourceArn=arn, tags=[{"key": "Name", "value": "to the firm"}])
    (found,) = estate.dx.describe_connections()["connections"]
    assert found["tags"] == [{"key": "Name", "value": "to the firm"}]
    estate.dx.untag_resource(resourceArn=arn, tagKeys=["Name"])
    (told,) = estate.dx.describe_tags(resourceArns=[arn])["resourceTags"]
    assert told == {"resourceArn": arn, "tags": []}


@pytest.fixture
def plain(bare):
    """moto alone."""
    return bare("directconnect")


def test_canary_motos_connection_ids_are_arns_with_the_time(plain):
    asked = {"location": "EqDC2", "bandwidth": "1Gbps", "connectionName": "c"}
    made = plain.create_connection(**asked)["connectionId"]
    assert made.startswith("arn:aws:directconnect:us-east-1:123456789012:dx-con/dx-moto-c-2")


def test_canary_moto_has_error_codes_of_its_own(plain, refused):
    assert refused(plain.describe_connections, connectionId="dxcon-1")[0] == "ConnectionNotFound"
    assert refused(plain.describe_lags, lagId="dxlag-1")[0] == "LagNotFound"


NEW = {"virtualInterfaceName": "p", "vlan": 1, "asn": 65000}
MISSING = {
    "create_direct_connect_gateway": {"directConnectGatewayName": "g"},
    "describe_direct_connect_gateways": {},
    "delete_direct_connect_gateway": {"directConnectGatewayId": "g"},
    "create_direct_connect_gateway_association": {"directConnectGatewayId": "g", "gatewayId": "vgw-1"},
    "describe_direct_connect_gateway_associations": {"directConnectGatewayId": "g"},
    "delete_direct_connect_gateway_association": {"associationId": "a"},
    "create_private_virtual_interface": {"connectionId": "c", "newPrivateVirtualInterface": NEW},
    "create_public_virtual_interface": {"connectionId": "c", "newPublicVirtualInterface": NEW},
    "create_transit_virtual_interface": {"connectionId": "c", "newTransitVirtualInterface": {}},
    "describe_virtual_interfaces": {},
    "delete_virtual_interface": {"virtualInterfaceId": "v"},
}


def test_canary_moto_does_not_know_the_operations(plain):
    unknown = []
    for operation, params in MISSING.items():
        try:
            getattr(plain, operation)(**params)
        except NotImplementedError:
            unknown.append(operation)
    assert unknown == list(MISSING)
