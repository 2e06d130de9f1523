"""Why: for each layer, what became of each of its statements, and how near those that did not apply came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lab_env.policy import catalogue
from lab_env.policy.conditions import Condition
from lab_env.policy.layers import (
    Layer,
    LayerResult,
    Levels,
    Verdict,
    applicable,
    is_bounded,
    is_gateway,
    must_say_yes,
)
from lab_env.policy.patterns import ARN_PARTS
from lab_env.policy.principals import CallerKind
from lab_env.policy.request import Request
from lab_env.policy.statement import Statement

if TYPE_CHECKING:
    from lab_env.policy.decision import Decision


@dataclass(frozen=True, slots=True)
class Miss:
    """One reason why a statement does not apply.

    Attributes:
        element: ``Action``, ``Resource``, ``Principal`` or ``Condition``.
        wanted: what the statement asks for.
        seen: what the request had; empty for a key that is absent.
        why: both in a sentence.
    """

    element: str
    wanted: str
    seen: str
    why: str


@dataclass(frozen=True, slots=True)
class StatementReason:
    """What became of one statement: it applied, or each element that kept it from applying."""

    statement: Statement
    misses: tuple[Miss, ...] = ()

    @property
    def applied(self) -> bool:
        """Whether it is about this request."""
        return not self.misses

    @property
    def near(self) -> bool:
        """Whether only one thing kept it from applying, and that is not the action."""
        return len(self.misses) == 1 and self.misses[0].element != "Action"


@dataclass(frozen=True, slots=True)
class LayerReason:
    """One layer's answer with its statements.

    Attributes:
        result: the layer's answer.
        statements: what became of each of its statements.
    """

    result: LayerResult
    statements: tuple[StatementReason, ...]

    @property
    def near(self) -> tuple[StatementReason, ...]:
        """The Allows that one thing kept from applying."""
        return tuple(found for found in self.statements if found.near and found.statement.allow)


def layer_reasons(decision: Decision) -> tuple[LayerReason, ...]:
    """What became of every statement, layer by layer, in the order of `Layer`."""
    return tuple(
        LayerReason(decision.layers[layer], tuple(_statements(decision, layer, levels)))
        for layer, levels in applicable(decision.request, decision.policies)
    )


def _statements(decision: Decision, layer: Layer, levels: Levels) -> Iterator[StatementReason]:
    root_only = layer is Layer.ENDPOINT and is_gateway(decision.request, decision.policies)
    bounded = is_bounded(decision.request, decision.policies)
    for level in levels:
        for policy in level:
            for statement in policy.statements:
                yield StatementReason(
                    statement,
                    tuple(misses(statement, decision.request, root_only=root_only, bounded=bounded)),
                )


def misses(
    statement: Statement, request: Request, *, root_only: bool = False, bounded: bool = False
) -> Iterator[Miss]:
    """Every element that keeps a statement from applying, the action first."""
    actions, resources = statement.actions, statement.resources
    if not actions.cover(request.action_name):
        yield _list_miss("Action", actions.texts, request.action, negated=actions.negated)
    if resources is not None and not resources.cover(request):
        found = _list_miss("Resource", resources.texts, request.resource, negated=resources.negated)
        yield Miss(found.element, found.wanted, found.seen, found.why + _resource_hint(statement, request))
    if statement.principals is not None:
        caller = request.caller
        if not statement.principals.grant(caller, root_only=root_only, bounded=bounded):
            yield _principal_miss(statement, request, root_only=root_only)
    for condition in statement.conditions:
        if not condition.holds(request.keys):
            yield _condition_miss(condition, request)


def _list_miss(element: str, texts: tuple[str, ...], seen: str, *, negated: bool) -> Miss:
    wanted = _either(texts)
    name = f"Not{element}" if negated else element
    why = f"{name} is {wanted}, which {'leaves out' if negated else 'is not'} {seen}"
    return Miss(element, f"not {wanted}" if negated else wanted, seen, why)


def _resource_hint(statement: Statement, request: Request) -> str:
    """What commonly went wrong when an ARN does not fit: a bucket's action on its objects, or the other way round."""
    resources = statement.resources
    if resources is None or resources.negated:
        return ""
    keys = [key for pattern in resources.patterns for key in pattern.unresolved(request)]
    if keys:
        return f"; {keys[0]} is absent, and a variable without a value fits nothing"
    if request.service != "s3" or len(request.arn) < ARN_PARTS:
        return ""
    kinds = catalogue.resource_types(request.action)
    if kinds == ("bucket",) and any(text.startswith(f"{request.resource}/") for text in resources.texts):
        return f"; {request.action} acts on the bucket itself, not on its objects"
    bucket = request.resource.partition("/")[0]
    if "object" in kinds and bucket in resources.texts:
        return f"; {request.action} acts on objects: {bucket}/*"
    return ""


