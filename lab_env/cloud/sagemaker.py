"""moto's records of SageMaker's jobs, for the training package to fill in.

moto 5.2.5 completes every job at once, and drops ``Environment`` and more. Its records are kept (describe, list and
tags are moto's), and their state is written here as a job's process goes on. ``tests/cloud/test_sagemaker.py`` pins
what moto does by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from moto.sagemaker.models import (
    FakeProcessingJob,
    FakeTrainingJob,
    FakeTransformJob,
    sagemaker_backends,
)

from lab_env.cloud.clock import LabClock

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
_PROCESSING_TAKEN = (
    "app_specification",
    "experiment_config",
    "network_config",
    "processing_inputs",
    "processing_job_name",
    "processing_output_config",
    "role_arn",
    "stopping_condition",
    "tags",
)
_TRANSFORM_TAKEN = (
    "transform_job_name",
    "model_name",
    "max_concurrent_transforms",
    "model_client_config",
    "max_payload_in_mb",
    "batch_strategy",
    "environment",
    "transform_input",
    "transform_output",
    "data_capture_config",
    "transform_resources",
    "data_processing",
    "tags",
    "experiment_config",
)
# moto fills these in from the start.
_TRANSFORM_ABSENT = (
    "failure_reason",
    "labeling_job_arn",
    "auto_ml_job_arn",
    "transform_start_time",
    "transform_end_time",
)
_SWITCHES = (
    "enable_network_isolation",
    "enable_inter_container_traffic_encryption",
    "enable_managed_spot_training",
)


class JobRecord:
    """One job as its describe call shows it, and how its state moves. Each kind of job is a subclass.

    Args:
        job: moto's object.
    """

    word: ClassVar[str]

    def __init__(self, job: Any) -> None:
        self._job = job

    @property
    def arn(self) -> str:
        """The job's ARN."""
        return str(self._job.arn)

    @property
    def name(self) -> str:
        """The job's name."""
        return str(vars(self._job)[f"{self.word}_job_name"])

    @property
    def status(self) -> str:
        """Its status: ``InProgress``, ``Completed``, ``Failed``, ``Stopping`` or ``Stopped``."""
        return str(vars(self._job)[f"{self.word}_job_status"])

    @property
    def failure_reason(self) -> str:
        """``FailureReason``, empty when it did not fail."""
        return str(vars(self._job).get("failure_reason") or "")

    def move(self, status: str, secondary: str, message: str, now: datetime) -> None:  # noqa: ARG002
        """Enter a status.

        Args:
            status: the job's status.
            secondary: a training job's ``SecondaryStatus``; other kinds have none.
            message: that status's ``StatusMessage``.
            now: the time by the job's clock.
        """
        vars(self._job).update({f"{self.word}_job_status": status, "last_modified_time": now})

    def started(self, now: datetime) -> None:
        """Note when the instances began to be billed."""
        vars(self._job)[f"{self.word}_start_time"] = now

    def lasted(self, seconds: float, clock: LabClock) -> None:
        """Move a job's clock on until so many seconds have passed since its instances began to be billed."""
        started = vars(self._job)[f"{self.word}_start_time"]
        while (clock.now() - started).total_seconds() < seconds:
            clock.tick()

    def ended(self, now: datetime) -> None:
        """Note when the job let go of its instances; times are missing when it never had any, as on AWS."""
        if vars(self._job).get(f"{self.word}_start_time") is not None:
            vars(self._job)[f"{self.word}_end_time"] = now

    def failed(self, reason: str) -> None:
        """Set ``FailureReason``; SageMaker keeps 1,024 characters."""
        self._job.failure_reason = reason[:1024]

    def left_artifacts(self) -> None:
        """Show where the job's artifacts are, for a kind that shows it."""

    def measured(self, metrics: Mapping[str, float], now: datetime) -> None:
        """Show the last value of each metric, for a kind that shows it."""

    def said(self, message: str) -> None:
        """Show what the container said as it ended, for a kind that shows it."""


