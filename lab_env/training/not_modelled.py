"""What of ``CreateTrainingJob`` the lab does not model, and refuses by name: what would change how a job goes or ends.

What only watches a job (debugger, profiler, experiments, TensorBoard) is kept in its description and does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab_env.training.admission import invalid
from lab_env.training.container import PROGRAM, SUBMIT_DIRECTORY, plain
from lab_env.training.paths import ROOT

# A member's path in the request, and what to do instead.
MEMBERS = {
    "EnableManagedSpotTraining": "leave it out; the lab's instances are never interrupted",
    "RetryStrategy": "leave it out, and create the job again",
    "ServerlessJobConfig": "train on instances, with AlgorithmSpecification and ResourceConfig",
    "ModelPackageConfig": "leave it out",
    "AlgorithmSpecification.AlgorithmName": "use TrainingImage",
    "AlgorithmSpecification.ContainerEntrypoint": "name the script by the hyperparameter sagemaker_program",
    "AlgorithmSpecification.ContainerArguments": "use hyperparameters",
    "AlgorithmSpecification.TrainingImageConfig": "use an image in Amazon ECR",
    "ResourceConfig.InstanceGroups": "use InstanceType and InstanceCount",
    "ResourceConfig.KeepAlivePeriodInSeconds": "leave it out",
    "ResourceConfig.TrainingPlanArn": "leave it out",
}


def check_members(request: Mapping[str, Any]) -> None:
    """Raises ``ValidationException`` for a member that the lab does not model."""
    for path, instead in MEMBERS.items():
        value: Any = request
        for name in path.split("."):
            value = (value or {}).get(name)
        if value:
            raise invalid(f"{path} is not modelled: {instead}.")
    if (request.get("OutputDataConfig") or {}).get("CompressionType", "GZIP") != "GZIP":
        raise invalid("OutputDataConfig.CompressionType NONE is not modelled: leave it out.")


def check_script_mode(request: Mapping[str, Any]) -> None:
    """Raises ``ValidationException`` for a job that names no script: the lab runs scripts, not images."""
    given = request.get("HyperParameters") or {}
    for name in (PROGRAM, SUBMIT_DIRECTORY):
        if not given.get(name):
            raise invalid(
                f"HyperParameters need {name}: the lab runs a script as SageMaker's script mode does, and no image."
            )
    source = plain(given[SUBMIT_DIRECTORY])
    if not source.startswith(("s3://", f"{ROOT}/")):
        raise invalid(f"{SUBMIT_DIRECTORY} {source} is neither an s3:// URI nor a path under {ROOT}.")
    path = (request.get("CheckpointConfig") or {}).get("LocalPath") or ROOT
    if not f"{path}/".startswith(f"{ROOT}/"):
        raise invalid(f"LocalPath {path} of CheckpointConfig is not modelled: use a path under {ROOT}.")
