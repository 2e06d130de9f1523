"""A decision as a learner reads it: what each layer of policies said, and the verdict in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import chain
from textwrap import wrap

from lab_env.policy import Decision, Verdict
from lab_env.policy.explanation import to_json
from lab_env.policy.reasons import LayerReason, StatementReason, held, layer_name
from lab_env.views.table import WIDTH, Table, text_blocks

_COLUMNS = ("layer", "statement", "verdict", "why")
_ALLOWS, _DENIES, _SILENT = "✓ allows", "✗ denies", "– silent"


class DecisionView:
    """One decision as aligned text, as an accessible HTML table, and as JSON values.

    Each row is a statement that took part: one that allowed or denied, or one that a single element kept from doing
    so. Everything that comes from a policy or a request is escaped.

    Args:
        decision: what was decided.
    """

    def __init__(self, decision: Decision) -> None:
        self.decision = decision

    def __str__(self) -> str:
        blocks = chain.from_iterable(text_blocks([_COLUMNS, *self.rows]))
        return "\n".join([*wrap(self.title, WIDTH), *blocks, *wrap(self.sentence, WIDTH)])

    __repr__ = __str__

    @property
    def title(self) -> str:
        """Who asks for what: ``arn:… → s3:GetObject on arn:…``."""
        request = self.decision.request
        return f"{request.caller.arn or 'anonymous'} → {request.action} on {request.resource}"

    @property
    def sentence(self) -> str:
        """The verdict and what decided, in a sentence."""
        return f"{'✓' if self.decision.allowed else '✗'} {self.decision.why}"

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Layer, statement, verdict and why, a row for each statement that took part."""
        found = [row for reason in self.decision.reasons for row in self._layer(reason)]
        decided = self.decision.decided_by
        if decided is not None and decided not in self.decision.layers:
            name = layer_name(self.decision, decided)
            found.append((name, "", _SILENT, f"there is no {name}, and its word is needed"))
        return tuple(found)

    def _layer(self, reason: LayerReason) -> Iterator[tuple[str, ...]]:
        name = layer_name(self.decision, reason.result.layer)
        told = [found for found in reason.statements if found.applied or found.near]
        for found in told:
            yield name, found.statement.label, _verdict(found), self._why(found)
        if not reason.result.denies and not reason.result.allows:
            yield name, "", _SILENT, _silence(reason, len(told))

    def _why(self, found: StatementReason) -> str:
        if not found.applied:
            return found.misses[0].why
        return "; ".join(held(found.statement, self.decision.request)) or "it asks for nothing more"

    def to_json(self) -> dict[str, object]:
        """The decision with its reasons as plain JSON values (`lab_env.policy.explanation.to_json`)."""
        return to_json(self.decision)

    def html(self) -> str:
        """The decision as an accessible table, the sentence under it."""
        decided = self.decision.decided_by
        name = "" if decided is None else layer_name(self.decision, decided)
        verdict = _DECIDING[self.decision.verdict]
        marked = frozenset(n for n, row in enumerate(self.rows) if row[0] == name and row[2] == verdict)
        table = Table(_COLUMNS, self.rows, self.title, marked)
        return f'{table.html()}<p style="margin:0.2em 0;font-weight:600">{escape(self.sentence)}</p>'

    _repr_html_ = html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        return {"text/plain": str(self), "text/html": self.html()}


_DECIDING = {
    Verdict.ALLOWED: _ALLOWS,
    Verdict.EXPLICITLY_DENIED: _DENIES,
    Verdict.IMPLICITLY_DENIED: _SILENT,
}


def _verdict(found: StatementReason) -> str:
    allow = found.statement.allow
    if not found.applied:
        return f"○ nearly {'allows' if allow else 'denies'}"
    return _ALLOWS if allow else _DENIES


def _silence(reason: LayerReason, told: int) -> str:
    others = len(reason.statements) - told
    if not reason.statements:
        return "it has no statement"
    if not told:
        subject = f"its {others} statements are" if others > 1 else "its one statement is"
        return f"{subject} about something else"
    return "nothing in it applies"
