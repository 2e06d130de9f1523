"""A propagating route table learns what the data centre announces, as long as a way leads there."""

from ipaddress import ip_network

import boto3
import pytest

from lab_env import scenario
from lab_env.network.model import OnPremises
from tests.cloud.direct_connect import Estate

LEARNED = "EnableVgwRoutePropagation"
LOCAL = ("10.20.0.0/16", "local", "CreateRouteTable")


@pytest.fixture
def estate(cloud, ec2):
    return Estate(boto3.client("directconnect"), ec2)


@pytest.fixture
def table(estate):
    """A table to which the estate's gateway propagates."""
    made = estate.table()
    estate.propagate(made)
    return made


def learned(estate, *prefixes):
    return [LOCAL, *((prefix, estate.vgw, LEARNED) for prefix in prefixes)]


def test_nothing_is_learnt_without_a_virtual_interface(estate, table):
    assert estate.routes(table) == [LOCAL]


@pytest.mark.parametrize("way", ["gateway", "direct"])
def test_over_a_private_virtual_interface(estate, table, way):
    if way == "gateway":
        gateway = estate.gateway()
        made = estate.private(directConnectGatewayId=gateway)["virtualInterfaceId"]
        assert estate.routes(table) == [LOCAL]
        estate.join(gateway)
    else:
        made = estate.private()["virtualInterfaceId"]
    assert estate.routes(table) == learned(estate, "192.168.0.0/16")
    estate.dx.delete_virtual_interface(virtualInterfaceId=made)
    assert estate.routes(table) == [LOCAL]


@pytest.mark.parametrize("kind", ["public", "transit"])
def test_not_over_the_other_kinds(estate, table, kind):
    if kind == "public":
        estate.public()
    else:
        estate.transit(directConnectGatewayId=estate.gateway())
    assert estate.routes(table) == [LOCAL]


def test_only_where_propagation_is_on(estate, table):
    estate.private()
    quiet = estate.table()
    assert estate.routes(quiet) == [LOCAL]
    estate.ec2.disable_vgw_route_propagation(GatewayId=estate.vgw, RouteTableId=table)
    assert estate.routes(table) == [LOCAL]


def test_only_while_the_gateway_is_attached(estate, table):
    estate.private()
    estate.ec2.detach_vpn_gateway(VpnGatewayId=estate.vgw, VpcId=estate.vpc)
    assert estate.routes(table) == [LOCAL]


def test_only_while_the_association_stands(estate, table):
    gateway = estate.gateway()
    estate.private(directConnectGatewayId=gateway)
    made = estate.join(gateway)
    estate.dx.delete_direct_connect_gateway_association(associationId=made["associationId"])
    assert estate.routes(table) == [LOCAL]


def test_what_another_gateway_learns_is_not_shared(estate, table, ec2):
    other = Estate(estate.dx, ec2)
    gateway = estate.gateway()
    estate.join(gateway, other.vgw)
    estate.private(directConnectGatewayId=gateway)
    assert estate.routes(table) == [LOCAL]


def test_what_is_announced_follows_the_data_centre(cloud, estate, table):
    estate.private()
    prefixes = tuple(map(ip_network, ("192.168.0.0/16", "0.0.0.0/0", "fd00::/8")))
    cloud.announce(OnPremises("elsewhere", prefixes))
    assert estate.routes(table) == learned(estate, "192.168.0.0/16", "0.0.0.0/0", "fd00::/8")


def test_a_static_route_stands_beside_a_learnt_one(estate, table):
    """*How route priority works*: both are listed, and the static one wins."""
    estate.private()
    same = {"RouteTableId": table, "DestinationCidrBlock": "192.168.0.0/16"}
    igw = estate.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    estate.ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=estate.vpc)
    estate.ec2.create_route(**same, GatewayId=igw)
    static = ("192.168.0.0/16", igw, "CreateRoute")
    assert estate.routes(table) == [LOCAL, static, *learned(estate, "192.168.0.0/16")[1:]]
    estate.ec2.delete_route(**same)
    assert estate.routes(table) == learned(estate, "192.168.0.0/16")


def test_a_learnt_route_is_not_the_route_apis_to_delete(estate, table, refused):
    estate.private()
    asked = {"RouteTableId": table, "DestinationCidrBlock": "192.168.0.0/16"}
    assert refused(estate.ec2.delete_route, **asked)[0] == "InvalidRoute.NotFound"


def test_the_cloud_knows_a_data_centre_once_it_matters(cloud, ec2):
    ec2.describe_vpcs()
    assert cloud.on_premises == ()
    boto3.client("directconnect").describe_connections()
    assert cloud.on_premises == (scenario.ON_PREMISES,)


def test_announcing_is_enough_for_it_to_matter(cloud):
    other = OnPremises("elsewhere", ())
    cloud.announce(other)
    assert cloud.on_premises == (other,)


def test_canary_motos_tables_propagate_nothing(bare):
    ec2 = bare("ec2")
    with pytest.raises(NotImplementedError):
        ec2.enable_vgw_route_propagation(GatewayId="vgw-1", RouteTableId="rtb-1")
