"""A job's log in CloudWatch Logs, under the names SageMaker uses.

The platform writes it, not the container through the job's subnet. AWS's texts contradict each other on the way it
takes (unconfirmed), so no network trace stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import ClientError

from lab_env.cloud.clock import LabClock
from lab_env.cloud.lab_time import keep_lab_time
from lab_env.cloud.mock import MockCloud

# PutLogEvents takes no more at a time.
LONGEST_BATCH = 10_000


class JobLogs:
    """Writes what containers print to CloudWatch Logs.

    Args:
        cloud: the lab's cloud.
    """

    def __init__(self, cloud: MockCloud) -> None:
        self._cloud = cloud
        self._ready: set[str] = set()

    def write(self, group: str, stream: str, lines: Sequence[str], clock: LabClock) -> None:
        """Write a job's lines to its group, stream ``<job>/algo-1-<epoch seconds>``.

        Args:
            group: ``/aws/sagemaker/TrainingJobs``, or that of another kind.
            stream: the stream's name, without the seconds.
            lines: what its container printed, in order; nothing is created when there are none.
            clock: the job's clock.
        """
        if not lines:
            return
        self._prepare(group)
        started = int(clock.now().timestamp())
        where = {"logGroupName": group, "logStreamName": f"{stream}-{started}"}
        self._cloud.describe("logs", "CreateLogStream", where)
        events = [
            {"timestamp": 1000 * started + number, "message": line} for number, line in enumerate(lines)
        ]
        for begin in range(0, len(events), LONGEST_BATCH):
            batch = events[begin : begin + LONGEST_BATCH]
            self._cloud.describe("logs", "PutLogEvents", {**where, "logEvents": batch})

    def _prepare(self, group: str) -> None:
        if group in self._ready:
            return
        # CloudWatch Logs refuses events older than 14 days, and the lab's days are not this machine's.
        keep_lab_time(self._cloud.patches, self._cloud.clock, "logs")
        try:
            self._cloud.describe("logs", "CreateLogGroup", {"logGroupName": group})
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                raise
        self._ready.add(group)
