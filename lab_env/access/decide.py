"""May this principal, coming this way, do this? The one place where the network's answer meets the policies'."""

from __future__ import annotations

from dataclasses import dataclass

from lab_env.network.flow import Trace


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """One API call as the policies see it.

    Attributes:
        principal: ARN of the caller (an assumed role's session, a user, or ``anonymous``).
        action: ``service:Operation``.
        resource: ARN of what is acted upon; ``*`` where the call names none.
    """

    principal: str
    action: str
    resource: str = "*"


@dataclass(frozen=True, slots=True)
class AccessDecision:
    """Whether the call is allowed, and one sentence that says why."""

    allowed: bool
    why: str


def decide(trace: Trace, request: AccessRequest) -> AccessDecision:
    """Whether a request that arrived by ``trace`` is allowed.

    Policies are not evaluated yet (MODEL.md), so every request that arrives is allowed.
    """
    way = f"through {trace.endpoint}" if trace.endpoint else f"by {trace.exit.value}"
    return AccessDecision(True, f"{request.action} arrived {way}; policies are not evaluated yet")
