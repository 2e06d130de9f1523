"""May this principal, coming this way, do this? The one place where the network's answer meets the policies'."""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.access.context import call_keys, merged, network_keys, organization_keys, s3_keys, via_service
from lab_env.access.request import AccessRequest
from lab_env.access.steps import Step, steps
from lab_env.errors import IncompleteSnapshot
from lab_env.network import Exit, Flow, Network, Source, Trace, trace
from lab_env.policy import Decision, PolicySet, Request, evaluate
from lab_env.policy.principals import Caller
from lab_env.snapshot.state import Identity, ServiceState

# *Resource control policies*: the services that support them (2026).
UNDER_RCPS = frozenset({"s3", "sts", "kms", "sqs", "secretsmanager", "ecr"})


@dataclass(frozen=True, slots=True)
class AccessDecision:
    """Whether a call is allowed.

    Attributes:
        decisions: one for each IAM action that the call needs, in the order AWS asks them, up to the first denial:
            ``s3:PutObject``, then ``kms:GenerateDataKey``, say. Empty for calls that need no permission.
    """

    decisions: tuple[Decision, ...] = ()

    @property
    def denied(self) -> Decision | None:
        """The decision that denied; ``None`` when the call is allowed."""
        last = self.decisions[-1] if self.decisions else None
        return None if last is None or last.allowed else last

    @property
    def allowed(self) -> bool:
        """Whether the call may go on."""
        return self.denied is None

    @property
    def why(self) -> str:
        """The decision in one sentence."""
        return self.decisions[-1].why if self.decisions else "Nobody needs a permission for this call."


@dataclass(frozen=True, slots=True)
class Attempted:
    """A call that somebody might make: its way, and when that ends at AWS, the decision.

    Attributes:
        trace: the way.
        decision: ``None`` when the packets are lost.
    """

    trace: Trace
    decision: AccessDecision | None

    @property
    def succeeds(self) -> bool:
        """Whether it arrives and is allowed."""
        return self.decision is not None and self.decision.allowed

    @property
    def why(self) -> str:
        """What decided, in one sentence."""
        return self.trace.reason if self.decision is None else self.decision.why


def decide(way: Trace, request: AccessRequest, state: ServiceState) -> AccessDecision:
    """Whether a request that arrived by ``way`` is allowed.

    Args:
        way: how it came: a trace that reached its end.
        request: who wants what.
        state: every principal, bucket, key and policy that bears on it.

    Raises:
        IncompleteSnapshot: ``state`` lacks the caller, the bucket or the endpoint.
    """
    caller = Caller.parse(request.principal)
    identity = _identity(caller, state)
    decisions: list[Decision] = []
    for step in steps(request, caller.account, state):
        asked = _question(way, request, step, identity, state)
        decisions.append(evaluate(asked, _policies(way, request, step, asked, identity, state)))
        if not decisions[-1].allowed:
            break
    return AccessDecision(tuple(decisions))


def _identity(caller: Caller, state: ServiceState) -> Identity | None:
    """What is attached to the caller; ``None`` for callers to whom nothing can be."""
    if not caller.has_identity_policies:
        return None
    found = state.identities.get(caller.principal_arn)
    if found is None:
        # A session's ARN does not tell the path of its role.
        opening, name = f"arn:aws:iam::{caller.account}:role/", f"/{caller.name}"
        found = next(
            (own for arn, own in state.identities.items() if arn.startswith(opening) and arn.endswith(name)),
            None,
        )
    if found is None:
        raise IncompleteSnapshot(f"{caller.principal_arn} is not known.", do="Its policies decide.")
    return found


def _question(
    way: Trace, request: AccessRequest, step: Step, identity: Identity | None, state: ServiceState
) -> Request:
    """A step as the policies see it."""
    service = step.action.partition(":")[0]
    found, absent = ({}, via_service(step.via)) if step.via else network_keys(way, service, state)
    own = s3_keys(request) if service == "s3" else {}
    if identity is not None and ":role/" in identity.arn:
        # Temporary credentials always have it; none of the lab's was given with a second factor.
        own["aws:MultiFactorAuthPresent"] = False
        own["aws:PrincipalArn"] = identity.arn
    plain = Request(request.principal, step.action, step.resource, step.account)
    whose = organization_keys(plain.caller.account, plain.resource_account, state)
    context = merged(found, call_keys(request), own, whose, step.context, request.context)
    return Request(request.principal, step.action, step.resource, step.account, context, absent)


def _policies(
    way: Trace,
    request: AccessRequest,
    step: Step,
    asked: Request,
    identity: Identity | None,
    state: ServiceState,
) -> PolicySet:
    """Every policy that bears on a step."""
    through = way.endpoint if step.sent else None
    if through is not None and through not in state.endpoints:
        raise IncompleteSnapshot(f"the policy of {through} is not known.", do="It decides.")
    boundary = identity.boundary if identity is not None else None
    covered = step.action.partition(":")[0] in UNDER_RCPS
    return PolicySet(
        identity=identity.policies if identity is not None else (),
        boundaries=(boundary,) if boundary is not None else (),
        session=request.session,
        scps=state.scps.get(asked.caller.account, ()),
        rcps=state.rcps.get(asked.resource_account, ()) if covered else (),
        resource=step.policy,
        endpoint=(state.endpoints[through],) if through is not None else (),
        gateway=way.exit is Exit.GATEWAY_ENDPOINT if through is not None else None,
    )


def attempt(network: Network, state: ServiceState, source: Source, request: AccessRequest) -> Attempted:
    """What would become of a request that is sent from ``source``, as network and policies stand.

    Args:
        network: the network.
        state: the policies.
        source: where it is sent from.
        request: who wants what; sent to `AccessRequest.host`.

    Raises:
        IncompleteSnapshot: something that decides is not known.
    """
    way = trace(network, Flow(source, request.host, "tcp", request.port))
    return Attempted(way, decide(way, request, state) if way.reached else None)
