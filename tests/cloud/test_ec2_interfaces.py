"""Interfaces: addresses out of the subnet, groups out of the VPC, and what is in use stays."""

from ipaddress import ip_address

import boto3
import pytest

from lab_env.errors import NotModelled
from lab_env.snapshot.internet import aws_ranges


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def subnet(ec2, vpc):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/28", AvailabilityZone="us-east-1a")
    return made["Subnet"]["SubnetId"]


def addresses(eni):
    return [item["PrivateIpAddress"] for item in eni["PrivateIpAddresses"]]


def make(ec2, subnet, **params):
    return ec2.create_network_interface(SubnetId=subnet, **params)["NetworkInterface"]


def free_count(ec2, subnet):
    return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"]


def test_the_lowest_free_address_comes_first(ec2, subnet):
    assert addresses(make(ec2, subnet)) == ["10.20.1.4"]
    second = make(ec2, subnet, SecondaryPrivateIpAddressCount=2)
    assert addresses(second) == ["10.20.1.5", "10.20.1.6", "10.20.1.7"]
    ec2.delete_network_interface(NetworkInterfaceId=second["NetworkInterfaceId"])
    assert addresses(make(ec2, subnet)) == ["10.20.1.5"]


def test_an_address_asked_for_is_given_and_passed_over(ec2, subnet):
    asked = make(
        ec2,
        subnet,
        PrivateIpAddresses=[
            {"PrivateIpAddress": "10.20.1.6"},
            {"PrivateIpAddress": "10.20.1.4", "Primary": True},
        ],
    )
    assert addresses(asked) == ["10.20.1.4", "10.20.1.6"]
    assert asked["PrivateIpAddress"] == "10.20.1.4"
    assert [addresses(make(ec2, subnet))[0] for _ in range(2)] == ["10.20.1.5", "10.20.1.7"]


def test_counting_follows_use(ec2, subnet):
    assert free_count(ec2, subnet) == 11
    eni = make(ec2, subnet)["NetworkInterfaceId"]
    assert free_count(ec2, subnet) == 10
    ec2.assign_private_ip_addresses(NetworkInterfaceId=eni, SecondaryPrivateIpAddressCount=3)
    assert free_count(ec2, subnet) == 7
    ec2.assign_private_ip_addresses(NetworkInterfaceId=eni, PrivateIpAddresses=["10.20.1.14"])
    assert free_count(ec2, subnet) == 6
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    assert free_count(ec2, subnet) == 11


def test_a_full_subnet_says_so_and_keeps_nothing(ec2, subnet, refused):
    for _ in range(11):
        make(ec2, subnet)
    assert free_count(ec2, subnet) == 0
    assert refused(ec2.create_network_interface, SubnetId=subnet) == (
        "InsufficientFreeAddressesInSubnet",
        "The specified subnet does not have enough free addresses to satisfy the request.",
    )
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 11


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("10.20.1.0", "InvalidParameterValue"),
        ("10.20.1.3", "InvalidParameterValue"),
        ("10.20.1.15", "InvalidParameterValue"),
        ("10.20.2.4", "InvalidParameterValue"),
        ("10.20.1.4", "InvalidIPAddress.InUse"),
    ],
)
def test_addresses_that_a_subnet_cannot_give(ec2, subnet, refused, address, code):
    make(ec2, subnet)
    assert refused(ec2.create_network_interface, SubnetId=subnet, PrivateIpAddress=address)[0] == code
    eni = make(ec2, subnet)["NetworkInterfaceId"]
    assign = {"NetworkInterfaceId": eni, "PrivateIpAddresses": [address]}
    assert refused(ec2.assign_private_ip_addresses, **assign)[0] == code


def test_groups_must_exist_and_belong_to_the_vpc(ec2, vpc, subnet, refused):
    other = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    far = ec2.create_security_group(GroupName="far", Description="d", VpcId=other)["GroupId"]
    assert (
        refused(ec2.create_network_interface, SubnetId=subnet, Groups=["sg-1"])[0] == "InvalidGroup.NotFound"
    )
    assert refused(ec2.create_network_interface, SubnetId=subnet, Groups=[far])[0] == "InvalidParameter"
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def instance(ec2, subnet, **params):
    return ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet, **params)[
        "Instances"
    ][0]


