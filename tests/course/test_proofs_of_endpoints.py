"""Prediction 08.1 on endpoints built by boto3: what is true follows the cloud, step by step and undone again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course.exercise import State
from lab_env.course.predictions import prediction
from lab_env.course.proofs import prove
from lab_env.course.proving import Proof, Seen
from lab_env.scenario import chapter08 as steps
from lab_env.scenario.lookups import named_endpoint

INBOUND_ONLY = "PrivateDnsOnlyForInboundResolverEndpoint"
# A client takes as long to make as several calls.
client = cache(boto3.client)
USUAL, FOR_EVERYBODY, S3_ALONE, GATEWAY, OWN, BUCKET = range(6)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    opened = Lab.start(chapter=8)
    client.cache_clear()
    yield opened
    opened.stop()


def proofs(state: State) -> list[Proof]:
    return [prove(choice.proof, Seen(state, None)) for choice in prediction("08.1").choices]


def truths(lab: Lab) -> list[bool | None]:
    return [found.truth for found in proofs(lab._state())]


def with_jobs(state: State, ends: dict[str, str]) -> State:
    """The state with jobs on record that ended so; the chapter itself runs them."""

    def describe(service: str, operation: str, params: Any = None, region: str | None = None) -> Any:
        name = (params or {}).get("TrainingJobName")
        if name not in ends:
            return state.describe(service, operation, params or {}, region)
        stages = [{"Status": "Starting"}, {"Status": ends[name]}]
        return {"TrainingJobStatus": ends[name], "SecondaryStatusTransitions": stages}

    return replace(state, describe=describe)


def setting(*, for_everybody: bool) -> Callable[[], object]:
    def change() -> object:
        endpoint = named_endpoint(client("ec2"), steps.S3_INTERFACE)["VpcEndpointId"]
        options = {INBOUND_ONLY: not for_everybody}
        return client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint, DnsOptions=options)

    return change


def shut_the_door() -> object:
    rule = {**steps._HTTPS, "IpRanges": [{"CidrIp": scenario.ON_PREMISES_CIDR}]}
    group = steps.endpoint_group(client("ec2"))
    return client("ec2").revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])


def name_the_new_one_alone() -> object:
    new = named_endpoint(client("ec2"), steps.S3_INTERFACE)["VpcEndpointId"]
    policy = steps.two_doors_policy(scenario.TRAINING_BUCKET, new)
    return client("s3").put_bucket_policy(Bucket=scenario.TRAINING_BUCKET, Policy=json.dumps(policy))


def test_what_is_true_follows_the_cloud(lab: Lab) -> None:
    """One cloud through the chapter, and beyond it: each step says which of the six can be seen, and what is true."""
    unseen = [None, None, None]
    ways: list[tuple[Callable[[], object], list[bool | None]]] = [
        (lambda: None, [None, *unseen, None, None]),
        (lambda: steps.build_s3_interface(client("ec2")), [False, *unseen, None, None]),
        (setting(for_everybody=True), [True, *unseen, None, None]),
        (setting(for_everybody=False), [False, *unseen, None, None]),
        (lambda: steps.join(client), [False, *unseen[:2], False, None, None]),
        (lambda: steps.let_data_centre_in(client), [False, *unseen[:2], False, True, False]),
        (shut_the_door, [False, *unseen[:2], False, None, None]),
        (lambda: steps.let_data_centre_in(client), [False, *unseen[:2], False, True, False]),
        (lambda: steps.admit_second_endpoint(client, client("s3")), [False, *unseen[:2], False, True, True]),
        (name_the_new_one_alone, [False, *unseen[:2], False, True, True]),
    ]
    for number, (do, wanted) in enumerate(ways):
        do()
        assert (number, truths(lab)) == (number, wanted)


@pytest.mark.parametrize("ended", ["Completed", "Failed"])
def test_the_two_jobs_are_looked_at_and_not_assumed(lab: Lab, ended: str) -> None:
    ends = {"meridian-readmission-08": ended, "meridian-readmission-08-private": ended}
    found = proofs(with_jobs(lab._state(), ends))
    assert [found[FOR_EVERYBODY].truth, found[S3_ALONE].truth] == [ended == "Completed"] * 2


def test_evidence_names_what_was_seen(lab: Lab) -> None:
    steps.let_data_centre_in(client)
    steps.admit_second_endpoint(client, client("s3"))
    found = proofs(lab._state())
    assert "gateway-endpoint vpce-" in found[USUAL].evidence
    assert "no way on to" in found[GATEWAY].evidence
    assert found[OWN].evidence.endswith("reached by interface-endpoint")
    assert "s3:PutObject is allowed" in found[BUCKET].evidence
