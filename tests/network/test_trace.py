"""Whole journeys: every hop, the answer's way back, how it ended, what blocked."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from lab_env.errors import IncompleteSnapshot, InvalidInput, NotFound, NotModelled
from lab_env.network import Flow, InterfaceSource, InternetSource, ServiceSource, trace
from tests.network.builder import (
    ALLOW_ALL,
    S3,
    acl,
    changed,
    group,
    interface,
    job_to,
    private_vpc,
    table,
    with_endpoint,
    with_interface_endpoint,
    with_internet_gateway,
    with_nat,
)
from tests.network.journeys import ended, told

OUTSIDE = InternetSource(ip_address("198.51.100.77"))
SAGEMAKER = ServiceSource("sagemaker", ip_address("54.144.9.9"))
OUT = ["sg-job allowed", "acl-1 allowed"]
NOWHERE = ("dropped", "none", None, None, False, False)
SG = "ENI_SG_RULES_MISMATCH"
ACL = "SUBNET_ACL_RESTRICTION"


def open_to_all(network):
    """The same network, its job and far host open to any connection."""
    return changed(network, security_groups=group("sg-job", "in all 0.0.0.0/0", "out all 0.0.0.0/0"))


def check(network, flow, hops, end):
    journey = trace(network, flow)
    assert told(journey) == hops
    assert ended(journey) == end
    assert journey.blockers == tuple(h for h in (*journey.forward, *journey.back) if h.blocks)
    assert journey.reached == (not journey.blockers)


# --- the private VPC of chapter 01 ------------------------------------------------------------------------------------


def test_nothing_leads_to_s3():
    check(private_vpc(), job_to(), [*OUT, "rtb-a no route NO_ROUTE_TO_DESTINATION"], NOWHERE)
    assert trace(private_vpc(), job_to()).reason == (
        "No route of rtb-a matches 3.5.26.139: it holds 10.20.0.0/16 → local."
    )


def test_no_name_no_journey():
    journey = trace(private_vpc(), job_to("nowhere.example"))
    assert [(hop.kind, hop.verdict, hop.resource) for hop in journey.forward] == [
        ("dns", "unresolved", "AmazonProvidedDNS")
    ]
    assert ended(journey) == NOWHERE
    assert journey.destination is None
    assert journey.reason == "No such name: nowhere.example does not resolve (NXDOMAIN)."


LOCAL_BACK = ["< acl-1 allowed", "< rtb-main forwarded", "< acl-1 allowed"]


@pytest.mark.parametrize(
    ("rules", "destination", "hops", "end"),
    [
        (
            ["in tcp 443 10.20.1.0/24"],
            "10.20.2.20",
            [*OUT, "rtb-a forwarded", "acl-1 allowed", "sg-job allowed", "eni-far reached", *LOCAL_BACK],
            ("reached", "local", "10.20.1.14", None, False, False),
        ),
        (  # a denied packet walks on, and what it never did is not told
            ["in tcp 80 10.20.1.0/24"],
            "10.20.2.20",
            [*OUT, "rtb-a forwarded", "acl-1 allowed", f"sg-job denied {SG}", "eni-far reached", *LOCAL_BACK],
            ("dropped", "local", None, None, False, False),
        ),
        (  # neighbours: no network ACL between them
            ["in all sg-job"],
            "10.20.1.15",
            ["sg-job allowed", "rtb-a forwarded", "sg-job allowed", "eni-near reached"],
            ("reached", "local", "10.20.1.14", None, False, False),
        ),
        (
            ["in all 0.0.0.0/0"],
            "10.20.2.99",
            [*OUT, "rtb-a forwarded", "subnet-b dropped NO_POSSIBLE_DESTINATION"],
            NOWHERE,
        ),
        (
            ["in all 0.0.0.0/0"],
            "10.20.77.1",
            [*OUT, "rtb-a forwarded", "vpc-1 dropped NO_POSSIBLE_DESTINATION"],
            NOWHERE,
        ),
        # the host itself, even where its group lets nobody in
        ([], "10.20.1.14", ["eni-job reached"], ("reached", "local", "10.20.1.14", None, False, False)),
    ],
)
def test_inside_the_vpc(rules, destination, hops, end):
    network = changed(private_vpc(), security_groups=group("sg-job", "out all 0.0.0.0/0", *rules))
    check(network, job_to(destination), hops, end)


def test_another_interface_of_the_same_instance_is_the_host_itself():
    network = changed(
        private_vpc(),
        interfaces=(
            interface("eni-job", "subnet-a", "10.20.1.14", attached_to="i-1"),
            interface("eni-far", "subnet-b", "10.20.2.20", attached_to="i-1"),
        ),
    )
    check(
        network,
        job_to("10.20.2.20"),
        ["eni-far reached"],
        ("reached", "local", "10.20.1.14", None, False, False),
    )


@pytest.mark.parametrize(
    ("destination", "name"),
    [
        ("10.20.0.2", "AmazonProvidedDNS"),
        ("169.254.169.253", "AmazonProvidedDNS"),
        ("169.254.169.254", "instance metadata service"),
    ],
)
def test_no_filter_stands_before_the_resolver_and_the_metadata_service(destination, name):
    """Rule 5.13."""
    closed = changed(
        private_vpc(),
        security_groups=group("sg-job"),
        network_acls=acl("acl-1", subnets=("subnet-a", "subnet-b")),
    )
    check(
        closed,
        job_to(destination, "udp", 53),
        [f"{name} reached"],
        ("reached", "local", "10.20.1.14", None, False, False),
    )


def test_the_resolver_that_is_off_does_not_answer():
    network = private_vpc()
    network = changed(network, vpcs=replace(network.vpcs[0], dns_support=False))
    journey = trace(network, job_to("10.20.0.2", "udp", 53))
    assert told(journey) == ["AmazonProvidedDNS dropped"]
    assert journey.reason == "enableDnsSupport is off in vpc-1, so 10.20.0.2 does not answer."


# --- D: the gateway endpoint ------------------------------------------------------------------------------------------

THROUGH = [*OUT, "rtb-a forwarded", "vpce-s3 reached", "< acl-1 allowed"]
BY_ENDPOINT = ("reached", "gateway-endpoint", "10.20.1.14", "vpce-s3", False, False)


def test_s3_through_the_gateway_endpoint():
    check(with_endpoint(), job_to(), THROUGH, BY_ENDPOINT)
    journey = trace(with_endpoint(), job_to())
    assert [(hop.rule, hop.why) for hop in journey.forward] == [
        (f"{S3} → 3.5.26.139", "Public DNS answers with an address of AWS in us-east-1."),
        (
            "egress all → 0.0.0.0/0 (default)",
            "sg-job on eni-job lets tcp 443 out to 3.5.26.139; the answer is let through by tracking.",
        ),
        ("rule 100 allow", "Rule 100 of acl-1 lets tcp 443 to 3.5.26.139 out of subnet-a."),
        (
            "pl-s3 (S3) → vpce-s3",
            "3.5.0.0/19 of pl-s3 (S3) is the only match for 3.5.26.139: to vpce-s3.",
        ),
        (
            "S3 in us-east-1, private source address, no internet",
            "S3 in us-east-1 is reached through vpce-s3 and sees the private address 10.20.1.14; no internet.",
        ),
    ]
    assert journey.back[0].why == (
        "Rule 100 of acl-1 lets the answer (tcp 32768-60999) from 3.5.26.139 into subnet-a."
    )


@pytest.mark.parametrize(
    "destination", ["s3.amazonaws.com", "3.5.0.77", "totally-legit-backups.s3.us-east-1.amazonaws.com"]
)
def test_the_endpoint_leads_to_all_of_s3_in_the_region(destination):
    check(with_endpoint(), job_to(destination), THROUGH, BY_ENDPOINT)


@pytest.mark.parametrize(
    "destination",
    ["exfil.example", "dynamodb.us-east-1.amazonaws.com", "meridian-eu-archive.s3.eu-west-1.amazonaws.com"],
)
def test_the_endpoint_leads_nowhere_else(destination):
    check(with_endpoint(), job_to(destination), [*OUT, "rtb-a no route NO_ROUTE_TO_DESTINATION"], NOWHERE)


def test_another_regions_s3_is_told_by_its_name():
    """Rule 1.7."""
    assert trace(with_endpoint(), job_to("x.s3.eu-west-1.amazonaws.com")).reason == (
        "eu-west-1's S3 addresses are not in pl-s3 (us-east-1 only), and rtb-a has no other route to 52.218.50.161."
    )


def test_a_table_without_the_endpoints_route():
    """Subnet B's table was never associated."""
    flow = Flow(InterfaceSource("eni-far"), S3)
    check(with_endpoint(), flow, [*OUT, "rtb-main no route NO_ROUTE_TO_DESTINATION"], NOWHERE)


