"""NAT gateways come up or fail as AWS says; gateways and addresses in use stay."""

import pytest

from lab_env.errors import NotModelled


class Place:
    """A VPC with a small subnet, and an internet gateway that is attached when asked for."""

    def __init__(self, ec2, *, attached=True):
        self.ec2 = ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        self.subnet = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.20.1.0/28")["Subnet"]["SubnetId"]
        self.igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        if attached:
            ec2.attach_internet_gateway(InternetGatewayId=self.igw, VpcId=self.vpc)

    def elastic(self):
        return self.ec2.allocate_address(Domain="vpc")

    def nat(self, **params):
        made = self.ec2.create_nat_gateway(SubnetId=self.subnet, **params)["NatGateway"]
        assert made["State"] == "pending"
        return self.show(made["NatGatewayId"])

    def show(self, identifier):
        return self.ec2.describe_nat_gateways(NatGatewayIds=[identifier])["NatGateways"][0]

    def interfaces(self):
        return self.ec2.describe_network_interfaces()["NetworkInterfaces"]


@pytest.fixture
def place(ec2):
    return Place(ec2)


def test_a_public_nat_gateway_comes_up(place):
    elastic = place.elastic()
    tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "Name", "Value": "out"}]}]
    made = place.nat(AllocationId=elastic["AllocationId"], TagSpecifications=tags)
    (eni,) = place.interfaces()
    (address,) = made["NatGatewayAddresses"]
    assert (made["State"], made["ConnectivityType"], made["VpcId"]) == ("available", "public", place.vpc)
    assert (address["PrivateIp"], address["PublicIp"]) == ("10.20.1.4", elastic["PublicIp"])
    assert (address["NetworkInterfaceId"], address["IsPrimary"]) == (eni["NetworkInterfaceId"], True)
    assert (eni["InterfaceType"], eni["Groups"], eni["SourceDestCheck"]) == ("nat_gateway", [], False)
    assert eni["Association"]["PublicIp"] == elastic["PublicIp"]
    assert made["Tags"] == [{"Key": "Name", "Value": "out"}]
    assert "FailureCode" not in made


def test_a_private_one_needs_no_gateway_and_no_address(ec2, refused):
    place = Place(ec2, attached=False)
    made = place.nat(ConnectivityType="private")
    assert (made["State"], made["NatGatewayAddresses"][0]["PrivateIp"]) == ("available", "10.20.1.4")
    assert "PublicIp" not in made["NatGatewayAddresses"][0]
    asked = {"SubnetId": place.subnet, "ConnectivityType": "private"}
    told = refused(ec2.create_nat_gateway, **asked, AllocationId=place.elastic()["AllocationId"])
    assert told[0] == "InvalidParameter"


def test_without_an_internet_gateway_it_fails(ec2):
    place = Place(ec2, attached=False)
    made = place.nat(AllocationId=place.elastic()["AllocationId"])
    assert (made["State"], made["FailureCode"], made["FailureMessage"]) == (
        "failed",
        "Gateway.NotAttached",
        f"Network {place.vpc} has no Internet gateway attached",
    )
    assert (place.interfaces(), made["NatGatewayAddresses"]) == ([], [])


def test_with_an_address_in_use_it_fails(place):
    allocation = place.elastic()["AllocationId"]
    place.nat(AllocationId=allocation)
    made = place.nat(AllocationId=allocation)
    assert (made["State"], made["FailureCode"]) == ("failed", "Resource.AlreadyAssociated")


def test_in_a_full_subnet_it_fails(place):
    for _ in range(11):
        place.ec2.create_network_interface(SubnetId=place.subnet)
    made = place.nat(AllocationId=place.elastic()["AllocationId"])
    assert (made["State"], made["FailureCode"]) == ("failed", "InsufficientFreeAddressesInSubnet")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "MissingParameter"),
        ({"AllocationId": "eipalloc-1"}, "InvalidAllocationID.NotFound"),
        ({"SubnetId": "subnet-1", "AllocationId": "eipalloc-1"}, "InvalidSubnetID.NotFound"),
    ],
)
def test_bad_input(place, refused, params, code):
    assert refused(place.ec2.create_nat_gateway, **{"SubnetId": place.subnet} | params)[0] == code
    assert place.ec2.describe_nat_gateways()["NatGateways"] == []


def test_a_regional_one_is_not_modelled(place, refused):
    with pytest.raises(NotModelled, match="Regional NAT gateway"):
        place.ec2.create_nat_gateway(VpcId=place.vpc, AvailabilityMode="regional")
    assert refused(place.ec2.create_nat_gateway, AllocationId="eipalloc-1")[0] == "MissingParameter"


