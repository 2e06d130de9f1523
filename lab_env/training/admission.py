"""May this job be created? What SageMaker checks before a job exists, on the role, the network and the input data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from botocore.config import Config
from botocore.exceptions import ClientError

from lab_env.cloud.mock import MockCloud
from lab_env.cloud.models import service_model
from lab_env.cloud.refusals import AwsError
from lab_env.cloud.sagemaker import training_job_exists
from lab_env.dataplane.places import Keys, Place, PlacedSession
from lab_env.network.flow import ServiceSource
from lab_env.training.instances import SERVICE_ADDRESS
from lab_env.training.validation import (
    constraint_errors,
    constraint_message,
    could_not_assume,
    no_objects,
    sagemaker_may_assume,
)

SERVICE = Place("SageMaker, in its own network", ServiceSource("sagemaker", SERVICE_ADDRESS))
# Serverless training needs none of these; the lab models training on instances.
NEEDED = ("AlgorithmSpecification", "ResourceConfig", "StoppingCondition")


def admit(cloud: MockCloud, request: Mapping[str, Any], region: str) -> Keys:
    """Check a ``CreateTrainingJob`` request as SageMaker does, and assume the execution role.

    Returns:
        The temporary credentials of the execution role.

    Raises:
        AwsError: what SageMaker answers; no job is created.
    """
    _check_form(request)
    name = request["TrainingJobName"]
    if training_job_exists(cloud.account, region, name):
        arn = f"arn:aws:sagemaker:{region}:{cloud.account}:training-job/{name}"
        raise AwsError(
            "ResourceInUse",
            "Training job names must be unique within an AWS account and region, "
            f"and a training job with this name already exists ({arn})",
            400,
        )
    keys = assume(cloud, request["RoleArn"], "SageMaker")
    _check_network(cloud, request.get("VpcConfig") or {})
    for channel in request.get("InputDataConfig") or []:
        _check_channel(channel, request["RoleArn"], keys, region)
    return keys


def assume(cloud: MockCloud, role: str, session: str) -> Keys:
    """Temporary credentials of a role, as ``sagemaker.amazonaws.com`` gets them.

    Raises:
        AwsError: ``ValidationException`` when the role is absent, or its trust policy does not let SageMaker in.
    """
    try:
        answer = cloud.describe("iam", "GetRole", {"RoleName": role.rpartition("/")[2]})
    except ClientError as error:
        raise AwsError("ValidationException", could_not_assume(role), 400) from error
    trust = answer["Role"]["AssumeRolePolicyDocument"]
    document = json.loads(unquote(trust)) if isinstance(trust, str) else trust
    if not sagemaker_may_assume(document):
        raise AwsError("ValidationException", could_not_assume(role), 400)
    answer = cloud.describe("sts", "AssumeRole", {"RoleArn": role, "RoleSessionName": session})
    given = answer["Credentials"]
    return Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def _check_form(request: Mapping[str, Any]) -> None:
    shape = service_model("sagemaker").operation_model("CreateTrainingJob").input_shape
    errors = list(constraint_errors(request, shape))
    if errors:
        raise AwsError("ValidationException", constraint_message(errors), 400)
    for member in NEEDED:
        if member not in request:
            raise AwsError(
                "ValidationException",
                f"{member} is required: serverless training, which does without it, is not modelled.",
                400,
            )
    mode = request["AlgorithmSpecification"].get("TrainingInputMode", "File")
    if mode != "File":
        raise AwsError("ValidationException", f"TrainingInputMode {mode} is not modelled: use File.", 400)


def _check_network(cloud: MockCloud, config: Mapping[str, Any]) -> None:
    if not config:
        return
    try:
        subnets = cloud.describe("ec2", "DescribeSubnets", {"SubnetIds": list(config["Subnets"])})["Subnets"]
        groups = cloud.describe(
            "ec2", "DescribeSecurityGroups", {"GroupIds": list(config["SecurityGroupIds"])}
        )
    except ClientError as error:
        raise AwsError("ValidationException", error.response["Error"]["Message"], 400) from error
    vpcs = {subnet["VpcId"] for subnet in subnets} | {group["VpcId"] for group in groups["SecurityGroups"]}
    if len(vpcs) > 1:
        raise AwsError(
            "ValidationException",
            f"The subnets and security groups of VpcConfig must be in one VPC; these are in {', '.join(sorted(vpcs))}.",
            400,
        )


def _check_channel(channel: Mapping[str, Any], role: str, keys: Keys, region: str) -> None:
    # SageMaker lists the prefix as the execution role, before the job has an interface: its refusal names the role.
    uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    client = PlacedSession(SERVICE, keys, region).client(
        "s3", config=Config(retries={"total_max_attempts": 1})
    )
    try:
        found = client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
    except ClientError as error:
        raise AwsError("ValidationException", no_objects(uri, bucket, role, region), 400) from error
    elsewhere = found["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", region)
    if elsewhere != region:
        raise AwsError("ValidationException", no_objects(uri, bucket, role, region, elsewhere), 400)
    if not found.get("KeyCount"):
        raise AwsError("ValidationException", no_objects(uri, bucket, role, region), 400)
