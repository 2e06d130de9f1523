"""Routes: black when their target is gone, and protected where AWS protects them."""

import pytest

S3, LIST = "com.amazonaws.us-east-1.s3", "pl-63a5400a"


class Place:
    """A VPC with a subnet, a route table and an attached internet gateway."""

    def __init__(self, ec2):
        self.ec2 = ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        made = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.20.1.0/24", AvailabilityZone="us-east-1a")
        self.subnet = made["Subnet"]["SubnetId"]
        self.table = self.new_table()
        self.igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=self.igw, VpcId=self.vpc)

    def new_table(self):
        return self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]

    def route(self, destination="0.0.0.0/0", **target):
        kind = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
        self.ec2.create_route(RouteTableId=self.table, **{kind: destination}, **target)

    def states(self):
        shown = self.ec2.describe_route_tables(RouteTableIds=[self.table])["RouteTables"][0]["Routes"]
        keys = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
        return {next(route[key] for key in keys if key in route): route["State"] for route in shown}

    def nat(self):
        elastic = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = self.ec2.create_nat_gateway(SubnetId=self.subnet, AllocationId=elastic)["NatGateway"]
        return made["NatGatewayId"]


@pytest.fixture
def place(ec2):
    return Place(ec2)


def test_local_routes_are_always_active(place):
    assert place.states() == {"10.20.0.0/16": "active"}


def test_an_internet_gateway_detached_and_attached_again(place):
    place.route(GatewayId=place.igw)
    assert place.states()["0.0.0.0/0"] == "active"
    place.ec2.detach_internet_gateway(InternetGatewayId=place.igw, VpcId=place.vpc)
    assert place.states()["0.0.0.0/0"] == "blackhole"
    place.ec2.attach_internet_gateway(InternetGatewayId=place.igw, VpcId=place.vpc)
    assert place.states()["0.0.0.0/0"] == "active"
    place.ec2.detach_internet_gateway(InternetGatewayId=place.igw, VpcId=place.vpc)
    place.ec2.delete_internet_gateway(InternetGatewayId=place.igw)
    assert place.states()["0.0.0.0/0"] == "blackhole"


def test_a_nat_gateway_deleted(place):
    nat = place.nat()
    place.route(NatGatewayId=nat)
    assert place.states()["0.0.0.0/0"] == "active"
    place.ec2.delete_nat_gateway(NatGatewayId=nat)
    assert place.states()["0.0.0.0/0"] == "blackhole"


def test_a_nat_gateway_that_failed(place):
    place.ec2.detach_internet_gateway(InternetGatewayId=place.igw, VpcId=place.vpc)
    place.route(NatGatewayId=place.nat())
    assert place.states()["0.0.0.0/0"] == "blackhole"


def test_an_interface_deleted(place):
    eni = place.ec2.create_network_interface(SubnetId=place.subnet)["NetworkInterface"]["NetworkInterfaceId"]
    place.route(NetworkInterfaceId=eni)
    assert place.states()["0.0.0.0/0"] == "active"
    place.ec2.delete_network_interface(NetworkInterfaceId=eni)
    assert place.states()["0.0.0.0/0"] == "blackhole"


def test_an_instance_stopped(place):
    made = place.ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=place.subnet)
    instance = made["Instances"][0]
    place.route(NetworkInterfaceId=instance["NetworkInterfaces"][0]["NetworkInterfaceId"])
    assert place.states()["0.0.0.0/0"] == "active"
    place.ec2.stop_instances(InstanceIds=[instance["InstanceId"]])
    assert place.states()["0.0.0.0/0"] == "blackhole"


def test_an_egress_only_gateway_deleted(place):
    made = place.ec2.create_egress_only_internet_gateway(VpcId=place.vpc)["EgressOnlyInternetGateway"]
    identifier = made["EgressOnlyInternetGatewayId"]
    place.route("::/0", EgressOnlyInternetGatewayId=identifier)
    assert place.states()["::/0"] == "active"
    place.ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=identifier)
    assert place.states()["::/0"] == "blackhole"


