"""Why a job failed, in the words SageMaker uses (quoted from public reports of real jobs)."""

from __future__ import annotations

import errno
import gzip
import tarfile
from collections.abc import Sequence

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from lab_env.training.storage import IllegalKey

_PATH = (
    "Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the "
    "security groups and the subnet's network ACL allow outbound traffic to S3"
)
INTERNAL = "InternalServerError: We encountered an internal error. Please try again."
SEE_LOGS = "AlgorithmError: See job logs for more information"
PARTIAL_PREFIX = (
    "ClientError: Data download failed:Failed to download data. "
    "For FastFile mode, partial S3 prefix is not supported."
)
_NO_ROOM = "Insufficient disk space"
# FailureReason holds 1,024 characters; the end of a traceback says most.
_TRACEBACK = 600


def download_failure(error: Exception, uri: str) -> str:
    """The ``FailureReason`` for an input that could not be read.

    Args:
        error: what the S3 client, or this machine's disk, raised.
        uri: the object, or the prefix that was being listed.
    """
    match error:
        case ConnectTimeoutError():
            return f"ClientError: Data download failed:{_PATH}."
        case EndpointConnectionError():
            return (
                f"ClientError: Failed to download data. ListObjectsV2 failed for {uri} "
                "nextToken:[null]: Unable to execute request to S3"
            )
        case ClientError():
            code, message = _said(error)
            return f"ClientError: Data download failed:Unable to download object {uri} ({code}: {message})"
        case IllegalKey():
            return f"ClientError: Data download failed:Failed to download data. {error}"
        case OSError() if error.errno == errno.ENOSPC:
            return f"ClientError: Data download failed:{_NO_ROOM}"
    return INTERNAL


def model_failure(error: Exception, uri: str) -> str:
    """The ``FailureReason`` for model data, or an inference script, that could not be read.

    The words are those of hosting, seen in public; batch transform's own are unconfirmed.
    """
    if isinstance(error, ConnectTimeoutError | EndpointConnectionError):
        return (
            f'ClientError: Failed to download model data from URL "{uri}". Please ensure that an S3 VPC endpoint '
            "exists in route table or NAT gateway for the VPC mode and the URL is reachable from within the subnets "
            "provided."
        )
    if isinstance(error, tarfile.TarError | EOFError | gzip.BadGzipFile):
        return (
            f'ClientError: Failed to extract model data archive from URL "{uri}". Please ensure that the object '
            "located at the URL is a valid tar.gz archive."
        )
    return download_failure(error, uri)


def upload_failure(error: Exception) -> str:
    """The ``FailureReason`` for a model that could not be written."""
    # A multipart upload wraps what S3 answered to one of its parts.
    cause = error.__context__ if type(error).__name__ == "S3UploadFailedError" else error
    match cause:
        case ConnectTimeoutError() | EndpointConnectionError():
            return f"ClientError: Artifact upload failed:{_PATH}"
        case ClientError():
            code, message = _said(cause)
            status = cause.response["ResponseMetadata"].get("HTTPStatusCode", "")
            return f"ClientError: Artifact upload failed:Error 7: {code} ({status}): {message}"
        case OSError() if cause.errno == errno.ENOSPC:
            return f"ClientError: Artifact upload failed:{_NO_ROOM}"
    return INTERNAL


def algorithm_failure(exit_code: int, said: str) -> str:
    """The ``FailureReason`` for a container that ended with an error.

    Args:
        exit_code: the container's exit code.
        said: what it wrote to ``/opt/ml/output/failure``; empty when nothing.
    """
    return f"AlgorithmError: {said}, exit code: {exit_code}"


def script_failure(exit_code: int, command: Sequence[str], traceback: str) -> str:
    """What SageMaker's training toolkit writes to ``/opt/ml/output/failure`` for a script that failed.

    Args:
        exit_code: the script's exit code.
        command: what was run.
        traceback: the traceback that the script's log ends with; empty when it ends otherwise.
    """
    message = traceback.replace('"', "'")[-_TRACEBACK:]
    return f'ExecuteUserScriptError:\nExitCode {exit_code}\nErrorMessage "{message}"\nCommand "{" ".join(command)}"'


def full_subnet(subnet: str) -> str:
    """The ``FailureReason`` for a subnet without a free address (EC2's own sentence; SageMaker's is unconfirmed)."""
    return (
        "ClientError: There are not enough free addresses in subnet "
        f"'{subnet}' to satisfy the requested number of instances."
    )


def volume_failure(key: str, code: str, message: str) -> str:
    """The ``FailureReason`` for a volume whose KMS key may not be used (KMS's own message; the rest is unconfirmed)."""
    return f"ClientError: The ML storage volume cannot be encrypted with KMS key {key} ({code}: {message})"


def no_companions(why: str) -> str:
    """The ``FailureReason`` for instances that cannot talk encrypted to each other (its wording is unconfirmed)."""
    return (
        "ClientError: Inter-container traffic encryption needs security groups that let their own members exchange UDP "
        f"port 500 and IP protocol 50. {why}"
    )


def _said(error: ClientError) -> tuple[str, str]:
    told = error.response["Error"]
    return told.get("Code", ""), told.get("Message", "")