@pytest.mark.parametrize(
    ("changes", "hops", "end"),
    [
        ({"security_groups": group("sg-job", "out tcp 443 pl-s3")}, THROUGH, BY_ENDPOINT),
        (
            {"security_groups": group("sg-job")},
            [f"sg-job denied {SG}", *THROUGH[1:]],
            NOWHERE,
        ),
        (
            {"security_groups": group("sg-job", "out tcp 443 10.20.0.0/16")},
            [f"sg-job denied {SG}", *THROUGH[1:]],
            NOWHERE,
        ),
        (
            {
                "network_acls": acl(
                    "acl-1", *ALLOW_ALL, "out 50 deny tcp 443 0.0.0.0/0", subnets=("subnet-a",)
                )
            },
            [OUT[0], f"acl-1 denied {ACL}", *THROUGH[2:]],
            NOWHERE,
        ),
        (
            {"network_acls": acl("acl-1", "out 100 allow tcp 443 0.0.0.0/0", subnets=("subnet-a",))},
            [*THROUGH[:-1], f"< acl-1 denied {ACL}"],
            ("dropped", "gateway-endpoint", "10.20.1.14", "vpce-s3", False, False),
        ),
        (
            {
                "network_acls": acl(
                    "acl-1",
                    "out 100 allow tcp 443 52.216.0.0/15",
                    "out 110 allow tcp 443 3.5.0.0/19",
                    "in 100 allow tcp 1024-65535 3.5.0.0/19",
                    subnets=("subnet-a",),
                )
            },
            THROUGH,
            BY_ENDPOINT,
        ),
        (
            {
                "network_acls": acl(
                    "acl-1",
                    "out 1 allow all 0.0.0.0/0",
                    "in 1 allow tcp 49152-65535 0.0.0.0/0",
                    subnets=("subnet-a",),
                )
            },
            [*THROUGH[:-1], f"< acl-1 denied {ACL}"],
            ("dropped", "gateway-endpoint", "10.20.1.14", "vpce-s3", False, False),
        ),
        (  # everything that blocks is named, in both directions
            {"security_groups": group("sg-job"), "network_acls": acl("acl-1", subnets=("subnet-a",))},
            [
                f"sg-job denied {SG}",
                f"acl-1 denied {ACL}",
                "rtb-a forwarded",
                "vpce-s3 reached",
                f"< acl-1 denied {ACL}",
            ],
            NOWHERE,
        ),
        (
            {
                "route_tables": table(
                    "rtb-a", "10.20.0.0/16 local", "pl-s3 vpce-s3 blackhole", subnets=("subnet-a",)
                )
            },
            [*OUT, "rtb-a dropped BAD_STATE_ROUTE"],
            NOWHERE,
        ),
    ],
)
def test_single_changes_to_the_endpoints_state(changes, hops, end):
    check(changed(with_endpoint(), **changes), job_to(), hops, end)


