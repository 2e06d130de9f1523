"""What moto and botocore compute anew although it never changes.

moto lists the methods of a response class (1 ms) and reloads S3's URL module (0.3 ms) for each request, works out for
each value of an answer by which names its objects may hold it (an eighth of a describe call), and
parses EC2's service model (50 to 100 ms), which botocore parses as well, a second time. botocore reads the signature of
each of its 200 handlers for each new session (50 ms), looks the names of events up in a list of old names (4 ms a
session, 3 % of a call), and makes the 800 methods of an EC2 client anew for each client (5 ms).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from inspect import CO_VARKEYWORDS
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from botocore import compat, hooks
from botocore.client import ClientCreator
from botocore.utils import EVENT_ALIASES
from moto.core import responses as moto_responses
from moto.core import utils as moto_utils
from moto.core.constants import MISSING
from moto.core.loaders import create_loader
from moto.core.serialize import AttributePicker, AttributePickerContext, ResponseSerializer
from moto.core.utils import get_value

from lab_env.cloud.models import shared_loader
from lab_env.cloud.patches import Patches

# Weak: moto makes the shapes of an error anew for each.
_NAMES: WeakKeyDictionary[Any, dict[tuple[type, str], tuple[str, ...]]] = WeakKeyDictionary()
_EVENT_NAMES: dict[str, str] = {}
_CLIENT_METHODS: dict[tuple[str, str], dict[str, Any]] = {}


def remember_methods(patches: Patches) -> None:
    """Look up the methods of a response class once: gaps are filled before moto first looks."""
    patches.set(moto_responses, "method_names_from_class", cache(moto_utils.method_names_from_class))


def remember_names_of_values(patches: Patches) -> None:
    """Work out once by which names objects of a class may hold a value of an answer."""
    original = ResponseSerializer.get_value

    def value_of(self: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        # Whoever serializes plain dictionaries may have a simpler picker.
        picks = isinstance(self._value_picker, AttributePicker)
        return _value_of(self, value, key, shape) if picks else original(self, value, key, shape)

    patches.set(ResponseSerializer, "get_value", value_of)


def _value_of(serializer: Any, holder: Any, key: str, shape: Any) -> Any:
    picker, found = serializer._value_picker, None
    for name in _names(picker, holder, key, shape):
        held = get_value(holder, name)
        if held is not MISSING:
            found = held
            break
    if picker.response_transformers:
        path = ".".join((*serializer.path, key))
        for end, transform in picker.response_transformers.items():
            if path.endswith(end):
                return transform(found)
    return found


def _names(picker: Any, holder: Any, key: str, shape: Any) -> tuple[str, ...]:
    """In the picker's order; they follow from the object's class, the key and the shape alone."""
    known = _NAMES.get(shape)
    if known is None:
        known = _NAMES[shape] = {}
    names: tuple[str, ...] | None = known.get((type(holder), key))
    if names is None:
        asked = AttributePickerContext(obj=holder, key=key, shape=shape)
        names = known[type(holder), key] = tuple(dict.fromkeys(picker.get_possible_keys(asked)))
    return names


def remember_signatures(patches: Patches) -> None:
    """Ask a handler's code whether it takes any keyword, which is quicker than reading its signature."""
    patches.set(hooks, "accepts_kwargs", _takes_keywords)


def _takes_keywords(handler: Any) -> Any:
    function = getattr(handler, "__func__", handler)
    if not isinstance(function, FunctionType):
        return compat.accepts_kwargs(handler)
    return bool(function.__code__.co_flags & CO_VARKEYWORDS)


def remember_event_names(patches: Patches) -> None:
    """Look an event's name up once for all sessions, as long as their list of old names is botocore's own."""
    original = hooks.EventAliaser.__init__

    def make(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        original(self, event_emitter, event_aliases)
        if self._event_aliases == EVENT_ALIASES:
            self._alias_name_cache = _EVENT_NAMES

    patches.set(hooks.EventAliaser, "__init__", make)


def remember_client_methods(patches: Patches) -> None:
    """Make the methods of a service's clients once, where they come from the shared models."""
    original = ClientCreator._create_methods

    def create(self: Any, service_model: Any) -> dict[str, Any]:
        if self._loader is not shared_loader():
            return dict(original(self, service_model))
        key = service_model.service_name, service_model.api_version
        if key not in _CLIENT_METHODS:
            _CLIENT_METHODS[key] = original(self, service_model)
        # Whoever makes a class of them adds to them.
        return dict(_CLIENT_METHODS[key])

    patches.set(ClientCreator, "_create_methods", create)


def share_moto_loader(patches: Patches) -> None:
    """Let moto list the folders of its and of botocore's models once, and not for each model that it loads (20 ms)."""
    patches.set(moto_utils, "create_loader", _moto_loader)


@cache
def _moto_loader() -> Any:
    return create_loader()


def share_ec2_model(patches: Patches) -> None:
    """Let moto see botocore's copy of EC2's model, with moto's additions to it."""
    original = moto_utils._load_service_model

    def load(service_name: str, model_name: str) -> Any:
        # EC2's alone: it is by far the largest, and S3's is changed by botocore's clients as they go.
        if (service_name, model_name) != ("ec2", "service-2"):
            return original(service_name, model_name)
        model: Mapping[str, Any] = shared_loader().load_service_model("ec2", "service-2")
        version = model["metadata"]["apiVersion"]
        for extra in _moto_loader()._find_extras("ec2", "service-2", version):
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
