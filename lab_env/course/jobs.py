"""The training jobs that were created, as SageMaker describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lab_env.course.exercise import State


def described_jobs(state: State) -> Iterator[Mapping[str, Any]]:
    """What DescribeTrainingJob says of each training job, by name."""
    listed = state.describe("sagemaker", "ListTrainingJobs", {"MaxResults": 100})["TrainingJobSummaries"]
    for name in sorted(item["TrainingJobName"] for item in listed):
        yield state.describe("sagemaker", "DescribeTrainingJob", {"TrainingJobName": name})
