"""A whole account's `ServiceState`, for an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TypeVar

from lab_env.errors import IncompleteSnapshot
from lab_env.network import Network
from lab_env.snapshot import iam, kms, s3
from lab_env.snapshot.asking import Describe
from lab_env.snapshot.cloudtrail import read_trails
from lab_env.snapshot.endpoints import endpoint_policies, endpoint_vpcs
from lab_env.snapshot.flow_logs import read_flow_logs
from lab_env.snapshot.organizations import Organization, read_organization
from lab_env.snapshot.sagemaker import read_training_jobs
from lab_env.snapshot.state import ServiceState

Apis = Callable[[str, str], Describe]
"""boto3's name for a service and a Region in, the way to ask it out."""

Value = TypeVar("Value")


def read_state(apis: Apis, account: str, network: Network, regions: Iterable[str] = ()) -> ServiceState:
    """All roles, users, buckets, keys, endpoint policies, flow logs, trails and training jobs of an account.

    Args:
        apis: the way to ask a service in a Region.
        account: the account's id.
        network: its network, which holds its endpoints' policies.
        regions: where to look for what is not global; by default the network's Region and those of the buckets.

    Raises:
        MalformedPolicy: AWS would never have stored one of the policies.
    """
    ask_iam, ask_s3 = apis("iam", network.region), apis("s3", network.region)
    homes = {name: _home(ask_s3, name) or network.region for name in s3.bucket_names(ask_s3)}
    buckets = (s3.read_bucket(apis("s3", region), name, account) for name, region in homes.items())
    identities = (iam.read_identity(ask_iam, arn) for arn in iam.identity_arns(ask_iam))
    where = sorted(set(regions) or {network.region, *homes.values()})
    ask_kms = [apis("kms", one) for one in where]
    keys = (kms.read_key(ask, arn) for ask in ask_kms for arn in kms.key_arns(ask))
    organization = _organization(apis("organizations", network.region), account)
    return ServiceState(
        identities=_by("arn", identities),
        buckets=_by("name", buckets),
        keys=_by("arn", keys),
        endpoints=endpoint_policies(network),
        endpoint_vpcs=endpoint_vpcs(network, account),
        scps=organization.scps,
        rcps=organization.rcps,
        organizations=organization.ids,
        flow_logs=_by("id", (log for one in where for log in read_flow_logs(apis("ec2", one), one))),
        trails=_by("arn", (trail for one in where for trail in read_trails(apis("cloudtrail", one)))),
        jobs=_by("arn", (job for one in where for job in read_training_jobs(apis("sagemaker", one)))),
    )


def _by(name: str, items: Iterable[Value | None]) -> Mapping[str, Value]:
    """Values by one of their fields; a trail that several Regions tell of is taken once."""
    return MappingProxyType({getattr(item, name): item for item in items if item is not None})


def _organization(describe: Describe, account: str) -> Organization:
    # Not told, it is as if there were none: its policies could only forbid more.
    try:
        return read_organization(describe, account)
    except IncompleteSnapshot:
        return Organization()


def _home(describe: Describe, bucket: str) -> str:
    with suppress(IncompleteSnapshot):
        return s3.bucket_region(describe, bucket) or ""
    return ""
