"""What decides beside the network, in words: whose policy, which setting. A question's data, read into `ServiceState`.

A policy is JSON: a document, a statement or a list of statements. What a line of ``policies`` or ``settings`` is about
is written as two words: ``bucket meridian-phi-training``, ``role MeridianTrainingRole``, ``endpoint vpce-s3``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from lab_env.course.exam.words import ACCOUNT, REGION
from lab_env.errors import InvalidInput
from lab_env.network.model import Network
from lab_env.policy import Kind, Policy
from lab_env.snapshot.event_selectors import EventSelector, FieldSelector, basic_selectors
from lab_env.snapshot.state import (
    Bucket,
    BucketEncryption,
    FlowLog,
    Identity,
    Key,
    PublicAccessBlock,
    ServiceState,
    Trail,
    TrainingJob,
)

Settings = Mapping[str, Any]
_CLOSED = PublicAccessBlock(
    block_public_acls=True, ignore_public_acls=True, block_public_policy=True, restrict_public_buckets=True
)


def arn_of(text: str) -> str:
    """The principal that two words name.

    Args:
        text: ``role NAME``, ``user NAME``, ``root``, ``service HOST`` or ``anonymous``; ``role ACCOUNT:NAME`` and
            ``root ACCOUNT`` are another account's. An ARN names itself.
    """
    if text == "anonymous" or text.startswith("arn:"):
        return text
    kind, _, name = text.partition(" ")
    if kind == "service":
        return name
    if kind == "root":
        return f"arn:aws:iam::{name or ACCOUNT}:root"
    account, colon, rest = name.partition(":")
    return f"arn:aws:iam::{account if colon else ACCOUNT}:{kind}/{rest if colon else name}"


def key_arn(name: str) -> str:
    """ARN of a KMS key of the firm's by the last part of it."""
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"