def test_a_deleted_one_gives_back_and_is_still_described(place, refused):
    allocation = place.elastic()["AllocationId"]
    made = place.nat(AllocationId=allocation)
    place.ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    after = place.show(made["NatGatewayId"])
    assert (after["State"], "DeleteTime" in after) == ("deleted", True)
    assert place.interfaces() == []
    place.ec2.release_address(AllocationId=allocation)
    assert refused(place.ec2.delete_nat_gateway, NatGatewayId="nat-1")[0] == "NatGatewayNotFound"
    assert refused(place.ec2.describe_nat_gateways, NatGatewayIds=["nat-1"])[0] == "NatGatewayNotFound"


def test_a_failed_one_can_be_deleted(ec2):
    place = Place(ec2, attached=False)
    made = place.nat(AllocationId=place.elastic()["AllocationId"])
    ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    assert place.show(made["NatGatewayId"])["State"] == "deleted"


def test_an_internet_gateway_in_use_stays(place, refused):
    place.nat(AllocationId=place.elastic()["AllocationId"])
    gateway = {"InternetGatewayId": place.igw}
    code, message = refused(place.ec2.detach_internet_gateway, **gateway, VpcId=place.vpc)
    assert code == "DependencyViolation"
    assert message.startswith(f"Network {place.vpc} has some mapped public address(es).")
    assert refused(place.ec2.delete_internet_gateway, **gateway) == (
        "DependencyViolation",
        f"The internetGateway '{place.igw}' has dependencies and cannot be deleted.",
    )


def test_a_vpc_has_one_internet_gateway(place, refused):
    second = place.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    told = refused(place.ec2.attach_internet_gateway, InternetGatewayId=second, VpcId=place.vpc)
    assert told == ("InvalidParameterValue", f"Network {place.vpc} already has an internet gateway attached")


def test_an_elastic_address_needs_an_internet_gateway(ec2, refused):
    place = Place(ec2, attached=False)
    allocation = place.elastic()["AllocationId"]
    eni = ec2.create_network_interface(SubnetId=place.subnet)["NetworkInterface"]["NetworkInterfaceId"]
    told = ("Gateway.NotAttached", f"Network {place.vpc} is not attached to any internet gateway")
    assert refused(ec2.associate_address, AllocationId=allocation, NetworkInterfaceId=eni) == told
    made = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=place.subnet)[
        "Instances"
    ]
    asked = {"AllocationId": allocation, "InstanceId": made[0]["InstanceId"]}
    assert refused(ec2.associate_address, **asked) == told


def test_an_elastic_address_in_use_is_not_released(place, refused):
    allocation = place.elastic()["AllocationId"]
    place.nat(AllocationId=allocation)
    assert refused(place.ec2.release_address, AllocationId=allocation)[0] == "InvalidIPAddress.InUse"


def test_releasing_an_address_that_is_free(place, refused):
    elastic = place.elastic()
    place.ec2.release_address(AllocationId=elastic["AllocationId"])
    assert place.ec2.describe_addresses()["Addresses"] == []
    told = refused(place.ec2.release_address, AllocationId=elastic["AllocationId"])
    assert told[0] == "InvalidAllocationID.NotFound"


def test_two_nat_gateways_keep_their_own_addresses(place):
    first, second = (place.nat(AllocationId=place.elastic()["AllocationId"]) for _ in "ab")
    place.ec2.delete_nat_gateway(NatGatewayId=first["NatGatewayId"])
    (left,) = place.interfaces()
    assert left["Association"]["PublicIp"] == second["NatGatewayAddresses"][0]["PublicIp"]


@pytest.fixture
def plain(bare):
    """moto alone: the same place, without an attached gateway."""
    return Place(bare("ec2"), attached=False)


def test_canary_motos_nat_gateway_never_fails_and_lies_anywhere(plain):
    made = plain.ec2.create_nat_gateway(SubnetId=plain.subnet, AllocationId=plain.elastic()["AllocationId"])
    nat = made["NatGateway"]
    assert nat["State"] == "available"
    assert not nat["NatGatewayAddresses"][0]["PrivateIp"].startswith("10.20.1.")
    plain.ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    assert len(plain.interfaces()) == 1


def test_canary_moto_answers_for_a_nat_gateway_that_is_not_there(plain):
    assert plain.ec2.describe_nat_gateways(NatGatewayIds=["nat-1"])["NatGateways"] == []


def test_canary_moto_attaches_two_gateways_and_detaches_one_in_use(plain):
    plain.ec2.attach_internet_gateway(InternetGatewayId=plain.igw, VpcId=plain.vpc)
    second = plain.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    plain.ec2.attach_internet_gateway(InternetGatewayId=second, VpcId=plain.vpc)
    plain.ec2.create_nat_gateway(SubnetId=plain.subnet, AllocationId=plain.elastic()["AllocationId"])
    plain.ec2.detach_internet_gateway(InternetGatewayId=second, VpcId=plain.vpc)


def test_canary_moto_releases_an_address_in_use(plain):
    allocation = plain.elastic()["AllocationId"]
    eni = plain.ec2.create_network_interface(SubnetId=plain.subnet)["NetworkInterface"]["NetworkInterfaceId"]
    plain.ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=eni)
    plain.ec2.release_address(AllocationId=allocation)
