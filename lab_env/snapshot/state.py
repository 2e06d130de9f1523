"""What decides beside the network: principals, buckets, keys and the policies on them, as values.

One `ServiceState` holds what was read, from moto, a real account or exported JSON alike. What exported JSON does not
tell raises `IncompleteSnapshot` when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lab_env.policy import Policy
from lab_env.snapshot.event_selectors import EventSelector
from lab_env.snapshot.partial import Partial


@dataclass(frozen=True, slots=True)
class Identity(Partial):
    """A role or a user, with what is attached to it.

    Attributes:
        arn: of the role or the user (never of a role's session).
        policies: its identity policies: inline, attached, and of a user's groups.
        boundary: its permissions boundary.
        trust: who may assume it; ``None`` for a user.
    """

    arn: str
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    trust: Policy | None = None

    @property
    def account(self) -> str:
        """The account that it belongs to."""
        return self.arn.split(":")[4]


@dataclass(frozen=True, slots=True)
class PublicAccessBlock:
    """The four settings of S3 Block Public Access (*Blocking public access to your Amazon S3 storage*)."""

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False

    @property
    def complete(self) -> bool:
        """Whether all four are on."""
        return (
            self.block_public_acls
            and self.ignore_public_acls
            and self.block_public_policy
            and self.restrict_public_buckets
        )


@dataclass(frozen=True, slots=True)
class BucketEncryption:
    """A bucket's default encryption. ``key``: ARN, id or alias, as the bucket names it; empty: ``aws/s3``."""

    algorithm: str = "AES256"
    key: str = ""
    bucket_key: bool = False


@dataclass(frozen=True, slots=True)
class Bucket(Partial):
    """An S3 bucket's settings.

    Attributes:
        name: its name.
        account: its owner.
        region: where it is.
        policy: its bucket policy; ``None`` when it has none.
        public_access: its own Block Public Access settings.
        ownership: ``BucketOwnerEnforced``, ``BucketOwnerPreferred`` or ``ObjectWriter``.
        encryption: its default encryption.
        versioning: ``Enabled``, ``Suspended``, or empty when it never was.
        log_bucket: where its server access log goes; empty: nowhere.
        log_prefix: what the keys of that log begin with.
    """

    name: str
    account: str
    region: str
    policy: Policy | None = None
    public_access: PublicAccessBlock = PublicAccessBlock()
    ownership: str = "BucketOwnerEnforced"
    encryption: BucketEncryption = BucketEncryption()
    versioning: str = ""
    log_bucket: str = ""
    log_prefix: str = ""

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:s3:::{self.name}"


@dataclass(frozen=True, slots=True)
class Key(Partial):
    """A KMS key.

    Attributes:
        arn: its ARN.
        policy: its key policy; ``None`` for a key that AWS manages and whose policy nobody may change.
        enabled: whether it can be used.
        rotates: whether its material is rotated every year.
        customer_managed: ``KeyManager`` is ``CUSTOMER``.
        aliases: ``alias/…``.
    """

    arn: str
    policy: Policy | None = None
    enabled: bool = True
    rotates: bool = False
    customer_managed: bool = True
    aliases: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The last part of its ARN."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class FlowLog(Partial):
    """A VPC flow log (*Logging IP traffic using VPC Flow Logs*).

    Attributes:
        id: ``fl-…``.
        resource: the VPC, subnet or interface whose traffic it records.
        traffic: ``ALL``, ``ACCEPT`` or ``REJECT``.
        active: whether it runs: its status is ``ACTIVE``.
        delivers: whether what it recorded arrives: delivery has not ``FAILED``.
        destination: the ARN of the bucket or stream, or the name of the log group, that it is delivered to.
        region: where it is.
        format: the fields of a record, as ``${srcaddr} ${dstaddr} …``; empty where it is not told.
        interval: seconds in which packets are put together into a record.
    """

    id: str
    resource: str
    traffic: str = "ALL"
    active: bool = True
    delivers: bool = True
    destination: str = ""
    region: str = ""
    format: str = ""
    interval: int = 600


@dataclass(frozen=True, slots=True)
class Trail(Partial):
    """A CloudTrail trail.

    Attributes:
        arn: its ARN.
        bucket: where it delivers.
        logging: whether it is on.
        validated: whether it writes digests, by which its files can be validated.
        multi_region: whether it records every Region's events, or its own Region's.
        selectors: what it records; a trail without any records management events.
        key: the KMS key of its files; empty: none.
        prefix: what the keys of its files begin with, without the slash.
    """

    arn: str
    bucket: str
    logging: bool = True
    validated: bool = False
    multi_region: bool = False
    selectors: tuple[EventSelector, ...] = ()
    key: str = ""
    prefix: str = ""

    @property
    def region(self) -> str:
        """Its home Region."""
        return self.arn.split(":")[3]

    def records(self, event: Mapping[str, str], region: str) -> bool:
        """Whether it is on and records an event of a Region (`object_event` gives an event of S3's)."""
        here = self.multi_region or self.region == region
        return self.logging and here and any(selector.takes(event) for selector in self.selectors)


@dataclass(frozen=True, slots=True)
class TrainingJob(Partial):
    """A SageMaker training job, as it was asked for.

    Attributes:
        arn: its ARN, which holds account and Region.
        role: its execution role.
        status: ``InProgress``, ``Completed`` …
        subnets: of its ``VpcConfig``; none: it runs in SageMaker's own VPC.
        groups: the security groups of its ``VpcConfig``.
        isolated: ``EnableNetworkIsolation``.
        encrypted_traffic: ``EnableInterContainerTrafficEncryption``.
        instances: how many it runs on.
        volume_key: the KMS key of its volumes as it names it; empty: none.
        output_key: the KMS key of its output; empty: none.
        inputs: the S3 URIs of its channels.
        output: the S3 URI that its model goes to.
    """

    arn: str
    role: str
    status: str = "Completed"
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    isolated: bool = False
    encrypted_traffic: bool = False
    instances: int = 1
    volume_key: str = ""
    output_key: str = ""
    inputs: tuple[str, ...] = ()
    output: str = ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.arn.rpartition("/")[2]

    @property
    def region(self) -> str:
        """Where it runs."""
        return self.arn.split(":")[3]


@dataclass(frozen=True, slots=True)
class ServiceState:
    """Principals, buckets, keys and the policies around them, and what an audit looks at besides.

    Attributes:
        identities: by ARN of the role or user.
        buckets: by name.
        keys: by ARN.
        endpoints: policy of each VPC endpoint, by its id.
        endpoint_vpcs: ARN of the VPC of each VPC endpoint, by the endpoint's id.
        scps: service control policies, by account: one tuple a level.
        rcps: resource control policies, by account: one tuple a level.
        organizations: id of the organization, by account.
        flow_logs: by id.
        trails: by ARN.
        jobs: training jobs by ARN.
    """

    identities: Mapping[str, Identity] = field(default_factory=lambda: MappingProxyType({}))
    buckets: Mapping[str, Bucket] = field(default_factory=lambda: MappingProxyType({}))
    keys: Mapping[str, Key] = field(default_factory=lambda: MappingProxyType({}))
    endpoints: Mapping[str, Policy] = field(default_factory=lambda: MappingProxyType({}))
    endpoint_vpcs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    scps: Mapping[str, tuple[tuple[Policy, ...], ...]] = field(default_factory=lambda: MappingProxyType({}))
    rcps: Mapping[str, tuple[tuple[Policy, ...], ...]] = field(default_factory=lambda: MappingProxyType({}))
    organizations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    flow_logs: Mapping[str, FlowLog] = field(default_factory=lambda: MappingProxyType({}))
    trails: Mapping[str, Trail] = field(default_factory=lambda: MappingProxyType({}))
    jobs: Mapping[str, TrainingJob] = field(default_factory=lambda: MappingProxyType({}))
