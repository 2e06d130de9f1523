"""VPC endpoints: routes of gateway ones, interfaces and names of interface ones, and AWS's refusals."""

import json

import boto3
import pytest

from lab_env.errors import NotModelled

S3, DYNAMODB, STS, SAGEMAKER = (
    f"com.amazonaws.us-east-1.{name}" for name in ("s3", "dynamodb", "sts", "sagemaker.api")
)
LIST = "pl-63a5400a"
PRIVATE_DNS = (
    "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
    "for {vpc}"
)
INBOUND_ONLY = (
    "To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {vpc} must have a Gateway endpoint "
    "for the service."
)


class Place:
    """A VPC with two subnets in two zones, two route tables, and short ways to ask about it."""

    def __init__(self, ec2):
        self.ec2 = ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        self.a, self.b = (self.subnet(n, zone) for n, zone in ((1, "us-east-1a"), (2, "us-east-1b")))
        self.tables = [ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"] for _ in "ab"]

    def subnet(self, n, zone):
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.20.{n}.0/28", AvailabilityZone=zone)
        return made["Subnet"]["SubnetId"]

    def dns_hostnames(self):
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})

    def gateway(self, tables=(), service=S3, **params):
        return self.make(service, RouteTableIds=list(tables), **params)

    def interface(self, service, subnets=None, **params):
        chosen = [self.a] if subnets is None else subnets
        return self.make(service, VpcEndpointType="Interface", SubnetIds=chosen, **params)

    def make(self, service, **params):
        made = self.ec2.create_vpc_endpoint(VpcId=self.vpc, ServiceName=service, **params)["VpcEndpoint"]
        assert self.show(made["VpcEndpointId"]) == made
        return made

    def show(self, identifier):
        return self.ec2.describe_vpc_endpoints(VpcEndpointIds=[identifier])["VpcEndpoints"][0]

    def modify(self, endpoint, **params):
        self.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], **params)
        return self.show(endpoint["VpcEndpointId"])

    def delete(self, endpoint):
        return self.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["Unsuccessful"]

    def routes(self, table):
        shown = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return [
            (route["DestinationPrefixListId"], route["GatewayId"], route["State"])
            for route in shown
            if "DestinationPrefixListId" in route
        ]

    def interfaces(self):
        return self.ec2.describe_network_interfaces()["NetworkInterfaces"]


@pytest.fixture
def place(ec2):
    return Place(ec2)


def test_a_gateway_endpoint_is_one_route_a_table(place):
    one, two = place.tables
    made = place.gateway([one])
    endpoint = made["VpcEndpointId"]
    assert place.routes(one) == [(LIST, endpoint, "active")]
    assert place.routes(two) == []
    assert (made["State"], made["VpcEndpointType"], made["RouteTableIds"]) == ("available", "Gateway", [one])
    assert (made["NetworkInterfaceIds"], made["Groups"], made["DnsEntries"]) == ([], [], [])
    assert place.interfaces() == []
    assert not made["PrivateDnsEnabled"]


def test_its_policy_is_awss_own_unless_given(place):
    made = place.gateway()
    assert made["PolicyDocument"] == (
        '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
    )
    text = json.dumps({"Version": "2012-10-17", "Statement": []})
    assert place.modify(made, PolicyDocument=text)["PolicyDocument"] == text
    assert place.modify(made, ResetPolicy=True)["PolicyDocument"] == made["PolicyDocument"]
    assert place.gateway(service=DYNAMODB, PolicyDocument=text)["PolicyDocument"] == text


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"Statement": "x" * 20_480})])
def test_a_policy_that_is_none(place, refused, text):
    asked = {"VpcId": place.vpc, "ServiceName": S3, "PolicyDocument": text}
    assert refused(place.ec2.create_vpc_endpoint, **asked)[0] == "InvalidPolicyDocument"
    made = place.gateway()
    change = {
        "VpcEndpointId": made["VpcEndpointId"],
        "PolicyDocument": text,
        "AddRouteTableIds": place.tables,
    }
    assert refused(place.ec2.modify_vpc_endpoint, **change)[0] == "InvalidPolicyDocument"
    assert place.routes(place.tables[0]) == []


