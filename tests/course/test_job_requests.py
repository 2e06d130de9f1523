"""The checks that read the requests of training jobs: exercises 1.3 and 5.3."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from lab_env import Lab, scenario
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    nothing,
)


def job(instances: int = 2, *, encrypted: bool = True, subnet: str = "subnet_a", **changed: Any) -> Did:
    def do(lab: Lab) -> None:
        asked = lab.job | changed
        asked["TrainingJobName"] = "learner"
        asked["ResourceConfig"] = {**asked["ResourceConfig"], "InstanceCount": instances}
        if asked.get("VpcConfig"):
            asked["VpcConfig"] = {**asked["VpcConfig"], "Subnets": [getattr(lab.names, subnet)]}
        else:
            del asked["VpcConfig"]
        client = boto3.client("sagemaker")
        client.create_training_job(**asked, EnableInterContainerTrafficEncryption=encrypted)

    return do


def other_group(lab: Lab) -> None:
    vpc = lab.names.vpc
    ec2 = boto3.client("ec2")
    group = ec2.create_security_group(GroupName="other", Description="other", VpcId=vpc)["GroupId"]
    asked = lab.job | {"TrainingJobName": "learner"}
    asked["ResourceConfig"] = {**asked["ResourceConfig"], "InstanceCount": 2}
    asked["VpcConfig"] = {"Subnets": [lab.names.subnet_a], "SecurityGroupIds": [group]}
    boto3.client("sagemaker").create_training_job(**asked, EnableInterContainerTrafficEncryption=True)


WIDE = {
    "nothing": ("1.3", nothing, NOT_ATTEMPTED, "none on two instances"),
    "one instance": ("1.3", job(1), NOT_ATTEMPTED, "1 jobs were created"),
    "two instances": ("1.3", job(2), DONE, "learner asks for 2 instances"),
    "three instances": ("1.3", job(3), DONE, "learner asks for 3 instances"),
    "in the clear": ("1.3", job(encrypted=False), NOT_YET, "is not encrypted"),
    "in another subnet": ("1.3", job(subnet="subnet_b"), NOT_YET, "it is not in subnet A"),
    "in no subnet of the firm's": ("1.3", job(VpcConfig=None), NOT_YET, "it is not in subnet A"),
    "in another group": ("1.3", other_group, NOT_YET, "not in the training group"),
}


@each(WIDE)
def test_a_job_on_two_instances(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


def either(*, serve_b: bool = True, wait: bool = True) -> Did:
    def do(lab: Lab) -> None:
        if serve_b:
            scenario.associate_second_table(boto3.client("ec2"))
        asked = lab.job | {"TrainingJobName": "learner"}
        asked["VpcConfig"] = {**asked["VpcConfig"], "Subnets": [lab.names.subnet_a, lab.names.subnet_b]}
        boto3.client("sagemaker").create_training_job(**asked)
        if wait:
            lab.wait("learner")

    return do


def before_the_endpoint_served_a(lab: Lab) -> None:
    """The job failed; then the network was mended, and the job was not."""
    ec2 = boto3.client("ec2")
    tables = [table.id for table in lab.network.route_tables if table.subnets]
    ec2.modify_vpc_endpoint(VpcEndpointId=lab.names.s3_endpoint, RemoveRouteTableIds=tables)
    either(serve_b=False)(lab)
    ec2.modify_vpc_endpoint(VpcEndpointId=lab.names.s3_endpoint, AddRouteTableIds=tables)


def b_lost_its_way(lab: Lab) -> None:
    ec2 = boto3.client("ec2")
    table = lab.network.route_table_of(lab.names.subnet_b)
    assert table is not None
    ec2.modify_vpc_endpoint(VpcEndpointId=lab.names.s3_endpoint, RemoveRouteTableIds=[table.id])
    either(serve_b=False)(lab)


EITHER = {
    "nothing": ("5.3", nothing, NOT_ATTEMPTED, "no job names both subnets"),
    "both subnets": ("5.3", either(), DONE, "learner completed"),
    "subnet B has no way": ("5.3", b_lost_its_way, NOT_YET, "placed in subnet B would not reach S3"),
    "only the network was mended": ("5.3", before_the_endpoint_served_a, NOT_YET, "learner is Failed"),
}


@each(EITHER)
def test_a_job_in_either_zone(solved, exercise, do, status, words):
    assert_judged(solved, exercise, do, status, words)


def test_catching_up(solved):
    assert_catches_up(solved, "1.3")
    assert_catches_up(solved, "5.3")


def test_catching_up_although_the_name_is_taken(lab):
    wrong = lab.job | {"TrainingJobName": "meridian-readmission-either-zone"}
    boto3.client("sagemaker").create_training_job(**wrong)
    lab.wait("meridian-readmission-either-zone")
    assert lab.catch_up("5.3").status is DONE


def test_before_the_chapter_began():
    assert_sound_before_the_chapter(5, "5.3")


@pytest.mark.parametrize("exercise", ["1.3"])
def test_before_chapter_01_began(exercise):
    def first_cells(lab: Lab) -> None:
        scenario.build_first_subnet(boto3.client)

    assert_sound_before_the_chapter(1, exercise, first_cells)
