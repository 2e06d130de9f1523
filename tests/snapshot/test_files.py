"""Exported files: known by their keys, placed by their folders, and named when something is wrong with them."""

from __future__ import annotations

import json
from ipaddress import IPv4Network

import pytest

from lab_env.errors import InvalidInput
from lab_env.snapshot.files import read_path

VPC = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}
SUBNET = {
    "SubnetId": "subnet-1",
    "VpcId": "vpc-1",
    "CidrBlock": "10.0.1.0/24",
    "AvailabilityZone": "us-west-2a",
}
LIST = {"PrefixListId": "pl-0a1b", "PrefixListName": "offices", "OwnerId": "1" * 12}


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return folder


def test_one_file_may_hold_several_answers(tmp_path):
    """The file's name says nothing; its keys do. The Region comes from the availability zones."""
    folder = write(tmp_path, {"anything.json": {"Vpcs": [VPC], "Subnets": [SUBNET], "Other": {}}})
    network = read_path(folder / "anything.json")
    assert (network.region, network.vpcs[0].region, network.subnets[0].id) == (
        "us-west-2",
        "us-west-2",
        "subnet-1",
    )


def test_a_folder_of_answers(tmp_path):
    """One file each; pages of one answer add up; answers of other services are left alone."""
    network = read_path(
        write(
            tmp_path,
            {
                "us-east-2/describe-vpcs.json": {"Vpcs": [VPC]},
                "us-east-2/describe-subnets-1.json": {"Subnets": [SUBNET]},
                "us-east-2/describe-subnets-2.json": {"Subnets": [SUBNET | {"SubnetId": "subnet-2"}]},
                "us-east-2/TransitGateways.json": {"TransitGateways": []},
                "us-east-2/s3/bucket/get-bucket-policy.json": {"Policy": "{}"},
                "us-east-2/notes.txt": b"no answer at all",
                "iam/role/get-role.json": b"not even JSON",
            },
        )
    )
    assert network.region == "us-east-2"
    assert [subnet.id for subnet in network.subnets] == ["subnet-1", "subnet-2"]


def test_folders_stand_for_accounts_and_regions(tmp_path):
    """accounts/<id>/<region>/ gives owner and Region; what two accounts describe alike is there once."""
    network = read_path(
        write(
            tmp_path,
            {
                "accounts/111111111111/us-east-1/a.json": {"Vpcs": [VPC]},
                "accounts/222222222222/eu-west-1/b.json": {"Vpcs": [VPC | {"VpcId": "vpc-2"}]},
            },
        )
    )
    assert [(vpc.id, vpc.owner, vpc.region) for vpc in network.vpcs] == [
        ("vpc-1", "1" * 12, "us-east-1"),
        ("vpc-2", "2" * 12, "eu-west-1"),
    ]


def test_vpc_attributes_from_any_number_of_files(tmp_path):
    """describe-vpc-attribute prints one attribute of one VPC at a time."""
    (vpc,) = read_path(
        write(
            tmp_path,
            {
                "us-east-1/vpcs.json": {"Vpcs": [VPC]},
                "us-east-1/one.json": {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": False}},
                "us-east-1/two.json": {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}},
            },
        )
    ).vpcs
    assert (vpc.dns_support, vpc.dns_hostnames, vpc.assumed) == (False, True, {"DhcpOptions"})


