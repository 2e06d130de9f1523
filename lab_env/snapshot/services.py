"""A whole account's `ServiceState`, for an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from types import MappingProxyType
from typing import TypeVar

from lab_env.errors import IncompleteSnapshot
from lab_env.network import Network
from lab_env.snapshot import iam, kms, s3
from lab_env.snapshot.asking import Describe
from lab_env.snapshot.endpoints import endpoint_policies, endpoint_vpcs
from lab_env.snapshot.state import ServiceState

Apis = Callable[[str, str], Describe]
"""boto3's name for a service and a Region in, the way to ask it out."""

Value = TypeVar("Value")


def read_state(apis: Apis, account: str, network: Network, regions: Iterable[str] = ()) -> ServiceState:
    """All roles, users, buckets, keys and endpoint policies of an account.

    Args:
        apis: the way to ask a service in a Region.
        account: the account's id.
        network: its network, which holds its endpoints' policies.
        regions: where to look for keys; by default the network's Region and those of the buckets.

    Raises:
        MalformedPolicy: AWS would never have stored one of the policies.
    """
    ask_iam, ask_s3 = apis("iam", network.region), apis("s3", network.region)
    homes = {name: _home(ask_s3, name) or network.region for name in s3.bucket_names(ask_s3)}
    buckets = (s3.read_bucket(apis("s3", region), name, account) for name, region in homes.items())
    identities = (iam.read_identity(ask_iam, arn) for arn in iam.identity_arns(ask_iam))
    where = sorted(set(regions) or {network.region, *homes.values()})
    keys = (
        kms.read_key(ask, arn) for ask in (apis("kms", one) for one in where) for arn in kms.key_arns(ask)
    )
    return ServiceState(
        identities=MappingProxyType({item.arn: item for item in _there(identities)}),
        buckets=MappingProxyType({item.name: item for item in _there(buckets)}),
        keys=MappingProxyType({item.arn: item for item in _there(keys)}),
        endpoints=endpoint_policies(network),
        endpoint_vpcs=endpoint_vpcs(network, account),
    )


def _home(describe: Describe, bucket: str) -> str:
    with suppress(IncompleteSnapshot):
        return s3.bucket_region(describe, bucket) or ""
    return ""


def _there(items: Iterable[Value | None]) -> Iterable[Value]:
    return (item for item in items if item is not None)
