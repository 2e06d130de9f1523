"""May this request pass these policies?

*Policy evaluation logic*, *Cross-account policy evaluation logic* (IAM User Guide); *Default key policy* (AWS KMS
Developer Guide); *Control access to VPC endpoints using endpoint policies* (AWS PrivateLink Guide).
"""

from __future__ import annotations

from collections.abc import Mapping

from lab_env.policy.decision import Decision
from lab_env.policy.document import Policy
from lab_env.policy.layers import (
    Layer,
    LayerResult,
    Levels,
    PolicySet,
    Verdict,
    applicable,
    is_bounded,
    is_gateway,
    must_say_yes,
)
from lab_env.policy.principals import CallerKind, Grant
from lab_env.policy.request import Request
from lab_env.policy.statement import Statement

_ROOT_KEEPS = ("s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy")


def evaluate(request: Request, policies: PolicySet) -> Decision:
    """The decision for a request.

    Any Deny decides. Without one, every limit that applies must allow (Organizations' policies, permissions boundary,
    session policy, endpoint policy), and somebody must grant: in one account the identity policies or the resource
    policy, across accounts both; KMS keys and roles to be assumed must always say yes by their own policy.

    Args:
        request: who wants what.
        policies: every policy that bears on it.
    """
    results = {
        layer: _result(layer, request, policies, levels) for layer, levels in applicable(request, policies)
    }
    for layer, result in results.items():
        if result.denies:
            return Decision(request, policies, Verdict.EXPLICITLY_DENIED, layer, results)
    silent = _silent(request, results)
    if silent is not None:
        return Decision(request, policies, Verdict.IMPLICITLY_DENIED, silent, results)
    return Decision(request, policies, Verdict.ALLOWED, _granting(results), results)


def _result(layer: Layer, request: Request, policies: PolicySet, levels: Levels) -> LayerResult:
    root_only = layer is Layer.ENDPOINT and is_gateway(request, policies)
    bounded = is_bounded(request, policies)
    spared = layer is Layer.RESOURCE and _survives(request)
    grant, allows, denies = Grant.DIRECT, [], []
    for level in levels:
        own, allowing, denying = _level(request, level, root_only=root_only, bounded=bounded)
        grant = min(grant, own)
        allows += allowing
        denies += denying
    if layer is Layer.RCP:
        grant = Grant.DIRECT
    return LayerResult(layer, grant, tuple(allows), () if spared else tuple(denies))


def _level(
    request: Request, level: tuple[Policy, ...], *, root_only: bool, bounded: bool
) -> tuple[Grant, list[Statement], list[Statement]]:
    """How far the Allows of some policies carry together, the Allows, and the Denies."""
    grant = Grant.NONE
    allows: list[Statement] = []
    denies: list[Statement] = []
    for policy in level:
        for statement in policy.statements:
            carries = statement.applies(request, root_only=root_only, bounded=bounded)
            if carries is not Grant.NONE:
                (allows if statement.allow else denies).append(statement)
                if statement.allow and carries > grant:
                    grant = carries
    return grant, allows, denies


def _survives(request: Request) -> bool:
    """Whether the resource policy's Denies are without effect: a bucket owner's root user can always mend the policy.

    *PutBucketPolicy*, *GetBucketPolicy*, *DeleteBucketPolicy* (Amazon S3 API Reference).
    """
    caller = request.caller
    return caller.kind is CallerKind.ROOT and request.action_name in _ROOT_KEEPS and request.same_account


def _silent(request: Request, results: Mapping[Layer, LayerResult]) -> Layer | None:
    """The first layer whose Allow is needed and missing."""
    needed = (Layer.SCP, *_needed_to_grant(request, results))
    missing = [layer for layer in needed if not _allows(layer, results)]
    if Layer.RESOURCE in missing and Layer.SCP not in missing and must_say_yes(request):
        return Layer.RESOURCE
    return missing[0] if missing else None


def _allows(layer: Layer, results: Mapping[Layer, LayerResult]) -> bool:
    """Whether a layer that is needed allows; one that does not apply stands in nobody's way, but for a resource's."""
    result = results.get(layer)
    return layer is not Layer.RESOURCE if result is None else result.grant is not Grant.NONE


_CALLERS_OWN: tuple[Layer, ...] = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)


def _needed_to_grant(request: Request, results: Mapping[Layer, LayerResult]) -> tuple[Layer, ...]:
    """The layers that must all allow, in the order of `Layer`."""
    caller = request.caller
    if caller.kind is not CallerKind.ROOT and not caller.has_identity_policies:
        return (Layer.ENDPOINT, Layer.RESOURCE)
    if not request.same_account:
        return (*_CALLERS_OWN, Layer.ENDPOINT, Layer.RESOURCE)
    grant = results[Layer.RESOURCE].grant if Layer.RESOURCE in results else Grant.NONE
    own = _CALLERS_OWN
    if grant >= Grant.ROLE:
        own = () if grant is Grant.DIRECT else _CALLERS_OWN[1:]
    return (*own, Layer.ENDPOINT, Layer.RESOURCE) if must_say_yes(request) else (*own, Layer.ENDPOINT)


def _granting(results: Mapping[Layer, LayerResult]) -> Layer | None:
    """Identity policies where they grant, within the caller's limits; else the resource policy, if there is one."""
    own = [results[layer] for layer in _CALLERS_OWN if layer in results]
    if own and all(result.grant for result in own):
        return Layer.IDENTITY
    return Layer.RESOURCE if Layer.RESOURCE in results and results[Layer.RESOURCE].grant else None
