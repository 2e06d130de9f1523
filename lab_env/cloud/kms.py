"""KMS without key pairs that nobody asks for.

moto draws an RSA key pair for each key, a symmetric one as well, which has none on AWS: 80 ms and more, several hundred
at times. Every chapter from 07 on starts with such a key.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from moto.kms import models
from moto.kms.utils import KeySpec, generate_private_key

from lab_env.cloud.patches import Patches


def fill(patches: Patches) -> None:
    """Draw the pair of a symmetric key when something of it is wanted."""
    patches.set(models, "generate_private_key", _pair)


def _pair(spec: str) -> Any:
    return _Undrawn(spec) if spec == KeySpec.SYMMETRIC_DEFAULT else generate_private_key(spec)


class _Undrawn:
    """Answers as the pair that moto would have drawn."""

    def __init__(self, spec: str) -> None:
        self._spec = spec

    @cached_property
    def _drawn(self) -> Any:
        return generate_private_key(self._spec)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._drawn, name)
