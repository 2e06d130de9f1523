"""Each control on states that differ in one thing: the whole finding, or the one fact that matters."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from lab_env.compliance import AuditState, Status, TrainingSite, audit
from lab_env.compliance.controls.net_1 import has_public_addresses
from lab_env.compliance.probes import probes
from lab_env.errors import NotFound
from lab_env.network.model import PrefixList
from tests.compliance import states
from tests.network.builder import (
    acl,
    changed,
    group,
    interface,
    private_vpc,
    table,
    with_endpoint,
    with_interface_endpoint,
    with_nat,
)

S3 = "s3.us-east-1.amazonaws.com"
LOCAL = "10.20.0.0/16 local"
CREATE = (
    'ec2.create_vpc_endpoint(VpcId="vpc-1", ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway", '
    'RouteTableIds=["rtb-a"])'
)


def routes(*texts, network=None):
    return changed(
        network or private_vpc(), route_tables=table("rtb-a", LOCAL, *texts, subnets=("subnet-a",))
    )


def findings(network, control, site=states.SITE):
    return audit(network, [site], control).findings


def said(network, control):
    return [(item.status, item.sentence, item.change) for item in findings(network, control)]


@pytest.mark.parametrize(
    ("cidr", "public"),
    [
        ("0.0.0.0/0", True),
        ("52.216.0.0/15", True),
        ("203.0.113.0/24", True),
        ("8.0.0.0/7", True),
        ("10.0.0.0/7", True),
        ("10.0.0.0/8", False),
        ("10.9.0.0/16", False),
        ("172.16.0.0/12", False),
        ("172.0.0.0/11", True),
        ("192.168.5.0/24", False),
        ("100.64.0.0/10", False),
        ("169.254.169.254/32", False),
        ("::/0", True),
        ("2600:1f18::/36", True),
        ("fd00::/8", False),
        ("fe80::/10", False),
    ],
)
def test_public_addresses(cidr, public):
    """A block counts when the internet routes any address of it."""
    assert has_public_addresses(ip_network(cidr)) is public


@pytest.mark.parametrize(
    ("route", "change"),
    [
        ("0.0.0.0/0 igw-1", 'ec2.delete_route(RouteTableId="rtb-a", DestinationCidrBlock="0.0.0.0/0")'),
        (
            "52.216.0.0/15 nat-1",
            'ec2.delete_route(RouteTableId="rtb-a", DestinationCidrBlock="52.216.0.0/15")',
        ),
        ("::/0 eigw-1", 'ec2.delete_route(RouteTableId="rtb-a", DestinationIpv6CidrBlock="::/0")'),
        ("0.0.0.0/0 tgw-1", 'ec2.delete_route(RouteTableId="rtb-a", DestinationCidrBlock="0.0.0.0/0")'),
        (
            "0.0.0.0/0 vgw-1 propagated",
            'ec2.disable_vgw_route_propagation(GatewayId="vgw-1", RouteTableId="rtb-a")',
        ),
        ("pl-s3 nat-1", 'ec2.delete_route(RouteTableId="rtb-a", DestinationPrefixListId="pl-s3")'),
        ("0.0.0.0/0 vpce-glb", 'ec2.delete_route(RouteTableId="rtb-a", DestinationCidrBlock="0.0.0.0/0")'),
    ],
)
def test_net_1_names_the_route_and_how_to_remove_it(route, change):
    """Whatever the target, a route for public addresses is named, with the call that takes it out."""
    destination, target = route.split()[:2]
    sentence = f"rtb-a sends public addresses from subnet-a to {target}: {destination} → {target}."
    assert said(routes(route), "NET-1") == [(Status.DOES_NOT_HOLD, sentence, change)]


@pytest.mark.parametrize("route", ["192.168.0.0/16 vgw-1", "10.9.0.0/16 pcx-1", "fd00::/8 pcx-1"])
def test_net_1_lets_private_addresses_go_anywhere(route):
    """A route to on premises or to a peer is no way to public addresses."""
    (finding,) = findings(routes(route), "NET-1")
    assert finding.status is Status.HOLDS


def test_net_1_on_a_gateway_endpoint():
    """The endpoint's own route is the one exception, and only for a gateway endpoint."""
    (finding,) = findings(with_endpoint(), "NET-1")
    assert (finding.status, finding.resource) == (Status.HOLDS, "subnet-a")
    assert finding.sentence == "rtb-a leads no public address out of subnet-a."
    assert finding.evidence[0].resource == "rtb-a"


