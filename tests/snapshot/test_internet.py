"""The dated file of AWS's public addresses: whole, consistent, and not too old."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

import pytest

from lab_env.errors import NotModelled
from lab_env.snapshot.internet import aws_ranges, load_internet, prefix_list_id, regions

REGIONS = ("eu-central-1", "eu-west-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2")
DOCUMENTATION = [IPv4Network(cidr) for cidr in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


def test_the_regions_of_the_course_are_there():
    """Each Region that a chapter or a measured VPC needs has its addresses."""
    assert regions() == REGIONS


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("service", ["s3", "dynamodb", "ec2", "amazon"])
def test_each_service_has_global_ranges(service, region):
    """Every service has at least one range, and all of them are public addresses."""
    ranges = aws_ranges(service, region)
    assert ranges
    assert all(cidr.is_global for cidr in ranges)


@pytest.mark.parametrize(
    ("service", "region", "cidr"),
    [
        ("s3", "us-east-1", "52.216.0.0/15"),
        ("s3", "us-east-1", "3.5.0.0/19"),
        ("s3", "us-west-2", "52.92.128.0/17"),
        ("s3", "eu-west-1", "52.218.0.0/17"),
        ("dynamodb", "us-east-2", "52.94.4.0/24"),
        ("ec2", "us-east-1", "52.4.0.0/14"),
    ],
)
def test_published_prefixes(service, region, cidr):
    """Prefixes that AWS has published for years stand where AWS has them."""
    assert IPv4Network(cidr) in aws_ranges(service, region)


def test_no_two_ranges_overlap():
    """An address belongs to one service in one Region, or a prefix list would catch what is not its own."""
    overlaps = [(a, b) for a, b in combinations(load_internet().aws, 2) if a.cidr.overlaps(b.cidr)]
    assert overlaps == []


def test_hosts_stand_at_documentation_addresses():
    """No real host is ever named: RFC 5737 addresses, RFC 2606 names."""
    hosts = load_internet().hosts
    assert hosts["exfil.example"] == IPv4Address("203.0.113.66")
    assert hosts["internet.example"] == IPv4Address("198.51.100.10")
    assert "pypi.example" in hosts
    for name, address in hosts.items():
        assert name.endswith(".example")
        assert any(address in cidr for cidr in DOCUMENTATION)


def test_a_service_without_a_list_has_no_range():
    """KMS has no list of its own in ip-ranges.json; its addresses are among ``amazon``."""
    assert aws_ranges("kms", "us-east-1") == ()


def test_prefix_list_ids():
    """The ids that DescribePrefixLists gives, as collected from real accounts."""
    assert prefix_list_id("s3", "us-east-1") == "pl-63a5400a"
    assert prefix_list_id("dynamodb", "us-west-1") == "pl-6ea54007"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: aws_ranges("s3", "xx-test-1"), "Region xx-test-1"),
        (lambda: prefix_list_id("s3", "xx-test-1"), "Region xx-test-1"),
        (lambda: prefix_list_id("kms", "us-east-1"), "no prefix list of kms in us-east-1"),
    ],
)
def test_what_the_file_lacks_is_said_by_name(call, words):
    """An unknown Region or list is an error that names it, never an empty answer."""
    with pytest.raises(NotModelled, match=words):
        call()
