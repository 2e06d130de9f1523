"""AWS's own sentences where moto's differ and learners meet them often."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidVpcEndPointIdError, InvalidVPCIdError

from lab_env.cloud.patches import Patches


def fill(patches: Patches) -> None:
    """Say what AWS says about an unknown VPC or VPC endpoint."""
    patches.set(
        InvalidVPCIdError, "__init__", _says("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist")
    )
    patches.set(
        InvalidVpcEndPointIdError,
        "__init__",
        _says("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist"),
    )


def _says(code: str, sentence: str) -> Any:
    def init(self: Any, identifier: str | Collection[str]) -> None:
        # moto hands over a set of unknown ids in one place; AWS names the first.
        first = identifier if isinstance(identifier, str) else min(identifier, key=str)
        EC2ClientError.__init__(self, code, sentence.format(first))

    return init
