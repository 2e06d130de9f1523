"""Running a drill's job, once in each of its subnets, and what was seen of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from textwrap import wrap
from typing import Any

from botocore.exceptions import ClientError

from lab_env.training.instances import chosen_subnet
from lab_env.views.table import WIDTH


@dataclass(frozen=True, slots=True)
class Run:
    """One try to run the job.

    Attributes:
        name: the job's name.
        told: what was seen of it: the error of the call that should have made it, or its stages and its reason.
        completed: whether it trained.
    """

    name: str
    told: str
    completed: bool

    def __str__(self) -> str:
        return self.told


def names_for(subnets: Sequence[str], number: int) -> list[str]:
    """Names for jobs of which the lab's SageMaker runs one in each of these subnets: numbers, and a letter if need be.

    Args:
        subnets: as the request lists them.
        number: of the first of these jobs.
    """
    return [
        next(
            name
            for letter in ("", *ascii_lowercase)
            if chosen_subnet(name := f"meridian-drill-{number + place}{letter}", subnets) == subnet
        )
        for place, subnet in enumerate(subnets)
    ]


def run(sagemaker: Any, wait: Callable[[str], object], job: Mapping[str, Any], name: str) -> Run:
    """Create the job, and wait until it is over.

    Args:
        sagemaker: a client of SageMaker's.
        wait: waits for a job and answers how it went, to be read.
        job: the request.
        name: the job's name.
    """
    try:
        sagemaker.create_training_job(**{**job, "TrainingJobName": name})
    except ClientError as error:
        return Run(name, "\n".join(wrap(f"{name}: {error}", WIDTH)), completed=False)
    told = str(wait(name))
    status = sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"]
    return Run(name, told, completed=status == "Completed")
