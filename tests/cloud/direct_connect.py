"""A VPC with a virtual private gateway, and a connection to the data centre, for the tests of Direct Connect."""

from __future__ import annotations

from itertools import count


class Estate:
    """Made by real calls of the clients it is given."""

    def __init__(self, dx, ec2):
        self.dx, self.ec2 = dx, ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        self.vgw = self.private_gateway()
        ec2.attach_vpn_gateway(VpnGatewayId=self.vgw, VpcId=self.vpc)
        self.connection = self.connect()
        self._vlans = count(101)

    def connect(self, name="meridian"):
        made = self.dx.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName=name)
        return made["connectionId"]

    def private_gateway(self):
        return self.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]

    def gateway(self, **more):
        made = self.dx.create_direct_connect_gateway(directConnectGatewayName="meridian", **more)
        return made["directConnectGateway"]["directConnectGatewayId"]

    def join(self, gateway, private="", **more):
        asked = {"directConnectGatewayId": gateway, "gatewayId": private or self.vgw}
        made = self.dx.create_direct_connect_gateway_association(**asked, **more)
        return made["directConnectGatewayAssociation"]

    def wanted(self, **more):
        return {"virtualInterfaceName": "meridian", "vlan": next(self._vlans), "asn": 65000} | more

    def private(self, **more):
        ends = (
            {}
            if {"virtualGatewayId", "directConnectGatewayId"} & set(more)
            else {"virtualGatewayId": self.vgw}
        )
        asked = {"newPrivateVirtualInterface": self.wanted(**ends, **more)}
        return self.dx.create_private_virtual_interface(connectionId=self.connection, **asked)

    def public(self, **more):
        addresses = {"amazonAddress": "203.0.113.1/30", "customerAddress": "203.0.113.2/30"}
        prefixes = {"routeFilterPrefixes": [{"cidr": "203.0.113.16/28"}]}
        asked = {"newPublicVirtualInterface": self.wanted(**addresses | prefixes | more)}
        return self.dx.create_public_virtual_interface(connectionId=self.connection, **asked)

    def transit(self, **more):
        asked = {"newTransitVirtualInterface": self.wanted(**more)}
        made = self.dx.create_transit_virtual_interface(connectionId=self.connection, **asked)
        return made["virtualInterface"]

    def interfaces(self, **which):
        return self.dx.describe_virtual_interfaces(**which)["virtualInterfaces"]

    def table(self):
        return self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]

    def propagate(self, table):
        self.ec2.enable_vgw_route_propagation(GatewayId=self.vgw, RouteTableId=table)

    def routes(self, table):
        (found,) = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        names = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
        return [
            (next(route[name] for name in names if name in route), route["GatewayId"], route["Origin"])
            for route in found["Routes"]
        ]
