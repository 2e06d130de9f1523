"""Twenty drills with real jobs: what trace and decision expect is what the jobs do, broken and mended.

And the real thing once: `Lab.drill`, graded by running the job and asking the audit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.course.drills import ways_out as out
from lab_env.course.drills.draw import RECIPES, draw
from lab_env.course.drills.drill import Drill
from lab_env.course.drills.expected import Stage, expected
from lab_env.course.drills.fault import Hands
from lab_env.course.drills.look import Ground, Looking, job_request
from lab_env.course.drills.running import names_for, run
from lab_env.course.exercise import Status
from lab_env.errors import InvalidInput

SAMPLE = [(seed, level) for level in RECIPES for seed in (0, 20, 40, 60)]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    opened = Lab.start(chapter=13)
    yield opened
    opened.stop()


def ground_of(lab: Lab) -> Ground:
    return Ground(
        cache(boto3.client),
        lambda service: lab.root().client(service),
        lab.names.find,
        lab._cloud.describe,
        lambda: lab.network,
    )


def ended(lab: Lab, job: dict) -> list[tuple[str, str]]:
    """The job run once in each of its subnets: where, and at which stage it ended."""
    subnets = job["VpcConfig"]["Subnets"]
    names = names_for(subnets, 1)
    runs = [run(boto3.client("sagemaker"), lab.wait, job, name) for name in names]
    return [
        (subnet, "Completed" if one.completed else stage_of(lab, one))
        for subnet, one in zip(subnets, runs, strict=True)
    ]


def stage_of(lab: Lab, one) -> str:
    return "refused" if "An error occurred" in one.told else lab._training.job(one.name).stages[-2]


@pytest.mark.parametrize(("seed", "level"), SAMPLE)
def test_jobs_end_where_they_are_expected_to(seed, level, record_property):
    """On a cloud of its own: the broken job ends at the stage, and in the subnet, that was computed."""
    opened = Lab.start(chapter=13)
    try:
        ground, faults = ground_of(opened), draw(seed, level)
        hands = Hands(ground.client, ground.root, ground.find)
        for fault in faults:
            fault.breaks(hands)
        job = job_request(ground, faults)
        wanted = expected(Looking(ground).look(job["VpcConfig"]["Subnets"]), job)
        seen = ended(opened, job)
        first = next(end for end in seen if end[1] != Stage.COMPLETED)
        assert first == (wanted.subnet or first[0], wanted.stage)
        for fault in reversed(faults):
            fault.repairs(hands)
        again = {**job, "TrainingJobName": "mended"}
        for name in names_for(job["VpcConfig"]["Subnets"], 50):
            assert run(boto3.client("sagemaker"), opened.wait, again, name).completed
    finally:
        opened.stop()
    record_property("drills run with real jobs, broken and mended", 1)


def begun(lab: Lab, seed: int, level: int) -> Drill:
    return lab.drill(seed=seed, level=level)


def hands_on(lab: Lab) -> Hands:
    return Hands(boto3.client, lambda service: lab.root().client(service), lab.names.find)


def open_policies(lab: Lab) -> None:
    """Everything allowed to everybody: the endpoint, the buckets, the role."""
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    boto3.client("ec2").modify_vpc_endpoint(VpcEndpointId=lab.names.s3_endpoint, PolicyDocument=document)
    for bucket in scenario.LOCKED_BUCKETS:
        boto3.client("s3").delete_bucket_policy(Bucket=bucket)


def nat_beside(lab: Lab) -> None:
    """A NAT gateway with a default route, beside whatever stands."""
    hands = hands_on(lab)
    subnet = out.add_public_subnet(hands, out.attach_internet_gateway(hands))
    out.default_route(hands, NatGatewayId=out.add_nat(hands, subnet))


def test_a_drill_from_its_symptom_to_its_repair(lab):
    """Seed 5 of level 3: no route, and behind it an endpoint policy without the objects."""
    ec2 = boto3.client("ec2")
    drill = begun(lab, 5, 3)
    assert [fault.id for fault in drill._faults] == [
        "endpoint_policy_without_objects",
        "endpoint_route_missing",
    ]
    assert "Starting · Downloading · Failed" in str(drill)
    assert "route to an S3 VPC endpoint" in str(drill)
    # What broke it is nowhere to be read.
    assert len(lab.ledger) == 0
    assert boto3.client("cloudtrail").lookup_events()["Events"] == []
    # Looking is no attempt, and costs no try.
    ec2.describe_route_tables()
    assert drill.check().status is Status.NOT_ATTEMPTED
    assert drill.check().effort.tries == 0
    # A client that was made before the drill began still works.
    table = lab.names.private_route_table
    ec2.modify_vpc_endpoint(VpcEndpointId=lab.names.s3_endpoint, AddRouteTableIds=[table])
    half = drill.check()
    assert (half.status, half.effort.tries) == (Status.NOT_YET, 1)
    assert "AccessDenied" in half.saw
    assert drill.check() is half
    # The hint is on the fault that is left, not on the one that is mended.
    objects, _ = drill._faults
    assert objects.hints[0] in str(drill.hint())
    # The quick way: everything allowed. The job runs, and that is not enough.
    open_policies(lab)
    torn = drill.check()
    assert torn.status is Status.NOT_YET
    assert all(one.completed for one in torn.runs)
    assert {"IAM-1", "IAM-2", "DATA-2"} <= set(torn.lost)
    endpoint = lab.names.s3_endpoint
    document = json.dumps(scenario.endpoint_policy())
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=document)
    for bucket in scenario.LOCKED_BUCKETS:
        policy = json.dumps(scenario.bucket_policy(bucket, endpoint))
        boto3.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    done = drill.check()
    assert (done.status, done.lost, done.opened) == (Status.DONE, (), ())
    assert done.effort.points == 100 - 2 * 15 - 10
    assert drill.give_up().mended
    assert drill.check().effort.points == 60


def test_a_way_out_beside_the_right_repair_is_not_yet(lab):
    """Seed 12 of level 1, mended as it should be, and a NAT gateway left beside it."""
    drill = begun(lab, 12, 1)
    hands = hands_on(lab)
    for fault in drill._faults:
        fault.repairs(hands)
    nat_beside(lab)
    grade = drill.check()
    assert grade.status is Status.NOT_YET
    assert "but NET-1 no longer holds" in grade.saw
    assert grade.lost == ("NET-1",)


def test_a_door_that_no_control_guards_is_found_open(lab):
    """Nothing that the audit asks is lost by it: another service may take the role."""
    drill = begun(lab, 12, 1)
    hands = hands_on(lab)
    for fault in drill._faults:
        fault.repairs(hands)
    trust = json.loads(json.dumps(scenario.SAGEMAKER_TRUST))
    trust["Statement"][0]["Principal"]["Service"] = ["sagemaker.amazonaws.com", "ec2.amazonaws.com"]
    boto3.client("iam").update_assume_role_policy(
        RoleName=scenario.TRAINING_ROLE, PolicyDocument=json.dumps(trust)
    )
    grade = drill.check()
    assert (grade.status, grade.lost) == (Status.NOT_YET, ())
    assert "more is open than before: ec2.amazonaws.com may assume the execution role" in grade.saw


def test_hints_and_giving_up(lab):
    drill = begun(lab, 12, 1)
    said = [str(drill.hint()) for _ in range(4)]
    assert said[0].startswith("Hint 1 of 3: ")
    assert said[2] == said[3]
    answer = drill.give_up()
    assert "ec2.associate_route_table(" in str(answer)
    again = begun(lab, 12, 1)
    assert str(again) == str(drill)
    with pytest.raises(InvalidInput, match="the lab has begun anew since"):
        drill.check()
    assert str(again.give_up()) == str(answer)
    solved = again.solve()
    assert (solved.status, solved.effort.points) == (Status.DONE, 0)


def test_what_the_learner_destroys_is_told_and_not_raised(lab):
    drill = begun(lab, 12, 1)
    ec2, subnet = boto3.client("ec2"), lab.names.subnet_a
    ec2.delete_subnet(SubnetId=subnet)
    grade = drill.check()
    assert grade.status is Status.NOT_YET
    assert subnet in grade.saw
