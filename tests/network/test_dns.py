"""What names resolve to: AWS's names, private DNS and its switches, the outside world."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from lab_env.errors import NotFound, NotModelled
from lab_env.network import InterfaceSource, InternetSource, ServiceSource, resolve
from lab_env.network.aws_names import AwsName, parse
from tests.network.builder import (
    INTERNET,
    JOB,
    S3,
    changed,
    private_vpc,
    with_endpoint,
    with_interface_endpoint,
)

OUTSIDE = InternetSource(ip_address("198.51.100.77"))
SAGEMAKER = ServiceSource("sagemaker", ip_address("54.144.9.9"))


@pytest.mark.parametrize(
    ("name", "service", "region", "endpoint_service", "regional"),
    [
        ("s3.eu-west-1.amazonaws.com", "s3", "eu-west-1", "s3", True),
        ("a.b.c.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1", "s3", True),
        ("s3.amazonaws.com", "s3", "us-east-1", "s3", False),
        ("bucket.s3.amazonaws.com", "s3", "us-east-1", "s3", False),
        ("bucket.s3-eu-west-1.amazonaws.com", "s3", "eu-west-1", "s3", False),
        ("b.s3-website-eu-west-1.amazonaws.com", "s3", "eu-west-1", "s3", False),
        ("b.s3-website.eu-west-1.amazonaws.com", "s3", "eu-west-1", "s3", False),
        ("ap-1234.s3-accesspoint.us-east-1.amazonaws.com", "s3", "us-east-1", "s3", True),
        ("123.s3-control.us-east-1.amazonaws.com", "s3", "us-east-1", "s3", True),
        ("dynamodb.us-east-1.amazonaws.com", "dynamodb", "us-east-1", "dynamodb", True),
        ("123456789012.ddb.us-east-1.amazonaws.com", "dynamodb", "us-east-1", "dynamodb", True),
        (
            "streams.dynamodb.us-east-1.amazonaws.com",
            "dynamodb-streams",
            "us-east-1",
            "dynamodb-streams",
            True,
        ),
        ("api.sagemaker.us-east-1.amazonaws.com", "sagemaker", "us-east-1", "sagemaker.api", True),
        ("runtime.sagemaker.us-east-1.amazonaws.com", "sagemaker", "us-east-1", "sagemaker.runtime", True),
        ("sts.amazonaws.com", "sts", "us-east-1", "sts", False),
        ("sts.eu-west-1.amazonaws.com", "sts", "eu-west-1", "sts", True),
        ("iam.amazonaws.com", "iam", "us-east-1", "iam", False),
        ("kms.us-gov-west-1.amazonaws.com", "kms", "us-gov-west-1", "kms", True),
        ("logs.us-east-1.amazonaws.com", "logs", "us-east-1", "logs", True),
        ("monitoring.us-east-1.amazonaws.com", "monitoring", "us-east-1", "monitoring", True),
        ("cloudtrail.us-east-1.amazonaws.com", "cloudtrail", "us-east-1", "cloudtrail", True),
        ("directconnect.us-east-1.amazonaws.com", "directconnect", "us-east-1", "directconnect", True),
        ("secretsmanager.us-east-1.amazonaws.com", "secretsmanager", "us-east-1", "secretsmanager", True),
        ("ec2.us-east-1.amazonaws.com", "amazon", "us-east-1", "ec2", True),
        ("api.ecr.us-east-1.amazonaws.com", "ecr", "us-east-1", "ecr.api", True),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com", "ecr", "us-east-1", "ecr.dkr", True),
        ("something.new.us-east-1.amazonaws.com", "new", "us-east-1", "new.something", True),
    ],
)
def test_a_name_of_aws_taken_apart(name, service, region, endpoint_service, regional):
    assert parse(name) == AwsName(service, region, endpoint_service, regional)


@pytest.mark.parametrize(
    "name", ["exfil.example", "amazonaws.com", "s3.us-east-1.amazonaws.com.evil.example"]
)
def test_other_names_are_not_of_aws(name):
    assert parse(name) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("b.s3.dualstack.us-east-1.amazonaws.com", "dual-stack"),
        ("b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", "s3express"),
        ("s3express-control.us-east-1.amazonaws.com", "s3express"),
        ("b.s3-fips.us-east-1.amazonaws.com", "FIPS"),
        ("kms-fips.us-east-1.amazonaws.com", "FIPS"),
        ("b.s3-accelerate.amazonaws.com", "Transfer Acceleration"),
        ("my-lb-1234.us-east-1.elb.amazonaws.com", "Load Balancing"),
        ("ec2-54-1-2-3.compute-1.amazonaws.com", "EC2's public DNS names"),
        ("s3.cn-north-1.amazonaws.com.cn", "China"),
        ("s3.ap-south-2.amazonaws.com", "Region ap-south-2"),
    ],
)
def test_what_is_not_modelled_says_so(name, says):
    with pytest.raises(NotModelled, match=f"{name}: .*{says}"):
        resolve(private_vpc(), JOB, name)


@pytest.mark.parametrize("source", [JOB, OUTSIDE, SAGEMAKER])
@pytest.mark.parametrize(
    ("name", "within"),
    [
        (S3, "3.5.0.0/19"),
        ("S3.us-east-1.amazonaws.com.", "3.5.0.0/19"),
        ("s3.amazonaws.com", "3.5.0.0/19"),
        ("other.s3.eu-west-1.amazonaws.com", "52.218.0.0/17"),
        ("dynamodb.us-east-1.amazonaws.com", "52.94.0.0/22"),
        ("sts.us-east-1.amazonaws.com", "52.94.244.0/22"),
        ("ec2.us-east-1.amazonaws.com", "52.94.244.0/22"),
        ("sts.eu-west-1.amazonaws.com", "52.95.64.0/20"),
        ("exfil.example", "203.0.113.66/32"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("2600:1f18::1", "2600:1f18::1/128"),
    ],
)
def test_what_public_dns_answers(source, name, within):
    """Anybody gets the same address, out of the service's own range in that Region."""
    answer = resolve(private_vpc(), source, name)
    assert len(answer.addresses) == 1
    assert answer.addresses[0] in ip_network(within)
    assert answer.by == ("literal" if name[-1] in "13" else "public")


