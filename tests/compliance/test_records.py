"""NET-5, NET-6, LOG-1, LOG-2: what the groups let out, and what is recorded."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from lab_env.compliance import Status, TrainingSite, audit
from lab_env.network.model import PrefixList
from lab_env.snapshot.event_selectors import basic_selectors
from lab_env.snapshot.state import FlowLog, Trail
from tests.compliance import services as made
from tests.compliance import states
from tests.compliance.services import DATA, FIRM, MODELS, bucket, locked, new_bucket
from tests.network.builder import (
    changed,
    dual_stack,
    group,
    interface,
    with_endpoint,
    with_interface_endpoint,
)

HOLDS, FAILS = Status.HOLDS, Status.DOES_NOT_HOLD
LOGS = "meridian-audit-logs"
TRAIL = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit"


def findings(control, services=None, network=None, sites=(states.SITE,)):
    network = network or states.option_d_locked()
    return audit(network, sites, control, services=services or locked(), firm=FIRM).findings


EGRESS = {
    "HTTPS to the prefix list": (["out tcp 443 pl-s3"], HOLDS),
    "and to the job's own hosts": (["out tcp 443 pl-s3", "out all sg-job"], HOLDS),
    "nothing": ([], HOLDS),
    "everything": (["out all 0.0.0.0/0"], FAILS),
    "HTTPS to anywhere": (["out tcp 443 0.0.0.0/0"], FAILS),
    "plain HTTP to the prefix list": (["out tcp 443 pl-s3", "out tcp 80 pl-s3"], FAILS),
    "every port of the prefix list": (["out tcp 0-65535 pl-s3"], FAILS),
    "DNS to anywhere": (["out tcp 443 pl-s3", "out udp 53 0.0.0.0/0"], FAILS),
    "an odd port of one host": (["out tcp 443 pl-s3", "out tcp 4444 198.51.100.77/32"], FAILS),
    "the whole VPC": (["out tcp 443 pl-s3", "out tcp 443 10.20.0.0/16"], FAILS),
    "another private network": (["out tcp 443 pl-s3", "out tcp 22 192.168.0.0/16"], FAILS),
    "ping": (["out tcp 443 pl-s3", "out icmp -1 0.0.0.0/0"], FAILS),
    "other hosts by their group": (["out tcp 443 pl-s3", "out all sg-open"], FAILS),
}


@pytest.mark.parametrize(("rules", "status"), EGRESS.values(), ids=EGRESS)
def test_net_5(rules, status):
    """Probed from the corners of each rule; routes do not matter."""
    others = (interface("eni-open", "subnet-b", "10.20.2.254", "sg-open"),)
    network = changed(with_endpoint(), security_groups=group("sg-job", *rules), interfaces=others)
    (finding,) = findings("NET-5", network=network)
    assert finding.status is status


def test_net_5_names_the_rule_and_the_call_that_takes_it_out():
    """The whole finding for the rule that AWS puts into every new group."""
    (finding,) = findings("NET-5", network=with_endpoint())
    assert finding.resource == "subnet-a"
    assert finding.sentence.startswith("sg-job lets out more than a job needs: tcp 443 to 198.51.100.10, say")
    assert finding.change == (
        'ec2.revoke_security_group_egress(GroupId="sg-job", IpPermissions=[{"IpProtocol": "-1", "IpRanges": '
        '[{"CidrIp": "0.0.0.0/0"}]}])'
    )
    assert finding.evidence[0].seen == "tcp 443 to 198.51.100.10 is let out by egress all → 0.0.0.0/0"


def test_net_5_lets_jobs_call_the_vpcs_own_interface_endpoints():
    """An endpoint is there to be called."""
    rules = ["out tcp 443 pl-s3", "out tcp 443 sg-open"]
    network = changed(
        with_interface_endpoint(with_endpoint(), service="com.amazonaws.us-east-1.kms"),
        security_groups=group("sg-job", *rules),
    )
    (finding,) = findings("NET-5", network=network)
    assert finding.status is HOLDS


def log(**changes):
    return replace(
        FlowLog("fl-1", "vpc-1", destination=f"arn:aws:s3:::{LOGS}", region="us-east-1"), **changes
    )


FLOWS = {
    "of the VPC": ([log()], HOLDS),
    "of the subnet": ([log(resource="subnet-a")], HOLDS),
    "in two parts": ([log(traffic="ACCEPT"), log(id="fl-2", traffic="REJECT")], HOLDS),
    "none": ([], FAILS),
    "of another subnet": ([log(resource="subnet-b")], FAILS),
    "what is accepted only": ([log(traffic="ACCEPT")], FAILS),
    "off": ([log(active=False)], FAILS),
    "not delivered": ([log(delivers=False)], FAILS),
}


@pytest.mark.parametrize(("logs", "status"), FLOWS.values(), ids=FLOWS)
def test_net_6(logs, status):
    """What is accepted and what is rejected, and that it arrives."""
    services = locked(flow_logs={item.id: item for item in logs})
    (finding,) = findings("NET-6", services)
    assert finding.status is status


def test_net_6_says_what_is_missing():
    """Each in its words."""
    said = [findings("NET-6", locked(flow_logs={i.id: i for i in FLOWS[name][0]}))[0].sentence
            for name in ("none", "what is accepted only", "not delivered")]  # fmt: skip
    assert said == [
        "subnet-a: no flow log records its traffic.",
        "subnet-a: flow logs record ACCEPT only.",
        "subnet-a: fl-1 records nothing that arrives.",
    ]


def logged(name, target, **more):
    return (
        bucket(DATA, log_bucket=target, log_prefix="s3/"),
        bucket(MODELS, log_bucket=LOGS),
        *more.values(),
    )


STORED = new_bucket(LOGS)
ACCESS = {
    "to a bucket of its own": (
        (bucket(DATA, log_bucket=LOGS, log_prefix="s3/"), STORED),
        HOLDS,
        "is logged to",
    ),
    "nowhere": ((bucket(DATA), STORED), FAILS, "is logged nowhere"),
    "to itself": ((bucket(DATA, log_bucket=DATA), STORED), FAILS, "beside the data itself"),
    "to the models": ((bucket(DATA, log_bucket=MODELS), STORED), FAILS, "beside the data itself"),
    "to what is not there": ((bucket(DATA, log_bucket="gone"),), FAILS, "which is not there"),
    "to another account": (
        (bucket(DATA, log_bucket=LOGS), replace(STORED, account="999988887777")),
        FAILS,
        "a bucket of another account",
    ),
}


@pytest.mark.parametrize(("buckets", "status", "said"), ACCESS.values(), ids=ACCESS)
def test_log_1(buckets, status, said):
    """To a bucket of the firm's that holds no data."""
    finding = next(item for item in findings("LOG-1", locked(buckets=buckets)) if item.resource == DATA)
    assert finding.status is status
    assert said in finding.sentence


