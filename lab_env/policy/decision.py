"""What an evaluation answers: the verdict, the layer that decided, and, when asked, the reasons.

*Policy evaluation logic*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from lab_env.policy.document import Policy
from lab_env.policy.principals import Grant
from lab_env.policy.request import Request
from lab_env.policy.statement import Statement

if TYPE_CHECKING:
    from lab_env.policy.reasons import LayerReason


class Verdict(Enum):
    """The three ends of an evaluation."""

    ALLOWED = "Allowed"
    EXPLICITLY_DENIED = "ExplicitlyDenied"
    IMPLICITLY_DENIED = "ImplicitlyDenied"


class Layer(Enum):
    """A kind of policy that takes part, in the order in which one is blamed when several refuse.

    AWS names one policy type in a denial and does not document which. Organizations' policies come first, as in the
    published flow chart; then identity, endpoint and resource policies, the caller's limits beside its own policies.
    """

    RCP = "rcp"
    SCP = "scp"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    ENDPOINT = "endpoint"
    RESOURCE = "resource"

    # Members are compared by identity; Enum's own hash, by name, costs more than a statement's evaluation.
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policies that bear on one request. An empty layer is one that does not apply.

    Attributes:
        identity: policies attached to the caller, and to its groups.
        boundaries: its permissions boundary.
        session: session policies passed when the session was made.
        scps: service control policies of the caller's account: one tuple a level (root, organizational units,
            account), each of which must allow.
        rcps: resource control policies of the resource's account, by level; AWS's own RCPFullAWSAccess is understood.
        resource: the policy of the resource: of a bucket, a KMS key, a role to be assumed.
        endpoint: the policy of the VPC endpoint that the request came through.
        gateway: whether that is a gateway endpoint; ``None``: it is one for S3 and DynamoDB, which alone have them.
    """

    identity: tuple[Policy, ...] = ()
    boundaries: tuple[Policy, ...] = ()
    session: tuple[Policy, ...] = ()
    scps: tuple[tuple[Policy, ...], ...] = ()
    rcps: tuple[tuple[Policy, ...], ...] = ()
    resource: Policy | None = None
    endpoint: tuple[Policy, ...] = ()
    gateway: bool | None = None

    @property
    def every(self) -> Iterator[Policy]:
        """Each policy in it."""
        yield from self.identity + self.boundaries + self.session + self.endpoint
        for level in self.scps + self.rcps:
            yield from level
        if self.resource is not None:
            yield self.resource


@dataclass(frozen=True, slots=True)
class LayerResult:
    """What one layer says.

    Attributes:
        layer: which.
        grant: how far its Allows carry; ``Grant.NONE`` when it allows nothing here.
        allows: the statements that allow.
        denies: the statements that deny.
    """

    layer: Layer
    grant: Grant = Grant.NONE
    allows: tuple[Statement, ...] = ()
    denies: tuple[Statement, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What this layer alone says."""
        if self.denies:
            return Verdict.EXPLICITLY_DENIED
        return Verdict.ALLOWED if self.grant else Verdict.IMPLICITLY_DENIED


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request.

    Attributes:
        request: what was asked.
        policies: what it was asked of.
        verdict: allowed or not, and how.
        decided_by: the layer that denied, or that kept silent where its word was needed; when allowed, the layer that
            granted (identity policies where they do); ``None`` for a root user, who needs no grant.
        layers: what each layer that applies says.
    """

    request: Request
    policies: PolicySet
    verdict: Verdict
    decided_by: Layer | None
    layers: Mapping[Layer, LayerResult] = field(repr=False)

    @property
    def allowed(self) -> bool:
        """Whether the call may go on."""
        return self.verdict is Verdict.ALLOWED

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of the deciding layer that decided: its Denies, or the Allows that granted."""
        result = self.layers.get(self.decided_by) if self.decided_by is not None else None
        if result is None or self.verdict is Verdict.IMPLICITLY_DENIED:
            return ()
        return result.allows if self.allowed else result.denies

    @property
    def why(self) -> str:
        """The decision in one sentence."""
        from lab_env.policy.reasons import sentence

        return sentence(self)

    @property
    def reasons(self) -> tuple[LayerReason, ...]:
        """For each layer, what became of each of its statements. Worked out when asked for."""
        from lab_env.policy.reasons import layer_reasons

        return layer_reasons(self)
