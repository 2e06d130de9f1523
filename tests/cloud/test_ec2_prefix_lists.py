"""AWS's own prefix lists: the same addresses as the tracer's, in every Region its own."""

import boto3
import pytest

from lab_env.snapshot.internet import aws_ranges, prefix_list_id, regions


@pytest.mark.parametrize("region", regions())
@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_every_region_has_its_own(cloud, region, service):
    ec2 = boto3.client("ec2", region_name=region)
    name = f"com.amazonaws.{region}.{service}"
    found = ec2.describe_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": [name]}])["PrefixLists"]
    assert found == [
        {
            "PrefixListId": prefix_list_id(service, region),
            "PrefixListName": name,
            "Cidrs": [str(cidr) for cidr in aws_ranges(service, region)],
        }
    ]


def test_a_region_without_known_addresses_has_none(cloud):
    assert boto3.client("ec2", region_name="ap-south-1").describe_prefix_lists()["PrefixLists"] == []


def test_entries_and_owner(ec2):
    listed = ec2.describe_managed_prefix_lists()["PrefixLists"]
    assert [item["OwnerId"] for item in listed] == ["AWS", "AWS"]
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=listed[0]["PrefixListId"])["Entries"]
    assert entries == [{"Cidr": str(cidr)} for cidr in aws_ranges("s3", "us-east-1")]


def test_a_customers_list_is_left_as_it_is(ec2):
    made = ec2.create_managed_prefix_list(
        PrefixListName="on-premises", MaxEntries=2, AddressFamily="IPv4", Entries=[{"Cidr": "192.168.0.0/16"}]
    )["PrefixList"]
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=made["PrefixListId"])["Entries"]
    assert entries == [{"Cidr": "192.168.0.0/16"}]
    assert made["PrefixListId"] not in [
        item["PrefixListId"] for item in ec2.describe_prefix_lists()["PrefixLists"]
    ]


def test_an_unknown_list_is_an_error(ec2, refused):
    assert refused(ec2.get_managed_prefix_list_entries, PrefixListId="pl-1") == (
        "InvalidPrefixListID.NotFound",
        "The prefix list ID 'pl-1' does not exist",
    )


def test_canary_moto_leaves_out_the_cidrs(bare):
    assert not any("Cidrs" in item for item in bare("ec2").describe_prefix_lists()["PrefixLists"])


def test_canary_moto_has_one_regions_addresses_everywhere(bare):
    def entries(region):
        ec2 = bare("ec2", region)
        name = {"Name": "prefix-list-name", "Values": [f"com.amazonaws.{region}.s3"]}
        (listed,) = ec2.describe_managed_prefix_lists(Filters=[name])["PrefixLists"]
        return ec2.get_managed_prefix_list_entries(PrefixListId=listed["PrefixListId"])["Entries"]

    assert entries("eu-west-1") == entries("us-east-1")


def test_canary_moto_answers_for_an_unknown_list(bare):
    assert bare("ec2").get_managed_prefix_list_entries(PrefixListId="pl-1")["Entries"] == []
