"""Repairs that no file of ours makes: those that mend as well are taken, and those that open something are not.

By trace and decision, on what boto3's calls left; test_end_to_end.py runs the jobs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course.drills import documents, filters, interfaces
from lab_env.course.drills import ways_out as out
from lab_env.course.drills.expected import expected
from lab_env.course.drills.fault import Hands
from lab_env.course.drills.faults import FAULTS
from lab_env.course.drills.judged import Sound
from lab_env.course.drills.look import Ground, Looking, job_request

Repair = Callable[[Hands], object]
ANYBODY = {"Effect": "Allow", "Principal": "*"}


def private_dns_off(hands: Hands) -> None:
    """The interface endpoint may stay, as long as S3's names do not lead to it."""
    ec2 = hands("ec2")
    by_name = [{"Name": "tag:Name", "Values": [interfaces.NAME]}]
    found = ec2.describe_vpc_endpoints(Filters=by_name)["VpcEndpoints"][0]["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=found, PrivateDnsEnabled=False)


def route_alone(hands: Hands) -> None:
    """What was built for the wrong route leads nowhere once that is gone."""
    out.drop_default_route(hands)
    out.join_endpoint(hands, "meridian-private")


def rules_of_its_own(hands: Hands) -> None:
    of_a = [{"Name": "association.subnet-id", "Values": [hands.id("subnet_a")]}]
    acl = hands("ec2").describe_network_acls(Filters=of_a)["NetworkAcls"][0]["NetworkAclId"]
    filters.entry(hands, acl, 110, egress=True, ports=(443, 443))
    filters.entry(hands, acl, 110, egress=False, ports=(1024, 65535))


def by_the_vpc(hands: Hands) -> None:
    """``aws:SourceVpc`` outlives an endpoint."""
    document = scenario.bucket_policy(scenario.TRAINING_BUCKET, "")
    document["Statement"][0]["Condition"]["StringNotEquals"] = {"aws:SourceVpc": hands.id("vpc")}
    hands("s3").put_bucket_policy(Bucket=scenario.TRAINING_BUCKET, Policy=json.dumps(document))


def buckets_named_as_well(hands: Hands) -> None:
    document = documents.default_key_policy()
    arns = [f"arn:aws:s3:::{bucket}{more}" for bucket in scenario.LOCKED_BUCKETS for more in ("", "/*")]
    unless = {"StringNotLike": {"kms:EncryptionContext:aws:s3:arn": arns}}
    document["Statement"].append(documents.deny("kms:Decrypt", "*", Condition=unless))
    documents.put_key_policy(hands, document)


def egress_to_everywhere(hands: Hands) -> None:
    filters.let_out(hands, [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])


def no_bucket_policy(hands: Hands) -> None:
    """The Deny is gone, and so is the error."""
    hands("s3").delete_bucket_policy(Bucket=scenario.TRAINING_BUCKET)


def everything_through_the_endpoint(hands: Hands) -> None:
    documents.put_endpoint_policy(hands, documents.policy({**ANYBODY, "Action": "*", "Resource": "*"}))


def everything_to_the_role(hands: Hands) -> None:
    everything = documents.allow("*", "*", Sid="Everything")
    documents.edit_training_role(hands, documents.with_statement(everything))


def the_key_to_anybody(hands: Hands) -> None:
    documents.put_key_policy(hands, documents.policy({**ANYBODY, "Action": "kms:*", "Resource": "*"}))


def the_role_to_anybody(hands: Hands) -> None:
    documents.put_trust(hands, documents.policy({**ANYBODY, "Action": "sts:AssumeRole"}))


def a_nat_gateway(hands: Hands) -> None:
    """The way that the endpoint had, and a bucket that no longer asks for the endpoint."""
    subnet = out.add_public_subnet(hands, out.attach_internet_gateway(hands))
    out.default_route(hands, NatGatewayId=out.add_nat(hands, subnet))
    for bucket in scenario.LOCKED_BUCKETS:
        documents.edit_bucket(hands, bucket, documents.without("ObjectsOnlyThroughTheEndpoint"))


AS_GOOD = {
    "interface_endpoint_shut": private_dns_off,
    "internet_gateway_route": route_alone,
    "nat_in_place_of_endpoint": route_alone,
    "acl_without_rules": rules_of_its_own,
    "bucket_names_another_endpoint": by_the_vpc,
    "key_policy_pins_object": buckets_named_as_well,
}
# The fault, the repair, and what tells: a control that is lost, or words of what is open.
NO_REPAIR = [
    ("egress_shut", egress_to_everywhere, "NET-5"),
    ("bucket_names_another_endpoint", no_bucket_policy, "IAM-2"),
    ("endpoint_policy_only_denies", everything_through_the_endpoint, "IAM-1"),
    ("role_without_decrypt", everything_to_the_role, "IAM-3"),
    ("endpoint_route_missing", a_nat_gateway, "NET-1"),
    ("key_policy_pins_endpoint", the_key_to_anybody, "a stranger's administrator may kms:Decrypt"),
    ("trust_without_sagemaker", the_role_to_anybody, "arn:aws:iam::999988887777:role/audit-probe may assume"),
]


def judged(fault: str, repair: Repair) -> tuple[bool, list[str], tuple[str, ...]]:
    """Whether the job would run, the controls that are lost, and what is open that was not."""
    lab = Lab.start(chapter=13)
    try:
        root = cache(lab.root().client)
        ground = Ground(cache(boto3.client), root, lab.names.find, lab._cloud.describe, lambda: lab.network)
        sound = Sound(Looking(ground).look())
        hands = Hands(ground.client, ground.root, ground.find)
        FAULTS[fault].breaks(hands)
        repair(hands)
        job = job_request(ground, [FAULTS[fault]])
        now = Looking(ground).look(job["VpcConfig"]["Subnets"])
        return expected(now, job).completes, [one for one, _ in sound.lost(now)], sound.opened(now)
    finally:
        lab.stop()


@pytest.mark.parametrize(("fault", "repair"), AS_GOOD.items(), ids=AS_GOOD)
def test_another_repair_is_as_good(fault, repair):
    assert judged(fault, repair) == (True, [], ())


@pytest.mark.parametrize(
    ("fault", "repair", "tells"), NO_REPAIR, ids=[case[1].__name__ for case in NO_REPAIR]
)
def test_a_job_that_runs_is_not_enough(fault, repair, tells):
    runs, lost, opened = judged(fault, repair)
    assert runs
    assert tells in lost or any(tells in one for one in opened), (lost, opened)
