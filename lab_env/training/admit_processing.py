"""May this processing job be created? What ``CreateProcessingJob`` checks, and what of it the lab does not model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab_env.cloud.mock import MockCloud
from lab_env.training.admission import (
    DAY,
    Demand,
    assume,
    check_form,
    check_name,
    check_network,
    check_source,
    check_volume,
    invalid,
    job_arn,
)

ROOT = "/opt/ml/processing/"


def admit(cloud: MockCloud, request: Mapping[str, Any], region: str) -> Demand:
    """Check a ``CreateProcessingJob`` request as SageMaker does, and assume the execution role.

    Raises:
        AwsError: what SageMaker answers; no job is created.
    """
    check_form("CreateProcessingJob", request)
    _check_modelled(request)
    check_name(cloud, "processing", request["ProcessingJobName"], region)
    role = request["RoleArn"]
    keys = assume(cloud, role, job_arn(cloud, "processing", request["ProcessingJobName"], region))
    network = request.get("NetworkConfig") or {}
    vpc = network.get("VpcConfig") or {}
    check_network(cloud, vpc)
    for given in request.get("ProcessingInputs") or []:
        check_source(given["S3Input"]["S3Uri"], role, keys, region)
    cluster = request["ProcessingResources"]["ClusterConfig"]
    check_volume(cluster["InstanceType"], cluster.get("VolumeKmsKeyId") or "")
    return Demand(
        role,
        keys,
        vpc=vpc,
        instances=cluster["InstanceCount"],
        isolated=bool(network.get("EnableNetworkIsolation")),
        encrypted=bool(network.get("EnableInterContainerTrafficEncryption")),
        volume_key=cluster.get("VolumeKmsKeyId") or "",
        seconds=(request.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds") or DAY,
    )


def _check_modelled(request: Mapping[str, Any]) -> None:
    entry = request["AppSpecification"].get("ContainerEntrypoint") or []
    if len(entry) < 2 or not entry[0].rpartition("/")[2].startswith("python"):
        raise invalid(
            "ContainerEntrypoint is needed, and must be Python with a script, such as "
            f'["python3", "{ROOT}input/code/script.py"]: images of other programs are not modelled.'
        )
    for given in request.get("ProcessingInputs") or []:
        _check_input(given)
    places = [_place(given["S3Input"]) for given in request.get("ProcessingInputs") or []]
    for given in (request.get("ProcessingOutputConfig") or {}).get("Outputs") or []:
        if "S3Output" not in given:
            raise invalid(f"Output {given['OutputName']}: the lab models S3Output only.")
        places.append(_place(given["S3Output"]))
    if len(set(places)) < len(places):
        raise invalid("Each input and output must have a LocalPath of its own.")


def _check_input(given: Mapping[str, Any]) -> None:
    name = given["InputName"]
    source = given.get("S3Input")
    if source is None:
        raise invalid(f"Input {name}: the lab models S3Input only.")
    if source.get("S3InputMode", "File") != "File":
        raise invalid(f"S3InputMode {source['S3InputMode']} of input {name} is not modelled: use File.")
    if source.get("S3CompressionType", "None") != "None":
        raise invalid(
            f"S3CompressionType {source['S3CompressionType']} of input {name}: it is used only in Pipe mode."
        )


def _place(given: Mapping[str, Any]) -> str:
    path = str(given.get("LocalPath", ""))
    if not path.startswith(ROOT) or ".." in path.split("/"):
        raise invalid(f"LocalPath {path!r} must be a folder under {ROOT}.")
    return path.rstrip("/")
