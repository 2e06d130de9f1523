"""What would become of a job, by trace and decision alone: nothing is run, nothing is sent.

The steps are those of a training job in the lab, in their order: the request, the role, the input's list, the subnet's
addresses, the volume's key, then download and upload from the job's own interface.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any

from lab_env import scenario
from lab_env.access import AccessRequest, attempt
from lab_env.course.drills.look import Look
from lab_env.dataplane.places import OPERATOR
from lab_env.network import InterfaceSource, Network, Source
from lab_env.network.model import NetworkInterface
from lab_env.policy import PolicySet, Request, evaluate
from lab_env.snapshot.state import ServiceState
from lab_env.training.admission import SERVICE
from lab_env.training.instances import PER_INSTANCE

ROLE = f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.TRAINING_ROLE}"
OPERATOR_ARN = f"arn:aws:iam::{scenario.ACCOUNT}:role/{scenario.OPERATOR_ROLE}"
HOST = "eni-drill"


class Stage(StrEnum):
    """Where a job ends."""

    REFUSED = "refused"
    STARTING = "Starting"
    DOWNLOADING = "Downloading"
    UPLOADING = "Uploading"
    COMPLETED = "Completed"


@dataclass(frozen=True, slots=True)
class Expected:
    """Where a job would end, why, and in which subnet."""

    stage: Stage
    why: str = ""
    subnet: str = ""

    @property
    def completes(self) -> bool:
        """Whether it would train."""
        return self.stage is Stage.COMPLETED


def expected(look: Look, job: Mapping[str, Any]) -> Expected:
    """Where a job would end on a state, in the first of its subnets in which it fails.

    Args:
        look: the state.
        job: its ``CreateTrainingJob`` request.
    """
    refused = _refused(look, job)
    if refused:
        return Expected(Stage.REFUSED, refused)
    for subnet in job["VpcConfig"]["Subnets"]:
        for stage, why in _run_in(look, job, subnet):
            if why:
                return Expected(stage, why, subnet)
    return Expected(Stage.COMPLETED)


def _refused(look: Look, job: Mapping[str, Any]) -> str:
    create = AccessRequest(OPERATOR_ARN, "sagemaker:CreateTrainingJob", params=job)
    why = _denied(look.network, look.services, OPERATOR.source, create)
    if not why and not _sagemaker_may_assume(look.services, job):
        why = f"the trust policy of {job['RoleArn']} does not let SageMaker in."
    return why or next(filter(None, _lists(look.network, look.services, SERVICE.source, job)), "")


def _sagemaker_may_assume(services: ServiceState, job: Mapping[str, Any]) -> bool:
    arn = f"arn:aws:sagemaker:{scenario.REGION}:{scenario.ACCOUNT}:training-job/{job['TrainingJobName']}"
    context = {"aws:SourceArn": arn, "aws:SourceAccount": scenario.ACCOUNT}
    asked = Request("sagemaker.amazonaws.com", "sts:AssumeRole", ROLE, scenario.ACCOUNT, context)
    return evaluate(asked, PolicySet(resource=services.identities[ROLE].trust)).allowed


def _run_in(look: Look, job: Mapping[str, Any], subnet: str) -> Iterator[tuple[Stage, str]]:
    where = look.network.subnet.get(subnet)
    if where is None:
        yield Stage.REFUSED, f"there is no subnet {subnet}."
        return
    if where.available_addresses is not None and where.available_addresses < PER_INSTANCE:
        yield Stage.STARTING, f"{subnet} has {where.available_addresses} free addresses."
    grant = AccessRequest(
        ROLE,
        "kms:CreateGrant",
        params={"KeyId": job["ResourceConfig"]["VolumeKmsKeyId"]},
        context={"kms:GrantIsForAWSResource": True},
    )
    yield Stage.STARTING, _denied(look.network, look.services, SERVICE.source, grant)
    network, source = _with_host(look.network, subnet, tuple(job["VpcConfig"]["SecurityGroupIds"]))
    yield from ((Stage.DOWNLOADING, why) for why in _lists(network, look.services, source, job))
    for request in (*_reads(job), _write(job)):
        stage = Stage.UPLOADING if request.name == "PutObject" else Stage.DOWNLOADING
        yield stage, _denied(network, look.services, source, request)


def _lists(network: Network, services: ServiceState, source: Source, job: Mapping[str, Any]) -> Iterator[str]:
    for bucket, prefix in _channels(job):
        request = AccessRequest(ROLE, "s3:ListObjectsV2", bucket, query={"prefix": prefix})
        yield _denied(network, services, source, request)


def _channels(job: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for channel in job["InputDataConfig"]:
        bucket, _, prefix = channel["DataSource"]["S3DataSource"]["S3Uri"][5:].partition("/")
        yield bucket, prefix


def _reads(job: Mapping[str, Any]) -> Iterable[AccessRequest]:
    bucket = next(_channels(job))[0]
    months = (f"train/2025-{month:02d}.csv" for month in range(1, 13))
    return (AccessRequest(ROLE, "s3:GetObject", bucket, key) for key in (*months, scenario.CODE_KEY))


def _write(job: Mapping[str, Any]) -> AccessRequest:
    output = job["OutputDataConfig"]
    bucket, _, prefix = output["S3OutputPath"][5:].partition("/")
    headers = {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": output["KmsKeyId"],
    }
    key = f"{prefix}/{job['TrainingJobName']}/output/model.tar.gz"
    return AccessRequest(ROLE, "s3:PutObject", bucket, key, headers=headers)


def _denied(network: Network, services: ServiceState, source: Source, request: AccessRequest) -> str:
    tried = attempt(network, services, source, request)
    return "" if tried.succeeds else tried.why


def _with_host(network: Network, subnet: str, groups: tuple[str, ...]) -> tuple[Network, Source]:
    """The network with a job's interface in a subnet, at an address that nobody holds."""
    where = network.subnet[subnet]
    taken = {address for item in network.interfaces for address in item.addresses}
    free = next(one for one in reversed(list(where.cidrs[0].hosts())[3:]) if one not in taken)
    host = NetworkInterface(HOST, where.vpc, subnet, (ip_address(str(free)),), groups)
    return network.with_interface(host), InterfaceSource(HOST)
