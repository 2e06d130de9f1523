"""The KMS key of a job's ML storage volume: SageMaker makes a grant on it, by the execution role's right.

Follows *How to use SageMaker AI execution roles* (``kms:CreateGrant``) and *Grants in AWS KMS*: the role asks,
SageMaker's volumes use the key, and the grant goes when the volume does.
"""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import ClientError

from lab_env.access import AccessRequest, attempt
from lab_env.access.keys import KeyNotFound
from lab_env.cloud.mock import MockCloud
from lab_env.dataplane.seam import DataPlane
from lab_env.policy.messages import access_denied
from lab_env.training.admission import SERVICE, Demand
from lab_env.training.failures import volume_failure

OPERATIONS = ("Decrypt", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo")


class KeyRefused(Exception):
    """The volume cannot be encrypted; the message is the job's ``FailureReason``."""


@dataclass(frozen=True, slots=True)
class VolumeGrant:
    """A grant on a key, for a job's volumes."""

    key: str
    id: str


def take(cloud: MockCloud, plane: DataPlane, demand: Demand, region: str) -> VolumeGrant | None:
    """Make the grant that a job's volumes need; None for a job without ``VolumeKmsKeyId``.

    Args:
        cloud: where the key is.
        plane: the network and the policies that decide.
        demand: the job's key and role.
        region: the job's Region.

    Raises:
        KeyRefused: the role may not make it, or the key is not there or not enabled.
    """
    key = demand.volume_key
    if not key:
        return None
    request = AccessRequest(
        plane.principal(demand.keys.access_key),
        "kms:CreateGrant",
        params={"KeyId": key},
        region=region,
        context={"kms:GrantIsForAWSResource": True},
    )
    try:
        decision = attempt(plane.network(), plane.services(), SERVICE.source, request).decision
        if decision is not None and decision.denied is not None:
            raise KeyRefused(volume_failure(key, "AccessDeniedException", access_denied(decision.denied)))
        arn = _enabled(cloud, key, region)
        grant = {"KeyId": arn, "GranteePrincipal": "sagemaker.amazonaws.com", "Operations": list(OPERATIONS)}
        made = cloud.describe("kms", "CreateGrant", grant, region)
    except KeyNotFound as error:
        raise KeyRefused(volume_failure(key, "NotFoundException", error.what)) from error
    except ClientError as error:
        told = error.response["Error"]
        raise KeyRefused(volume_failure(key, told["Code"], told["Message"])) from error
    return VolumeGrant(arn, made["GrantId"])


def _enabled(cloud: MockCloud, key: str, region: str) -> str:
    """The ARN of a key that can be used."""
    found = cloud.describe("kms", "DescribeKey", {"KeyId": key}, region)["KeyMetadata"]
    if found["KeyState"] == "Disabled":
        raise KeyRefused(volume_failure(key, "DisabledException", f"{found['Arn']} is disabled."))
    if found["KeyState"] != "Enabled":
        state = "pending deletion" if found["KeyState"] == "PendingDeletion" else found["KeyState"]
        raise KeyRefused(volume_failure(key, "KMSInvalidStateException", f"{found['Arn']} is {state}."))
    return str(found["Arn"])


def give_back(cloud: MockCloud, grant: VolumeGrant | None, region: str) -> None:
    """Revoke a job's grant: its volumes are gone."""
    if grant is not None:
        cloud.describe("kms", "RevokeGrant", {"KeyId": grant.key, "GrantId": grant.id}, region)
