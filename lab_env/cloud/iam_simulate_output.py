"""What IAM's simulator answers: an ``EvaluationResult`` from the decisions on its resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lab_env.cloud.iam_simulate_input import Given
from lab_env.policy import Decision, Layer, Verdict
from lab_env.policy.catalogue import resource_types
from lab_env.policy.json_text import span
from lab_env.policy.statement import Statement

STAND_IN = "SimulatedWithoutResourcePolicy"
"""Sid of the statement that stands in for a key policy where a simulation has none."""

_SAID = {
    Verdict.ALLOWED: "allowed",
    Verdict.EXPLICITLY_DENIED: "explicitDeny",
    Verdict.IMPLICITLY_DENIED: "implicitDeny",
}
_WORST = (Verdict.EXPLICITLY_DENIED, Verdict.IMPLICITLY_DENIED, Verdict.ALLOWED)
_TYPES = {
    Layer.IDENTITY: "IAM Policy",
    Layer.BOUNDARY: "Permissions Boundary Policy",
    Layer.RESOURCE: "Resource Policy",
    Layer.SCP: "Service Control Policy",
}
_GRANTING = (Layer.IDENTITY, Layer.RESOURCE)
# What several resources of one kind are called together (Service Authorization Reference).
_FORMS = {
    ("s3", "bucket"): "arn:aws:s3:::${BucketName}",
    ("s3", "object"): "arn:aws:s3:::${BucketName}/${KeyName}",
    ("kms", "key"): "arn:aws:kms:${Region}:${Account}:key/${KeyId}",
}


def evaluation(action: str, decisions: list[Decision], given: Given) -> dict[str, Any]:
    """The result of one action on one or more resources; the worst decision is the action's.

    Args:
        action: as the request names it.
        decisions: one for each resource.
        given: the policies, for the places of their statements.
    """
    specific = [_specific(decision, given) for decision in decisions]
    verdict = next(worst for worst in _WORST if any(one.verdict is worst for one in decisions))
    alone = specific[0] if len(specific) == 1 else {"MatchedStatements": [], "MissingContextValues": []}
    named = decisions[0].request.resource if len(decisions) == 1 else _form(action)
    found = {
        "EvalActionName": action,
        "EvalResourceName": named,
        "EvalDecision": _SAID[verdict],
        "MatchedStatements": alone["MatchedStatements"],
        "MissingContextValues": [] if named != "*" else alone["MissingContextValues"],
        **_limits(decisions),
    }
    if named == "*" and len(decisions) == 1:
        return found
    return found | {"EvalDecisionDetails": _details(decisions), "ResourceSpecificResults": specific}


def _form(action: str) -> str:
    service = action.partition(":")[0].lower()
    kinds = resource_types(action)
    return next((_FORMS[service, kind] for kind in kinds if (service, kind) in _FORMS), "*")


def _specific(decision: Decision, given: Given) -> dict[str, Any]:
    found = {
        "EvalResourceName": decision.request.resource,
        "EvalResourceDecision": _SAID[decision.verdict],
        "MatchedStatements": [_matched(layer, one, given) for layer, one in _deciding(decision)],
        "MissingContextValues": _missing(decision),
    }
    if Layer.BOUNDARY in decision.layers:
        found |= _limits([decision])
        found.pop("OrganizationsDecisionDetail", None)
    return found


def _deciding(decision: Decision) -> Iterator[tuple[Layer, Statement]]:
    """The statements that determine the result: every Deny, or the Allows that grant."""
    if decision.verdict is Verdict.IMPLICITLY_DENIED:
        return
    for layer, result in decision.layers.items():
        if decision.allowed and layer not in _GRANTING:
            continue
        for statement in result.allows if decision.allowed else result.denies:
            if statement.source != STAND_IN:
                yield layer, statement


def _matched(layer: Layer, statement: Statement, given: Given) -> dict[str, Any]:
    found: dict[str, Any] = {"SourcePolicyId": statement.source, "SourcePolicyType": _TYPES[layer]}
    text = given.texts.get(statement.source)
    if text:
        start, end = span(text, ("Statement", statement.number))
        found["StartPosition"] = dict(zip(("Line", "Column"), start, strict=True))
        found["EndPosition"] = dict(zip(("Line", "Column"), end, strict=True))
    return found


def _missing(decision: Decision) -> list[str]:
    """Keys that a statement about this action and resource asks for and the request does not have."""
    keys: dict[str, str] = {}
    request = decision.request
    for policy in decision.policies.every:
        for statement in policy.statements:
            for key in statement.needed(request):
                if request.keys.get(key.lower()) is None:
                    keys.setdefault(key.lower(), key)
    return [keys[name] for name in sorted(keys)]


def _limits(decisions: list[Decision]) -> dict[str, Any]:
    """Whether a permissions boundary and an organization allow it everywhere, where there are any."""
    found: dict[str, Any] = {}
    for layer, name in (
        (Layer.SCP, "Organizations"),
        (Layer.BOUNDARY, "PermissionsBoundary"),
    ):
        results = [decision.layers[layer] for decision in decisions if layer in decision.layers]
        if results:
            allowed = all(result.verdict is Verdict.ALLOWED for result in results)
            found[f"{name}DecisionDetail"] = {f"AllowedBy{name}": allowed}
    return found


def _details(decisions: list[Decision]) -> dict[str, str]:
    """What each side says, of a request across accounts alone."""
    across = [decision for decision in decisions if not decision.request.same_account]
    return {
        _TYPES[layer]: _SAID[result.verdict]
        for decision in across
        for layer, result in decision.layers.items()
        if layer in _GRANTING
    }