def test_a_peering_connection_not_yet_accepted_and_deleted(place):
    other = place.ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    peering = place.ec2.create_vpc_peering_connection(VpcId=place.vpc, PeerVpcId=other)[
        "VpcPeeringConnection"
    ]
    identifier = peering["VpcPeeringConnectionId"]
    place.route("10.30.0.0/16", VpcPeeringConnectionId=identifier)
    assert place.states()["10.30.0.0/16"] == "blackhole"
    place.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=identifier)
    assert place.states()["10.30.0.0/16"] == "active"
    place.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=identifier)
    assert place.states()["10.30.0.0/16"] == "blackhole"


def test_a_virtual_private_gateway_detached(place):
    vgw = place.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    place.ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=place.vpc)
    place.route("192.168.0.0/16", GatewayId=vgw)
    assert place.states()["192.168.0.0/16"] == "active"
    place.ec2.detach_vpn_gateway(VpnGatewayId=vgw, VpcId=place.vpc)
    assert place.states()["192.168.0.0/16"] == "blackhole"


def test_the_route_api_leaves_endpoint_and_local_routes_alone(place, refused):
    made = place.ec2.create_vpc_endpoint(VpcId=place.vpc, ServiceName=S3, RouteTableIds=[place.table])
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]
    table = {"RouteTableId": place.table}
    code = "InvalidParameterValue"
    asked = [
        (place.ec2.delete_route, {"DestinationPrefixListId": LIST}),
        (place.ec2.replace_route, {"DestinationPrefixListId": LIST, "GatewayId": place.igw}),
        (place.ec2.create_route, {"DestinationCidrBlock": "52.216.0.0/15", "GatewayId": endpoint}),
        (place.ec2.delete_route, {"DestinationCidrBlock": "10.20.0.0/16"}),
    ]
    assert [refused(operation, **table, **params)[0] for operation, params in asked] == [code] * len(asked)
    other = {"RouteTableId": place.new_table(), "DestinationPrefixListId": LIST, "GatewayId": endpoint}
    assert refused(place.ec2.create_route, **other)[0] == code
    assert place.states() == {"10.20.0.0/16": "active", LIST: "active"}


@pytest.mark.parametrize("destination", ["0.0.0.0/0", "10.20.0.0/16", "::/0"])
def test_a_destination_has_one_route(place, refused, destination):
    if destination != "10.20.0.0/16":
        place.route(destination, GatewayId=place.igw)
    kind = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    told = refused(
        place.ec2.create_route, RouteTableId=place.table, GatewayId=place.igw, **{kind: destination}
    )
    assert told == ("RouteAlreadyExists", f"The route identified by {destination} already exists")


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({}, "MissingParameter"),
        ({"NatGatewayId": "nat-1", "GatewayId": "igw-1"}, "InvalidParameterCombination"),
        ({"NatGatewayId": "nat-1"}, "InvalidNatGatewayID.NotFound"),
        ({"GatewayId": "igw-0123456789abcdef0"}, "InvalidInternetGatewayID.NotFound"),
        ({"NetworkInterfaceId": "eni-0123456789abcdef0"}, "InvalidNetworkInterfaceID.NotFound"),
    ],
)
def test_a_route_needs_one_target_that_exists(place, refused, target, code):
    asked = {"RouteTableId": place.table, "DestinationCidrBlock": "0.0.0.0/0"}
    assert refused(place.ec2.create_route, **asked, **target)[0] == code
    if target:
        place.route(GatewayId=place.igw)
        assert refused(place.ec2.replace_route, **asked, **target)[0] == code


def test_a_target_in_another_network(place, refused):
    other = Place(place.ec2)
    asked = {"RouteTableId": place.table, "DestinationCidrBlock": "0.0.0.0/0"}
    told = refused(place.ec2.create_route, **asked, GatewayId=other.igw)
    assert told == (
        "InvalidParameterValue",
        f"route table {place.table} and network gateway {other.igw} belong to different networks",
    )
    nat = other.nat()
    eni = place.ec2.create_network_interface(SubnetId=other.subnet)["NetworkInterface"]["NetworkInterfaceId"]
    for target in ({"NatGatewayId": nat}, {"NetworkInterfaceId": eni}):
        assert refused(place.ec2.create_route, **asked, **target)[0] == "InvalidParameterValue"


