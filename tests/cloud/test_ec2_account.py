"""No default VPC, no default subnet."""

import subprocess
import sys

import boto3
import pytest


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-south-1"])
def test_a_region_begins_empty(cloud, region):
    ec2 = boto3.client("ec2", region_name=region)
    assert ec2.describe_vpcs()["Vpcs"] == []
    assert ec2.describe_subnets()["Subnets"] == []
    assert ec2.describe_security_groups()["SecurityGroups"] == []


def test_a_default_vpc_can_still_be_made(ec2):
    made = ec2.create_default_vpc()["Vpc"]
    assert (made["IsDefault"], made["CidrBlock"]) == (True, "172.31.0.0/16")
    assert all(subnet["DefaultForAz"] for subnet in ec2.describe_subnets()["Subnets"])


def test_a_subnet_gives_no_public_address_of_itself(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]
    assert (subnet["DefaultForAz"], subnet["MapPublicIpOnLaunch"]) == (False, False)
    ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    assert ec2.describe_subnets()["Subnets"][0]["MapPublicIpOnLaunch"]


def test_canary_moto_makes_a_default_vpc(bare):
    assert [vpc["IsDefault"] for vpc in bare("ec2").describe_vpcs()["Vpcs"]] == [True]


def test_canary_moto_maps_public_addresses_in_a_zones_first_subnet(bare, monkeypatch):
    from moto.ec2.models import EC2Backend

    ec2 = bare("ec2")
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    assert EC2Backend.create_default_vpc.__module__.startswith("moto")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]
    assert (subnet["DefaultForAz"], subnet["MapPublicIpOnLaunch"]) == (True, True)


def test_canary_moto_lists_endpoint_services_by_importing_cloudformation():
    from moto.ec2.models import vpcs

    assert "cloudformation" in vpcs.IMPLEMENTED_ENDPOINT_SERVICES


def test_endpoint_services_are_listed_without_motos_cloudformation():
    """In a process of its own, where nothing has imported it yet."""
    script = (
        "import sys, boto3; from lab_env import Lab; Lab.start()\n"
        "found = boto3.client('ec2').describe_vpc_endpoint_services()['ServiceNames']\n"
        "print('com.amazonaws.us-east-1.s3' in found, 'com.amazonaws.us-east-1.cloudformation' in found)\n"
        "print('moto.cloudformation' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "False"]


def test_canary_moto_keeps_endpoint_service_ids_for_the_process(bare, monkeypatch):
    from moto.ec2.models import vpcs

    monkeypatch.setattr(vpcs, "IMPLEMENTED_ENDPOINT_SERVICES", ["s3"])
    bare("ec2").describe_vpc_endpoint_services()
    assert "us-east-1" in vpcs.DEFAULT_VPC_ENDPOINT_SERVICES


def test_nothing_of_a_deleted_vpc_stays_behind(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    ec2.delete_subnet(SubnetId=subnet)
    assert [acl["Associations"] for acl in ec2.describe_network_acls()["NetworkAcls"]] == [[]]
    ec2.delete_vpc(VpcId=vpc)
    assert ec2.describe_network_acls()["NetworkAcls"] == []
    assert (
        ec2.describe_route_tables()["RouteTables"] == ec2.describe_security_groups()["SecurityGroups"] == []
    )


def test_canary_moto_keeps_a_deleted_vpcs_network_acl(bare):
    ec2 = bare("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    acls = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]
    assert [item["SubnetId"] for acl in acls for item in acl["Associations"]] == [subnet]