def test_net_1_names_every_route_even_at_rest():
    """Two routes, two findings; a blackhole comes alive again with its gateway, so it counts."""
    network = routes("0.0.0.0/0 igw-1 blackhole", "52.0.0.0/8 nat-1")
    sentences = [item.sentence for item in findings(network, "NET-1")]
    assert sentences == [
        "rtb-a sends public addresses from subnet-a to igw-1: 0.0.0.0/0 → igw-1 (blackhole).",
        "rtb-a sends public addresses from subnet-a to nat-1: 52.0.0.0/8 → nat-1.",
    ]


def test_net_1_needs_the_blocks_of_a_list():
    """A customer's list may hold anything: without its entries there is no verdict."""
    (finding,) = findings(routes("pl-unknown nat-1"), "NET-1")
    assert finding.status is Status.CANNOT_TELL
    assert finding.sentence.startswith("pl-unknown: rtb-a names this prefix list")
    assert "get-managed-prefix-list-entries" in finding.change


def test_net_1_knows_a_list_of_private_addresses():
    """A list of the firm's own networks leads nowhere public."""
    offices = PrefixList("pl-offices", "offices", (ip_network("10.0.0.0/8"),), "us-east-1", "123456789012")
    (finding,) = findings(changed(routes("pl-offices tgw-1"), prefix_lists=offices), "NET-1")
    assert finding.status is Status.HOLDS


def test_net_1_takes_the_main_table_where_no_other_is_associated():
    """A subnet without a table of its own follows the VPC's main one."""
    network = changed(private_vpc(), route_tables=table("rtb-main", LOCAL, "0.0.0.0/0 igw-1", main=True))
    (finding,) = findings(network, "NET-1", TrainingSite("subnet-b", ("sg-job",)))
    assert finding.sentence.startswith("rtb-main sends public addresses from subnet-b to igw-1")


def test_net_2_through_a_gateway_endpoint():
    """Both probes come through it, so the finding names it, with both traces as evidence."""
    (finding,) = findings(with_endpoint(), "NET-2")
    assert finding.sentence == "From subnet-a S3 is reached through vpce-s3 only."
    assert [one.trace.endpoint for one in finding.evidence] == ["vpce-s3", "vpce-s3"]
    assert finding.change == ""


def test_net_2_through_an_interface_endpoint():
    """An interface endpoint serves as well."""
    (finding,) = findings(with_interface_endpoint(), "NET-2")
    assert finding.sentence == "From subnet-a S3 is reached through vpce-if only."


def test_net_2_where_nothing_leads_to_s3():
    """Both probes fail alike: one finding, with the reason and the call that would mend it."""
    ((status, sentence, change),) = said(private_vpc(), "NET-2")
    assert status is Status.DOES_NOT_HOLD
    assert sentence.startswith(f"From any host in subnet-a, {S3} is not reached: No route of rtb-a matches")
    assert change == CREATE


def test_net_2_where_a_nat_gateway_leads_to_s3():
    """Reached is not enough."""
    assert said(with_nat(), "NET-2") == [
        (
            Status.DOES_NOT_HOLD,
            f"From any host in subnet-a, {S3} is reached by a NAT gateway, not through an endpoint.",
            CREATE,
        )
    ]


def test_net_2_tells_the_probes_apart():
    """An internet gateway serves only the host with a public address."""
    hosts = [item.sentence.split(" in subnet-a")[0] for item in findings(states.option_a(), "NET-2")]
    assert hosts == ["From a host without a public address", "From a host with a public address"]


def test_net_2_asks_for_each_bucket():
    """Each bucket has a name of its own."""
    report = audit(private_vpc(), [states.SITE], "NET-2", buckets=("one", "two"))
    assert [item.sentence.split(", ")[1].split(" is")[0] for item in report.findings] == [
        f"one.{S3}",
        f"two.{S3}",
    ]