def _principal_miss(statement: Statement, request: Request, *, root_only: bool) -> Miss:
    element = statement.principals
    caller = request.caller.arn or "anonymous"
    if element is None or element.negated:
        return Miss("Principal", "NotPrincipal", caller, f"NotPrincipal leaves out {caller}")
    named = element.named
    texts = sorted(named.aws | named.services | named.federated | named.canonical)
    wanted = _either(tuple(texts))
    why = f"Principal is {wanted}, which is not {caller}"
    if root_only:
        why += "; in a gateway endpoint's policy an account means its root user alone, so that Principal must be '*'"
    return Miss("Principal", wanted, caller, why)


def _condition_miss(condition: Condition, request: Request) -> Miss:
    seen = request.keys.get(condition.key.lower())
    asked = f"{condition.operator.name} {condition.key} {_either(condition.values)}"
    unresolved = condition.unresolved(request.keys)
    if seen is None:
        return Miss(
            "Condition", asked, "", f"{asked}: {condition.key} is absent{why_absent(condition.key, request)}"
        )
    told = ", ".join(seen) if any(seen) else "empty"
    why = f"{asked}: {condition.key} is {told}"
    if unresolved:
        why += f", and {unresolved[0]}, which the policy compares it with, is absent"
    return Miss("Condition", asked, told, why)


def why_absent(key: str, request: Request) -> str:
    """``: the call came through nat-…``, where the request says why a key is absent; else nothing."""
    found = {name.lower(): why for name, why in request.absent.items()}.get(key.lower())
    return f": {found}" if found else ""


def _either(texts: tuple[str, ...]) -> str:
    if len(texts) <= 3:
        return " or ".join(texts) or "nothing"
    return f"{texts[0]}, {texts[1]} or {len(texts) - 2} more"


LAYER_NAMES = {
    Layer.RCP: "resource control policy",
    Layer.SCP: "service control policy",
    Layer.IDENTITY: "identity-based policy",
    Layer.BOUNDARY: "permissions boundary",
    Layer.SESSION: "session policy",
    Layer.ENDPOINT: "VPC endpoint policy",
    Layer.RESOURCE: "resource-based policy",
}
"""The names of the layers in AWS's own messages."""


def layer_name(decision: Decision, layer: Layer) -> str:
    """What people call a layer: a bucket's resource policy is its bucket policy, a key's the key policy."""
    if layer is not Layer.RESOURCE:
        return LAYER_NAMES[layer]
    return _resource_policy_name(decision.request.service, decision.request.action_name)


@lru_cache(maxsize=64)
def _resource_policy_name(service: str, action: str) -> str:
    if action.startswith("sts:assumerole"):
        return "role trust policy"
    return {"s3": "bucket policy", "kms": "key policy"}.get(service, LAYER_NAMES[Layer.RESOURCE])


def sentence(decision: Decision) -> str:
    """The decision in one sentence: who decided, and by which statement, or what was missing."""
    request, layer = decision.request, decision.decided_by
    if layer is None:
        return f"{request.action} is allowed: the root user of the account needs no policy."
    name = layer_name(decision, layer)
    labels = ", ".join(statement.label for statement in decision.statements)
    if decision.verdict is Verdict.EXPLICITLY_DENIED:
        return f"{request.action} is denied by {labels} in {_a(name)}{_held(decision)}."
    if decision.verdict is Verdict.ALLOWED:
        return f"{request.action} is allowed by {labels} in {_a(name)}."
    return f"{request.action} is denied: {_silence(decision, layer, name)}."


def held(statement: Statement, request: Request) -> tuple[str, ...]:
    """For each condition of a statement, the value that the request has: ``aws:SourceVpce is absent: …``."""
    return tuple(f"{condition.key} is {_value(condition.key, request)}" for condition in statement.conditions)


def _value(key: str, request: Request) -> str:
    seen = request.keys.get(key.lower())
    return f"absent{why_absent(key, request)}" if seen is None else ", ".join(seen) or "empty"


def _held(decision: Decision) -> str:
    """The conditions of the first Deny, with the values that made them hold."""
    told = held(decision.statements[0], decision.request)
    return f" ({'; '.join(told)})" if told else ""


def _silence(decision: Decision, layer: Layer, name: str) -> str:
    if layer not in decision.layers:
        return f"there is no {name}"
    reason = next(found for found in decision.reasons if found.result.layer is layer)
    request = decision.request
    told = f"no {name} allows it"
    if layer is Layer.RESOURCE and must_say_yes(request) and not reason.near:
        told += (
            f", and {'a key' if request.service == 'kms' else 'a role'} must always allow by its own policy"
        )
    if reason.near:
        first = reason.near[0]
        told += f"; {first.statement.label} would, but {first.misses[0].why}"
    elif (
        layer is Layer.RESOURCE
        and not request.same_account
        and request.caller.kind is not CallerKind.ANONYMOUS
    ):
        told += f", and {request.caller.arn} is not of the resource's account {request.resource_account}"
    return told


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"
