"""A decision with all its reasons as plain JSON values."""

from __future__ import annotations

from lab_env.policy.decision import Decision
from lab_env.policy.reasons import LayerReason, Miss, StatementReason, held, layer_name
from lab_env.policy.request import Request


def to_json(decision: Decision) -> dict[str, object]:
    """Request, verdict and, layer by layer in the order of `Layer`, what became of every statement.

    Args:
        decision: what was decided.

    Returns:
        ``request``, ``decision``, ``decided_by``, ``statements``, ``why`` and ``layers``; a layer has its
        ``statements``, and a statement that did not apply has ``misses``: the element, what it wanted, what it saw
        (``null`` for a key that is absent) and why in a sentence.
    """
    return {
        "request": _request(decision.request),
        "decision": decision.verdict.value,
        "decided_by": None if decision.decided_by is None else decision.decided_by.value,
        "statements": [statement.label for statement in decision.statements],
        "why": decision.why,
        "layers": [_layer(decision, reason) for reason in decision.reasons],
    }


def _request(request: Request) -> dict[str, object]:
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "resource_account": request.resource_account,
        "context": {
            name: values[0] if len(values) == 1 else list(values) for name, values in request.keys.items()
        },
    }


def _layer(decision: Decision, reason: LayerReason) -> dict[str, object]:
    layer = reason.result.layer
    return {
        "layer": layer.value,
        "name": layer_name(decision, layer),
        "decision": reason.result.verdict.value,
        "statements": [_statement(decision.request, found) for found in reason.statements],
    }


def _statement(request: Request, found: StatementReason) -> dict[str, object]:
    statement = found.statement
    return {
        "statement": statement.label,
        "policy": statement.source,
        "effect": "Allow" if statement.allow else "Deny",
        "applies": found.applied,
        "conditions": list(held(statement, request)),
        "misses": [_miss(miss) for miss in found.misses],
    }


def _miss(miss: Miss) -> dict[str, object]:
    absent = miss.element == "Condition" and not miss.seen
    return {
        "element": miss.element,
        "wanted": miss.wanted,
        "seen": None if absent else miss.seen,
        "why": miss.why,
    }
