"""The ways by which a request may come to S3, and what becomes of it there: one question for every control."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, ip_network

from lab_env.access import AccessRequest, Attempted, decide
from lab_env.compliance.model import AuditState, Firm
from lab_env.compliance.probes import probes
from lab_env.compliance.supposed import (
    ANYBODY,
    STRANGER,
    STRANGERS_INTERFACE,
    administrator,
    with_strangers,
    with_strangers_vpc,
)
from lab_env.compliance.wording import label
from lab_env.errors import IncompleteSnapshot
from lab_env.network import Flow, Trace, trace
from lab_env.network.flow import Exit, InterfaceSource, InternetSource, Source
from lab_env.network.lookups import derived, is_public
from lab_env.network.model import Network, VpcEndpoint
from lab_env.policy import Layer, Verdict
from lab_env.snapshot.state import Bucket, ServiceState

# A documentation address (RFC 5737): somebody, somewhere.
_SOMEBODY = InternetSource(IPv4Address("203.0.113.99"))


@dataclass(frozen=True, slots=True)
class Way:
    """Where a request comes from.

    Attributes:
        name: as a sentence says it: ``from the internet``.
        network: the network that it crosses.
        source: where it is sent.
        site: the training subnet that it comes from; empty when it comes from elsewhere.
        host: the host that it is sent to, where that is not the request's own: an endpoint by its own name.
    """

    name: str
    network: Network
    source: Source
    site: str = ""
    host: str = ""

    def ask(self, services: ServiceState, request: AccessRequest) -> Attempted:
        """What becomes of a request that comes this way."""
        found = self.trace(request)
        return Attempted(found, decide(found, request, services) if found.reached else None)

    def trace(self, request: AccessRequest) -> Trace:
        """The way of a request, whoever makes it."""
        return self.to(self.host or request.host, request.port)

    def to(self, host: str, port: int = 443) -> Trace:
        """The way to a host, by TCP."""
        flow = Flow(self.source, host, "tcp", port)
        return derived(self.network, flow, lambda: trace(self.network, flow))


def services_of(state: AuditState) -> tuple[ServiceState, Firm]:
    """The policies of a state, with the strangers who may ask, and the firm.

    Raises:
        IncompleteSnapshot: they were not read.
    """
    if state.services is None or state.firm is None:
        raise IncompleteSnapshot(
            "no policies were read, so nobody knows.",
            do="Add the answers of S3, IAM and KMS to the snapshot.",
        )
    regions = [vpc.region or state.network.region for vpc in state.network.vpcs]
    return with_strangers(state.services, state.firm, regions), state.firm


def buckets_of(services: ServiceState, names: tuple[str, ...]) -> Iterator[Bucket]:
    """The buckets of these names.

    Raises:
        IncompleteSnapshot: one was not read, or nobody knows which.
    """
    if not names:
        raise IncompleteSnapshot(
            "nobody knows which buckets hold the data.",
            do="Name them, or add the answers of S3 and of describe-training-job to the snapshot.",
        )
    for name in names:
        if name not in services.buckets:
            raise IncompleteSnapshot(
                "nothing is known of this bucket.",
                where=name,
                do="Add the answers of S3 for it to the snapshot.",
            )
        yield services.buckets[name]


def inside(state: AuditState) -> tuple[Way, ...]:
    """From each training subnet, by a host without a public address and by one with, to S3 by each of its names.

    An interface endpoint answers by a name of its own, whatever S3's usual name leads to there.
    """
    return derived(state.network, ("ways inside", state.sites), lambda: tuple(_inside(state)))


def _inside(state: AuditState) -> Iterator[Way]:
    for site in state.sites:
        endpoints = state.network.endpoints_of[state.network.subnet[site.subnet].vpc]
        own = {item.id: item for item in endpoints if item.kind == "Interface" and is_s3(item)}
        for probe in probes(state, site):
            name = f"from {probe.name} in {label(state.network, site.subnet)}"
            way = Way(name, probe.network, probe.source, site.subnet)
            yield way
            for endpoint in own.values():
                host = next((one.replace("*", "bucket", 1) for one in endpoint.dns_names if "*" in one), "")
                if host:
                    yield replace(way, name=f"{name} by {endpoint.id}'s own name", host=host)


def told_apart(ways: Iterable[Way], request: AccessRequest) -> tuple[Way, ...]:
    """One of those ways that lead a request through the same endpoint, or by the same kind of exit.

    For questions whose answer is the same for each of them: one subnet then stands for a thousand.
    """
    found: dict[tuple[bool, Exit, str | None], Way] = {}
    for way in ways:
        seen = way.trace(request)
        found.setdefault((seen.reached, seen.exit, seen.endpoint), way)
    return tuple(found.values())


def is_s3(endpoint: VpcEndpoint) -> bool:
    """Whether an endpoint leads to S3."""
    return endpoint.service.endswith(".s3")


def outside(state: AuditState) -> tuple[Way, Way]:
    """From the internet, and through the endpoint of a stranger's VPC."""
    beside = derived(state.network, "beside a stranger's VPC", lambda: with_strangers_vpc(state.network))
    return (
        Way("from the internet", state.network, _SOMEBODY),
        Way("through the endpoint of another account's VPC", beside, InterfaceSource(STRANGERS_INTERFACE)),
    )