@cache
def document(text: str, kind: Kind, source: str = "") -> Policy:
    """The policy that a text holds; a statement or a list of them is put into a document.

    Raises:
        MalformedPolicy: AWS would not take it.
        InvalidInput: it is not JSON.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"not JSON: {error}.", where=source) from None
    if not (isinstance(value, dict) and "Statement" in value):
        value = {"Version": "2012-10-17", "Statement": value}
    return Policy.parse(value, kind=kind, source=source)


def everything(kind: Kind) -> Policy:
    """The policy that allows everything, as AWS attaches it to an endpoint that is made without one."""
    who = '"Principal": "*", ' if kind is Kind.ENDPOINT else ""
    return document(f'{{"Effect": "Allow", {who}"Action": "*", "Resource": "*"}}', kind, "FullAccess")


def with_policies(state: ServiceState, policies: Mapping[str, str]) -> ServiceState:
    """The state with these policies in place of those that stood there.

    Args:
        state: what stands.
        policies: JSON by subject; empty text takes a policy away.

    Raises:
        InvalidInput: no policy can be attached to such a subject.
        MalformedPolicy: AWS would not take one of them.
    """
    for subject, text in policies.items():
        what, _, name = subject.partition(" ")
        if what not in _ATTACH:
            raise InvalidInput(
                "nothing so called has a policy.", where=subject, do=f"There are {', '.join(_ATTACH)}."
            )
        kind, attach = _ATTACH[what]
        state = attach(state, name, document(text, kind, name or what) if text.strip() else None)
    return state


def _to_bucket(state: ServiceState, name: str, policy: Policy | None) -> ServiceState:
    return _kept(state, "buckets", name, replace(state.buckets.get(name) or _new_bucket(name), policy=policy))


def _to_endpoint(state: ServiceState, name: str, policy: Policy | None) -> ServiceState:
    return _kept(state, "endpoints", name, policy or everything(Kind.ENDPOINT))


def _to_identity(state: ServiceState, name: str, policy: Policy | None) -> ServiceState:
    return _identity(state, name, policies=(policy,) if policy else ())


def _to_boundary(state: ServiceState, name: str, policy: Policy | None) -> ServiceState:
    return _identity(state, name, boundary=policy)


def _to_trust(state: ServiceState, name: str, policy: Policy | None) -> ServiceState:
    return _identity(state, name, trust=policy)


def _identity(state: ServiceState, name: str, **changes: Any) -> ServiceState:
    arn = arn_of(f"role {name}")
    return _kept(state, "identities", arn, replace(state.identities.get(arn) or Identity(arn), **changes))


def _to_key(state: ServiceState, name: str, policy: Policy | None) -> ServiceState:
    arn = key_arn(name)
    return _kept(state, "keys", arn, replace(state.keys.get(arn) or Key(arn), policy=policy))


def _to_scp(state: ServiceState, name: str, policy: Policy | None) -> ServiceState:
    # AWS's own FullAWSAccess stays at the root; what is added has to allow as well, where it allows at all.
    full = everything(Kind.SCP)
    levels = ((full,), (full, policy) if policy else (full,))
    return _kept(state, "scps", name or ACCOUNT, levels)


def _to_rcp(state: ServiceState, name: str, policy: Policy | None) -> ServiceState:
    return _kept(state, "rcps", name or ACCOUNT, ((policy,),) if policy else ())


_ATTACH: dict[str, tuple[Kind, Callable[[ServiceState, str, Policy | None], ServiceState]]] = {
    "bucket": (Kind.RESOURCE, _to_bucket),
    "endpoint": (Kind.ENDPOINT, _to_endpoint),
    "role": (Kind.IDENTITY, _to_identity),
    "boundary": (Kind.BOUNDARY, _to_boundary),
    "trust": (Kind.TRUST, _to_trust),
    "key": (Kind.KEY, _to_key),
    "scp": (Kind.SCP, _to_scp),
    "rcp": (Kind.RCP, _to_rcp),
}


def with_settings(state: ServiceState, settings: Mapping[str, Settings]) -> ServiceState:
    """The state with these settings.

    Args:
        state: what stands.
        settings: fields by subject, as `lab_env.snapshot.state` names them.

    Raises:
        InvalidInput: there is no such subject, or it has no such field.
    """
    for subject, fields in settings.items():
        what, _, name = subject.partition(" ")
        if what not in _SET:
            raise InvalidInput(
                "nothing so called has settings.", where=subject, do=f"There are {', '.join(_SET)}."
            )
        try:
            state = _SET[what](state, name, fields)
        except TypeError as error:
            raise InvalidInput(f"it has no such setting ({error}).", where=subject) from None
    return state


def _set_bucket(state: ServiceState, name: str, fields: Settings) -> ServiceState:
    told = dict(fields)
    if "encryption" in told:
        told["encryption"] = BucketEncryption(**told["encryption"])
    if "public_access_blocked" in told:
        told["public_access"] = _CLOSED if told.pop("public_access_blocked") else PublicAccessBlock()
    return _kept(state, "buckets", name, replace(state.buckets.get(name) or _new_bucket(name), **told))


def _new_bucket(name: str) -> Bucket:
    """A bucket as S3 makes them since 2023: Block Public Access on, owner enforced, SSE-S3."""
    return Bucket(name, ACCOUNT, REGION, public_access=_CLOSED)


def _set_key(state: ServiceState, name: str, fields: Settings) -> ServiceState:
    arn = key_arn(name)
    told = {**fields, "aliases": tuple(fields["aliases"])} if "aliases" in fields else dict(fields)
    return _kept(state, "keys", arn, replace(state.keys.get(arn) or Key(arn), **told))


def _set_job(state: ServiceState, name: str, fields: Settings) -> ServiceState:
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/{name}"
    told: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
    }
    there = state.jobs.get(arn) or TrainingJob(arn, arn_of("role MeridianTrainingRole"))
    return _kept(state, "jobs", arn, replace(there, **told))


def _set_trail(state: ServiceState, name: str, fields: Settings) -> ServiceState:
    told = dict(fields)
    kinds = {kind: tuple(arns) for kind, arns in told.pop("data", {}).items()}
    selectors = basic_selectors(told.pop("read_write", "All"), kinds, management=told.pop("management", True))
    sources = tuple(told.pop("activity", ()))
    if sources:
        asked = (
            FieldSelector("eventCategory", equals=("NetworkActivity",)),
            FieldSelector("eventSource", equals=sources),
        )
        selectors = (*selectors, EventSelector(asked))
    arn = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{name}"
    return _kept(state, "trails", arn, Trail(arn, selectors=selectors, **told))


def _set_flow_log(state: ServiceState, name: str, fields: Settings) -> ServiceState:
    return _kept(state, "flow_logs", name, FlowLog(name, **fields))


def _set_organization(state: ServiceState, name: str, fields: Settings) -> ServiceState:
    members = dict.fromkeys(fields["accounts"], name)
    return replace(state, organizations={**state.organizations, **members})


_SET: dict[str, Callable[[ServiceState, str, Settings], ServiceState]] = {
    "bucket": _set_bucket,
    "key": _set_key,
    "job": _set_job,
    "trail": _set_trail,
    "flow-log": _set_flow_log,
    "organization": _set_organization,
}


def _kept(state: ServiceState, field: str, name: str, value: object) -> ServiceState:
    return replace(state, **{field: {**getattr(state, field), name: value}})


def with_endpoints_of(state: ServiceState, network: Network) -> ServiceState:
    """The state with the endpoints of a network: their VPCs, and full access where nobody gave a policy."""
    policies = {
        item.id: state.endpoints.get(item.id) or everything(Kind.ENDPOINT) for item in network.endpoints
    }
    vpcs = {
        item.id: f"arn:aws:ec2:{network.region}:{network.vpc[item.vpc].owner}:vpc/{item.vpc}"
        for item in network.endpoints
    }
    return replace(state, endpoints=policies, endpoint_vpcs=vpcs)