def test_tables_come_and_go(place):
    one, two = place.tables
    made = place.gateway([one])
    after = place.modify(made, AddRouteTableIds=[two, one], RemoveRouteTableIds=[one])
    assert after["RouteTableIds"] == [two]
    assert (place.routes(one), place.routes(two)) == ([], [(LIST, made["VpcEndpointId"], "active")])
    assert place.delete(made) == []
    assert place.routes(two) == []
    assert place.ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_one_route_a_service_and_table(place, refused):
    one, two = place.tables
    place.gateway([one])
    told = f"route table {one} already has a route with destination-prefix-list-id {LIST}"
    asked = {"VpcId": place.vpc, "ServiceName": S3, "RouteTableIds": [two, one]}
    assert refused(place.ec2.create_vpc_endpoint, **asked) == ("RouteAlreadyExists", told)
    assert place.routes(two) == []
    other = place.gateway([two])
    assert refused(
        place.ec2.modify_vpc_endpoint, VpcEndpointId=other["VpcEndpointId"], AddRouteTableIds=[one]
    ) == ("RouteAlreadyExists", told)
    place.gateway([one], service=DYNAMODB)
    assert len(place.routes(one)) == 2


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        (
            {"ServiceName": "com.amazonaws.eu-west-1.s3"},
            "InvalidServiceName",
            "The Vpc Endpoint Service 'com.amazonaws.eu-west-1.s3' does not exist",
        ),
        (
            {"ServiceName": "com.amazonaws.us-east-1.nothing"},
            "InvalidServiceName",
            "The Vpc Endpoint Service 'com.amazonaws.us-east-1.nothing' does not exist",
        ),
        (
            {"ServiceName": STS},
            "InvalidParameter",
            "Endpoint type (Gateway) does not match available service types ([Interface]).",
        ),
        ({"VpcId": "vpc-0123456789abcdef0"}, "InvalidVpcID.NotFound", None),
        ({"RouteTableIds": ["rtb-0123456789abcdef0"]}, "InvalidRouteTableID.NotFound", None),
        ({"SubnetIds": ["subnet-1"]}, "InvalidParameter", None),
        ({"SecurityGroupIds": ["sg-1"]}, "InvalidParameter", None),
        ({"PrivateDnsEnabled": True}, "InvalidParameter", None),
        (
            {"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": True}},
            "InvalidParameter",
            "DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.",
        ),
    ],
)
def test_gateway_endpoints_that_aws_refuses(place, refused, params, code, message):
    told = refused(place.ec2.create_vpc_endpoint, **{"VpcId": place.vpc, "ServiceName": S3} | params)
    assert told[0] == code
    assert message in (None, told[1])
    assert place.ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_a_table_of_another_vpc(place, refused):
    other = Place(place.ec2)
    asked = {"VpcId": place.vpc, "ServiceName": S3, "RouteTableIds": [other.tables[0]]}
    assert refused(place.ec2.create_vpc_endpoint, **asked)[0] == "InvalidParameter"


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        ("com.amazonaws.us-east-1.s3express", "Gateway"),
        ("com.amazonaws.vpce.us-east-1.vpce-svc-0123", "Interface"),
        (S3, "GatewayLoadBalancer"),
    ],
)
def test_what_is_not_modelled_is_named(place, service, kind):
    with pytest.raises(NotModelled, match=service):
        place.ec2.create_vpc_endpoint(VpcId=place.vpc, ServiceName=service, VpcEndpointType=kind)


def test_a_region_whose_prefix_lists_are_unknown(cloud):
    ec2 = boto3.client("ec2", region_name="ap-south-1")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    with pytest.raises(NotModelled, match="ap-south-1"):
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.ap-south-1.s3")


def test_an_interface_endpoint_stands_in_its_subnets(place):
    place.dns_hostnames()
    made = place.interface(STS, [place.a, place.b])
    enis = place.interfaces()
    assert made["NetworkInterfaceIds"] == [eni["NetworkInterfaceId"] for eni in enis]
    assert [eni["PrivateIpAddress"] for eni in enis] == ["10.20.1.4", "10.20.2.4"]
    assert {(eni["InterfaceType"], eni["RequesterManaged"], eni["Status"]) for eni in enis} == {
        ("vpc_endpoint", True, "in-use")
    }
    (default,) = place.ec2.describe_security_groups()["SecurityGroups"]
    assert made["Groups"] == [{"GroupId": default["GroupId"], "GroupName": "default"}]
    assert [group["GroupId"] for group in enis[0]["Groups"]] == [default["GroupId"]]
    assert json.loads(made["PolicyDocument"]) == {
        "Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]
    }
    assert place.delete(made) == []
    assert place.interfaces() == []


def names(endpoint):
    stem = endpoint["VpcEndpointId"]
    found = [entry["DnsName"] for entry in endpoint["DnsEntries"]]
    suffix = found[0].partition(stem)[2][1:9]
    return [name.replace(f"{stem}-{suffix}", "<vpce>") for name in found]


def test_names_of_an_interface_endpoint(place):
    place.dns_hostnames()
    assert names(place.interface(SAGEMAKER)) == [
        "<vpce>.api.sagemaker.us-east-1.vpce.amazonaws.com",
        "<vpce>-us-east-1a.api.sagemaker.us-east-1.vpce.amazonaws.com",
        "api.sagemaker.us-east-1.amazonaws.com",
    ]


