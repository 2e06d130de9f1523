"""IAM-5 on endpoints that differ in one thing: the verdict, and the words."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from ipaddress import ip_address, ip_network
from pathlib import Path
from types import MappingProxyType

import pytest

import lab_env.compliance as package
from lab_env.compliance import Status, TrainingSite, audit
from lab_env.compliance.doors import doors
from lab_env.compliance.model import AuditState
from lab_env.compliance.writes import writes
from lab_env.network.model import PrefixList, Vpc, VpcEndpoint
from lab_env.policy import Kind, catalogue
from tests.compliance import services as made
from tests.compliance import states
from tests.compliance.services import ACCOUNT, FIRM, REGION, allow, deny, locked
from tests.network.builder import (
    ALLOW_ALL,
    acl,
    changed,
    group,
    interface,
    private_vpc,
    table,
    with_endpoint,
    with_interface_endpoint,
)

HOLDS, FAILS, NOTHING, UNKNOWN = (
    Status.HOLDS,
    Status.DOES_NOT_HOLD,
    Status.NOTHING_TO_JUDGE,
    Status.CANNOT_TELL,
)
ID, DOOR = "IAM-5", "vpce-if"
OURS, WITHIN = {"aws:PrincipalAccount": ACCOUNT}, {"aws:ResourceAccount": ACCOUNT}


def door(service="logs", network=None, **more):
    """The locked network with an interface endpoint for a service, which the job's group lets out to."""
    return with_interface_endpoint(
        network or with_endpoint(), service=f"com.amazonaws.{REGION}.{service}", **more
    )


def report(network, *statements, firm=FIRM):
    """The control's word on an endpoint with these statements; without any, with AWS's default policy."""
    policy = made.policy(Kind.ENDPOINT, *statements) if statements else made.FULL
    services = locked(endpoints={DOOR: policy})
    return audit(network, [states.SITE], ID, services=services, firm=firm)


