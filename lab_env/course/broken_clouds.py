"""How a training job ends when one thing is wrong: each fault built in a process of its own, and the job run in it.

The learner's cloud stays as it is. Run as a module, it prints one end a line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

import boto3

from lab_env import scenario
from lab_env.cloud.mock import MockCloud
from lab_env.course.drills.fault import Hands
from lab_env.course.drills.faults import FAULTS
from lab_env.course.drills.look import Ground, job_request
from lab_env.dataplane.operator import sign_in_operator
from lab_env.dataplane.seam import DataPlane
from lab_env.names import Names
from lab_env.training.jobs import TrainingService
from lab_env.views.other_process import answers, tell

TOLD = (
    "acl_no_way_back",
    "interface_endpoint_shut",
    "bucket_names_another_endpoint",
    "dns_support_off",
    "role_without_decrypt",
)
"""The faults whose ends are asked for, of the drills' catalogue."""

_CHAPTER = 13
_SECONDS = 60.0


@cache
def ends() -> Mapping[str, str]:
    """What SageMaker says of the job under each of these faults alone, by the fault's id; the second time it is known.

    Raises:
        LabError: that process failed.
    """
    return dict(answers(__name__, *TOLD, steps=len(TOLD), doing="breaking a cloud in five ways"))


def ended(*faults: str) -> Iterator[tuple[str, str]]:
    """Break one cloud by these faults, one after the other, and run the job each time; no cloud may be open here.

    Args:
        faults: their ids; what one breaks is repaired before the next.
    """
    cloud = MockCloud.start()
    plane = DataPlane(cloud)
    training = TrainingService(cloud, plane)
    try:
        sign_in_operator(cloud)
        plane.connect()
        client = cache(boto3.client)
        for step in scenario.history(_CHAPTER):
            scenario.STEPS[step](client)
        ground = _ground(cloud, plane)
        for number, fault in enumerate(faults, 1):
            yield fault, _end(training, ground, fault, f"meridian-cause-{number}")
    finally:
        training.close()
        cloud.stop()


def _ground(cloud: MockCloud, plane: DataPlane) -> Ground:
    names = Names(partial(cloud.describe, "ec2"), partial(cloud.describe, "kms"))
    client: Any = cache(boto3.client)
    return Ground(client, client, names.find, cloud.describe, plane.network)


def _end(training: TrainingService, ground: Ground, fault: str, name: str) -> str:
    """The job's ``FailureReason``; empty when it trains."""
    one, hands = FAULTS[fault], Hands(ground.client, ground.root, ground.find)
    one.breaks(hands)
    ground.client("sagemaker").create_training_job(**job_request(ground, (one,), name))
    training.wait(name, _SECONDS)
    told = ground.describe("sagemaker", "DescribeTrainingJob", {"TrainingJobName": name})
    one.repairs(hands)
    return str(told.get("FailureReason", ""))


if __name__ == "__main__":
    for end in ended(*sys.argv[1:]):
        tell(end)
