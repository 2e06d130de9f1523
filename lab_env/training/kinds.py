"""The kinds of jobs: what tells training, processing and transform jobs apart, for the service that runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from lab_env.cloud.mock import MockCloud
from lab_env.cloud.sagemaker import JobRecord, ProcessingJobRecord, TrainingJobRecord, TransformJobRecord
from lab_env.training import admit_processing, admit_training, admit_transform
from lab_env.training.admission import Demand

Admit = Callable[[MockCloud, Mapping[str, Any], str], Demand]
Record = Callable[[str, str, Mapping[str, Any], datetime], JobRecord]

# DescribeTrainingJob's StatusMessage of each secondary status.
_TRAINING_MESSAGES = {
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Stopping": "Stopping the training job",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job.

    Attributes:
        word: ``training``, ``processing`` or ``transform``, as in ``CreateTrainingJob``.
        admit: checks a request.
        record: makes moto's record of a job.
        messages: ``StatusMessage`` of each secondary status, for the kind that has them.
    """

    word: str
    admit: Admit
    record: Record
    messages: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The word as operations spell it: ``Training``."""
        return self.word.capitalize()

    @property
    def log_group(self) -> str:
        """CloudWatch Logs' group of such jobs."""
        return f"/aws/sagemaker/{self.title}Jobs"

    def host(self, job: str) -> str:
        """What CloudWatch Logs' streams call a job's first instance: ``algo-1``, or a transform job's instance id."""
        return f"i-{sha256(job.encode()).hexdigest()[:17]}" if self.word == "transform" else "algo-1"


TRAINING = Kind("training", admit_training.admit, TrainingJobRecord, _TRAINING_MESSAGES)
PROCESSING = Kind("processing", admit_processing.admit, ProcessingJobRecord)
TRANSFORM = Kind("transform", admit_transform.admit, TransformJobRecord)
KINDS = (TRAINING, PROCESSING, TRANSFORM)
