"""May this job be created? What SageMaker checks before a job of any kind exists.

Its form, its role, its network and its input data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from botocore.config import Config
from botocore.exceptions import ClientError

from lab_env.cloud.mock import MockCloud
from lab_env.cloud.models import service_model
from lab_env.cloud.refusals import AwsError
from lab_env.cloud.sagemaker import job_exists
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
SESSION = "SageMaker"
# Instance families with NVMe drives of their own, which the hardware encrypts: a "d" after the generation, and these.
_NVME = re.compile(r"ml\.(\w+\d+[a-ce-z]*d\w*|g5|g6e?|p4de?|p5\w*|trn1n?|trn2)\.")
# MaxRuntimeInSeconds, when a request does not say.
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Demand:
    """What a job needs, whatever its kind.

    Attributes:
        role: ARN of its execution role.
        keys: the role's temporary credentials.
        vpc: its ``VpcConfig``; empty when it has none.
        instances: how many.
        isolated: ``EnableNetworkIsolation``.
        encrypted: ``EnableInterContainerTrafficEncryption``.
        volume_key: ``VolumeKmsKeyId``; empty when it has none.
        seconds: ``MaxRuntimeInSeconds``, in real seconds.
        metrics: ``MetricDefinitions``.
        more: what else the job's process must know.
    """

    role: str
    keys: Keys
    vpc: Mapping[str, Any] = field(default_factory=dict)
    instances: int = 1
    isolated: bool = False
    encrypted: bool = False
    volume_key: str = ""
    seconds: int = DAY
    metrics: Sequence[Mapping[str, str]] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def invalid(message: str) -> AwsError:
    """A ``ValidationException``."""
    return AwsError("ValidationException", message, 400)


def check_form(operation: str, request: Mapping[str, Any]) -> None:
    """Check a request against the limits of SageMaker's API model.

    Raises:
        AwsError: ``ValidationException``, naming each constraint that it breaks.
    """
    shape = service_model("sagemaker").operation_model(operation).input_shape
    errors = list(constraint_errors(request, shape))
    if errors:
        raise invalid(constraint_message(errors))


def job_arn(cloud: MockCloud, word: str, name: str, region: str) -> str:
    """The ARN of a job of a kind, whether it is there or not."""
    return f"arn:aws:sagemaker:{region}:{cloud.account}:{word}-job/{name}"


def check_name(cloud: MockCloud, word: str, name: str, region: str) -> None:
    """Raises ``ResourceInUse`` when a job of the kind has the name."""
    if job_exists(word, cloud.account, region, name):
        arn = job_arn(cloud, word, name, region)
        raise AwsError(
            "ResourceInUse",
            f"{word.capitalize()} job names must be unique within an AWS account and region, "
            f"and a {word} job with this name already exists ({arn})",
            400,
        )


def assume(cloud: MockCloud, role: str, job: str) -> Keys:
    """Temporary credentials of a role, as ``sagemaker.amazonaws.com`` gets them for a job.

    Args:
        cloud: where the role is.
        role: its ARN.
        job: the job's ARN.

    Raises:
        AwsError: ``ValidationException`` when the role is absent, or its trust policy does not let SageMaker in.
    """
    try:
        answer = cloud.describe("iam", "GetRole", {"RoleName": role.rpartition("/")[2]})
    except ClientError as error:
        raise invalid(could_not_assume(role)) from error
    trust = answer["Role"]["AssumeRolePolicyDocument"]
    document = json.loads(unquote(trust)) if isinstance(trust, str) else trust
    if not sagemaker_may_assume(document, role, job):
        raise invalid(could_not_assume(role))
    answer = cloud.describe("sts", "AssumeRole", {"RoleArn": role, "RoleSessionName": SESSION})
    given = answer["Credentials"]
    return Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def check_network(cloud: MockCloud, config: Mapping[str, Any]) -> None:
    """Check a ``VpcConfig``: its subnets and groups exist, and are in one VPC.

    Raises:
        AwsError: ``ValidationException``.
    """
    if not config:
        return
    try:
        subnets = cloud.describe("ec2", "DescribeSubnets", {"SubnetIds": list(config["Subnets"])})["Subnets"]
        groups = cloud.describe(
            "ec2", "DescribeSecurityGroups", {"GroupIds": list(config["SecurityGroupIds"])}
        )
    except ClientError as error:
        raise invalid(error.response["Error"]["Message"]) from error
    vpcs = {subnet["VpcId"] for subnet in subnets} | {group["VpcId"] for group in groups["SecurityGroups"]}
    if len(vpcs) > 1:
        raise invalid(
            "The subnets and security groups of VpcConfig must be in one VPC; "
            f"these are in {', '.join(sorted(vpcs))}."
        )


def check_volume(instance: str, key: str) -> None:
    """Raises ``ValidationException`` when a key is asked for volumes that the instance's own hardware encrypts."""
    if key and _NVME.match(instance):
        raise invalid(
            f"VolumeKmsKeyId cannot be used with instance type {instance}: its local storage is encrypted by hardware."
        )


def check_source(uri: str, role: str, keys: Keys, region: str) -> None:
    """Check that an S3 prefix holds objects in the job's Region, as the execution role sees it.

    SageMaker lists the prefix before the job has an interface.

    Raises:
        AwsError: ``ValidationException``, which names the role.
    """
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    client = PlacedSession(SERVICE, keys, region).client(
        "s3", config=Config(retries={"total_max_attempts": 1})
    )
    try:
        found = client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
    except ClientError as error:
        raise invalid(no_objects(uri, bucket, role, region)) from error
    elsewhere = found["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", region)
    if elsewhere != region:
        raise invalid(no_objects(uri, bucket, role, region, elsewhere))
    if not found.get("KeyCount"):
        raise invalid(no_objects(uri, bucket, role, region))
