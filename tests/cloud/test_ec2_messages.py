"""Unknown VPCs and endpoints in AWS's own words."""


def test_an_unknown_vpc(ec2, refused):
    told = ("InvalidVpcID.NotFound", "The vpc ID 'vpc-0123456789abcdef0' does not exist")
    assert refused(ec2.create_subnet, VpcId="vpc-0123456789abcdef0", CidrBlock="10.0.0.0/24") == told
    ids = ["vpc-0123456789abcdef1", "vpc-0123456789abcdef0"]
    assert refused(ec2.describe_vpcs, VpcIds=ids) == told


def test_an_unknown_endpoint(ec2, refused):
    told = ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id 'vpce-1' does not exist")
    assert refused(ec2.modify_vpc_endpoint, VpcEndpointId="vpce-1") == told
    assert refused(ec2.describe_vpc_endpoints, VpcEndpointIds=["vpce-1"]) == told


def test_canary_motos_own_words(bare, refused):
    ec2 = bare("ec2")
    told = refused(ec2.create_subnet, VpcId="vpc-0123456789abcdef0", CidrBlock="10.0.0.0/24")
    assert told[1] == "VpcID vpc-0123456789abcdef0 does not exist."
    told = refused(ec2.modify_vpc_endpoint, VpcEndpointId="vpce-1")
    assert told[1] == "The VpcEndPoint ID 'vpce-1' does not exist"
