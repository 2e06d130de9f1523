"""May this training job be created? What ``CreateTrainingJob`` checks, and what of it the lab does not model."""

from __future__ import annotations

import re
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
from lab_env.training.not_modelled import check_members, check_script_mode

# Serverless training needs none of these; the lab models training on instances.
NEEDED = ("AlgorithmSpecification", "ResourceConfig", "StoppingCondition")
MODES = ("File", "FastFile")


def admit(cloud: MockCloud, request: Mapping[str, Any], region: str) -> Demand:
    """Check a ``CreateTrainingJob`` request as SageMaker does, and assume the execution role.

    Raises:
        AwsError: what SageMaker answers; no job is created.
    """
    check_form("CreateTrainingJob", request)
    _check_modelled(request)
    check_name(cloud, "training", request["TrainingJobName"], region)
    role = request["RoleArn"]
    keys = assume(cloud, role, job_arn(cloud, "training", request["TrainingJobName"], region))
    vpc = request.get("VpcConfig") or {}
    check_network(cloud, vpc)
    for channel in request.get("InputDataConfig") or []:
        check_source(channel["DataSource"]["S3DataSource"]["S3Uri"], role, keys, region)
    resources = request["ResourceConfig"]
    check_volume(resources.get("InstanceType") or "", resources.get("VolumeKmsKeyId") or "")
    return Demand(
        role,
        keys,
        vpc=vpc,
        instances=resources.get("InstanceCount") or 1,
        isolated=bool(request.get("EnableNetworkIsolation")),
        encrypted=bool(request.get("EnableInterContainerTrafficEncryption")),
        volume_key=resources.get("VolumeKmsKeyId") or "",
        seconds=request["StoppingCondition"].get("MaxRuntimeInSeconds") or DAY,
        metrics=request["AlgorithmSpecification"].get("MetricDefinitions") or (),
    )


def _check_modelled(request: Mapping[str, Any]) -> None:
    check_members(request)
    for member in NEEDED:
        if member not in request:
            raise invalid(
                f"{member} is required: serverless training, which does without it, is not modelled."
            )
    check_script_mode(request)
    default = request["AlgorithmSpecification"].get("TrainingInputMode", "File")
    _check_mode("TrainingInputMode", default)
    for channel in request.get("InputDataConfig") or []:
        _check_channel(channel, channel.get("InputMode") or default)
    for metric in request["AlgorithmSpecification"].get("MetricDefinitions") or []:
        try:
            re.compile(metric["Regex"])
        except re.error as error:
            raise invalid(
                f"The regular expression of metric {metric['Name']} cannot be read: {error}."
            ) from error


def _check_mode(member: str, mode: str) -> None:
    if mode not in MODES:
        raise invalid(f"{member} {mode} is not modelled: use {' or '.join(MODES)}.")


def _check_channel(channel: Mapping[str, Any], mode: str) -> None:
    name = channel["ChannelName"]
    _check_mode(f"InputMode of channel {name}:", mode)
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        kinds = ", ".join(sorted(channel["DataSource"])) or "nothing"
        raise invalid(f"The data source of channel {name} is {kinds}: the lab models S3DataSource only.")
    if source.get("S3DataType") not in {"S3Prefix", "ManifestFile"}:
        raise invalid(
            f"S3DataType {source.get('S3DataType')} of channel {name} is not modelled: use S3Prefix or ManifestFile."
        )
    if channel.get("CompressionType", "None") != "None":
        raise invalid(
            f"CompressionType {channel['CompressionType']} of channel {name}: it is used only in Pipe mode. "
            f"In {mode} mode leave it unset, or set it to None, and decompress in the script."
        )
    if channel.get("RecordWrapperType", "None") != "None":
        raise invalid(
            f"RecordWrapperType {channel['RecordWrapperType']} of channel {name} is not modelled: leave it unset."
        )
