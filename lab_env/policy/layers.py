"""The layers of policies that bear on a request, and what one layer says.

*Policy evaluation logic*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from lab_env.policy.document import Policy
from lab_env.policy.patterns import ARN_PARTS
from lab_env.policy.principals import Grant
from lab_env.policy.request import Request
from lab_env.policy.statement import Statement

Levels = tuple[tuple[Policy, ...], ...]

_GATEWAY_SERVICES = ("s3", "dynamodb")
_OF_TRUST = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")


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


class LayerResult(NamedTuple):
    """What one layer says; a tuple, because every decision makes several.

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


def applicable(request: Request, policies: PolicySet) -> Iterator[tuple[Layer, Levels]]:
    """The layers that bear on a request, in the order of `Layer`, each with its policies level by level.

    *Service control policies* and *Resource control policies* (AWS Organizations User Guide): neither restricts
    service-linked roles, and SCPs concern principals of accounts only.
    """
    caller = request.caller
    if policies.rcps and not caller.service_linked:
        yield Layer.RCP, policies.rcps
    if policies.scps and caller.account and not caller.service_linked:
        yield Layer.SCP, policies.scps
    if caller.has_identity_policies:
        yield Layer.IDENTITY, (policies.identity,)
        if policies.boundaries:
            yield Layer.BOUNDARY, (policies.boundaries,)
        if policies.session:
            yield Layer.SESSION, (policies.session,)
    if policies.endpoint:
        yield Layer.ENDPOINT, (policies.endpoint,)
    if policies.resource is not None:
        yield Layer.RESOURCE, ((policies.resource,),)


def is_bounded(request: Request, policies: PolicySet) -> bool:
    """Whether the caller has a permissions boundary."""
    return bool(policies.boundaries) and request.caller.has_identity_policies


def is_gateway(request: Request, policies: PolicySet) -> bool:
    """Whether the endpoint that the request came through is a gateway endpoint."""
    return policies.gateway if policies.gateway is not None else request.service in _GATEWAY_SERVICES


def must_say_yes(request: Request) -> bool:
    """Whether the resource's own policy must allow, even in its own account: KMS keys, and roles to be assumed."""
    if len(request.arn) < ARN_PARTS:
        return False
    if request.arn[2] == "kms":
        return request.arn[5].startswith("key/")
    return request.action_name.startswith(_OF_TRUST) and request.arn[5].startswith("role/")