class TrainingJobRecord(JobRecord):
    """One training job as ``DescribeTrainingJob`` shows it.

    Args:
        account: the account it belongs to.
        region: its Region.
        request: the ``CreateTrainingJob`` request.
        now: the time of its creation.
    """

    word = "training"

    def __init__(self, account: str, region: str, request: Mapping[str, Any], now: datetime) -> None:
        given = {_snake(name): value for name, value in request.items()}
        taken = {name: given.pop(name, False if name in _SWITCHES else None) for name in _TAKEN}
        algorithm = dict(taken["algorithm_specification"])
        super().__init__(FakeTrainingJob(account_id=account, region_name=region, **taken))
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

    def move(self, status: str, secondary: str, message: str, now: datetime) -> None:
        """Enter a status: ``TrainingJobStatus``, ``SecondaryStatus`` and the transition's ``StatusMessage``."""
        transitions = list(self._job.secondary_status_transitions)
        if transitions:
            transitions[-1] = {**transitions[-1], "EndTime": now}
        entered: dict[str, Any] = {"Status": secondary, "StartTime": now, "StatusMessage": message}
        if status not in {"InProgress", "Stopping"}:
            entered["EndTime"] = now
        vars(self._job).update(
            secondary_status=secondary, secondary_status_transitions=[*transitions, entered]
        )
        super().move(status, secondary, message, now)

    def ended(self, now: datetime) -> None:
        """Note when the job let go of its instances, and how long it is billed for."""
        super().ended(now)
        started = self._job.training_start_time
        if started is not None:
            seconds = int((now - started).total_seconds())
            vars(self._job).update(training_time_in_seconds=seconds, billable_time_in_seconds=seconds)

    def left_artifacts(self) -> None:
        """Show where the model is (``ModelArtifacts``)."""
        self._job.model_artifacts = self._artifacts

    def measured(self, metrics: Mapping[str, float], now: datetime) -> None:
        """Show the last value of each metric (``FinalMetricDataList``)."""
        if metrics:
            self._job.final_metric_data_list = [
                {"MetricName": name, "Value": value, "Timestamp": now} for name, value in metrics.items()
            ]


class ProcessingJobRecord(JobRecord):
    """One processing job as ``DescribeProcessingJob`` shows it.

    Args:
        account: the account it belongs to.
        region: its Region.
        request: the ``CreateProcessingJob`` request.
        now: the time of its creation.
    """

    word = "processing"

    def __init__(self, account: str, region: str, request: Mapping[str, Any], now: datetime) -> None:
        given = {_snake(name): value for name, value in request.items()}
        taken = {name: given.pop(name, None) for name in _PROCESSING_TAKEN}
        super().__init__(FakeProcessingJob(account_id=account, region_name=region, **taken))
        vars(self._job).update(given, creation_time=now, processing_end_time=None)
        self.move("InProgress", "", "", now)
        sagemaker_backends[account][region].processing_jobs[self.name] = self._job

    def said(self, message: str) -> None:
        """Show what the container left in ``/opt/ml/output/message`` (``ExitMessage``)."""
        if message:
            self._job.exit_message = message[:1024]


class TransformJobRecord(JobRecord):
    """One transform job as ``DescribeTransformJob`` shows it.

    Args:
        account: the account it belongs to.
        region: its Region.
        request: the ``CreateTransformJob`` request.
        now: the time of its creation.
    """

    word = "transform"

    def __init__(self, account: str, region: str, request: Mapping[str, Any], now: datetime) -> None:
        given = {_snake(name): value for name, value in request.items()}
        taken = {name: given.pop(name, None) for name in _TRANSFORM_TAKEN}
        super().__init__(FakeTransformJob(account_id=account, region_name=region, **taken))
        vars(self._job).update(
            dict.fromkeys(_TRANSFORM_ABSENT),
            creation_time=now,
        )
        self.move("InProgress", "", "", now)
        sagemaker_backends[account][region].transform_jobs[self.name] = self._job


def job_exists(word: str, account: str, region: str, name: str) -> bool:
    """Whether a job of this kind (``training``, ``processing``, ``transform``) has the name."""
    return name in getattr(sagemaker_backends[account][region], f"{word}_jobs")


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.replace("InMB", "InMb")).lower()
