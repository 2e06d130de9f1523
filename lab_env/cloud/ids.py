"""Ids that repeat: what moto draws depends on the seed, the operation and which call of it this is, on nothing else.

moto takes request ids and resource ids from one generator, so that a single extra read would change every id after it.
Here the generator starts anew for each call.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from contextlib import contextmanager
from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import AccountSpecificBackend
from moto.moto_api._internal import mock_random

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_env.cloud.call import ApiCall
    from lab_env.cloud.patches import Patches

# Where moto draws from the operating system or from Python's own generator: service -> (module, name).
_OTHER_SOURCES = {
    "ec2": (("moto.ec2.models.reserved_instances", "random"),),
    "iam": (("moto.iam.models", "os"),),
    "kms": (("moto.kms.models", "os"), ("moto.kms.responses", "os"), ("moto.kms.utils", "os")),
    "s3": (("moto.s3.models", "os"),),
    "sagemaker": (("moto.sagemaker.models", "random"),),
    "sts": (("moto.sts.utils", "os"),),
}


class SeededIds:
    """moto's source of ids, under one lock.

    Args:
        seed: two labs with the same seed give the same ids.
    """

    def __init__(self, seed: int) -> None:
        self.lock = RLock()
        self._seed = seed
        self._calls: Counter[tuple[str, ...]] = Counter()
        self._depth = 0

    @contextmanager
    def drawing(self, *key: str) -> Iterator[None]:
        """Hold the lock and let moto draw the ids that belong to the next call of ``key``.

        A drawing inside another leaves the outer one where it was.
        """
        with self.lock:
            self._calls[key] += 1
            outer = mock_random.getstate() if self._depth else None
            self._depth += 1
            mock_random.seed(self._number((*key, str(self._calls[key]))))
            try:
                yield
            finally:
                self._depth -= 1
                if outer is not None:
                    mock_random.setstate(outer)

    def _number(self, parts: tuple[str, ...]) -> int:
        text = "\0".join((str(self._seed), *parts))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def call_key(call: ApiCall) -> tuple[str, ...]:
    """What tells one line of calls from another.

    S3's include the object and the part, so that threads that write different keys give the same ids in any order.
    """
    if call.service != "s3":
        return (call.service, call.region, call.operation)
    part = next((item for item in call.query.split("&") if item.startswith("partNumber=")), "")
    return ("s3", call.operation or call.method, call.bucket, call.key, part)


class _SeededOs:
    """The ``os`` module as moto's services see it: its randomness comes from moto's generator."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    @staticmethod
    def urandom(size: int) -> bytes:
        """As ``os.urandom``, repeatably."""
        return bytes(mock_random.randbytes(size))


def seed_other_sources(service: str, patches: Patches) -> None:
    """Bring a service's other sources of ids under the rule."""
    for module, name in _OTHER_SOURCES.get(service, ()):
        patches.set(import_module(module), name, _SeededOs() if name == "os" else mock_random)


def seed_backends(ids: SeededIds, patches: Patches) -> None:
    """Give what moto makes with a new backend (a Region's defaults) ids of its own, whichever call comes first."""
    original = AccountSpecificBackend.__getitem__

    def get(self: Any, region: str) -> Any:
        name = "aws" if region == "global" else region
        if dict.__contains__(self, name):
            return dict.__getitem__(self, name)
        with ids.drawing("backend", self.service_name, self.account_id, name):
            return original(self, region)

    patches.set(AccountSpecificBackend, "__getitem__", get)