def trail(read_write="All", arns=("arn:aws:s3",), **changes):
    data = {"AWS::S3::Object": tuple(arns)} if arns else {}
    selectors = basic_selectors(read_write, data, management=True)
    kept = Trail(TRAIL, LOGS, validated=True, multi_region=True, selectors=selectors)
    return replace(kept, **changes)


OWN = tuple(f"arn:aws:s3:::{name}/" for name in (DATA, MODELS))
OTHER = TRAIL.replace("audit", "other")
TRAILS = {
    "all buckets": ([trail()], HOLDS),
    "the firm's buckets": ([trail(arns=OWN)], HOLDS),
    "reads here, writes there": ([trail("ReadOnly"), trail("WriteOnly", arn=OTHER)], HOLDS),
    "none": ([], FAILS),
    "management events only": ([trail(arns=())], FAILS),
    "reads only": ([trail("ReadOnly")], FAILS),
    "another bucket": ([trail(arns=("arn:aws:s3:::else/",))], FAILS),
    "one prefix": ([trail(arns=(f"arn:aws:s3:::{DATA}/train/",))], FAILS),
    "off": ([trail(logging=False)], FAILS),
    "another Region's": ([trail(arn=TRAIL.replace("us-east-1", "eu-west-1"), multi_region=False)], FAILS),
    "not validated": ([trail(validated=False)], FAILS),
    "into the data's own bucket": ([trail(bucket=DATA)], FAILS),
    "writes not validated": ([trail("ReadOnly"), trail("WriteOnly", arn=OTHER, validated=False)], FAILS),
}


@pytest.mark.parametrize(("trails", "status"), TRAILS.values(), ids=TRAILS)
def test_log_2(trails, status):
    """Reads and writes of any object, by a trail whose files can be validated, kept apart from the data."""
    services = locked(trails={item.arn: item for item in trails})
    finding = next(item for item in findings("LOG-2", services) if item.resource == DATA)
    assert finding.status is status


@pytest.mark.parametrize(
    ("case", "said", "change"),
    [
        ("none", "No trail records GetObject, PutObject and DeleteObject on", "cloudtrail.create_trail("),
        ("reads only", "No trail records PutObject and DeleteObject on", "cloudtrail.put_event_selectors("),
        ("not validated", "nobody could tell if its files were changed", "cloudtrail.update_trail("),
        ("writes not validated", "other records the data events", 'cloudtrail.update_trail(Name="other"'),
        ("into the data's own bucket", "beside the data itself", "cloudtrail.update_trail("),
    ],
)
def test_log_2_says_what_to_change(case, said, change):
    """Each in its words."""
    services = locked(trails={item.arn: item for item in TRAILS[case][0]})
    finding = next(item for item in findings("LOG-2", services) if item.resource == DATA)
    assert said in finding.sentence
    assert finding.change.startswith(change)


def test_each_training_subnet_is_judged():
    """Two subnets, one of them recorded."""
    sites = (states.SITE, TrainingSite("subnet-b", ("sg-job",)))
    services = locked(flow_logs={"fl-1": log(resource="subnet-a")})
    found = findings("NET-6", services, sites=sites)
    assert [(item.resource, item.status) for item in found] == [("subnet-a", HOLDS), ("subnet-b", FAILS)]


def test_made_states_are_what_they_say():
    """The hand-made locked state has neither trail nor flow log: these are chapter 07's."""
    assert not made.locked().trails
    assert not made.locked().flow_logs


def test_net_5_tries_a_list_that_the_firm_keeps():
    """The ends of each block, and a host of a group."""
    offices = PrefixList(
        "pl-offices", "offices", (ip_network("198.51.100.0/28"),), "us-east-1", "123456789012"
    )
    network = changed(
        with_endpoint(),
        security_groups=group("sg-job", "out tcp 443 pl-s3", "out tcp 443 pl-offices"),
        prefix_lists=offices,
    )
    (finding,) = findings("NET-5", network=network)
    assert finding.status is FAILS
    assert "tcp 443 to 198.51.100.10, say (3 services of hosts)" in finding.sentence


def test_net_5_on_a_dual_stack_network():
    """The default IPv6 rule, and the call that takes it out."""
    (finding,) = findings(
        "NET-5", network=changed(dual_stack(), security_groups=group("sg-job", "out all ::/0"))
    )
    assert finding.status is FAILS
    assert finding.change.endswith('"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}])')
