"""What something else depends on cannot be deleted."""

import pytest


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def subnet(ec2, vpc):
    return ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]


def group(ec2, vpc, name):
    return ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]


def test_a_subnet_with_an_interface(ec2, subnet, refused):
    eni = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    told = f"The subnet '{subnet}' has dependencies and cannot be deleted."
    assert refused(ec2.delete_subnet, SubnetId=subnet) == ("DependencyViolation", told)
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    ec2.delete_subnet(SubnetId=subnet)


def test_a_group_in_use(ec2, vpc, subnet, refused):
    used = group(ec2, vpc, "used")
    eni = ec2.create_network_interface(SubnetId=subnet, Groups=[used])["NetworkInterface"][
        "NetworkInterfaceId"
    ]
    told = f"resource {used} has a dependent object"
    assert refused(ec2.delete_security_group, GroupId=used) == ("DependencyViolation", told)
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    ec2.delete_security_group(GroupId=used)


def test_a_group_that_another_ones_rule_names(ec2, vpc, refused):
    named, other = group(ec2, vpc, "named"), group(ec2, vpc, "other")
    rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": named}]}
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[rule])
    assert refused(ec2.delete_security_group, GroupId=named)[0] == "DependencyViolation"
    ec2.delete_security_group(GroupId=other)
    ec2.delete_security_group(GroupId=named)


def test_a_group_that_names_itself_can_go(ec2, vpc):
    own = group(ec2, vpc, "own")
    rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": own}]}
    ec2.authorize_security_group_ingress(GroupId=own, IpPermissions=[rule])
    ec2.delete_security_group(GroupId=own)


def test_the_default_group(ec2, vpc, refused):
    (default,) = ec2.describe_security_groups()["SecurityGroups"]
    assert refused(ec2.delete_security_group, GroupId=default["GroupId"])[0] == "CannotDelete"


def test_an_unknown_group(ec2, refused):
    assert refused(ec2.delete_security_group, GroupId="sg-0123456789abcdef0")[0] == "InvalidGroup.NotFound"


def test_an_interface_in_use(ec2, subnet, refused):
    ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet)
    (eni,) = ec2.describe_network_interfaces()["NetworkInterfaces"]
    told = refused(ec2.delete_network_interface, NetworkInterfaceId=eni["NetworkInterfaceId"])
    assert told[0] == "InvalidNetworkInterface.InUse"


@pytest.mark.parametrize("what", ["subnet", "group", "gateway", "endpoint"])
def test_a_vpc_with_something_in_it(ec2, vpc, refused, what):
    if what == "subnet":
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")
    elif what == "group":
        group(ec2, vpc, "own")
    elif what == "gateway":
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    else:
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")
    told = f"The vpc '{vpc}' has dependencies and cannot be deleted."
    assert refused(ec2.delete_vpc, VpcId=vpc) == ("DependencyViolation", told)


def test_an_empty_vpc_goes(ec2, vpc):
    ec2.delete_vpc(VpcId=vpc)
    assert ec2.describe_vpcs()["Vpcs"] == []


def test_a_main_route_table_and_one_that_an_endpoint_uses(ec2, vpc, refused):
    (main,) = ec2.describe_route_tables()["RouteTables"]
    assert refused(ec2.delete_route_table, RouteTableId=main["RouteTableId"])[0] == "DependencyViolation"
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    service = "com.amazonaws.us-east-1.s3"
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, RouteTableIds=[table])["VpcEndpoint"]
    assert refused(ec2.delete_route_table, RouteTableId=table)[0] == "DependencyViolation"
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    ec2.delete_route_table(RouteTableId=table)


def test_canary_moto_deletes_a_subnet_and_a_group_in_use(bare):
    ec2 = bare("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    used = group(ec2, vpc, "used")
    ec2.create_network_interface(SubnetId=subnet, Groups=[used])
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_security_group(GroupId=used)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)