CHANGES = {
    "the endpoint is not associated": (
        changed(
            with_endpoint(),
            route_tables=table("rtb-a", LOCAL, subnets=("subnet-a",)),
            endpoints=replace(with_endpoint().endpoints[0], route_tables=("rtb-p",)),
        ),
        'ec2.modify_vpc_endpoint(VpcEndpointId="vpce-s3", AddRouteTableIds=["rtb-a"])',
    ),
    "a static route takes the packet from the endpoint": (
        routes("pl-s3 vpce-s3", "3.5.26.0/24 nat-1", network=with_nat(with_endpoint())),
        'ec2.delete_route(RouteTableId="rtb-a", DestinationCidrBlock="3.5.26.0/24")',
    ),
    "DNS support is off": (
        changed(with_endpoint(), vpcs=replace(private_vpc().vpcs[0], dns_support=False)),
        'ec2.modify_vpc_attribute(VpcId="vpc-1", EnableDnsSupport={"Value": True})',
    ),
    "the job's security group lets nothing out": (
        changed(with_endpoint(), security_groups=group("sg-job")),
        (
            'ec2.authorize_security_group_egress(GroupId="sg-job", IpPermissions=[{"IpProtocol": "tcp", '
            '"FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": "pl-s3"}]}])'
        ),
    ),
    "the endpoint's security group lets nothing in": (
        changed(with_interface_endpoint(groups=("sg-ep",)), security_groups=group("sg-ep")),
        (
            'ec2.authorize_security_group_ingress(GroupId="sg-ep", IpPermissions=[{"IpProtocol": "tcp", '
            '"FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": "sg-job"}]}])'
        ),
    ),
    "the network ACL lets nothing out": (
        changed(
            with_endpoint(),
            network_acls=acl(
                "acl-1", "in 100 allow all 0.0.0.0/0", "out * deny all 0.0.0.0/0", subnets=("subnet-a",)
            ),
        ),
        (
            'ec2.create_network_acl_entry(NetworkAclId="acl-1", RuleNumber=1, Protocol="6", RuleAction="allow", '
            'Egress=True, CidrBlock="0.0.0.0/0", PortRange={"From": 443, "To": 443})'
        ),
    ),
    "the network ACL lets no answer in": (
        changed(
            with_endpoint(),
            network_acls=acl(
                "acl-1",
                "in 1 allow tcp 22 0.0.0.0/0",
                "out 100 allow all 0.0.0.0/0",
                "in * deny all 0.0.0.0/0",
                subnets=("subnet-a",),
            ),
        ),
        (
            'ec2.create_network_acl_entry(NetworkAclId="acl-1", RuleNumber=2, Protocol="6", RuleAction="allow", '
            'Egress=False, CidrBlock="0.0.0.0/0", PortRange={"From": 1024, "To": 65535})'
        ),
    ),
    "the endpoint is not available": (with_endpoint(state="deleting"), ""),
}


@pytest.mark.parametrize(("network", "change"), CHANGES.values(), ids=CHANGES)
def test_net_2_says_what_to_change(network, change):
    """One fault at a time, and the one call that mends it; nothing where no call does."""
    (finding,) = findings(network, "NET-2")
    assert finding.status is Status.DOES_NOT_HOLD
    assert finding.change == change


def test_net_3_through_the_endpoint():
    """S3 sees the probe's own address: the highest free one of its subnet."""
    (finding,) = findings(with_endpoint(), "NET-3")
    assert finding.status is Status.HOLDS
    assert finding.sentence == (
        "From subnet-a every way to S3 stays within AWS, and S3 sees a private address (10.20.1.254)."
    )


def test_net_3_without_a_way():
    """Private, and useless: there is nothing to judge."""
    (finding,) = findings(private_vpc(), "NET-3")
    assert finding.status is Status.NOTHING_TO_JUDGE
    assert finding.sentence == "No way leads from subnet-a to S3, so there is none to judge."


def test_net_3_through_a_nat_gateway():
    """S3 sees the gateway's address; the traffic stays with AWS, and nothing else is said against it."""
    ((status, sentence, change),) = said(with_nat(), "NET-3")
    assert status is Status.DOES_NOT_HOLD
    assert sentence == (
        f"From any host in subnet-a, {S3} is reached by a NAT gateway, and S3 sees the address 54.144.0.9."
    )
    assert change == CREATE


