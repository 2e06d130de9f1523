"""May this principal, coming this way, do this? The one place where the network's answer meets the policies'."""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.access.request import AccessRequest
from lab_env.network import Flow, Network, Source, Trace, trace
from lab_env.policy import Decision
from lab_env.snapshot.state import ServiceState


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
    raise NotImplementedError


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