def test_replacing_moves_the_route(place):
    nat = place.nat()
    place.route(GatewayId=place.igw)
    place.ec2.replace_route(RouteTableId=place.table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    shown = place.ec2.describe_route_tables(RouteTableIds=[place.table])["RouteTables"][0]["Routes"]
    assert (shown[1]["NatGatewayId"], "GatewayId" in shown[1]) == (nat, False)


def test_a_subnet_has_one_table(place, refused):
    first = place.ec2.associate_route_table(RouteTableId=place.table, SubnetId=place.subnet)
    again = place.ec2.associate_route_table(RouteTableId=place.table, SubnetId=place.subnet)
    assert again["AssociationId"] == first["AssociationId"]
    second = place.new_table()
    assert refused(place.ec2.associate_route_table, RouteTableId=second, SubnetId=place.subnet) == (
        "Resource.AlreadyAssociated",
        f"the specified association for route table {second} conflicts with an existing association",
    )
    far = Place(place.ec2)
    told = refused(place.ec2.associate_route_table, RouteTableId=place.table, SubnetId=far.subnet)
    assert told[0] == "InvalidParameterValue"


def test_a_transit_gateway_is_never_black(place):
    made = place.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    place.route(TransitGatewayId=made)
    assert place.states()["0.0.0.0/0"] == "active"


def test_deleting_a_route_of_ones_own(place, refused):
    place.route(GatewayId=place.igw)
    asked = {"RouteTableId": place.table, "DestinationCidrBlock": "0.0.0.0/0"}
    place.ec2.delete_route(**asked)
    assert place.states() == {"10.20.0.0/16": "active"}
    assert refused(place.ec2.delete_route, **asked)[0] == "InvalidRoute.NotFound"


def test_a_gateway_may_have_a_table_of_its_own(place):
    made = place.ec2.associate_route_table(RouteTableId=place.table, GatewayId=place.igw)
    assert made["AssociationState"] == {"State": "associated"}


def test_a_customers_prefix_list_may_be_a_destination(place):
    made = place.ec2.create_managed_prefix_list(
        PrefixListName="on-premises", MaxEntries=1, AddressFamily="IPv4", Entries=[{"Cidr": "192.168.0.0/16"}]
    )["PrefixList"]["PrefixListId"]
    place.ec2.create_route(RouteTableId=place.table, DestinationPrefixListId=made, GatewayId=place.igw)
    assert place.states()[made] == "active"


def test_propagation_is_switched_on_and_off(place, refused):
    vgw = place.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    asked = {"GatewayId": vgw, "RouteTableId": place.table}
    assert refused(place.ec2.enable_vgw_route_propagation, **asked)[0] == "Gateway.NotAttached"
    place.ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=place.vpc)

    def propagating():
        return place.ec2.describe_route_tables(RouteTableIds=[place.table])["RouteTables"][0][
            "PropagatingVgws"
        ]

    for _ in range(2):
        place.ec2.enable_vgw_route_propagation(**asked)
    assert propagating() == [{"GatewayId": vgw}]
    for _ in range(2):
        place.ec2.disable_vgw_route_propagation(**asked)
    assert propagating() == []


@pytest.fixture
def plain(bare):
    """moto alone: the same place."""
    return Place(bare("ec2"))


def test_canary_motos_routes_never_go_black(plain):
    plain.route(GatewayId=plain.igw)
    plain.ec2.detach_internet_gateway(InternetGatewayId=plain.igw, VpcId=plain.vpc)
    nat = plain.nat()
    plain.route("1.0.0.0/8", NatGatewayId=nat)
    plain.ec2.delete_nat_gateway(NatGatewayId=nat)
    assert set(plain.states().values()) == {"active"}


def test_canary_moto_takes_a_target_that_does_not_exist(plain):
    plain.route(NatGatewayId="nat-1")
    assert plain.states()["0.0.0.0/0"] == "active"


def test_canary_moto_deletes_a_local_route(plain):
    plain.ec2.delete_route(RouteTableId=plain.table, DestinationCidrBlock="10.20.0.0/16")
    assert plain.states() == {}


def test_canary_moto_ignores_a_second_association(plain):
    plain.ec2.associate_route_table(RouteTableId=plain.table, SubnetId=plain.subnet)
    second = plain.new_table()
    plain.ec2.associate_route_table(RouteTableId=second, SubnetId=plain.subnet)
    assert plain.ec2.describe_route_tables(RouteTableIds=[second])["RouteTables"][0]["Associations"] == []


def test_canary_moto_has_no_propagation(plain):
    with pytest.raises(NotImplementedError):
        plain.ec2.enable_vgw_route_propagation(GatewayId="vgw-1", RouteTableId=plain.table)
