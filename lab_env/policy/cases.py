"""Many decisions at once: a case is a request with its policies, as plain JSON values.

The form of ``decide`` on the command line (and of this project's own tests)::

    {"id": "…", "request": {"principal": ARN, "action": "s3:GetObject", "resource": ARN,
     "resource_account": "123456789012", "context": {"aws:SourceVpce": "vpce-…"}},
     "identity_policies": […], "permissions_boundaries": […], "session_policies": […], "scps": […], "rcps": […],
     "resource_policy": {…} or null, "endpoint_policies": […]}

All but the request's first three fields may be absent. An element of ``scps`` and ``rcps`` may itself be a list: then
each is one level of the organization (root, units, account).
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lab_env.errors import InvalidInput
from lab_env.policy.decision import Decision
from lab_env.policy.document import Policy
from lab_env.policy.evaluate import evaluate
from lab_env.policy.findings import Code, Finding
from lab_env.policy.kinds import Kind
from lab_env.policy.layers import PolicySet
from lab_env.policy.reader import meant
from lab_env.policy.request import Request

_LISTS = {
    "identity_policies": Kind.IDENTITY,
    "permissions_boundaries": Kind.BOUNDARY,
    "session_policies": Kind.SESSION,
    "scps": Kind.SCP,
    "rcps": Kind.RCP,
    "endpoint_policies": Kind.ENDPOINT,
}
_FIELDS = dict.fromkeys(("id", "request", *_LISTS, "resource_policy", "endpoint_type")).keys()
_NEEDED = ("principal", "action", "resource")
_REQUEST = dict.fromkeys((*_NEEDED, "resource_account", "context")).keys()
_ENDPOINT_TYPES = {"gateway": True, "interface": False}

# AWS stores policies with actions that match nothing, and they decide nothing; an unknown key might decide.
_TOLERATED = (Code.ADVICE, Code.UNKNOWN_ACTION)


@dataclass(frozen=True, slots=True)
class Case:
    """One line: a request and its policies.

    Attributes:
        id: its name; empty without one.
        request: what is asked.
        policies: what it is asked of.
    """

    id: str
    request: Request
    policies: PolicySet

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Faults of its policies with which AWS takes them."""
        every = self.policies.every
        return tuple(fault for policy in every for fault in policy.findings if fault.code is not Code.ADVICE)


def read_case(value: object) -> Case:
    """The case that a JSON value holds.

    Raises:
        InvalidInput: a field is missing, unknown or of the wrong kind, or a policy is malformed; it says where.
    """
    case = _object(value, "a case")
    _only(case, _FIELDS, "the case")
    request = _request(_object(case.get("request"), "request"))
    endpoint_type = case.get("endpoint_type")
    if endpoint_type is not None and endpoint_type not in _ENDPOINT_TYPES:
        raise InvalidInput("an endpoint is of type gateway or interface.", where="endpoint_type")
    return Case(
        str(case.get("id", "")),
        request,
        PolicySet(
            identity=_flat(case, "identity_policies"),
            boundaries=_flat(case, "permissions_boundaries"),
            session=_flat(case, "session_policies"),
            scps=_levels(case, "scps"),
            rcps=_levels(case, "rcps"),
            resource=_resource_policy(case.get("resource_policy"), request),
            endpoint=_flat(case, "endpoint_policies"),
            gateway=None if endpoint_type is None else _ENDPOINT_TYPES[str(endpoint_type)],
        ),
    )


def answer(case: Case) -> dict[str, object]:
    """The decision of a case as a JSON value: ``id``, ``decision``, ``decided_by``, ``statements``, ``why``."""
    decision = evaluate(case.request, case.policies)
    found = {"id": case.id, **summary(decision)}
    if case.warnings:
        found["warnings"] = [f"{fault.where}: {fault.what} {fault.do}".strip() for fault in case.warnings]
    return found


def summary(decision: Decision) -> dict[str, object]:
    """A decision's verdict, deciding layer, deciding statements and reason, as a JSON value."""
    return {
        "decision": decision.verdict.value,
        "decided_by": decision.decided_by.value if decision.decided_by is not None else None,
        "statements": [statement.label for statement in decision.statements],
        "why": decision.why,
    }


def _object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, (dict, Mapping)):
        raise InvalidInput(f"{name} is a JSON object.", where="" if name == "a case" else name)
    return value


def _only(value: Mapping[str, object], known: AbstractSet[str], name: str) -> None:
    if value.keys() <= known:
        return
    for field in value:
        if field not in known:
            raise InvalidInput(f"{name} has no field {field!r}.", do=meant(str(field), known))


def _request(value: Mapping[str, object]) -> Request:
    _only(value, _REQUEST, "the request")
    for field in _NEEDED:
        if not isinstance(value.get(field), str):
            raise InvalidInput(f"{field!r} is missing, or is no text.", where="request")
    context = _object(value.get("context") or {}, "context")
    return Request(
        str(value["principal"]),
        str(value["action"]),
        str(value["resource"]),
        str(value.get("resource_account") or ""),
        context,
    )


def _items(case: Mapping[str, object], name: str) -> list[object]:
    value = case.get(name)
    if value is None:
        return _NOTHING
    if not isinstance(value, list):
        raise InvalidInput("a list of policies is expected.", where=name)
    return value


_NOTHING: list[object] = []


def _flat(case: Mapping[str, object], name: str) -> tuple[Policy, ...]:
    items = _items(case, name)
    return (
        tuple([_policy(item, _LISTS[name], f"{name}[{n}]") for n, item in enumerate(items)]) if items else ()
    )


def _levels(case: Mapping[str, object], name: str) -> tuple[tuple[Policy, ...], ...]:
    """Policies by level; those that stand in no list of their own are one level together."""
    together: list[Policy] = []
    levels: list[tuple[Policy, ...]] = []
    for number, item in enumerate(_items(case, name)):
        place = f"{name}[{number}]"
        if isinstance(item, list):
            levels.append(tuple(_policy(own, _LISTS[name], f"{place}[{n}]") for n, own in enumerate(item)))
        else:
            together.append(_policy(item, _LISTS[name], place))
    return (tuple(together), *levels) if together else tuple(levels)


def _resource_policy(value: object, request: Request) -> Policy | None:
    if value is None:
        return None
    kind = Kind.KEY if request.service == "kms" else Kind.RESOURCE
    if request.service == "sts":
        kind = Kind.TRUST
    return _policy(value, kind, "resource_policy")


def _policy(value: object, kind: Kind, place: str) -> Policy:
    if not isinstance(value, (dict, str, Mapping)):
        raise InvalidInput("a policy is a JSON object.", where=place)
    return Policy.parse(value, kind=kind, source=place, tolerate=_TOLERATED)
