"""The `ServiceState` of the mock cloud, read piece by piece as decisions ask, and kept until a call changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from lab_env.cloud.mock import MockCloud
from lab_env.network import Network
from lab_env.policy import Policy
from lab_env.snapshot.asking import Describe
from lab_env.snapshot.endpoints import endpoint_policies, endpoint_vpcs
from lab_env.snapshot.iam import read_identity
from lab_env.snapshot.kms import read_key
from lab_env.snapshot.organizations import Organization, read_organization
from lab_env.snapshot.s3 import read_bucket
from lab_env.snapshot.state import Bucket, Identity, Key, ServiceState

Value = TypeVar("Value")


class ReadThrough(Mapping[str, Value]):
    """A mapping that reads each entry when it is first asked for.

    Args:
        read: gives the entry of a name; ``None`` when there is none.

    Iterating gives what has been read so far.
    """

    def __init__(self, read: Callable[[str], Value | None]) -> None:
        self._read = read
        self._known: dict[str, Value | None] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._known:
            self._known[name] = self._read(name)
        found = self._known[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, value in self._known.items() if value is not None])

    def __len__(self) -> int:
        return sum(value is not None for value in self._known.values())


class ServiceReader:
    """Reads what decides beside the network from the mock cloud, past the data plane.

    Args:
        cloud: the mock cloud.
        network: gives the network as it stands.
    """

    def __init__(self, cloud: MockCloud, network: Callable[[], Network]) -> None:
        self._cloud, self._network = cloud, network
        self._forgets: Mapping[str, Callable[[], None]] = {
            "iam": self._forget_identities,
            "s3": self._forget_buckets,
            "kms": self._forget_keys,
            "ec2": self._forget_endpoints,
            "organizations": self._forget_organization,
        }
        self.forget()
        # There is none until a call makes one.
        self._organization: Organization | None = Organization()

    def forget(self, service: str = "") -> None:
        """Read anew, at the next question, what a service's calls change; without one, everything.

        Args:
            service: as `ApiCall.service` names it.
        """
        for name, forget in self._forgets.items():
            if service in ("", name):
                forget()

    def state(self) -> ServiceState:
        """Everything that decides, as it stands now."""
        if self._organization is None:
            account = self._cloud.account
            self._organization = read_organization(
                self._api("organizations", self._cloud.region, account), account
            )
        return ServiceState(
            identities=self._identities,
            buckets=self._buckets,
            keys=self._keys,
            endpoints=self._endpoints,
            endpoint_vpcs=self._vpcs,
            scps=self._organization.scps,
            rcps=self._organization.rcps,
            organizations=self._organization.ids,
        )

    def _forget_identities(self) -> None:
        self._identities: Mapping[str, Identity] = ReadThrough(self._identity)

    def _forget_buckets(self) -> None:
        self._buckets: Mapping[str, Bucket] = ReadThrough(self._bucket)

    def _forget_keys(self) -> None:
        self._keys: Mapping[str, Key] = ReadThrough(self._key)

    def _forget_endpoints(self) -> None:
        self._endpoints: Mapping[str, Policy] = ReadThrough(lambda name: self._policies().get(name))
        self._vpcs: Mapping[str, str] = ReadThrough(lambda name: self._owners().get(name))

    def _forget_organization(self) -> None:
        self._organization = None

    def _policies(self) -> Mapping[str, Policy]:
        return endpoint_policies(self._network())

    def _owners(self) -> Mapping[str, str]:
        return endpoint_vpcs(self._network(), self._cloud.account)

    def _identity(self, arn: str) -> Identity:
        account, name = arn.split(":")[4], arn.rpartition("/")[2]
        ask = self._api("iam", self._cloud.region, account)
        # A session's ARN leaves out the path of its role, so that the role's has none either.
        session = f"arn:aws:sts::{account}:assumed-role/{name}/-"
        found = read_identity(ask, arn) or (read_identity(ask, session) if ":role/" in arn else None)
        # A role may be deleted while its sessions live: then nothing is attached to it any more.
        return found or Identity(arn)

    def _bucket(self, name: str) -> Bucket | None:
        from lab_env.cloud.s3 import bucket_region
        from lab_env.cloud.s3_objects import bucket_owner

        owner, region = bucket_owner(name), bucket_region(name)
        if owner is None or region is None:
            return None
        return read_bucket(self._api("s3", region, owner), name, owner)

    def _key(self, arn: str) -> Key | None:
        _, _, _, region, account, _ = arn.split(":", 5)
        return read_key(self._api("kms", region, account), arn)

    def _api(self, service: str, region: str, account: str) -> Describe:
        def ask(operation: str, params: dict[str, Any]) -> Mapping[str, Any]:
            return self._cloud.describe(service, operation, params, region, account=account)

        return partial(ask)
