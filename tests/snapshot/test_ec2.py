"""EC2's answers as one network: attributes, prefix lists, pages, accounts and Regions, and what is wrong or missing."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from lab_env.errors import InvalidInput
from lab_env.network.model import PrefixList
from lab_env.snapshot import directconnect
from lab_env.snapshot.ec2 import (
    KEYS,
    Source,
    describe_with,
    network_from_answers,
    network_from_sources,
    read_ec2,
)
from lab_env.snapshot.internet import aws_ranges, load_internet
from lab_env.snapshot.record import Located


def test_vpc_attributes():
    """DescribeVpcAttribute's answers are taken, and nothing is assumed in their place."""
    answers = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}
    attributes = {"vpc-1": {"EnableDnsSupport": False, "EnableDnsHostnames": True}}
    (vpc,) = network_from_answers(answers, "us-east-1", attributes=attributes).vpcs
    assert (vpc.dns_support, vpc.dns_hostnames) == (False, True)
    assert vpc.assumed == {"DhcpOptions"}


def test_an_interface_without_an_address_is_left_out():
    """An efa-only interface carries no IP packet."""
    item = {
        "NetworkInterfaceId": "eni-1",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "InterfaceType": "efa-only",
    }
    assert network_from_answers({"NetworkInterfaces": [item]}, "us-east-1").interfaces == ()


@pytest.mark.parametrize(
    ("number", "name"),
    [("1", "icmp"), ("6", "tcp"), ("17", "udp"), ("58", "icmpv6"), ("50", "50"), ("-1", "-1")],
)
def test_protocols_of_network_acls_have_names(number, name):
    """EC2 answers numbers in network ACLs; the four that security groups name have one name in both."""
    entry = {
        "RuleNumber": 1,
        "Egress": True,
        "Protocol": number,
        "CidrBlock": "0.0.0.0/0",
        "RuleAction": "allow",
    }
    acl = {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": [entry]}
    assert (
        network_from_answers({"NetworkAcls": [acl]}, "us-east-1").network_acls[0].entries[0].protocol == name
    )


def test_an_instances_primary_interface_comes_first():
    """Device index 0 is the one that an instance's name stands for."""
    items = [
        {
            "NetworkInterfaceId": f"eni-{index}",
            "VpcId": "vpc-1",
            "SubnetId": "subnet-1",
            "PrivateIpAddress": f"10.0.1.{index + 4}",
            "Attachment": {"InstanceId": "i-1", "DeviceIndex": index},
        }
        for index in (1, 0, 2)
    ]
    network = network_from_answers({"NetworkInterfaces": items}, "us-east-1")
    assert [interface.id for interface in network.interfaces] == ["eni-0", "eni-1", "eni-2"]


def test_the_rest_of_the_world_may_be_given():
    """By default it is the lab's own; a caller may know better."""
    assert network_from_answers({"Vpcs": []}, "us-east-1").internet is load_internet()
    other = replace(load_internet(), hosts={})
    assert network_from_answers({"Vpcs": []}, "us-east-1", internet=other).internet is other


S3 = "com.amazonaws.us-east-1.s3"


def _route_to(prefix_list, target="vpce-1"):
    routes = [{"DestinationPrefixListId": prefix_list, "GatewayId": target}]
    return [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": routes}]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(
            {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": S3, "OwnerId": "AWS"}]},
            id="by its name",
        ),
        pytest.param(
            {
                "PrefixLists": [],
                "RouteTables": _route_to("pl-1"),
                "VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "ServiceName": S3}],
            },
            id="by its endpoint",
        ),
        pytest.param({"PrefixLists": [], "RouteTables": _route_to("pl-63a5400a")}, id="by its well-known id"),
    ],
)
def test_a_list_of_aws_without_blocks_takes_the_public_ranges(answers):
    """DescribeManagedPrefixLists gives no blocks; AWS publishes those of its services."""
    (found,) = network_from_answers(answers, "us-east-1").prefix_lists
    assert (found.name, found.cidrs, found.owner) == (S3, aws_ranges("s3", "us-east-1"), "AWS")