def test_an_instance_stands_in_its_subnet(ec2, subnet):
    make(ec2, subnet)
    made = instance(ec2, subnet)
    assert made["PrivateIpAddress"] == "10.20.1.5"
    assert "PublicIpAddress" not in made
    ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    assert free_count(ec2, subnet) == 10


def test_public_addresses_are_ec2s_and_shown_beside_the_private_ones(ec2, vpc, subnet):
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    made = [instance(ec2, subnet) for _ in range(2)]
    elastic = ec2.allocate_address(Domain="vpc")
    eni = make(ec2, subnet)["NetworkInterfaceId"]
    ec2.associate_address(AllocationId=elastic["AllocationId"], NetworkInterfaceId=eni)
    public = {item["PublicIpAddress"] for item in made} | {elastic["PublicIp"]}
    assert len(public) == 3
    assert all(any(ip_address(one) in cidr for cidr in aws_ranges("ec2", "us-east-1")) for one in public)
    shown = {
        item["Association"]["PublicIp"]
        for eni in ec2.describe_network_interfaces()["NetworkInterfaces"]
        for item in eni["PrivateIpAddresses"]
        if "Association" in item
    }
    assert shown == public
    ec2.disassociate_address(PublicIp=elastic["PublicIp"])
    (after,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"]
    assert "Association" not in after["PrivateIpAddresses"][0]


def test_no_public_address_where_the_lab_knows_none(cloud):
    with pytest.raises(NotModelled, match="ap-south-1"):
        boto3.client("ec2", region_name="ap-south-1").allocate_address(Domain="vpc")


def test_groups_of_an_instance_are_in_a_stable_order(ec2, vpc, subnet):
    groups = [ec2.create_security_group(GroupName=n, Description="d", VpcId=vpc)["GroupId"] for n in "abcdef"]
    made = instance(ec2, subnet, SecurityGroupIds=groups)
    (eni,) = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert [group["GroupId"] for group in eni["Groups"]] == groups
    assert made["NetworkInterfaces"][0]["NetworkInterfaceId"] == eni["NetworkInterfaceId"]


@pytest.fixture
def place(bare):
    """moto alone: a client and a small subnet."""
    ec2 = bare("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    return ec2, vpc, ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/28")["Subnet"]["SubnetId"]


def test_canary_moto_overfills_a_subnet(place):
    ec2, _, subnet = place
    for _ in range(20):
        make(ec2, subnet)
    assert free_count(ec2, subnet) < 0


def test_canary_moto_gives_an_address_outside_the_subnet(place):
    ec2, _, subnet = place
    assert addresses(make(ec2, subnet, PrivateIpAddress="192.0.2.1")) == ["192.0.2.1"]


def test_canary_moto_invents_a_group(place):
    ec2, _, subnet = place
    assert make(ec2, subnet, Groups=["sg-1"])["Groups"] == [{"GroupId": "sg-1", "GroupName": "sg-1"}]


def test_canary_moto_leaves_an_instances_interface_behind(place):
    ec2, _, subnet = place
    ec2.terminate_instances(InstanceIds=[instance(ec2, subnet)["InstanceId"]])
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1


def test_canary_moto_gives_loopback_elastic_addresses(bare):
    assert bare("ec2").allocate_address(Domain="vpc")["PublicIp"].startswith("127.")


def test_canary_moto_shows_no_association_beside_the_private_address(place):
    ec2, _, subnet = place
    elastic = ec2.allocate_address(Domain="vpc")["AllocationId"]
    eni = make(ec2, subnet)["NetworkInterfaceId"]
    ec2.associate_address(AllocationId=elastic, NetworkInterfaceId=eni)
    (shown,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"]
    assert "Association" in shown
    assert "Association" not in shown["PrivateIpAddresses"][0]
