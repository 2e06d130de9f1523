"""moto's record of a training job, for the training package to fill in.

moto 5.2.5 completes a job at once and drops ``Environment``; its record is kept (describe, list and tags are moto's),
and its state is written here as the job's process goes on. ``tests/cloud/test_sagemaker.py`` pins what moto does by
itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.sagemaker.models import FakeTrainingJob, sagemaker_backends

# What moto's constructor takes: everything it does not name is kept as an attribute, which its answers show too.
_TAKEN = (
    "training_job_name",
    "hyper_parameters",
    "algorithm_specification",
    "role_arn",
    "input_data_config",
    "output_data_config",
    "resource_config",
    "vpc_config",
    "stopping_condition",
    "tags",
    "enable_network_isolation",
    "enable_inter_container_traffic_encryption",
    "enable_managed_spot_training",
    "checkpoint_config",
    "debug_hook_config",
    "debug_rule_configurations",
    "tensor_board_output_config",
    "experiment_config",
)
_SWITCHES = (
    "enable_network_isolation",
    "enable_inter_container_traffic_encryption",
    "enable_managed_spot_training",
)


class TrainingJobRecord:
    """One training job as ``DescribeTrainingJob`` shows it, and how its state moves.

    Args:
        account: the account it belongs to.
        region: its Region.
        request: the ``CreateTrainingJob`` request.
        now: the time of its creation.
    """

    def __init__(self, account: str, region: str, request: Mapping[str, Any], now: datetime) -> None:
        given = {_snake(name): value for name, value in request.items()}
        taken = {name: given.pop(name, False if name in _SWITCHES else None) for name in _TAKEN}
        algorithm = dict(taken["algorithm_specification"])
        self._job = FakeTrainingJob(account_id=account, region_name=region, **taken)
        # moto writes an example metric into every job.
        self._job.algorithm_specification = algorithm
        self._artifacts = self._job.model_artifacts
        vars(self._job).update(
            given,
            creation_time=now,
            last_modified_time=now,
            training_start_time=None,
            training_end_time=None,
            model_artifacts=None,
            final_metric_data_list=None,
            secondary_status_transitions=[],
        )
        self.move("InProgress", "Starting", "Preparing the instances for training", now)
        sagemaker_backends[account][region].training_jobs[self._job.training_job_name] = self._job

    @property
    def arn(self) -> str:
        """The job's ARN."""
        return str(self._job.arn)

    @property
    def name(self) -> str:
        """The job's name."""
        return str(self._job.training_job_name)

    @property
    def status(self) -> str:
        """``TrainingJobStatus``."""
        return str(self._job.training_job_status)

    @property
    def failure_reason(self) -> str:
        """``FailureReason``, empty when it did not fail."""
        return str(vars(self._job).get("failure_reason") or "")

    def move(self, status: str, secondary: str, message: str, now: datetime) -> None:
        """Enter a status: ``TrainingJobStatus``, ``SecondaryStatus`` and the transition's ``StatusMessage``."""
        transitions = list(self._job.secondary_status_transitions)
        if transitions:
            transitions[-1] = {**transitions[-1], "EndTime": now}
        entered: dict[str, Any] = {"Status": secondary, "StartTime": now, "StatusMessage": message}
        if status != "InProgress":
            entered["EndTime"] = now
        vars(self._job).update(
            training_job_status=status,
            secondary_status=secondary,
            secondary_status_transitions=[*transitions, entered],
            last_modified_time=now,
        )

    def started_training(self, now: datetime) -> None:
        """Note when the instances began to be billed (``TrainingStartTime``)."""
        self._job.training_start_time = now

    def ended(self, now: datetime) -> None:
        """Note when the job let go of its instances; times are missing when it never had any, as on AWS."""
        started = self._job.training_start_time
        if started is not None:
            seconds = int((now - started).total_seconds())
            vars(self._job).update(
                training_end_time=now, training_time_in_seconds=seconds, billable_time_in_seconds=seconds
            )

    def completed(self) -> None:
        """Show where the model is (``ModelArtifacts``)."""
        self._job.model_artifacts = self._artifacts

    def failed(self, reason: str) -> None:
        """Set ``FailureReason``; SageMaker keeps 1,024 characters."""
        self._job.failure_reason = reason[:1024]


def training_job_exists(account: str, region: str, name: str) -> bool:
    """Whether a training job of this name exists in the account and Region."""
    return name in sagemaker_backends[account][region].training_jobs


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
