"""Why a call failed, as a learner reads it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lab_env.network import Network, Trace
from lab_env.views.trace_view import TraceView


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the client saw, and why.

    Attributes:
        error: what was raised.
        trace: the trace of the lost packet; ``None`` when AWS answered (then its message is the explanation).
        network: the network it was traced in.
    """

    error: Exception
    trace: Trace | None
    network: Network

    def __str__(self) -> str:
        seen = f"{type(self.error).__name__}: {self.error}"
        if self.trace is None:
            return f"{seen}\nThe network let it through: AWS itself answered."
        return f"{seen}\nThe network lost it: {self.trace.reason}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "<br>".join(escape(line) for line in str(self).split("\n"))
        table = TraceView(self.trace, self.network)._repr_html_() if self.trace is not None else ""
        return f"<p>{lines}</p>{table}"