def test_a_customer_list_has_its_entries():
    """GetManagedPrefixListEntries gives the blocks; the list's own item its name and owner."""
    answers = {"PrefixLists": [{"PrefixListId": "pl-9", "PrefixListName": "offices", "OwnerId": "1" * 12}]}
    network = network_from_answers(answers, "us-east-1", entries={"pl-9": [{"Cidr": "192.0.2.0/24"}]})
    expected = PrefixList("pl-9", "offices", (IPv4Network("192.0.2.0/24"),), "us-east-1", "1" * 12)
    assert network.prefix_lists == (expected,)


@pytest.mark.parametrize("region", ["us-east-1", "xx-test-1"])
def test_a_list_that_nobody_described_is_missed_only_when_asked_for(region):
    """A route may name a list that the export left out: reading goes on, and invents nothing."""
    network = network_from_answers({"PrefixLists": [], "RouteTables": _route_to("pl-9")}, region)
    assert network.prefix_lists == ()


def test_a_list_in_a_region_of_unknown_addresses_is_left_out():
    """Nothing is invented for a Region whose public ranges the lab does not hold."""
    answers = {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.xx-test-1.s3"}]}
    assert network_from_answers(answers, "xx-test-1").prefix_lists == ()


class FakeClient:
    """Answers like a boto3 EC2 client, two items a page."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def __getattr__(self, method):
        def call(**parameters):
            self.asked.append(method)
            if method == "describe_vpc_attribute":
                key = parameters["Attribute"][0].upper() + parameters["Attribute"][1:]
                return {key: {"Value": True}, "VpcId": parameters["VpcId"]}
            key, items = self.answers.get(method, ("Nothing", []))
            start = int(parameters.get("NextToken", 0))
            more = {"NextToken": str(start + 2)} if start + 2 < len(items) else {}
            return {key: items[start : start + 2], **more}

        return call


def test_read_ec2_asks_page_by_page():
    """Every page is read, a VPC's attributes are asked, and a customer's prefix list gets its entries."""
    client = FakeClient(
        {
            "describe_vpcs": (
                "Vpcs",
                [{"VpcId": f"vpc-{n}", "CidrBlock": f"10.{n}.0.0/16"} for n in range(5)],
            ),
            "describe_managed_prefix_lists": (
                "PrefixLists",
                [{"PrefixListId": "pl-9", "PrefixListName": "offices", "OwnerId": "1" * 12}],
            ),
            "get_managed_prefix_list_entries": ("Entries", [{"Cidr": f"192.0.2.{n}/32"} for n in range(3)]),
        }
    )
    network = read_ec2(describe_with(client), "us-east-1")
    assert [vpc.id for vpc in network.vpcs] == [f"vpc-{n}" for n in range(5)]
    assert all(vpc.dns_hostnames and vpc.assumed == {"DhcpOptions"} for vpc in network.vpcs)
    assert len(network.prefix_list["pl-9"].cidrs) == 3
    assert network.missing == set(directconnect.KEYS)


def test_read_ec2_only_describes():
    """Nothing that could change an account is ever asked."""
    client = FakeClient({"describe_vpcs": ("Vpcs", [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}])})
    read_ec2(describe_with(client), "us-east-1")
    assert all(method.startswith(("describe_", "get_")) for method in client.asked)


VPC_A = {"Vpcs": [{"VpcId": "vpc-a", "CidrBlock": "10.1.0.0/16"}]}
VPC_B = {"Vpcs": [{"VpcId": "vpc-b", "CidrBlock": "10.2.0.0/16"}]}
PEERING = {
    "VpcPeeringConnections": [
        {
            "VpcPeeringConnectionId": "pcx-1",
            "RequesterVpcInfo": {"VpcId": "vpc-a"},
            "AccepterVpcInfo": {"VpcId": "vpc-b"},
            "Status": {"Code": "active"},
        }
    ]
}


def test_two_accounts_become_one_network():
    """A peering connection that both describe is there once; each VPC has its account and Region."""
    network = network_from_sources(
        [
            Source("us-east-1", VPC_A | PEERING, account="1" * 12),
            Source("us-west-2", VPC_B | PEERING, account="2" * 12),
        ]
    )
    assert [(vpc.id, vpc.region, vpc.owner) for vpc in network.vpcs] == [
        ("vpc-a", "us-east-1", "1" * 12),
        ("vpc-b", "us-west-2", "2" * 12),
    ]
    assert len(network.peerings) == 1
    assert network.region == "us-east-1"


def test_a_region_without_vpcs_makes_nothing_missing():
    """Of a Region where only AWS's prefix lists were exported, nothing else is expected."""
    whole = {key: [] for key in KEYS}
    lists = {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "x", "Cidrs": []}]}
    network = network_from_sources([Source("us-east-1", lists), Source("us-west-1", whole | VPC_A)])
    assert network.missing == frozenset()
    assert network.region == "us-west-1"
    assert "pl-1" in network.prefix_list