def test_names_of_s3s(place):
    place.dns_hostnames()
    made = place.interface(S3)
    assert names(made) == [
        "*.<vpce>.s3.us-east-1.vpce.amazonaws.com",
        "*.<vpce>-us-east-1a.s3.us-east-1.vpce.amazonaws.com",
    ]
    after = place.modify(
        made,
        PrivateDnsEnabled=True,
        DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": False},
        AddSubnetIds=[place.b],
    )
    assert names(after) == [
        "*.<vpce>.s3.us-east-1.vpce.amazonaws.com",
        "*.<vpce>-us-east-1a.s3.us-east-1.vpce.amazonaws.com",
        "*.<vpce>-us-east-1b.s3.us-east-1.vpce.amazonaws.com",
        "s3.us-east-1.amazonaws.com",
        "*.s3.us-east-1.amazonaws.com",
        "*.s3-accesspoint.us-east-1.amazonaws.com",
        "*.s3-control.us-east-1.amazonaws.com",
    ]


def test_private_dns_needs_both_attributes(place, refused):
    asked = {"VpcId": place.vpc, "ServiceName": STS, "VpcEndpointType": "Interface", "SubnetIds": [place.a]}
    told = (
        "InvalidParameter",
        PRIVATE_DNS.format(vpc=place.vpc),
    )
    assert refused(place.ec2.create_vpc_endpoint, **asked) == told
    assert place.interfaces() == []
    made = place.interface(STS, PrivateDnsEnabled=False)
    change = {"VpcEndpointId": made["VpcEndpointId"], "PrivateDnsEnabled": True}
    assert refused(place.ec2.modify_vpc_endpoint, **change) == told
    place.dns_hostnames()
    place.ec2.modify_vpc_attribute(VpcId=place.vpc, EnableDnsSupport={"Value": False})
    assert refused(place.ec2.modify_vpc_endpoint, **change) == told


