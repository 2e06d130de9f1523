"""Why a job failed, in the words SageMaker uses (quoted from public reports of real jobs)."""

from __future__ import annotations

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

_PATH = (
    "Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the "
    "security groups and the subnet's network ACL allow outbound traffic to S3"
)
INTERNAL = "InternalServerError: We encountered an internal error. Please try again."


def download_failure(error: Exception, bucket: str, key: str) -> str:
    """The ``FailureReason`` for an input channel that could not be read.

    Args:
        error: what the S3 client raised.
        bucket: the channel's bucket.
        key: the object, or the prefix that was being listed.
    """
    match error:
        case ConnectTimeoutError():
            return f"ClientError: Data download failed:{_PATH}."
        case EndpointConnectionError():
            return (
                f"ClientError: Failed to download data. ListObjectsV2 failed for s3://{bucket}/{key} "
                "nextToken:[null]: Unable to execute request to S3"
            )
        case ClientError():
            code, message = _said(error)
            where = f"s3://{bucket}/{key}"
            return f"ClientError: Data download failed:Unable to download object {where} ({code}: {message})"
    return INTERNAL


def upload_failure(error: Exception) -> str:
    """The ``FailureReason`` for a model that could not be written."""
    match error:
        case ConnectTimeoutError() | EndpointConnectionError():
            return f"ClientError: Artifact upload failed:{_PATH}"
        case ClientError():
            code, message = _said(error)
            status = error.response["ResponseMetadata"].get("HTTPStatusCode", "")
            return f"ClientError: Artifact upload failed:Error 7: {code} ({status}): {message}"
    return INTERNAL


def algorithm_failure(exit_code: int, said: str) -> str:
    """The ``FailureReason`` for a container that ended with an error.

    Args:
        exit_code: the container's exit code.
        said: what it wrote to ``/opt/ml/output/failure``; empty when nothing.
    """
    return f"AlgorithmError: {said}, exit code: {exit_code}"


def full_subnet(subnet: str) -> str:
    """The ``FailureReason`` for a subnet without a free address (EC2's own sentence; SageMaker's is unconfirmed)."""
    return (
        "ClientError: There are not enough free addresses in subnet "
        f"'{subnet}' to satisfy the requested number of instances."
    )


def _said(error: ClientError) -> tuple[str, str]:
    told = error.response["Error"]
    return told.get("Code", ""), told.get("Message", "")
