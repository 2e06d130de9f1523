"""Where the answer of a call about one resource lies in an exported state: ``s3/<bucket>/get-bucket-policy.json``.

The same for those who write and who read. What the AWS CLI leaves behind when a setting was never made, an empty file,
means just that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

SERVICES = frozenset({"cloudtrail", "iam", "kms", "logs", "organizations", "s3", "sagemaker"})
"""The services whose answers lie in a folder of their own; EC2's and Direct Connect's are known by their keys."""

GLOBAL = frozenset({"iam", "organizations", "s3"})
"""Of these, the ones that answer for all Regions alike."""

NEVER_SET: Mapping[str, str] = MappingProxyType(
    {
        "GetBucketPolicy": "NoSuchBucketPolicy",
        "GetPublicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
        "GetBucketOwnershipControls": "OwnershipControlsNotFoundError",
        "DescribeOrganization": "AWSOrganizationsNotInUseException",
        "GetBucketEncryption": "ServerSideEncryptionConfigurationNotFoundError",
    }
)
"""The error code by which a call says that there is no such setting."""

_RESOURCES = (
    "Bucket",
    "KeyId",
    "RoleName",
    "UserName",
    "GroupName",
    "PolicyArn",
    "TrailName",
    "Name",
    "TrainingJobName",
    "TargetId",
    "ChildId",
    "PolicyId",
)
# Parameters that tell two answers about one resource apart.
_FURTHER = ("PolicyName", "Filter")
_ONLY_KEY_POLICY = "default"


def command(operation: str) -> str:
    """The CLI's name for an operation: ``get-bucket-policy`` for GetBucketPolicy."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()


def place(operation: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
    """The folder below the service's (empty: that itself) and the file, without ``.json``, of an answer."""
    further = [
        str(parameters[name])
        for name in _FURTHER
        if parameters.get(name, _ONLY_KEY_POLICY) != _ONLY_KEY_POLICY
    ]
    return _resource(parameters), "-".join([command(operation), *further])


def _resource(parameters: Mapping[str, Any]) -> str:
    found = next((str(parameters[name]) for name in _RESOURCES if name in parameters), "")
    if found.startswith("arn:aws:iam::aws:policy/"):
        # A customer's policy may bear the name of one of AWS's.
        return f"aws/{found.rpartition('/')[2]}"
    return found.rpartition("/")[2] if found.startswith("arn:") else found