def test_entries_of_a_prefix_list_by_the_id_in_their_path(tmp_path):
    """get-managed-prefix-list-entries does not say of which list; the file's path does."""
    network = read_path(
        write(
            tmp_path,
            {
                "us-east-1/describe-managed-prefix-lists.json": {"PrefixLists": [LIST]},
                "us-east-1/pl-0a1b/entries.json": {"Entries": [{"Cidr": "192.0.2.0/24"}]},
            },
        )
    )
    assert network.prefix_list["pl-0a1b"].cidrs == (IPv4Network("192.0.2.0/24"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encodings_that_shells_write(tmp_path, encoding):
    """PowerShell redirects to UTF-16, some editors put a mark before UTF-8."""
    text = json.dumps({"Vpcs": [VPC | {"Tags": [{"Key": "Name", "Value": "ünï"}]}]}, ensure_ascii=False)
    network = read_path(write(tmp_path, {"us-east-1/vpcs.json": text.encode(encoding)}))
    assert network.vpcs[0].name == "ünï"


def test_the_region_may_be_given(tmp_path):
    """When no folder and no zone tells it, the caller may."""
    folder = write(tmp_path, {"vpcs.json": {"Vpcs": [VPC]}})
    assert read_path(folder, region="eu-west-1").vpcs[0].region == "eu-west-1"


FAULTS = {
    "not JSON": ({"us-east-1/v.json": b'{"Vpcs": ['}, r"us-east-1/v.json: this is no JSON file \(.*line 1"),
    "not an object": (
        {"us-east-1/v.json": [VPC]},
        r"us-east-1/v.json: expected an object at the top, found list",
    ),
    "not a list": ({"us-east-1/v.json": {"Vpcs": VPC}}, r"us-east-1/v.json: Vpcs: expected a list, found \{"),
    "an item that is none": ({"us-east-1/v.json": {"Vpcs": ["x"]}}, r"Vpcs\[0\]: expected an object, found"),
    "a key that is missing": (
        {"us-east-1/v.json": {"Subnets": [{"SubnetId": "subnet-1"}]}},
        r"us-east-1/v.json: Subnets\[0\].VpcId: this key is missing",
    ),
    "an answer cut short": (
        {"us-east-1/v.json": {"Vpcs": [VPC], "NextToken": "abc"}},
        r"us-east-1/v.json: the answer was cut short.*--max-items",
    ),
    "an attribute without its VPC": (
        {"us-east-1/v.json": {"EnableDnsSupport": {"Value": True}}},
        r"us-east-1/v.json: describe-vpc-attribute.VpcId: this key is missing",
    ),
    "entries without their list": (
        {"us-east-1/v.json": {"Entries": [{"Cidr": "192.0.2.0/24"}]}},
        r"us-east-1/v.json: Entries: .*nothing says of which.*pl-",
    ),
    "an entry that is no block": (
        {"us-east-1/pl-0a1b.json": {"Entries": [{"Cidr": "x"}]}, "us-east-1/l.json": {"PrefixLists": [LIST]}},
        r"us-east-1/pl-0a1b.json: pl-0a1b.Entries\[0\].Cidr: 'x' is no CIDR block",
    ),
    "no answer at all": ({"v.json": {"Other": []}}, r"no file there holds an answer.*describe-vpcs"),
    "no Region": ({"v.json": {"Vpcs": [VPC]}}, r"nothing says of which Region it is"),
    "two Regions": (
        {"v.json": {"Subnets": [SUBNET, SUBNET | {"AvailabilityZone": "us-east-1a"}]}},
        r"several Regions \(us-east-1, us-west-2\)",
    ),
}


@pytest.mark.parametrize(("files", "words"), FAULTS.values(), ids=FAULTS)
def test_a_bad_file_is_named(tmp_path, files, words):
    """One clear line: the file, the place and key in it, and what is wrong."""
    with pytest.raises(InvalidInput, match=words) as raised:
        read_path(write(tmp_path, files))
    assert "\n" not in str(raised.value)


def test_a_path_that_is_not_there(tmp_path):
    """The path as it was given, in the message."""
    with pytest.raises(InvalidInput, match=r"nowhere: there is no such file or folder"):
        read_path(tmp_path / "nowhere")


def test_a_single_file_without_an_answer(tmp_path):
    """A file given by name is expected to hold something."""
    folder = write(tmp_path, {"v.json": {"Buckets": []}})
    with pytest.raises(InvalidInput, match=r"v.json: it holds no answer"):
        read_path(folder / "v.json")