def test_net_3_through_a_data_centre():
    """Over a public virtual interface: outside AWS, though past the internet."""
    (finding,) = findings(states.option_c_hairpin(), "NET-3")
    assert finding.sentence == (
        f"From any host in subnet-a, {S3} is reached by a virtual private gateway, and S3 sees the address "
        "198.51.100.1 and it crosses premises outside AWS."
    )


def test_net_3_through_a_data_centres_internet_exit():
    """Without a public virtual interface the data centre takes the internet."""
    network = states.option_c_hairpin()
    private = tuple(item for item in network.virtual_interfaces if item.kind == "private")
    (finding,) = findings(replace(network, virtual_interfaces=private), "NET-3")
    assert "it crosses the public internet and it crosses premises outside AWS" in finding.sentence


def test_net_4_without_a_way():
    """Nobody gets out, with or without a public address."""
    (finding,) = findings(with_endpoint(), "NET-4")
    assert finding.status is Status.HOLDS
    assert finding.sentence == "No host in subnet-a reaches 198.51.100.10 on the internet."


def test_net_4_through_a_nat_gateway():
    """Whatever runs there can send data anywhere; the change takes the route away that leads out."""
    assert said(with_nat(), "NET-4") == [
        (
            Status.DOES_NOT_HOLD,
            "From any host in subnet-a, 198.51.100.10 on the internet is reached by a NAT gateway (tcp 443).",
            'ec2.delete_route(RouteTableId="rtb-a", DestinationCidrBlock="0.0.0.0/0")',
        )
    ]


@pytest.mark.parametrize(
    ("rule", "service"),
    [
        ("out tcp 8080-8090 0.0.0.0/0", "tcp 8080"),
        ("out udp 53 0.0.0.0/0", "udp 53"),
        ("out icmp -1 0.0.0.0/0", "icmp"),
        ("out tcp 0-65535 0.0.0.0/0", "tcp 443"),
    ],
)
def test_net_4_tries_what_the_groups_let_out(rule, service):
    """A hole for another service is a hole."""
    network = changed(with_nat(), security_groups=group("sg-job", rule))
    (finding,) = findings(network, "NET-4")
    assert finding.sentence.endswith(f"is reached by a NAT gateway ({service}).")


def test_net_4_with_egress_to_the_prefix_list_only():
    """A security group that lets nothing out but to S3 keeps even a NAT gateway from serving others."""
    network = changed(with_nat(), security_groups=group("sg-job", "out tcp 443 pl-s3"))
    (finding,) = findings(network, "NET-4")
    assert finding.status is Status.HOLDS


def test_each_site_is_judged():
    """Two subnets, one of them on a table with a way out."""
    sites = [states.SITE, TrainingSite("subnet-p", ("sg-job",))]
    report = audit(with_nat(with_endpoint()), sites, "NET-1")
    assert [item.resource for item in report.findings] == ["subnet-a", "subnet-p"]


def test_a_name_tag_is_told():
    """People know their subnets by name."""
    network = with_endpoint()
    named = changed(network, subnets=replace(network.subnet["subnet-a"], name="private A"))
    (finding,) = findings(named, "NET-4")
    assert finding.sentence.startswith("No host in subnet-a (private A) reaches")


def test_probes_stand_where_nobody_does():
    """The highest free address; the public one is lent to the second probe only."""
    network = changed(private_vpc(), interfaces=interface("eni-last", "subnet-a", "10.20.1.254"))
    bare, lent = probes(AuditState(network, (states.SITE,)), states.SITE)
    assert [str(own) for own in bare.addresses] == ["10.20.1.253"]
    assert bare.network.interface["eni-audit-probe"].public == ()
    assert lent.network.interface["eni-audit-probe"].public_address() is not None
    assert "eni-audit-probe" not in network.interface


@pytest.mark.parametrize(
    ("site", "what"),
    [
        (TrainingSite("subnet-x", ("sg-job",)), "subnet-x: no such subnet"),
        (TrainingSite("subnet-a", ("sg-x",)), "sg-x: no such security group"),
    ],
)
def test_a_site_that_is_not_in_the_network(site, what):
    """An id with a slip in it is named."""
    with pytest.raises(NotFound, match=what):
        findings(private_vpc(), "NET-2", site)
