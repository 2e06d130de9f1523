"""Chapter 04: Direct Connect to the firm's data centre."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab_env.scenario.firm import ON_PREMISES_CIDR
from lab_env.scenario.lookups import named, named_group, table_named


def join_data_centre(client: Callable[[str], Any]) -> None:
    """Chapter 04, first form: a private virtual interface joins the firm's data centre and the VPC, and SSH is let in.

    Args:
        client: gives a boto3 client by service name.
    """
    lay_private_line(client)
    ec2 = client("ec2")
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": ON_PREMISES_CIDR}]}
    group = ec2.describe_security_groups(Filters=[{"Name": "tag:Name", "Values": ["meridian-training"]}])
    ec2.authorize_security_group_ingress(GroupId=group["SecurityGroups"][-1]["GroupId"], IpPermissions=[rule])


def lay_private_line(client: Callable[[str], Any]) -> None:
    """From the data centre's port to subnet A's route table, by a private virtual interface; no security group opens.

    Args:
        client: gives a boto3 client by service name.
    """
    ec2, dx = client("ec2"), client("directconnect")
    connection = dx.create_connection(
        location="EqDC2", bandwidth="1Gbps", connectionName="meridian-datacentre"
    )["connectionId"]
    tags = named("vpn-gateway", "meridian-vgw")
    vgw = ec2.create_vpn_gateway(Type="ipsec.1", TagSpecifications=tags)["VpnGateway"]["VpnGatewayId"]
    table = table_named(ec2, "meridian-private")
    ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=table["VpcId"])
    made = dx.create_direct_connect_gateway(directConnectGatewayName="meridian-dxgw")
    gateway = made["directConnectGateway"]["directConnectGatewayId"]
    dx.create_direct_connect_gateway_association(directConnectGatewayId=gateway, gatewayId=vgw)
    wanted = {"virtualInterfaceName": "meridian-private-vif", "vlan": 101, "asn": 65000}
    dx.create_private_virtual_interface(
        connectionId=connection, newPrivateVirtualInterface={**wanted, "directConnectGatewayId": gateway}
    )
    ec2.enable_vgw_route_propagation(GatewayId=vgw, RouteTableId=table["RouteTableId"])


def add_public_interface(client: Callable[[str], Any]) -> None:
    """Chapter 04, second form: a public virtual interface, from the data centre to AWS's public addresses."""
    dx = client("directconnect")
    wanted = {
        "virtualInterfaceName": "meridian-public-vif",
        "vlan": 102,
        "asn": 65000,
        "amazonAddress": "203.0.113.1/30",
        "customerAddress": "203.0.113.2/30",
        "routeFilterPrefixes": [{"cidr": "203.0.113.16/28"}],
    }
    connection = dx.describe_connections()["connections"][-1]["connectionId"]
    dx.create_public_virtual_interface(connectionId=connection, newPublicVirtualInterface=wanted)


def propagate_to_second_table(client: Callable[[str], Any]) -> None:
    """Let the virtual private gateway's routes into subnet B's table too (exercise 4.1)."""
    ec2 = client("ec2")
    table = table_named(ec2, "meridian-private-b")["RouteTableId"]
    ec2.enable_vgw_route_propagation(GatewayId=_vpn_gateway(ec2), RouteTableId=table)


def pin_data_centre_routes(client: Callable[[str], Any]) -> None:
    """One static route to the data centre in each private table, and none that it announces (exercise 4.2)."""
    ec2 = client("ec2")
    gateway = _vpn_gateway(ec2)
    for name in ("meridian-private", "meridian-private-b"):
        table = table_named(ec2, name)
        ec2.disable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table["RouteTableId"])
        known = {"RouteTableId": table["RouteTableId"]}
        static = [item for item in table["Routes"] if item["Origin"] == "CreateRoute"]
        mine = [item["DestinationCidrBlock"] for item in static if item.get("GatewayId") == gateway]
        for other in set(mine) - {ON_PREMISES_CIDR}:
            ec2.delete_route(**known, DestinationCidrBlock=other)
        if ON_PREMISES_CIDR not in mine:
            ec2.create_route(**known, DestinationCidrBlock=ON_PREMISES_CIDR, GatewayId=gateway)


def build_direct_connect(client: Callable[[str], Any]) -> None:
    """Chapter 04's end: both virtual interfaces stand, and the data centre is all that they lead the VPC to."""
    join_data_centre(client)
    add_public_interface(client)
    propagate_to_second_table(client)
    pin_data_centre_routes(client)
    close_ssh_from_data_centre(client("ec2"))


def close_ssh_from_data_centre(ec2: Any) -> None:
    """Take the training group's rules for the data centre away again (exercise 4.3)."""
    group = named_group(ec2, "meridian-training")
    for rule in group["IpPermissions"]:
        own = [item for item in rule.get("IpRanges", []) if item["CidrIp"] == ON_PREMISES_CIDR]
        if own:
            kept = {name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in rule}
            revoked = {**kept, "IpRanges": [{"CidrIp": ON_PREMISES_CIDR}]}
            ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[revoked])


def _vpn_gateway(ec2: Any) -> str:
    found = ec2.describe_vpn_gateways(Filters=[{"Name": "tag:Name", "Values": ["meridian-vgw"]}])[
        "VpnGateways"
    ]
    return str([item for item in found if item["State"] not in ("deleting", "deleted")][-1]["VpnGatewayId"])