def test_part_of_the_ephemeral_range_is_not_enough():
    rules = acl(
        "acl-1", "out 1 allow all 0.0.0.0/0", "in 7 allow tcp 49152-65535 0.0.0.0/0", subnets=("subnet-a",)
    )
    journey = trace(changed(with_endpoint(), network_acls=rules), job_to())
    assert journey.reason == (
        "acl-1 lets only part of the ephemeral range 32768-60999 into subnet-a from 3.5.26.139 "
        "(rule * refuses the rest), so the answer (tcp 32768-60999) may be lost."
    )


@pytest.mark.parametrize(
    ("flow", "last"),
    [
        (job_to(protocol="udp"), "vpce-s3 dropped VPCE_GATEWAY_PROTOCOL_RESTRICTION"),
        (job_to(protocol="icmp"), "vpce-s3 reached"),
        (job_to(port=80), "vpce-s3 reached"),
    ],
)
def test_what_a_gateway_endpoint_takes(flow, last):
    assert told(trace(with_endpoint(), flow))[3] == last


def test_an_endpoint_that_is_not_available():
    check(
        with_endpoint(state="deleting"),
        job_to(),
        [*OUT, "rtb-a forwarded", "vpce-s3 dropped BAD_STATE"],
        NOWHERE,
    )


