"""What a training job needs of S3 and KMS, from ``need.toml``, and all that it does not need."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lab_env.compliance.model import Firm
from lab_env.compliance.supposed import KEY, strangers_buckets
from lab_env.policy import catalogue
from lab_env.snapshot.state import ServiceState

SERVICES = ("s3", "kms")


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed of one kind of resource.

    Attributes:
        kind: ``data bucket``, ``data object``, ``model bucket``, ``model object`` or ``key``.
        required: the actions without which a job fails.
        allowed: the actions that it may have besides.
    """

    kind: str
    required: tuple[str, ...]
    allowed: tuple[str, ...]


@cache
def needs() -> tuple[Need, ...]:
    """Every need, in the order of the file."""
    text = files(__package__).joinpath("need.toml").read_text(encoding="utf-8")
    return tuple(
        Need(item["on"], tuple(item["required"]), tuple(item["allowed"]))
        for item in tomllib.loads(text)["needs"]
    )


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource to be asked about: its ARN, what the catalogue calls it, and the kind of need that it answers."""

    arn: str
    type: str
    kind: str = ""


def beyond(services: ServiceState, firm: Firm) -> Iterator[tuple[str, str]]:
    """Every action of S3 and KMS with a resource it could act on, as far as no job needs that."""
    known = {item.kind: {*item.required, *item.allowed} for item in needs()}
    resources = list(_resources(services, firm))
    for service in SERVICES:
        for action in catalogue.matching(f"{service}:*"):
            if not action.resources:
                yield action.name, "*"
            for one in resources:
                if one.type in action.resources and action.name not in known.get(one.kind, ()):
                    yield action.name, one.arn


def keys_of(services: ServiceState, firm: Firm) -> tuple[str, ...]:
    """ARNs of the keys by which the firm's buckets are encrypted by default."""
    named = (services.buckets[name].encryption.key for name in firm.buckets if name in services.buckets)
    found = (key_named(services, name) for name in named if name)
    return tuple(dict.fromkeys(arn for arn in found if arn))


def key_named(services: ServiceState, name: str) -> str:
    """ARN of the key with this ARN, id or alias; empty when none is known."""
    alias = name.rpartition(":")[2]
    known = (arn for arn, key in services.keys.items() if name in (arn, key.id) or alias in key.aliases)
    return next(known, "")


def _resources(services: ServiceState, firm: Firm) -> Iterator[Resource]:
    """One of each: buckets and objects, the firm's and a stranger's, and keys."""
    readable = (*firm.reads, *firm.may_read) or ("",)
    own = [name for name, item in services.buckets.items() if item.account == firm.account]
    for name in dict.fromkeys((*firm.buckets, *own, strangers_buckets(firm)[0])):
        data, model = name in firm.data_buckets, name in firm.model_buckets
        kind = "data bucket" if data else "model bucket" if model else ""
        yield Resource(f"arn:aws:s3:::{name}", "bucket", kind)
        if data:
            yield from (
                Resource(f"arn:aws:s3:::{name}/{one}audit-probe", "object", "data object") for one in readable
            )
        if not data or "" not in readable:
            yield Resource(f"arn:aws:s3:::{name}/audit-probe", "object", "model object" if model else "")
    yield from (Resource(arn, "key", "key") for arn in keys_of(services, firm))
    yield Resource(KEY.format(region=firm.regions[0], account=firm.account), "key")