ANYTHING = allow("*", "*", "*")
POLICIES = {
    "AWS's default": ("logs", (ANYTHING,), FAILS),
    "the firm's principals": ("logs", (allow("*", "*", "*", StringEquals=OURS),), HOLDS),
    "the firm's resources": ("logs", (allow("*", "*", "*", StringEquals=WITHIN),), HOLDS),
    "both": ("logs", (allow("*", "*", "*", StringEquals={**OURS, **WITHIN}),), HOLDS),
    "reading, for anybody": ("logs", (allow(["logs:Get*", "logs:FilterLogEvents"], "*", "*"),), HOLDS),
    "one log group of the firm's, for anybody": (
        "logs",
        (allow("logs:*", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:jobs:*", "*"),),
        HOLDS,
    ),
    "a log group by its name, in whatever account": (
        "logs",
        (allow("logs:*", "arn:aws:logs:*:*:log-group:*", "*"),),
        FAILS,
    ),
    "everything, but for strangers": ("logs", (ANYTHING, deny("*", "*", "*", StringNotEquals=OURS)), HOLDS),
    "everything, but into other accounts": ("logs", (ANYTHING, deny("*", "*", "*", StringNotEquals=WITHIN)), HOLDS),
    "everything, but for one stranger": (
        "logs",
        (ANYTHING, deny("*", "*", "*", StringEquals={"aws:PrincipalAccount": "111122223333"})),
        FAILS,
    ),
    "the first writes denied, the second left": ("logs", (ANYTHING, deny("logs:PutLogEvents", "*", "*")), FAILS),
    "the firm's principals, to a service whose resources admit them anywhere": (
        "kms",
        (allow("*", "*", "*", StringEquals=OURS),),
        FAILS,
    ),
    "the firm's principals and resources, there": (
        "kms",
        (allow("*", "*", "*", StringEquals={**OURS, **WITHIN}),),
        HOLDS,
    ),
    "the firm by name, which an interface endpoint knows": (
        "logs",
        (allow("*", "*", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),),
        HOLDS,
    ),
    "nothing": ("logs", (deny("*", "*", "*"),), HOLDS),
}  # fmt: skip


@pytest.mark.parametrize(("service", "statements", "status"), POLICIES.values(), ids=POLICIES)
def test_policies(service, statements, status):
    """A policy is judged by whom it lets write into which account, however it says so."""
    assert report(door(service), *statements).status(ID) is status


@pytest.mark.parametrize("name", [name for name, (*_, status) in POLICIES.items() if status is FAILS])
def test_more_that_is_allowed_mends_nothing(name):
    """One Allow more never makes a door hold that did not."""
    service, statements, _ = POLICIES[name]
    assert report(door(service), *statements, allow("logs:GetLogEvents", "*", "*")).status(ID) is FAILS


def of_dynamodb(kind="Gateway"):
    """A gateway endpoint for DynamoDB beside S3's, on subnet A's route table."""
    service = f"com.amazonaws.{REGION}.dynamodb"
    return changed(
        with_endpoint(),
        endpoints=VpcEndpoint(DOOR, "vpc-1", service, kind, route_tables=("rtb-a",)),
        prefix_lists=PrefixList("pl-ddb", service, (ip_network("52.94.0.0/22"),), REGION),
        route_tables=table(
            "rtb-a", "10.20.0.0/16 local", "pl-s3 vpce-s3", f"pl-ddb {DOOR}", subnets=("subnet-a",)
        ),
    )


def test_a_gateway_endpoint():
    """DynamoDB's leads to everybody's tables, until its policy says otherwise."""
    assert report(of_dynamodb()).status(ID) is FAILS
    assert report(of_dynamodb(), allow("*", "*", "*", StringEquals={**OURS, **WITHIN})).status(ID) is HOLDS


def test_a_gateway_endpoint_that_no_route_of_the_subnet_leads_to():
    """It stands, and serves another table."""
    elsewhere = changed(of_dynamodb(), route_tables=with_endpoint().route_table_of("subnet-a"))
    assert report(elsewhere).status(ID) is NOTHING


def elsewhere(*addresses):
    """The endpoint in another VPC, which nothing joins to the first."""
    network = door()
    moved = tuple(replace(item, vpc="vpc-2") for item in network.interfaces if item.id.startswith("eni-ep"))
    if addresses:
        moved = tuple(
            replace(item, addresses=(ip_address(one),)) for item, one in zip(moved, addresses, strict=True)
        )
    return changed(
        network,
        vpcs=Vpc("vpc-2", (ip_network("10.40.0.0/16"),), REGION, ACCOUNT),
        endpoints=replace(network.endpoints[-1], vpc="vpc-2"),
        interfaces=moved,
    )


def only_to_s3(network):
    """The job's group lets out to S3's public addresses, and nothing else."""
    jobs = tuple(
        replace(item, groups=("sg-job",)) for item in private_vpc().interfaces if item.subnet == "subnet-a"
    )
    return changed(network, security_groups=group("sg-job", "out tcp 443 pl-s3"), interfaces=jobs)


def with_research(network):
    """A host beside the jobs, with a wider group."""
    return changed(network, interfaces=interface("eni-research", "subnet-a", "10.20.1.77", "sg-open"))


OUT_OF_REACH = {
    "there is none": with_endpoint(),
    "S3's own, which the jobs reach": door("s3"),
    "its group lets nobody in": changed(door(groups=("sg-shut",)), security_groups=group("sg-shut")),
    "the job's group lets out to S3 alone": only_to_s3(door()),
    "a network ACL is between": changed(
        door(),
        endpoints=replace(door().endpoints[-1], interfaces=("eni-ep-b",)),
        network_acls=(acl("acl-b", "out * deny all 0.0.0.0/0", subnets=("subnet-b",)),
                      acl("acl-1", *ALLOW_ALL, subnets=("subnet-a", "subnet-p"))),
    ),
    "its answers are lost": changed(
        door(),
        endpoints=replace(door().endpoints[-1], interfaces=("eni-ep-b",)),
        network_acls=acl("acl-1", "out 100 allow all 0.0.0.0/0", "in 10 deny tcp 1024-65535 10.20.2.0/24",
                         "in 20 allow all 0.0.0.0/0", subnets=("subnet-a", "subnet-b", "subnet-p")),
    ),
    "another VPC": elsewhere(),
    "another VPC, with an address that a host near by has": changed(
        elsewhere("10.20.1.15", "10.20.1.16"), interfaces=interface("eni-near", "subnet-a", "10.20.1.15", "sg-open")
    ),
}  # fmt: skip


@pytest.mark.parametrize("network", OUT_OF_REACH.values(), ids=OUT_OF_REACH)
def test_out_of_reach(network):
    """What nothing reaches is no door, whatever its policy is."""
    (finding,) = report(network).findings
    assert (finding.status, finding.resource) == (NOTHING, "")
    assert (
        finding.sentence == "Nothing in the training subnets reaches an endpoint that IAM-1 does not judge."
    )


def test_a_host_beside_the_jobs():
    """The job's group lets out to S3 alone; a host in the same subnet has a wider one."""
    (finding,) = report(with_research(only_to_s3(door()))).findings
    assert finding.status is FAILS
    assert "from eni-research in subnet-a by a stranger's administrator" in finding.sentence


def test_an_endpoint_of_s3_that_no_job_reaches():
    """IAM-1 does not see it; the host beside the jobs does."""
    network = with_research(only_to_s3(door("s3")))
    assert report(network).status(ID) is FAILS
    firms = allow("s3:*", [f"arn:aws:s3:::{name}{part}" for name in FIRM.buckets for part in ("", "/*")], "*")
    (finding,) = report(network, firms).findings
    assert (finding.status, finding.resource) == (HOLDS, DOOR)


def test_neither_endpoints_nor_nat_gateways_are_hosts():
    """Their interfaces have groups too, and nobody sends from them."""
    state = AuditState(door(), (TrainingSite("subnet-a", ("sg-job",)),))
    (ways,) = doors(state).values()
    assert [way.source.interface for way in ways if way.network is state.network] == []


def test_each_set_of_groups_is_asked_once():
    """A thousand hosts alike are one question."""
    alike = [
        interface(f"eni-{number}", "subnet-a", f"10.20.1.{number}", "sg-open") for number in range(30, 60)
    ]
    state = AuditState(changed(door(), interfaces=tuple(alike)), (states.SITE,))
    (ways,) = doors(state).values()
    assert [way.name for way in ways] == ["from a job's host in subnet-a", "from eni-30 in subnet-a"]


def test_the_whole_finding():
    """It names the endpoint, the service, the call, whence and by whom; and the call that mends it."""
    (finding,) = report(door()).findings
    assert (finding.status, finding.resource) == (FAILS, DOOR)
    assert finding.sentence == (
        "vpce-if (com.amazonaws.us-east-1.logs) carries data into another account: logs:PutLogEvents from a job's host "
        "in subnet-a by a stranger's administrator, say (2 of 2 requests tried)."
    )
    assert finding.change == (
        'ec2.modify_vpc_endpoint(VpcEndpointId="vpce-if", PolicyDocument=\'{"Version": "2012-10-17", "Statement": '
        '[{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringEquals": '
        '{"aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": "123456789012"}}}]}\')'
    )
    first, _ = finding.evidence
    assert first.seen.startswith(
        "logs:PutLogEvents by a stranger's administrator from a job's host in subnet-a: "
    )
    assert (first.resource, first.trace.endpoint, first.decision.allowed) == (DOOR, DOOR, True)


def test_the_whole_finding_of_one_that_holds():
    """The refusals are its evidence."""
    (finding,) = report(door(), allow("*", "*", "*", StringEquals=OURS)).findings
    assert finding.sentence == (
        "Through vpce-if (com.amazonaws.us-east-1.logs) nobody writes into another account: 2 requests tried."
    )
    assert [one.decision.denied is None for one in finding.evidence] == [False, False]
    assert finding.change == ""


NOT_JUDGED = {
    "a service without a row": door("athena"),
    "somebody's endpoint service": changed(
        door(), endpoints=replace(door().endpoints[-1], service=f"com.amazonaws.vpce.{REGION}.vpce-svc-0a1b2c")
    ),
    "a resource endpoint, which names no service": changed(
        of_dynamodb(), endpoints=replace(of_dynamodb().endpoints[-1], service="", kind="Resource")
    ),
    "a gateway endpoint without a row": changed(
        of_dynamodb(), endpoints=replace(of_dynamodb().endpoints[-1], service=f"com.amazonaws.{REGION}.s3express")
    ),
}  # fmt: skip


@pytest.mark.parametrize("network", NOT_JUDGED.values(), ids=NOT_JUDGED)
def test_not_judged(network):
    """It is said by name, and is neither a pass nor a failure."""
    found = report(network)
    (finding,) = found.findings
    assert (found.status(ID), finding.resource) == (UNKNOWN, DOOR)
    called = f"vpce-if ({network.endpoints[-1].service or 'Resource'})"
    assert (
        finding.sentence == f"{called} is not judged: it is not known which of its service's actions write."
    )
    assert "describe_vpc_endpoint_services" in finding.change


def test_without_policies_nobody_knows():
    """An endpoint whose policy was not read may let anything through."""
    services = replace(locked(), endpoints=MappingProxyType({}))
    found = audit(door(), [states.SITE], ID, services=services, firm=FIRM)
    assert found.status(ID) is UNKNOWN


def test_a_region_that_is_not_the_firms():
    """The stranger has keys wherever the network is."""
    assert report(door("kms"), firm=replace(FIRM, regions=("eu-west-1",))).status(ID) is FAILS


FILE = tomllib.loads((Path(package.__file__).parent / "writes.toml").read_text(encoding="utf-8"))


def test_the_table_has_its_shape():
    """Every key that the reader takes is there, of its type, and no other; sorted, each service once."""
    assert set(FILE) == {"source", "writes"}
    assert isinstance(FILE["source"].pop("reviewed"), date)
    assert all(url.startswith("https://docs.aws.amazon.com/") for url in FILE["source"].values())
    for row in FILE["writes"]:
        assert {key: type(value) for key, value in row.items()} == {
            "service": str, "actions": list, "resource": str, "shared": bool,
        }  # fmt: skip
        assert row["actions"]
    named = [row["service"] for row in FILE["writes"]]
    assert named == sorted(set(named))


@pytest.mark.parametrize("write", writes().values(), ids=writes())
def test_each_row_is_asked(write):
    """The actions are AWS's, their resource is of their service, and AWS's default policy lets each through."""
    for name in write.actions:
        action = catalogue.action(name)
        assert action is not None
        assert action.name == name
    own = {"sts": "iam"}.get(prefix := write.actions[0].partition(":")[0], prefix)
    assert write.resource == "*" or write.resource.startswith(f"arn:aws:{own}:")
    network = of_dynamodb() if write.service == "dynamodb" else with_research(only_to_s3(door(write.service)))
    (finding,) = report(network).findings
    assert finding.status is FAILS
    asked = len(write.actions) * (4 if write.shared else 1)
    assert f"({asked} of {asked} requests tried)" in finding.sentence
