"""A job's log in CloudWatch Logs, under the names SageMaker uses.

The platform writes it, not the container through the job's subnet. AWS's texts contradict each other on the way it
takes (unconfirmed), so no network trace stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import ClientError

from lab_env.cloud.clock import LabClock
from lab_env.cloud.mock import MockCloud

GROUP = "/aws/sagemaker/TrainingJobs"


def write(cloud: MockCloud, job: str, lines: Sequence[str], clock: LabClock) -> None:
    """Write a job's lines to ``/aws/sagemaker/TrainingJobs``, stream ``<job>/algo-1-<epoch seconds>``.

    Args:
        cloud: the lab's cloud.
        job: the job's name.
        lines: what its container printed, in order; nothing is created when there are none.
        clock: the job's clock.
    """
    if not lines:
        return
    started = int(clock.now().timestamp())
    stream = f"{job}/algo-1-{started}"
    try:
        cloud.describe("logs", "CreateLogGroup", {"logGroupName": GROUP})
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
    cloud.describe("logs", "CreateLogStream", {"logGroupName": GROUP, "logStreamName": stream})
    events = [{"timestamp": 1000 * started + number, "message": line} for number, line in enumerate(lines)]
    cloud.describe(
        "logs", "PutLogEvents", {"logGroupName": GROUP, "logStreamName": stream, "logEvents": events}
    )
