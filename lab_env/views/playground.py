"""The policy playground: a request and its policies to edit, the decision and its reasons at once.

Where nobody looks (a terminal, a test, a page on the web) it is a static form: the decision, and the texts it follows
from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape
from typing import Any

from lab_env.access import AccessDecision
from lab_env.dataplane.seam import DataPlane
from lab_env.errors import InvalidInput
from lab_env.policy import Decision, Layer, Policy, PolicySet, Request
from lab_env.policy.draft import Answer, Draft, Sheet, written
from lab_env.policy.findings import Finding
from lab_env.policy.reasons import LAYER_NAMES
from lab_env.views.decision_view import DecisionView
from lab_env.views.explanation import Explanation
from lab_env.views.progress import front_end

Document = str | Mapping[str, object] | Policy

_AGENT = "aws:useragent"
ALWAYS = (Layer.IDENTITY, Layer.ENDPOINT, Layer.RESOURCE)
"""Layers that have a sheet even when nobody gave a policy."""


class Playground:
    """A draft to play with. Displayed in a notebook that somebody looks at, it is a form; else text.

    Args:
        draft: what it begins with.
        shown: whether to show the form; by default where there is a front end.
    """

    def __init__(self, draft: Draft, *, shown: bool | None = None) -> None:
        self.draft = draft.with_blanks(*ALWAYS)
        self._shown = front_end() if shown is None else shown

    @classmethod
    def of(cls, decision: Decision) -> Playground:
        """A playground that begins with what was really asked and decided.

        The caller's ``aws:UserAgent`` is left out unless a policy names it: it tells the machine, and hides the rest.
        """
        draft = Draft.of(decision.request, decision.policies)
        if not any(_AGENT in sheet.text.lower() for sheet in draft.sheets):
            draft = draft.without(_AGENT)
        return cls(draft)

    def __str__(self) -> str:
        return told(self.draft.answer(), self.draft)

    __repr__ = __str__

    def html(self) -> str:
        """The decision, then each text behind a summary that opens it."""
        draft = self.draft
        texts = [
            ("context", draft.context),
            *((title(sheet, draft), sheet.text) for sheet in draft.sheets if sheet.text),
        ]
        folded = "".join(
            f"<details><summary>{escape(name)}</summary><pre>{escape(text)}</pre></details>"
            for name, text in texts
        )
        return f"{result_html(draft.answer(), draft)}{folded}"

    def form(self) -> Any:
        """The form, an ipywidgets box."""
        from lab_env.views.playground_form import Form

        return Form(self.draft).box

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude  # all forms are always given: a front end takes the one it can show
        found: dict[str, Any] = {"text/plain": str(self), "text/html": self.html()}
        if self._shown:
            found |= self.form()._repr_mimebundle_()
        return found


def begin(
    plane: DataPlane,
    start: object = None,
    *,
    request: Request | Mapping[str, Any] | None = None,
    **policies: Document | Iterable[Document],
) -> Playground:
    """A playground that begins with a decision of the lab's, or with a request and its policies.

    Args:
        plane: where calls are decided.
        start: an error that a call raised, its `Explanation`, or a decision; ``None``: the last refusal, or where
            nothing was refused the last decision.
        request: as `draft_of`.
        policies: as `draft_of`.

    Raises:
        InvalidInput: no policy decided what ``start`` tells of; the request is none.
    """
    if request is not None:
        return Playground(draft_of(request, **policies))
    if policies:
        raise InvalidInput("policies are asked about a request.", do="Give request= as well.")
    decision = _decision(plane, start)
    if decision is None:
        wanted = "Give an error that policies caused, a decision, or request= with the policies."
        raise InvalidInput("no policy has decided this.", do=wanted)
    return Playground.of(decision)


def _decision(plane: DataPlane, start: object) -> Decision | None:
    """The decision that something tells of: of several, the one that denied, else the last."""
    if isinstance(start, Decision):
        return start
    found = start
    if start is None:
        decided = [
            one.decision for one in plane.ledger if one.decision is not None and one.decision.decisions
        ]
        found = next((one for one in reversed(decided) if one.denied), decided[-1] if decided else None)
    elif isinstance(start, Exception):
        found = getattr(plane.explaining(start), "decision", None)
    elif isinstance(start, Explanation):
        found = start.decision
    if not isinstance(found, AccessDecision) or not found.decisions:
        return None
    return found.decisions[-1]


def draft_of(
    request: Request | Mapping[str, Any],
    *,
    identity: Document | Iterable[Document] = (),
    boundary: Document | Iterable[Document] = (),
    session: Document | Iterable[Document] = (),
    endpoint: Document | Iterable[Document] = (),
    resource: Document | Iterable[Document] = (),
) -> Draft:
    """A draft from documents: JSON text, the values they hold, or policies; one or several a layer.

    Args:
        request: a `Request`, or a mapping with its ``principal``, ``action``, ``resource``, ``resource_account`` and
            ``context``.
        identity: policies attached to the caller.
        boundary: its permissions boundary.
        session: its session policies.
        endpoint: the policy of the VPC endpoint that the request comes through.
        resource: the policy of the resource.

    Raises:
        InvalidInput: the request has no principal or no action, or a field that requests do not have.
    """
    given = {
        Layer.IDENTITY: identity,
        Layer.BOUNDARY: boundary,
        Layer.SESSION: session,
        Layer.ENDPOINT: endpoint,
        Layer.RESOURCE: resource,
    }
    sheets = tuple(
        _sheet(layer, document) for layer, documents in given.items() for document in _each(documents)
    )
    if isinstance(request, Request):
        return replace(Draft.of(request, PolicySet()), sheets=sheets)
    unknown = sorted(request.keys() - set(_FIELDS))
    if unknown or not {"principal", "action"} <= request.keys():
        wanted = "Give principal and action; resource, resource_account and context as you like."
        raise InvalidInput("this is no request.", where=", ".join(unknown), do=wanted)
    return Draft(
        str(request["principal"]),
        str(request["action"]),
        str(request.get("resource") or "*"),
        str(request.get("resource_account") or ""),
        written(request.get("context") or {}),
        sheets,
    )


_FIELDS = ("principal", "action", "resource", "resource_account", "context")


def _each(documents: Document | Iterable[Document]) -> Iterable[Document]:
    return (documents,) if isinstance(documents, (str, Mapping, Policy)) else documents


def _sheet(layer: Layer, document: Document) -> Sheet:
    if isinstance(document, Policy):
        return Sheet(layer, written(document.document), document.source)
    return Sheet(layer, written(document))


def title(sheet: Sheet, draft: Draft) -> str:
    """What a sheet is called: ``bucket policy``, ``identity-based policy: read-phi``."""
    name = LAYER_NAMES[sheet.layer]
    if sheet.layer is Layer.RESOURCE:
        service = draft.action.partition(":")[0].lower()
        name = {"s3": "bucket policy", "kms": "key policy", "sts": "role trust policy"}.get(service, name)
    return f"{name}: {sheet.name}" if sheet.name and sheet.name != name else name


def place_name(place: str, draft: Draft) -> str:
    """What a place of `Answer.faults` is called."""
    return title(draft.sheets[int(place)], draft) if place.isdecimal() else f"the {place}"


def told(answer: Answer, draft: Draft) -> str:
    """An answer as text: the decision with its reasons, or what cannot be read and where."""
    if answer.decision is not None:
        return str(DecisionView(answer.decision))
    return "\n".join(
        f"✗ {place_name(place, draft)}, {finding}"
        for place, findings in answer.faults.items()
        for finding in findings
    )


def result_html(answer: Answer, draft: Draft) -> str:
    """An answer as HTML, announced when it changes."""
    if answer.decision is not None:
        inner = DecisionView(answer.decision).html()
    else:
        names = " and in ".join(place_name(place, draft) for place in answer.faults)
        inner = f'<p style="font-weight:600">✗ No decision yet: there is a fault in {escape(names)}.</p>'
    return f'<div role="status" aria-live="polite" style="line-height:1.4">{inner}</div>'


def faults_html(place: str, text: str, answer: Answer) -> str:
    """What is wrong at one place, each fault with the line that it stands in; empty when nothing is."""
    marks = (("✗", answer.faults.get(place, ())), ("⚠", answer.warnings.get(place, ())))
    items = "".join(_fault(mark, finding, text) for mark, findings in marks for finding in findings)
    return f'<ul style="margin:0;padding-left:1.2em;line-height:1.4">{items}</ul>' if items else ""


def _fault(mark: str, finding: Finding, text: str) -> str:
    lines = text.split("\n")
    shown = lines[finding.line - 1].strip() if 0 < finding.line <= len(lines) else ""
    code = f"<br><code>{escape(shown)}</code>" if shown else ""
    return f'<li style="list-style:none"><span aria-hidden="true">{mark}</span> {escape(str(finding))}{code}</li>'
