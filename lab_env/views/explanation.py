"""Why a call failed, as a learner reads it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lab_env.access import AccessDecision
from lab_env.network import Network, Trace
from lab_env.views.decision_view import DecisionView
from lab_env.views.trace_view import TraceView


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the client saw, and why.

    Attributes:
        error: what was raised.
        trace: the way it took; ``None`` when AWS answered and nothing more is known (then its message is the
            explanation).
        network: the network it was traced in.
        decision: what the policies decided; ``None`` when the packet was lost, or nothing was to be decided.
    """

    error: Exception
    trace: Trace | None
    network: Network
    decision: AccessDecision | None = None

    def __str__(self) -> str:
        policies = "".join(f"\n{view}" for view in self._views)
        return f"{self._sentences}{policies}"

    __repr__ = __str__

    @property
    def _sentences(self) -> str:
        seen = f"{type(self.error).__name__}: {self.error}"
        if self.trace is None:
            return f"{seen}\nThe network let it through: AWS itself answered."
        if not self.trace.reached:
            return f"{seen}\nThe network lost it: {self.trace.reason}"
        answered = "AWS itself answered." if self.decision is None else "the policies decided."
        return f"{seen}\nThe network let it through: {self.trace.reason}\nThen {answered}"

    @property
    def _views(self) -> list[DecisionView]:
        denied = self.decision.denied if self.decision is not None else None
        return [DecisionView(denied)] if denied is not None else []

    def _repr_html_(self) -> str:
        lines = "<br>".join(escape(line) for line in self._sentences.split("\n"))
        table = TraceView(self.trace, self.network)._repr_html_() if self.trace is not None else ""
        return f"<p>{lines}</p>{table}{''.join(view.html() for view in self._views)}"
