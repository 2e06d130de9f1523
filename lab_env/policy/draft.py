"""A request and its policies while somebody writes them: text in; a decision, or what is wrong and where, out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from lab_env.errors import InvalidInput
from lab_env.policy.decision import Decision
from lab_env.policy.document import Policy
from lab_env.policy.evaluate import evaluate
from lab_env.policy.findings import STORED_BY_AWS, Code, Finding, MalformedPolicy
from lab_env.policy.json_text import read_json
from lab_env.policy.kinds import Kind
from lab_env.policy.layers import Layer, Levels, PolicySet
from lab_env.policy.request import Request

REQUEST, CONTEXT = "request", "context"
_KINDS = {
    Layer.RCP: Kind.RCP,
    Layer.SCP: Kind.SCP,
    Layer.IDENTITY: Kind.IDENTITY,
    Layer.BOUNDARY: Kind.BOUNDARY,
    Layer.SESSION: Kind.SESSION,
    Layer.ENDPOINT: Kind.ENDPOINT,
    Layer.RESOURCE: Kind.RESOURCE,
}
_OF_SERVICE = {"kms": Kind.KEY, "sts": Kind.TRUST}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One policy as text.

    Attributes:
        layer: where it takes part.
        text: JSON; blank for no policy.
        name: its name in explanations.
        level: for organizations' policies, the level that it stands on, from 0.
    """

    layer: Layer
    text: str = ""
    name: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a draft.

    Attributes:
        decision: ``None`` while something cannot be read.
        faults: what is wrong, by place: ``request``, ``context``, or the number of a sheet as text.
        warnings: what AWS would take and what hardly means what its author meant, by place.
    """

    decision: Decision | None
    faults: Mapping[str, tuple[Finding, ...]] = field(default_factory=lambda: MappingProxyType({}))
    warnings: Mapping[str, tuple[Finding, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Draft:
    """A request and its policies as text.

    Attributes:
        principal: as `Request.principal`.
        action: ``service:Operation``.
        resource: an ARN.
        resource_account: the account that owns it; blank: as `Request` finds it.
        context: a JSON object of condition keys and values.
        sheets: the policies.
        absent: as `Request.absent`.
        gateway: as `PolicySet.gateway`.
    """

    principal: str
    action: str
    resource: str = "*"
    resource_account: str = ""
    context: str = "{}"
    sheets: tuple[Sheet, ...] = ()
    absent: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    gateway: bool | None = None

    @classmethod
    def of(cls, request: Request, policies: PolicySet) -> Draft:
        """The draft from which a request and its policies would be read."""
        given = {
            name: value if not isinstance(value, tuple) else list(value)
            for name, value in request.context.items()
            if value is not None
        }
        return cls(
            request.principal,
            request.action,
            request.resource,
            request.resource_account,
            written(given),
            tuple(_sheets(policies)),
            request.absent,
            policies.gateway,
        )

    def without(self, key: str) -> Draft:
        """The same without a context key, given in lower case; the context must be JSON."""
        context = {name: value for name, value in read_json(self.context).items() if name.lower() != key}
        return replace(self, context=written(context))

    def with_blanks(self, *layers: Layer) -> Draft:
        """The same with an empty sheet for each of these layers that has none; sheets in the order of `Layer`."""
        there = {sheet.layer for sheet in self.sheets}
        sheets = (*self.sheets, *(Sheet(layer) for layer in layers if layer not in there))
        order = list(Layer)
        return replace(self, sheets=tuple(sorted(sheets, key=lambda sheet: order.index(sheet.layer))))

    def answer(self) -> Answer:
        """The decision, or every fault with its place."""
        faults: dict[str, tuple[Finding, ...]] = {}
        warnings: dict[str, tuple[Finding, ...]] = {}
        policies: list[tuple[Sheet, Policy]] = []
        for number, sheet in enumerate(self.sheets):
            if not sheet.text.strip():
                continue
            try:
                policy = self._policy(sheet)
            except MalformedPolicy as error:
                faults[str(number)] = error.findings
                continue
            policies.append((sheet, policy))
            if policy.findings:
                warnings[str(number)] = policy.findings
        request = self._request(faults)
        if request is None or faults:
            return Answer(None, faults, warnings)
        return Answer(evaluate(request, _set(policies, self.gateway)), faults, warnings)

    def _policy(self, sheet: Sheet) -> Policy:
        kind = _KINDS[sheet.layer]
        if sheet.layer is Layer.RESOURCE:
            kind = _OF_SERVICE.get(self.action.partition(":")[0].lower(), kind)
        return Policy.parse(sheet.text, kind=kind, source=sheet.name, tolerate=STORED_BY_AWS)

    def _request(self, faults: dict[str, tuple[Finding, ...]]) -> Request | None:
        """The request; ``None`` when it cannot be read, and ``faults`` says why."""
        try:
            context = read_json(self.context.strip() or "{}")
            if not isinstance(context, dict):
                raise InvalidInput("the context is a JSON object of condition keys and values.")
        except InvalidInput as error:
            faults[CONTEXT] = _findings(error)
            return None
        absent = {name: why for name, why in self.absent.items() if name not in context}
        try:
            return Request(
                self.principal.strip(),
                self.action.strip(),
                self.resource.strip() or "*",
                self.resource_account.strip(),
                context,
                absent,
            )
        except InvalidInput as error:
            faults[CONTEXT if error.where.startswith("context ") else REQUEST] = _findings(error)
            return None


def written(value: object) -> str:
    """A JSON value as people edit it; text stays as it is, unless it is JSON on a single line."""
    if isinstance(value, str):
        if "\n" in value.strip() or not value.strip():
            return value
        try:
            value = read_json(value)
        except MalformedPolicy:
            return str(value)
    return json.dumps(value, indent=2, ensure_ascii=False)


def _findings(error: InvalidInput) -> tuple[Finding, ...]:
    if isinstance(error, MalformedPolicy):
        return error.findings
    return (Finding(Code.VALUE, error.where, error.what, error.do),)


def _sheets(policies: PolicySet) -> Iterator[Sheet]:
    own = (policies.resource,) if policies.resource is not None else ()
    for layer, levels in (
        (Layer.RCP, policies.rcps),
        (Layer.SCP, policies.scps),
        (Layer.IDENTITY, (policies.identity,)),
        (Layer.BOUNDARY, (policies.boundaries,)),
        (Layer.SESSION, (policies.session,)),
        (Layer.ENDPOINT, (policies.endpoint,)),
        (Layer.RESOURCE, (own,)),
    ):
        for number, level in enumerate(levels):
            for policy in level:
                yield Sheet(layer, written(policy.document), policy.source, number)


def _set(policies: list[tuple[Sheet, Policy]], gateway: bool | None) -> PolicySet:  # noqa: FBT001 - as PolicySet
    def layer(wanted: Layer) -> tuple[Policy, ...]:
        return tuple(policy for sheet, policy in policies if sheet.layer is wanted)

    def levels(wanted: Layer) -> Levels:
        found: dict[int, list[Policy]] = {}
        for sheet, policy in policies:
            if sheet.layer is wanted:
                found.setdefault(sheet.level, []).append(policy)
        return tuple(tuple(found[number]) for number in sorted(found))

    return PolicySet(
        identity=layer(Layer.IDENTITY),
        boundaries=layer(Layer.BOUNDARY),
        session=layer(Layer.SESSION),
        scps=levels(Layer.SCP),
        rcps=levels(Layer.RCP),
        resource=next(iter(layer(Layer.RESOURCE)), None),
        endpoint=layer(Layer.ENDPOINT),
        gateway=gateway,
    )