def test_the_endpoint_is_for_its_own_vpc_alone():
    """From outside S3 is public, and no endpoint has part in it."""
    check(
        with_endpoint(),
        Flow(OUTSIDE, S3),
        ["s3.us-east-1 reached"],
        ("reached", "none", "198.51.100.77", None, True, False),
    )


# --- interface endpoints ----------------------------------------------------------------------------------------------


def test_s3_through_the_interface_endpoint_in_the_same_subnet():
    check(
        with_interface_endpoint(),
        job_to(),
        ["sg-job allowed", "rtb-a forwarded", "sg-open allowed", "vpce-if reached"],
        ("reached", "interface-endpoint", "10.20.1.14", "vpce-if", False, False),
    )


def test_one_interface_serves_the_whole_vpc():
    """Rule 1.21."""
    journey = trace(with_interface_endpoint(), job_to("vpce-if-1-us-east-1b.s3.us-east-1.vpce.amazonaws.com"))
    assert told(journey) == [
        *OUT,
        "rtb-a forwarded",
        "acl-1 allowed",
        "sg-open allowed",
        "vpce-if reached",
        *LOCAL_BACK,
    ]
    assert (str(journey.destination), journey.reached) == ("10.20.2.200", True)


@pytest.mark.parametrize(
    ("network", "flow", "last"),
    [
        # 8.30: the endpoint's group has no inbound 443
        (with_interface_endpoint(groups=("sg-job",)), job_to(), [f"sg-job denied {SG}", "vpce-if reached"]),
        (
            with_interface_endpoint(),
            job_to(port=80),
            ["sg-open allowed", "vpce-if dropped PROTOCOL_RESTRICTION"],
        ),
        (
            with_interface_endpoint(),
            job_to("10.20.1.200", "icmp"),
            ["sg-open allowed", "vpce-if dropped PROTOCOL_RESTRICTION"],
        ),
        (
            with_interface_endpoint(state="pending"),
            job_to("10.20.1.200"),
            ["sg-open allowed", "vpce-if dropped BAD_STATE"],
        ),
    ],
)
def test_an_interface_endpoint_that_does_not_answer(network, flow, last):
    journey = trace(network, flow)
    assert told(journey)[-2:] == last
    assert (journey.outcome, journey.endpoint) == ("dropped", None)


def test_both_endpoints_in_one_vpc():
    """Rule 1.10: full private DNS takes all in-VPC traffic to the interface endpoint; inbound-only leaves it."""
    full = with_interface_endpoint(with_endpoint())
    inbound = with_interface_endpoint(with_endpoint(), private_dns_inbound_only=True)
    assert [trace(n, job_to()).endpoint for n in (full, inbound)] == ["vpce-if", "vpce-s3"]


# --- A: the internet gateway ------------------------------------------------------------------------------------------


def test_an_internet_gateway_forwards_nothing_without_a_public_address():
    check(
        with_internet_gateway(),
        job_to(),
        [*OUT, "rtb-a forwarded", "igw-1 dropped IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"],
        NOWHERE,
    )


BY_IGW = [*OUT, "rtb-a forwarded", "igw-1 forwarded"]
HOME = ["< igw-1 forwarded", "< acl-1 allowed"]


@pytest.mark.parametrize(
    ("destination", "far", "internet"),
    [
        (S3, "s3.us-east-1 reached", False),
        ("x.s3.eu-west-1.amazonaws.com", "s3.eu-west-1 reached", False),
        ("sts.us-east-1.amazonaws.com", "amazon.us-east-1 reached", False),
        ("exfil.example", "internet reached", True),
        ("8.8.8.8", "internet reached", True),
    ],
)
def test_with_a_public_address_everything_is_reached(destination, far, internet):
    """Rule 5.22: what goes to AWS's public addresses stays on AWS's network."""
    check(
        with_internet_gateway(public="54.144.1.1"),
        job_to(destination),
        [*BY_IGW, far, *HOME],
        ("reached", "internet-gateway", "54.144.1.1", None, internet, False),
    )