def test_s3s_private_dns_for_inbound_resolvers_needs_a_gateway_endpoint(place, refused):
    place.dns_hostnames()
    told = (
        "InvalidParameter",
        INBOUND_ONLY.format(vpc=place.vpc),
    )
    asked = {"VpcId": place.vpc, "ServiceName": S3, "VpcEndpointType": "Interface", "SubnetIds": [place.a]}
    assert refused(place.ec2.create_vpc_endpoint, **asked, PrivateDnsEnabled=True) == told
    gateway = place.gateway()
    made = place.interface(S3, PrivateDnsEnabled=True)
    assert made["DnsOptions"] == {"DnsRecordIpType": "ipv4", "PrivateDnsOnlyForInboundResolverEndpoint": True}
    (kept,) = place.delete(gateway)
    assert (kept["ResourceId"], kept["Error"]["Code"]) == (gateway["VpcEndpointId"], "InvalidParameter")
    second = place.gateway(place.tables)
    assert place.delete(gateway) == []
    changed = place.modify(made, DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": False})
    assert changed["DnsOptions"]["PrivateDnsOnlyForInboundResolverEndpoint"] is False
    assert changed["PrivateDnsEnabled"]
    assert place.delete(second) == []
    off = place.modify(made, PrivateDnsEnabled=False)
    assert off["DnsOptions"] == {"DnsRecordIpType": "ipv4"}


def test_one_private_name_a_vpc(place, refused):
    place.dns_hostnames()
    place.interface(STS)
    asked = {"VpcId": place.vpc, "ServiceName": STS, "VpcEndpointType": "Interface", "SubnetIds": [place.b]}
    told = refused(place.ec2.create_vpc_endpoint, **asked)
    assert told[1].startswith(
        "private-dns-enabled cannot be set because there is already a conflicting DNS domain"
    )
    place.interface(STS, [place.b], PrivateDnsEnabled=False)


def test_subnets_and_groups_come_and_go(place, refused):
    made = place.interface(STS, PrivateDnsEnabled=False)
    own = place.ec2.create_security_group(GroupName="own", Description="d", VpcId=place.vpc)["GroupId"]
    old = made["Groups"][0]["GroupId"]
    after = place.modify(
        made,
        AddSubnetIds=[place.b],
        RemoveSubnetIds=[place.a],
        AddSecurityGroupIds=[own],
        RemoveSecurityGroupIds=[old],
    )
    assert (after["SubnetIds"], after["Groups"]) == ([place.b], [{"GroupId": own, "GroupName": "own"}])
    (eni,) = place.interfaces()
    assert (eni["SubnetId"], [group["GroupId"] for group in eni["Groups"]]) == (place.b, [own])
    last = {"VpcEndpointId": made["VpcEndpointId"], "RemoveSecurityGroupIds": [own]}
    assert refused(place.ec2.modify_vpc_endpoint, **last)[0] == "InvalidParameter"
    tables = {"VpcEndpointId": made["VpcEndpointId"], "AddRouteTableIds": place.tables}
    assert refused(place.ec2.modify_vpc_endpoint, **tables) == (
        "InvalidParameter",
        "Route table IDs are only supported for Gateway type VPC Endpoint.",
    )


def test_one_subnet_a_zone(place, refused):
    third = place.subnet(3, "us-east-1a")
    asked = {
        "VpcId": place.vpc,
        "ServiceName": STS,
        "VpcEndpointType": "Interface",
        "PrivateDnsEnabled": False,
    }
    told = refused(place.ec2.create_vpc_endpoint, **asked, SubnetIds=[place.a, third])
    assert told == (
        "DuplicateSubnetsInSameZone",
        f"Found another VPC endpoint subnet in the availability zone of {third}",
    )
    assert place.interfaces() == []


def test_an_address_of_ones_choice(place):
    chosen = {"SubnetId": place.a, "Ipv4": "10.20.1.9"}
    place.interface(STS, PrivateDnsEnabled=False, SubnetConfigurations=[chosen])
    assert [eni["PrivateIpAddress"] for eni in place.interfaces()] == ["10.20.1.9"]


def test_a_full_subnet_leaves_nothing_behind(place, refused):
    for _ in range(11):
        place.ec2.create_network_interface(SubnetId=place.b)
    asked = {
        "VpcId": place.vpc,
        "ServiceName": STS,
        "VpcEndpointType": "Interface",
        "PrivateDnsEnabled": False,
    }
    told = refused(place.ec2.create_vpc_endpoint, **asked, SubnetIds=[place.a, place.b])
    assert told[0] == "InsufficientFreeAddressesInSubnet"
    assert {eni["SubnetId"] for eni in place.interfaces()} == {place.b}


def test_subnets_and_groups_of_another_vpc(place, refused):
    other = Place(place.ec2)
    far = place.ec2.create_security_group(GroupName="far", Description="d", VpcId=other.vpc)["GroupId"]
    asked = {
        "VpcId": place.vpc,
        "ServiceName": STS,
        "VpcEndpointType": "Interface",
        "PrivateDnsEnabled": False,
    }
    for params in ({"SubnetIds": [other.a]}, {"SubnetIds": [place.a], "SecurityGroupIds": [far]}):
        assert refused(place.ec2.create_vpc_endpoint, **asked, **params)[0] == "InvalidParameter"
    unknown = {"SubnetIds": [place.a], "SecurityGroupIds": ["sg-1"]}
    assert refused(place.ec2.create_vpc_endpoint, **asked, **unknown)[0] == "InvalidGroup.NotFound"


def test_deleting_what_is_not_there(place):
    (told,) = place.ec2.delete_vpc_endpoints(VpcEndpointIds=["vpce-1"])["Unsuccessful"]
    assert (told["ResourceId"], told["Error"]["Code"]) == ("vpce-1", "InvalidVpcEndpointId.NotFound")


@pytest.fixture
def plain(bare):
    """moto alone: a client, a VPC, a subnet and two route tables."""
    ec2 = bare("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in "ab"]
    return ec2, vpc, tables, ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]


def to_endpoints(ec2, table):
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    return [route["GatewayId"] for route in routes if route["GatewayId"].startswith("vpce-")]


def test_canary_moto_accepts_another_regions_service(plain):
    ec2, vpc, tables, _ = plain
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-west-1.s3", RouteTableIds=tables)


def test_canary_moto_accepts_a_second_endpoint_on_a_table(plain):
    ec2, vpc, tables, _ = plain
    for _ in range(2):
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=S3, VpcEndpointType="Gateway", RouteTableIds=tables)


def test_canary_moto_adds_no_route_for_a_table_associated_later(plain):
    ec2, vpc, tables, _ = plain
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=S3, VpcEndpointType="Gateway")["VpcEndpoint"]
    ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], AddRouteTableIds=tables)
    assert to_endpoints(ec2, tables[0]) == []


def test_canary_moto_keeps_deleted_endpoints(plain):
    ec2, vpc, _, _ = plain
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=S3, VpcEndpointType="Gateway")["VpcEndpoint"]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    assert [one["State"] for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]] == ["deleted"]


def test_canary_motos_interface_endpoints(plain):
    """No default group, no DnsOptions, no private-DNS conditions, and an address from anywhere."""
    ec2, vpc, _, subnet = plain
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=S3,
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
        PrivateDnsEnabled=True,
        DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": True},
    )["VpcEndpoint"]
    assert made["Groups"] == []
    assert "DnsOptions" not in made
    (eni,) = ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])[
        "NetworkInterfaces"
    ]
    assert not eni["PrivateIpAddress"].startswith("10.20.1.")
    assert eni["InterfaceType"] == "interface"
