"""What moto and botocore compute anew although it never changes.

moto lists the methods of a response class (1 ms) and reloads S3's URL module (0.3 ms) for each request, and it
parses EC2's service model (50 to 100 ms), which botocore parses as well, a second time. botocore reads the signature of
each of its 200 handlers for each new session (50 ms).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

from botocore import compat, hooks
from moto.core import responses as moto_responses
from moto.core import utils as moto_utils
from moto.core.loaders import create_loader

from lab_env.cloud.models import shared_loader
from lab_env.cloud.patches import Patches

# Weak: a handler may hold a whole session.
_KEYWORDS: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def remember_methods(patches: Patches) -> None:
    """Look up the methods of a response class once: gaps are filled before moto first looks."""
    patches.set(moto_responses, "method_names_from_class", cache(moto_utils.method_names_from_class))


def remember_signatures(patches: Patches) -> None:
    """Read the signature of a handler once; of a method, once for all the objects that have it."""
    patches.set(hooks, "accepts_kwargs", _takes_keywords)


def _takes_keywords(handler: Any) -> Any:
    function = getattr(handler, "__func__", handler)
    if function not in _KEYWORDS:
        _KEYWORDS[function] = compat.accepts_kwargs(function)
    return _KEYWORDS[function]


def share_ec2_model(patches: Patches) -> None:
    """Let moto see botocore's copy of EC2's model, with moto's additions to it."""
    original = moto_utils._load_service_model

    def load(service_name: str, model_name: str) -> Any:
        # EC2's alone: it is by far the largest, and S3's is changed by botocore's clients as they go.
        if (service_name, model_name) != ("ec2", "service-2"):
            return original(service_name, model_name)
        model: Mapping[str, Any] = shared_loader().load_service_model("ec2", "service-2")
        version = model["metadata"]["apiVersion"]
        for extra in create_loader()._find_extras("ec2", "service-2", version):
            model = _merged(model, extra["merge"])
        return model

    patches.set(moto_utils, "_load_service_model", load)


def fill(patches: Patches) -> None:
    """Read S3's URL patterns once."""
    from moto.s3.models import S3Backend

    module: Any = import_module("moto.s3.urls")
    patches.set(S3Backend, "_url_module", property(lambda self: module))  # noqa: ARG005


def _merged(base: Any, extra: Any) -> Any:
    """``extra`` merged into ``base``, which stays as it is: only the branches that change are copied."""
    if not isinstance(base, Mapping) or not isinstance(extra, Mapping):
        return extra
    return {**base, **{key: _merged(base.get(key), value) for key, value in extra.items()}}