@pytest.mark.parametrize(
    ("network", "destination", "last"),
    [
        (
            replace(
                with_internet_gateway(public="54.144.1.1"),
                internet_gateways=(replace(with_internet_gateway().internet_gateways[0], vpcs=()),),
            ),
            S3,
            "igw-1 dropped BAD_STATE_ATTACHMENT",
        ),
        (
            with_internet_gateway(public="54.144.1.1"),
            "192.168.1.1",
            "igw-1 dropped IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        ),
        (
            with_internet_gateway(public="54.144.1.1"),
            "100.64.1.1",
            "igw-1 dropped IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
        ),
    ],
)
def test_what_an_internet_gateway_drops(network, destination, last):
    check(network, job_to(destination), [*OUT, "rtb-a forwarded", last], NOWHERE)


@pytest.mark.parametrize("destination", ["240.0.0.1", "224.0.0.1"])
def test_addresses_that_the_internet_does_not_route(destination):
    journey = trace(with_internet_gateway(public="54.144.1.1"), job_to(destination))
    assert told(journey)[-1] == "internet dropped NO_POSSIBLE_DESTINATION"


# --- from outside -----------------------------------------------------------------------------------------------------

ENTERS = ["igw-1 forwarded", "acl-1 allowed", "sg-job allowed", "eni-job reached", "< acl-1 allowed"]


@pytest.mark.parametrize(("source", "internet"), [(OUTSIDE, True), (SAGEMAKER, False)])
def test_a_public_address_is_open_to_the_world(source, internet):
    check(
        open_to_all(with_internet_gateway(public="54.144.1.1")),
        Flow(source, "54.144.1.1", port=22),
        [*ENTERS, "< rtb-a forwarded"],
        ("reached", "none", str(source.address), None, internet, False),
    )


def test_in_by_the_internet_gateway_and_out_by_nat():
    """The answer goes where the subnet's own table says, and is lost there (measured on AWS)."""
    network = open_to_all(
        changed(with_nat(), interfaces=interface("eni-job", "subnet-a", "10.20.1.14", public="54.144.1.1"))
    )
    check(
        network,
        Flow(OUTSIDE, "54.144.1.1", port=22),
        [*ENTERS, "< rtb-a forwarded", "< nat-1 dropped"],
        ("dropped", "none", "198.51.100.77", None, True, False),
    )
    assert trace(network, Flow(OUTSIDE, "54.144.1.1", port=22)).reason == (
        "The connection came by igw-1, but its answer goes to nat-1, which knows no such connection and drops it."
    )


def test_a_public_address_in_a_subnet_with_no_way_back():
    network = open_to_all(with_internet_gateway(public="54.144.1.1"))
    network = changed(network, route_tables=table("rtb-a", "10.20.0.0/16 local", subnets=("subnet-a",)))
    journey = trace(network, Flow(OUTSIDE, "54.144.1.1", port=22))
    assert told(journey)[-1] == "< rtb-a no route NO_ROUTE_TO_DESTINATION"
    assert not journey.reached


def test_a_public_address_in_a_vpc_without_an_internet_gateway():
    network = changed(
        private_vpc(), interfaces=interface("eni-job", "subnet-a", "10.20.1.14", public="54.144.1.1")
    )
    check(
        network,
        Flow(OUTSIDE, "54.144.1.1"),
        ["vpc-1 dropped BAD_STATE_ATTACHMENT"],
        ("dropped", "none", None, None, True, False),
    )


@pytest.mark.parametrize(("source", "resource"), [(OUTSIDE, "internet"), (SAGEMAKER, "sagemaker")])
def test_no_way_from_outside_to_a_private_address(source, resource):
    check(private_vpc(), Flow(source, "10.20.1.14"), [f"{resource} dropped NO_POSSIBLE_DESTINATION"], NOWHERE)


@pytest.mark.parametrize(
    ("source", "destination", "far", "internet"),
    [
        (OUTSIDE, S3, "s3.us-east-1", True),
        (SAGEMAKER, S3, "s3.us-east-1", False),
        (OUTSIDE, "exfil.example", "internet", True),
        (SAGEMAKER, "exfil.example", "internet", True),
    ],
)
def test_others_reach_what_is_public(source, destination, far, internet):
    """A job without VpcConfig runs in SageMaker's own VPC, and nothing of the customer's governs it."""
    check(
        private_vpc(),
        Flow(source, destination),
        [f"{far} reached"],
        ("reached", "none", str(source.address), None, internet, False),
    )


def test_a_gateway_route_table_that_leads_straight_in():
    network = open_to_all(with_internet_gateway(public="54.144.1.1"))
    network = changed(network, route_tables=table("rtb-edge", "10.20.0.0/16 local", edges=("igw-1",)))
    journey = trace(network, Flow(OUTSIDE, "54.144.1.1", port=22))
    assert told(journey)[:2] == ["igw-1 forwarded", "rtb-edge forwarded"]
    assert journey.reached


def test_ingress_routing_to_an_appliance_is_not_modelled():
    network = open_to_all(with_internet_gateway(public="54.144.1.1"))
    edge = table("rtb-edge", "10.20.0.0/16 local", "10.20.1.0/24 eni-fw", edges=("igw-1",))
    with pytest.raises(NotModelled, match="rtb-edge: ingress routing"):
        trace(changed(network, route_tables=edge), Flow(OUTSIDE, "54.144.1.1", port=22))


def test_out_by_one_public_address_and_in_by_another():
    network = changed(
        open_to_all(with_internet_gateway(public="54.144.1.1")),
        interfaces=interface("eni-far", "subnet-p", "10.20.100.20", "sg-open", public="54.144.1.2"),
        route_tables=table("rtb-p", "10.20.0.0/16 local", "0.0.0.0/0 igw-1", subnets=("subnet-p",)),
    )
    check(
        network,
        job_to("54.144.1.2"),
        [
            *BY_IGW,
            "igw-1 forwarded",
            "acl-1 allowed",
            "sg-open allowed",
            "eni-far reached",
            "< acl-1 allowed",
            "< rtb-p forwarded",
            *HOME,
        ],
        ("reached", "internet-gateway", "54.144.1.1", None, False, False),
    )


# --- B: the NAT gateway -----------------------------------------------------------------------------------------------

TO_NAT = [*OUT, "rtb-a forwarded", "acl-1 allowed", "nat-1 forwarded", "acl-1 allowed", "rtb-p forwarded"]
FROM_NAT = ["< igw-1 forwarded", "< acl-1 allowed", "< nat-1 forwarded", "< acl-1 allowed", "< acl-1 allowed"]


@pytest.mark.parametrize(
    ("destination", "far", "internet"),
    [(S3, "s3.us-east-1 reached", False), ("exfil.example", "internet reached", True)],
)
def test_nat_in_a_public_subnet(destination, far, internet):
    check(
        with_nat(),
        job_to(destination),
        [*TO_NAT, "igw-1 forwarded", far, *FROM_NAT],
        ("reached", "nat-gateway", "54.144.0.9", None, internet, False),
    )


def test_nat_in_the_jobs_own_private_subnet():
    """Option B to the letter: the NAT's own route leads back to itself."""
    check(
        with_nat(subnet="subnet-a"),
        job_to(),
        [*OUT, "rtb-a forwarded", "nat-1 forwarded", "acl-1 allowed", "rtb-a forwarded", "nat-1 dropped"],
        ("dropped", "nat-gateway", None, None, False, False),
    )


@pytest.mark.parametrize("state", ["failed", "pending", "deleting", "deleted"])
def test_nat_that_is_not_available(state):
    journey = trace(with_nat(state=state, failure="Gateway.NotAttached"), job_to())
    assert told(journey) == [*OUT, "rtb-a forwarded", "nat-1 dropped BAD_STATE"]
    assert journey.reason == f"nat-1 is {state} (Gateway.NotAttached): it forwards nothing."
    assert journey.exit == "none"


def test_private_nat_is_dropped_by_the_internet_gateway():
    """Rule 5.8."""
    check(
        with_nat(connectivity="private", public_address=None),
        job_to(),
        [*TO_NAT, "igw-1 dropped IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"],
        ("dropped", "nat-gateway", None, None, False, False),
    )


def test_nat_in_a_subnet_without_a_default_route():
    network = changed(with_nat(), route_tables=table("rtb-p", "10.20.0.0/16 local", subnets=("subnet-p",)))
    check(
        network,
        job_to(),
        [*TO_NAT[:-1], "rtb-p no route NO_ROUTE_TO_DESTINATION"],
        ("dropped", "nat-gateway", None, None, False, False),
    )


def test_nat_whose_subnet_has_the_endpoints_route():
    """S3 sees the NAT gateway's private address, through the endpoint."""
    network = with_nat(with_endpoint())
    network = changed(
        network,
        route_tables=table(
            "rtb-p", "10.20.0.0/16 local", "0.0.0.0/0 igw-1", "pl-s3 vpce-s3", subnets=("subnet-p",)
        ),
    )
    check(
        network,
        job_to(),
        [*TO_NAT, "vpce-s3 reached", *FROM_NAT[1:]],
        ("reached", "gateway-endpoint", "10.20.100.9", "vpce-s3", False, False),
    )


@pytest.mark.parametrize(
    ("entries", "denied"),
    [
        (["in 50 deny tcp 443 10.20.1.0/24"], "acl-p denied"),
        (["out 50 deny tcp 443 0.0.0.0/0"], "acl-p denied"),
        (["in 50 deny tcp 1024-65535 3.5.0.0/19"], "< acl-p denied"),
        (["in 50 deny tcp 2000-3000 3.5.0.0/19"], "< acl-p denied"),
        (["out 50 deny tcp 1024-65535 10.20.1.0/24"], "< acl-p denied"),
    ],
)
def test_nat_is_filtered_by_its_subnets_acl_four_times(entries, denied):
    network = changed(
        with_nat(),
        network_acls=(
            acl("acl-1", *ALLOW_ALL, subnets=("subnet-a",)),
            acl("acl-p", *ALLOW_ALL, *entries, subnets=("subnet-p",)),
        ),
    )
    journey = trace(network, job_to())
    assert [line for line in told(journey) if "denied" in line] == [f"{denied} {ACL}"]
    assert not journey.reached


def test_nat_takes_no_connection_from_outside():
    check(
        with_nat(),
        Flow(OUTSIDE, "54.144.0.9"),
        ["igw-1 forwarded", "nat-1 dropped NGW_REQUIRES_SOURCE_IN_VPC"],
        ("dropped", "none", None, None, True, False),
    )


@pytest.mark.parametrize("known", [True, False])
def test_nat_takes_no_connection_from_a_neighbour(known):
    """Whether its interface is among the described ones or not."""
    network = with_nat()
    if known:
        network = changed(
            network, interfaces=interface("eni-nat", "subnet-p", "10.20.100.9", kind="nat_gateway")
        )
    journey = trace(network, job_to("10.20.100.9"))
    assert told(journey)[-1] == "nat-1 dropped NGW_REQUIRES_SOURCE_IN_VPC"


@pytest.mark.parametrize("state", ["deleted", "failed"])
def test_a_nat_gateway_that_is_gone_holds_no_address(state):
    """EC2 describes it for another hour; its addresses may be somebody else's by then."""
    network = changed(
        with_nat(state=state),
        interfaces=interface("eni-new", "subnet-p", "10.20.100.9", "sg-open", public="54.144.0.9"),
    )
    assert told(trace(network, Flow(OUTSIDE, "54.144.0.9")))[-3] == "eni-new reached"
    assert trace(network, job_to("10.20.100.9")).reached


def test_a_nat_gateway_of_another_vpc():
    """No route of AWS's could lead there."""
    network = with_nat()
    network = changed(network, nat_gateways=replace(network.nat_gateways[0], vpc="vpc-2"))
    assert told(trace(network, job_to()))[-1] == "nat-1 dropped NGW_REQUIRES_SOURCE_IN_VPC"


def test_a_nat_gateway_whose_address_is_not_known():
    network = with_nat()
    network = changed(network, nat_gateways=replace(network.nat_gateways[0], private_address=None))
    with pytest.raises(IncompleteSnapshot, match="nat-1: this NAT gateway's private address"):
        trace(network, job_to())


def test_a_nat_gateways_public_address_where_no_internet_gateway_is_attached():
    network = replace(with_nat(), internet_gateways=())
    assert told(trace(network, Flow(OUTSIDE, "54.144.0.9"))) == ["nat-1 dropped NGW_REQUIRES_SOURCE_IN_VPC"]


def test_an_endpoints_interface_whose_endpoint_is_not_known():
    network = replace(with_interface_endpoint(), endpoints=())
    with pytest.raises(IncompleteSnapshot, match="eni-ep-a: the endpoint"):
        trace(network, job_to("10.20.1.200"))


@pytest.mark.parametrize(
    ("destination", "service"), [("52.216.0.1", "S3 in us-east-1"), ("198.51.100.10", "198.51.100.10")]
)
def test_a_gateway_endpoint_behind_a_plain_route(destination, service):
    """AWS makes no such route; a state written by hand may hold one."""
    network = with_endpoint()
    routes = table("rtb-a", "52.216.0.0/15 vpce-s3", "198.51.100.0/24 vpce-s3", subnets=("subnet-a",))
    journey = trace(changed(network, route_tables=routes), job_to(destination))
    assert journey.forward[-1].rule == f"{service}, private source address, no internet"


def test_a_regional_nat_gateway_is_not_modelled():
    with pytest.raises(NotModelled, match="the regional NAT gateway nat-1"):
        trace(with_nat(availability_mode="regional"), job_to())


# --- what cannot be answered ------------------------------------------------------------------------------------------


def routed(*routes):
    return changed(
        private_vpc(), route_tables=table("rtb-a", "10.20.0.0/16 local", *routes, subnets=("subnet-a",))
    )


@pytest.mark.parametrize("target", ["lgw-1", "cagw-1", "arn:aws:networkmanager::1:core-network/x"])
def test_a_target_that_is_not_modelled_is_named_when_the_packet_goes_there(target):
    network = routed(f"0.0.0.0/0 {target}")
    with pytest.raises(NotModelled, match=f"rtb-a: .*{target}"):
        trace(network, job_to())
    assert trace(network, job_to("10.20.1.15")).exit == "local"


def test_a_packet_that_is_lost_before_needs_no_model_of_what_comes_after():
    network = changed(routed("0.0.0.0/0 lgw-1"), security_groups=group("sg-job"))
    check(network, job_to(), [f"sg-job denied {SG}", "acl-1 allowed", "rtb-a forwarded"], NOWHERE)


@pytest.mark.parametrize("target", ["igw-9", "nat-9", "vpce-9", "tgw-9"])
def test_a_target_that_is_not_known_is_named(target):
    with pytest.raises(IncompleteSnapshot, match=target):
        trace(routed(f"0.0.0.0/0 {target}"), job_to())


@pytest.mark.parametrize(
    ("without", "says"),
    [
        ({"route_tables": ()}, "subnet-a: no route table"),
        ({"network_acls": ()}, "subnet-a: no network ACL"),
        ({"security_groups": ()}, "eni-job: security group sg-job"),
    ],
)
def test_what_every_subnet_has_must_be_known(without, says):
    with pytest.raises(IncompleteSnapshot, match=says):
        trace(replace(private_vpc(), **without), job_to())


@pytest.mark.parametrize(
    ("source", "destination", "error", "says"),
    [
        (InterfaceSource("eni-none"), S3, NotFound, "eni-none: No such network interface"),
        (InterfaceSource("eni-job", ip_address("10.20.1.99")), S3, InvalidInput, "10.20.1.99 is no address"),
    ],
)
def test_a_flow_that_cannot_be(source, destination, error, says):
    with pytest.raises(error, match=says):
        trace(private_vpc(), Flow(source, destination))


BLOCKED = replace(private_vpc().vpcs[0], block_public_access="block-bidirectional")


@pytest.mark.parametrize("flow", [job_to(), Flow(OUTSIDE, "54.144.1.1")])
def test_vpc_block_public_access_is_not_modelled(flow):
    network = changed(with_internet_gateway(public="54.144.1.1"), vpcs=BLOCKED)
    with pytest.raises(NotModelled, match=r"vpc-1: VPC Block Public Access \(block-bidirectional\)"):
        trace(network, flow)


def test_vpc_block_public_access_leaves_endpoints_alone():
    """Rule 5.15."""
    assert trace(changed(with_endpoint(), vpcs=BLOCKED), job_to()).reached


def test_a_gateway_load_balancers_endpoint_is_not_modelled():
    network = changed(
        routed("0.0.0.0/0 vpce-gw"),
        endpoints=replace(with_endpoint().endpoints[0], id="vpce-gw", kind="GatewayLoadBalancer"),
    )
    with pytest.raises(NotModelled, match="GatewayLoadBalancer endpoint vpce-gw"):
        trace(network, job_to())


def test_an_interface_that_aws_gives_no_group_has_no_filter():
    """A network load balancer's, a transit gateway attachment's."""
    network = changed(
        private_vpc(),
        interfaces=replace(
            interface("eni-far", "subnet-b", "10.20.2.20"), groups=(), kind="network_load_balancer"
        ),
    )
    assert trace(network, job_to("10.20.2.20")).reached


@pytest.mark.parametrize("kind", ["interface", "vpc_endpoint", "efa"])
def test_an_ordinary_interface_without_a_group_lets_nothing_through(kind):
    bare = replace(
        interface("eni-far", "subnet-b", "10.20.2.20", kind=kind, attached_to="vpce-if"), groups=()
    )
    network = changed(with_interface_endpoint(), interfaces=bare)
    journey = trace(network, job_to("10.20.2.20"))
    assert journey.reason == "eni-far has no security group, and so nothing is let in from 10.20.1.14."