def test_each_name_has_its_own_address_and_keeps_it():
    answers = {
        resolve(private_vpc(), JOB, f"bucket-{i}.s3.us-east-1.amazonaws.com").addresses for i in range(50)
    }
    assert len(answers) > 40
    assert str(resolve(private_vpc(), JOB, S3).addresses[0]) == "3.5.26.139"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"dns_support": False}, "enableDnsSupport is off in vpc-1"),
        ({"dhcp_domain_name_servers": ()}, "name no DNS server"),
    ],
)
def test_a_vpc_without_a_resolver(change, says):
    network = private_vpc()
    network = changed(network, vpcs=replace(network.vpcs[0], **change))
    answer = resolve(network, JOB, S3)
    assert (answer.addresses, says in answer.why) == ((), True)
    assert resolve(network, OUTSIDE, S3).addresses


def test_public_names_need_no_dns_hostnames():
    network = private_vpc()
    network = changed(network, vpcs=replace(network.vpcs[0], dns_hostnames=False))
    assert resolve(network, JOB, S3).addresses


def test_a_resolver_of_ones_own_is_not_modelled():
    network = private_vpc()
    network = changed(network, vpcs=replace(network.vpcs[0], dhcp_domain_name_servers=("10.20.0.53",)))
    with pytest.raises(NotModelled, match=r"vpc-1: a DNS resolver of your own \(10.20.0.53\)"):
        resolve(network, JOB, S3)


@pytest.mark.parametrize(
    "name", ["nowhere.example", "vpce-9-x.s3.us-east-1.vpce.amazonaws.com", ".", "1.2.3.4.5"]
)
def test_an_unknown_name_does_not_resolve(name):
    answer = resolve(with_interface_endpoint(), JOB, name)
    assert answer.addresses == ()
    assert "NXDOMAIN" in answer.why


def test_an_unknown_source_is_named():
    with pytest.raises(NotFound, match="eni-none"):
        resolve(private_vpc(), InterfaceSource("eni-none"), S3)


PRIVATE = ("10.20.1.200", "10.20.2.200")


