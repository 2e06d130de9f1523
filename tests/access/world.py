"""Two accounts, their policies and the ways to AWS, as values."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from lab_env.network.flow import Exit, Flow, Hop, InterfaceSource, InternetSource, Outcome, Trace, Verdict
from lab_env.policy import Kind, Policy
from lab_env.snapshot.state import Bucket, BucketEncryption, Identity, Key, ServiceState

FIRM, STRANGER = "111122223333", "444455556666"
TRAIN = f"arn:aws:iam::{FIRM}:role/Train"
JOB = f"arn:aws:sts::{FIRM}:assumed-role/Train/job"
ROOT = f"arn:aws:iam::{FIRM}:root"
THIEF = f"arn:aws:iam::{STRANGER}:user/thief"
KEY = f"arn:aws:kms:us-east-1:{FIRM}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
VPC = f"arn:aws:ec2:us-east-1:{FIRM}:vpc/vpc-1"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
EVERYBODY = {"Principal": "*"}


def policy(*statements: dict[str, Any], kind: Kind | None = None, source: str = "") -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind, source=source)


def allow(action: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def bucket(name: str = "phi", *statements: dict[str, Any], account: str = FIRM, **more: Any) -> Bucket:
    own = policy(*statements, kind=Kind.RESOURCE, source=name) if statements else None
    return Bucket(name, account, "us-east-1", own, **more)


def key(*statements: dict[str, Any]) -> Key:
    """The firm's key; without statements, with the default policy, which lets IAM decide."""
    default = allow("kms:*", Principal={"AWS": ROOT})
    return Key(KEY, policy(*(statements or (default,)), kind=Kind.KEY), aliases=("alias/phi",))


def state(
    *identity: dict[str, Any],
    buckets: tuple[Bucket, ...] = (),
    keys: tuple[Key, ...] = (),
    endpoint: dict[str, Any] | None = None,
    boundary: dict[str, Any] | None = None,
    **more: Any,
) -> ServiceState:
    """The job's role with these statements, a thief who may do all that his account allows, and an endpoint."""
    limit = policy(boundary) if boundary is not None else None
    own = (policy(*identity, source="role"),) if identity else ()
    trust = policy(
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"},
        kind=Kind.TRUST,
    )
    people = (Identity(TRAIN, own, limit, trust), Identity(THIEF, (policy(ALL),)))
    through = policy(endpoint or {**ALL, **EVERYBODY}, kind=Kind.ENDPOINT, source="vpce-1")
    return ServiceState(
        identities={one.arn: one for one in people},
        buckets={one.name: one for one in buckets or (bucket(),)},
        keys={one.arn: one for one in keys},
        endpoints={"vpce-1": through},
        endpoint_vpcs={"vpce-1": VPC},
        **more,
    )


SSE_KMS = BucketEncryption("aws:kms", KEY)


def way(exit_: Exit, sender: str, endpoint: str | None = None, *hops: tuple[str, str]) -> Trace:
    inside = exit_ is not Exit.NONE
    source = InterfaceSource("eni-1") if inside else InternetSource(ip_address(sender))
    forward = tuple(Hop(name, kind, Verdict.FORWARDED, "", "") for name, kind in hops)
    return Trace(
        Flow(source, "s3.us-east-1.amazonaws.com"),
        None,
        (*forward, Hop("s3", "aws-service", Verdict.REACHED, "", "It arrived.")),
        (),
        Outcome.REACHED,
        exit_,
        source_seen=ip_address(sender),
        endpoint=endpoint,
    )


WAYS = {
    "endpoint": way(Exit.GATEWAY_ENDPOINT, "10.20.1.14", "vpce-1"),
    "nat": way(
        Exit.NAT_GATEWAY, "203.0.113.5", None, ("nat-1", "nat-gateway"), ("igw-1", "internet-gateway")
    ),
    "internet": way(Exit.NONE, "198.51.100.7"),
}
