"""May this transform job be created? What ``CreateTransformJob`` checks, and what of it the lab does not model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from lab_env.cloud.mock import MockCloud
from lab_env.training.admission import (
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


def admit(cloud: MockCloud, request: Mapping[str, Any], region: str) -> Demand:
    """Check a ``CreateTransformJob`` request as SageMaker does, and assume the model's execution role.

    A transform job has no network of its own: it stands where its model's ``VpcConfig`` says, as its model's role.

    Raises:
        AwsError: what SageMaker answers; no job is created.
    """
    check_form("CreateTransformJob", request)
    _check_modelled(request)
    check_name(cloud, "transform", request["TransformJobName"], region)
    model = _model(cloud, request["ModelName"], region)
    role = model["ExecutionRoleArn"]
    keys = assume(cloud, role, job_arn(cloud, "transform", request["TransformJobName"], region))
    vpc = model.get("VpcConfig") or {}
    check_network(cloud, vpc)
    check_source(request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"], role, keys, region)
    resources = request["TransformResources"]
    check_volume(resources["InstanceType"], resources.get("VolumeKmsKeyId") or "")
    return Demand(
        role,
        keys,
        vpc=vpc,
        instances=resources["InstanceCount"],
        isolated=bool(model.get("EnableNetworkIsolation")),
        volume_key=resources.get("VolumeKmsKeyId") or "",
        more={"container": model["PrimaryContainer"]},
    )


def _model(cloud: MockCloud, name: str, region: str) -> dict[str, Any]:
    try:
        model = cloud.describe("sagemaker", "DescribeModel", {"ModelName": name}, region)
    except ClientError as error:
        arn = f"arn:aws:sagemaker:{region}:{cloud.account}:model/{name}"
        raise invalid(f'Could not find model "{arn}".') from error
    if not (model.get("PrimaryContainer") or {}).get("ModelDataUrl"):
        raise invalid(
            f"Model {name} has no PrimaryContainer with a ModelDataUrl: inference pipelines and models that bring "
            "their data in their image are not modelled."
        )
    return model


def _check_modelled(request: Mapping[str, Any]) -> None:
    given = request["TransformInput"]
    kind = given["DataSource"]["S3DataSource"]["S3DataType"]
    if kind not in {"S3Prefix", "ManifestFile"}:
        raise invalid(f"S3DataType {kind} is not modelled: use S3Prefix or ManifestFile.")
    split = given.get("SplitType", "None")
    if split not in {"None", "Line"}:
        raise invalid(f"SplitType {split} is not modelled: use None or Line.")
    filters = request.get("DataProcessing") or {}
    for member, usual in (("InputFilter", "$"), ("OutputFilter", "$"), ("JoinSource", "None")):
        if filters.get(member, usual) != usual:
            raise invalid(f"{member} of DataProcessing is not modelled: do it in the inference script.")
    if request.get("DataCaptureConfig"):
        raise invalid("DataCaptureConfig is not modelled: leave it out.")