@pytest.mark.parametrize(
    ("settings", "vpc", "name", "addresses", "says"),
    [
        ({}, {}, S3, PRIVATE, "Private DNS of vpce-if answers"),
        ({}, {}, "s3.us-east-1.amazonaws.com", PRIVATE, "Private DNS"),
        ({}, {}, "ap-1.s3-accesspoint.us-east-1.amazonaws.com", PRIVATE, "Private DNS"),
        # legacy global, dash-Region and website names are not covered (1.19)
        ({}, {}, "bucket.s3.amazonaws.com", None, "Public DNS"),
        ({}, {}, "bucket.s3-us-east-1.amazonaws.com", None, "Public DNS"),
        ({}, {}, "bucket.s3-website.us-east-1.amazonaws.com", None, "Public DNS"),
        # another Region, another service
        ({}, {}, "bucket.s3.eu-west-1.amazonaws.com", None, "Public DNS"),
        ({}, {}, "sts.us-east-1.amazonaws.com", None, "Public DNS"),
        ({"service": "com.amazonaws.us-east-1.kms"}, {}, "kms.us-east-1.amazonaws.com", PRIVATE, "Private"),
        ({"service": "com.amazonaws.us-east-1.ecr.dkr"}, {}, "1.dkr.ecr.us-east-1.amazonaws.com", PRIVATE, "Private"),
        # 1.10: for inbound Resolver endpoints only: hosts of the VPC keep the public addresses
        ({"private_dns_inbound_only": True}, {}, S3, None, "inbound Resolver endpoints only"),
        ({"private_dns": False}, {}, S3, None, "Private DNS of vpce-if is off"),
        # 5.16, 5.17
        ({}, {"dns_hostnames": False}, S3, None, "needs enableDnsHostnames"),
        ({}, {"dns_support": False}, S3, (), "enableDnsSupport is off"),
        ({"state": "pending"}, {}, S3, None, "Public DNS"),
    ],
)  # fmt: skip
def test_private_dns_of_an_interface_endpoint(settings, vpc, name, addresses, says):
    network = with_interface_endpoint(**settings)
    network = changed(network, vpcs=replace(network.vpcs[0], **vpc))
    answer = resolve(network, JOB, name)
    if addresses is None:
        assert answer.addresses[0] not in ip_network("10.20.0.0/16")
    else:
        assert tuple(map(str, answer.addresses)) == addresses
    assert says in answer.why
    assert (answer.by, answer.endpoint) == (
        ("private", "vpce-if") if addresses == PRIVATE else ("public", "")
    )


def test_private_dns_is_for_hosts_of_the_vpc_alone():
    network = with_interface_endpoint()
    assert resolve(network, OUTSIDE, S3).addresses == resolve(private_vpc(), OUTSIDE, S3).addresses


def test_a_gateway_endpoint_changes_no_name():
    assert resolve(with_endpoint(), JOB, S3) == resolve(private_vpc(), JOB, S3)


def test_the_nearest_interface_of_an_endpoint_comes_first():
    network = with_interface_endpoint()
    far = resolve(network, InterfaceSource("eni-far"), S3)
    assert tuple(map(str, far.addresses)) == ("10.20.2.200", "10.20.1.200")


@pytest.mark.parametrize("source", [JOB, OUTSIDE])
@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("vpce-if-1.s3.us-east-1.vpce.amazonaws.com", PRIVATE),
        ("bucket.vpce-if-1.s3.us-east-1.vpce.amazonaws.com", PRIVATE),
        ("phi.bucket.vpce-if-1.s3.us-east-1.vpce.amazonaws.com", PRIVATE),
        ("bucket.vpce-if-1-us-east-1b.s3.us-east-1.vpce.amazonaws.com", ("10.20.2.200",)),
    ],
)
def test_an_endpoints_own_names_are_public_and_its_addresses_private(source, name, addresses):
    """Rule 5.18."""
    answer = resolve(with_interface_endpoint(private_dns=False), source, name)
    assert (tuple(map(str, answer.addresses)), answer.endpoint) == (addresses, "vpce-if")


def test_an_endpoint_that_is_gone_has_no_names():
    answer = resolve(
        with_interface_endpoint(state="deleted"), OUTSIDE, "vpce-if-1.s3.us-east-1.vpce.amazonaws.com"
    )
    assert (answer.addresses, answer.why) == ((), "vpce-if is deleted, so its names do not resolve.")


def test_an_endpoint_to_another_region_is_not_modelled():
    network = with_interface_endpoint(service="com.amazonaws.eu-west-1.s3", service_region="eu-west-1")
    with pytest.raises(NotModelled, match="vpce-if: an interface endpoint to another Region"):
        resolve(network, JOB, "bucket.s3.eu-west-1.amazonaws.com")


def test_ipv6_ranges_are_passed_over():
    from lab_env.network.model import AwsRange

    six = AwsRange("s3", "us-east-1", ip_network("2600:1fa0::/40"))
    network = replace(private_vpc(), internet=replace(INTERNET, aws=(six, *INTERNET.aws)))
    assert resolve(network, JOB, S3).addresses[0].version == 4