def test_one_list_id_in_two_regions():
    """AWS gives pl-6ea54007 to S3 in eu-central-1 and to DynamoDB in us-west-1: both are there, each in its Region."""

    def source(region, service):
        name = f"com.amazonaws.{region}.{service}"
        return Source(region, {"PrefixLists": [{"PrefixListId": "pl-6ea54007", "PrefixListName": name}]})

    network = network_from_sources([source("eu-central-1", "s3"), source("us-west-1", "dynamodb")])
    assert [(item.region, item.cidrs) for item in network.prefix_lists] == [
        ("eu-central-1", aws_ranges("s3", "eu-central-1")),
        ("us-west-1", aws_ranges("dynamodb", "us-west-1")),
    ]


FAULTS = [
    ({"Vpcs": ["vpc-1"]}, r'Vpcs\[0\]: expected an object, found "vpc-1"'),
    ({"Vpcs": [{}]}, r"Vpcs\[0\].VpcId: this key is missing"),
    ({"Vpcs": [{"VpcId": 7}]}, r"Vpcs\[0\].VpcId: expected a string, found 7"),
    (
        {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/33"}]},
        r"CidrBlock: '10.0.0.0/33' is no CIDR block",
    ),
    ({"Vpcs": [{"VpcId": "vpc-1", "IsDefault": "yes"}]}, r"IsDefault: expected true or false, found \"yes\""),
    ({"Vpcs": [{"VpcId": "vpc-1", "Tags": {"Name": "x"}}]}, r"Tags: expected a list"),
    (
        {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailableIpAddressCount": True}]},
        r"AvailableIpAddressCount: expected a number, found true",
    ),
    (
        {
            "NetworkInterfaces": [
                {"NetworkInterfaceId": "eni-1", "VpcId": "v", "SubnetId": "s", "PrivateIpAddress": "x"}
            ]
        },
        r"NetworkInterfaces\[0\].PrivateIpAddress: 'x' is no IP address",
    ),
    (
        {"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "v", "Entries": [{"RuleAction": "maybe"}]}]},
        r"Entries\[0\].RuleAction: expected allow or deny, found 'maybe'",
    ),
    (
        {"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "v", "Entries": [{"RuleAction": "deny"}]}]},
        r"Entries\[0\].RuleNumber: this key is missing",
    ),
    (
        {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcId": "v", "RouteTableIds": [None]}]},
        r"RouteTableIds: expected a list of strings, found \[null\]",
    ),
    (
        {"PrefixLists": [{"PrefixListId": "pl-1", "Cidrs": ["x"]}]},
        r"PrefixLists\[0\].Cidrs.*'x' is no CIDR block",
    ),
    (
        {"VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1"}]},
        r"RequesterVpcInfo.VpcId: this key is missing",
    ),
]


@pytest.mark.parametrize(("answers", "words"), FAULTS)
def test_a_bad_item_is_named_by_place_and_key(answers, words):
    """Whoever exported it has to find it."""
    with pytest.raises(InvalidInput, match=words):
        network_from_answers(answers, "us-east-1")


def test_a_bad_item_is_named_by_its_file():
    """An item that was read from a file says which."""
    with pytest.raises(InvalidInput, match=r"us-east-1/Vpcs.json: Vpcs\[0\].VpcId: this key is missing"):
        network_from_answers({"Vpcs": [Located({}, "us-east-1/Vpcs.json")]}, "us-east-1")
