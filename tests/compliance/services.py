"""What decides beside the network, made by hand: as the firm begins, and as it is locked down.

A test takes one of the two and changes one thing: ``locked(buckets=bucket(…))``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from lab_env.compliance import Firm
from lab_env.policy import Kind, Policy
from lab_env.snapshot.state import Bucket, BucketEncryption, Identity, Key, PublicAccessBlock, ServiceState

ACCOUNT, REGION = "123456789012", "us-east-1"
DATA, MODELS = "meridian-phi-training", "meridian-model-artifacts"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/MeridianTrainingRole"
BREAK_GLASS = f"arn:aws:iam::{ACCOUNT}:role/MeridianBreakGlass"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1111"
ENDPOINT = "vpce-s3"
FIRM = Firm(ACCOUNT, (REGION,), (DATA,), (MODELS,), (ROLE,), ("train/",), ("imaging/",))
BLOCKED = PublicAccessBlock(*[True] * 4)


def policy(kind: Kind, *statements: Mapping[str, object]) -> Policy:
    """A policy from its statements."""
    return Policy.parse(
        {"Version": "2012-10-17", "Statement": list(statements)}, kind=kind, source=kind.value
    )


def allow(action, resource="*", principal=None, **condition) -> dict[str, object]:
    """A statement that allows."""
    return _statement("Allow", action, resource, principal, condition)


def deny(action, resource="*", principal=None, **condition) -> dict[str, object]:
    """A statement that denies."""
    return _statement("Deny", action, resource, principal, condition)


def _statement(effect, action, resource, principal, condition):
    who = {} if principal is None else {"Principal": principal}
    told = {"Condition": condition} if condition else {}
    return {"Effect": effect, "Action": action, "Resource": resource, **who, **told}


FULL = policy(Kind.ENDPOINT, allow("*", principal="*"))
BROAD = policy(Kind.IDENTITY, allow("s3:*"))
DELEGATES = policy(Kind.KEY, allow("kms:*", principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))


def least(*more: Mapping[str, object]) -> Policy:
    """What a job needs, and more when told."""
    return policy(
        Kind.IDENTITY,
        allow("s3:ListBucket", f"arn:aws:s3:::{DATA}"),
        allow("s3:GetObject", [f"arn:aws:s3:::{DATA}/train/*", f"arn:aws:s3:::{DATA}/imaging/*"]),
        allow(["s3:PutObject", "s3:AbortMultipartUpload"], f"arn:aws:s3:::{MODELS}/*"),
        allow(["kms:Decrypt", "kms:GenerateDataKey"], KEY),
        *more,
    )


def only(*names: str) -> Policy:
    """An endpoint policy for some buckets."""
    arns = [f"arn:aws:s3:::{name}" for name in names]
    return policy(Kind.ENDPOINT, allow("s3:*", [*arns, *(f"{arn}/*" for arn in arns)], "*"))


def through_endpoint(name: str, **condition) -> dict[str, object]:
    """The statement that keeps object actions to the endpoint."""
    told = {
        "StringNotEquals": {"aws:SourceVpce": ENDPOINT},
        "ArnNotEquals": {"aws:PrincipalArn": BREAK_GLASS},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    } | condition
    return deny(["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"], f"arn:aws:s3:::{name}/*", "*", **told)


def by_tls(name: str) -> dict[str, object]:
    """The statement that refuses what comes without TLS."""
    arn = f"arn:aws:s3:::{name}"
    return deny("s3:*", [arn, f"{arn}/*"], "*", Bool={"aws:SecureTransport": "false"})


def bucket(name: str = DATA, **changes) -> Bucket:
    """A bucket as the firm keeps it, and changes to it."""
    kept = Bucket(
        name,
        ACCOUNT,
        REGION,
        policy(Kind.RESOURCE, through_endpoint(name), by_tls(name)),
        BLOCKED,
        encryption=BucketEncryption("aws:kms", KEY, bucket_key=True),
        versioning="Enabled",
    )
    return replace(kept, **changes)


def new_bucket(name: str, **changes) -> Bucket:
    """A bucket as S3 makes it today, and changes to it."""
    return replace(Bucket(name, ACCOUNT, REGION, public_access=BLOCKED), **changes)


def locked(**changes) -> ServiceState:
    """Chapter 06's end, and changes to it: values put in place of their namesakes, or added."""
    state = ServiceState(
        identities=_by("arn", Identity(ROLE, (least(),)), Identity(BREAK_GLASS, (BROAD,))),
        buckets=_by("name", bucket(DATA), bucket(MODELS)),
        keys=_by("arn", Key(KEY, DELEGATES, rotates=True, aliases=("alias/meridian-phi",))),
        endpoints=MappingProxyType({ENDPOINT: only(DATA, MODELS)}),
        endpoint_vpcs=MappingProxyType({ENDPOINT: f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1"}),
    )
    return changed(state, **changes)


def unlocked(**changes) -> ServiceState:
    """Chapter 05's end, and changes to it."""
    state = ServiceState(
        identities=_by("arn", Identity(ROLE, (BROAD,))),
        buckets=_by("name", new_bucket(DATA), new_bucket(MODELS)),
        endpoints=MappingProxyType({ENDPOINT: FULL}),
        endpoint_vpcs=MappingProxyType({ENDPOINT: f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1"}),
    )
    return changed(state, **changes)


def changed(state: ServiceState, **changes) -> ServiceState:
    """A state with values put in place of their namesakes; endpoint policies are given as a mapping."""
    for field, value in changes.items():
        if isinstance(value, dict):
            added = value
        else:
            items = value if isinstance(value, tuple) else (value,)
            added = {getattr(item, "name", "") or item.arn: item for item in items}
        state = replace(state, **{field: MappingProxyType({**getattr(state, field), **added})})
    return state


def _by(attribute: str, *items):
    return MappingProxyType({getattr(item, attribute): item for item in items})
