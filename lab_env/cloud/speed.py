"""What moto computes anew on every call although it never changes.

moto reloads S3's URL module (0.3 ms) and lists the methods of a service's response class (1 ms) for each request.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from moto.core import responses as moto_responses
from moto.core import utils as moto_utils

from lab_env.cloud.patches import Patches


def remember_methods(patches: Patches) -> None:
    """Look up the methods of a response class once: gaps are filled before moto first looks."""
    patches.set(moto_responses, "method_names_from_class", cache(moto_utils.method_names_from_class))


def fill(patches: Patches) -> None:
    """Read S3's URL patterns once."""
    from moto.s3.models import S3Backend

    module: Any = import_module("moto.s3.urls")
    patches.set(S3Backend, "_url_module", property(lambda self: module))  # noqa: ARG005