def from_named_addresses(state: AuditState, bucket: Bucket) -> Iterator[Way]:
    """From the internet, by one address of each block that the bucket's policy names: it may let these in."""
    statements = bucket.policy.statements if bucket.policy is not None else ()
    conditions = (one for statement in statements for one in statement.conditions)
    blocks = (value for one in conditions if one.key.lower() == "aws:sourceip" for value in one.values)
    for block in dict.fromkeys(blocks):
        address = ip_network(block, strict=False)[0]
        if is_public(address):
            yield Way(f"from {block}", state.network, InternetSource(address))


def models_of(services: ServiceState, firm: Firm) -> Iterator[Bucket]:
    """The buckets that jobs write models to, as far as any are known."""
    return buckets_of(services, firm.model_buckets) if firm.model_buckets else iter(())


def roles_of(firm: Firm) -> tuple[str, ...]:
    """ARNs of the roles of the training jobs.

    Raises:
        IncompleteSnapshot: nobody knows them.
    """
    if not firm.roles:
        raise IncompleteSnapshot(
            "nobody knows as which role the training jobs run.",
            do="Name it, or add the answers of IAM or of describe-training-job to the snapshot.",
        )
    return firm.roles


def everybody(firm: Firm) -> dict[str, str]:
    """Who may ask, by ARN, as sentences name them: the jobs' roles, an administrator of the firm, strangers."""
    roles = {arn: arn.rpartition("/")[2] for arn in firm.roles}
    own = {administrator(firm.account): "an administrator of the firm"}
    return {**roles, **own, STRANGER: "a stranger's administrator", ANYBODY: "anybody without credentials"}


def on_object(
    principal: str, action: str, bucket: Bucket, key: str = "audit-probe", *, secure: bool = True
) -> AccessRequest:
    """A request for an S3 action on an object of a bucket, and for nothing else that the call would need."""
    arn = f"{bucket.arn}/{key}"
    return AccessRequest(
        principal, action, bucket=bucket.name, resource=arn, secure=secure, region=bucket.region
    )


def on_bucket(principal: str, action: str, bucket: Bucket, *, secure: bool = True) -> AccessRequest:
    """A request for an S3 action on a bucket itself."""
    return AccessRequest(
        principal, action, bucket=bucket.name, resource=bucket.arn, secure=secure, region=bucket.region
    )


def lets_through(found: Attempted, layer: Layer) -> bool:
    """Whether one kind of policy allows a request that arrived, whatever the others say; one that is not there does.

    Args:
        found: a request, tried.
        layer: the kind of policy.
    """
    if found.decision is None or not found.decision.decisions:
        return False
    said = found.decision.decisions[0].layers.get(layer)
    return said is None or said.verdict is Verdict.ALLOWED
